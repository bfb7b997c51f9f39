//! Numbers: what was answered beside what is right.

use super::charts;
use super::scale::Scale;
use super::section as titled;
use super::text::{Figures, counted, significant, trimmed};
use crate::outcome::Outcome;

pub(super) fn section(outcome: &Outcome, figures: Figures<'_>) -> String {
    let values = || {
        let each = outcome
            .answered
            .iter()
            .flat_map(|one| [one.truth, one.answer]);
        each.filter(|value| value.is_finite())
    };
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    if !figures.is_number || low > high {
        return String::new();
    }
    let points: Vec<(f64, f64, f64)> = outcome
        .answered
        .iter()
        .map(|one| (one.truth, one.answer, 4.0))
        .collect();
    let said = format!(
        "{} answered beside the right number, which are from {} to {}",
        counted(points.len(), "number", "numbers"),
        significant(low),
        significant(high)
    );
    let inside = format!(
        "<figure>{}</figure>\n",
        charts::pairs(
            &points,
            Scale::around(low, high),
            trimmed,
            ["right", "answered"],
            &said
        )
    );
    titled(
        "What was answered",
        "A dot for each window: on the dashed line the answer is right, above it too high, below it \
         too low.",
        &inside,
    )
}
