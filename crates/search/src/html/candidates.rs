//! The ways to write windows that were tried.

use super::scale::Scale;
use super::text::{Escaped, Figures, NOTHING};
use super::{section as titled, table};
use crate::outcome::{CandidateOutcome, Outcome};

pub(super) fn section(outcome: &Outcome, figures: Figures<'_>) -> String {
    if outcome.candidates.is_empty() {
        return String::new();
    }
    let known = outcome.candidates.iter().filter_map(|one| one.figure);
    let scale = Scale::of(known, figures.is_number);
    let each = outcome.candidates.iter().enumerate();
    let body: String = each
        .map(|(at, candidate)| row(candidate, at, outcome.chosen, scale, figures))
        .collect();
    let head = format!(
        "<tr><th scope=\"col\">candidate</th><td class=\"wide\">{}</td>\
         <th scope=\"col\" class=\"end\">{}</th>\
         <th scope=\"col\" class=\"end\">beside the first<small>± standard error</small></th></tr>",
        scale.head(figures),
        if figures.is_number {
            "mean error"
        } else {
            "accuracy"
        }
    );
    let lead = format!(
        "Ways to write a window for the model, each on the same folds. The first is taken unless \
         another is better by more than two <b>standard errors</b>, which say how far chance alone \
         moves a difference. Above 0 is better{}.",
        if figures.is_number {
            ""
        } else {
            "; differences are in points of a percentage"
        }
    );
    titled(
        "What was tried",
        &lead,
        &table("Candidates", "candidates", &head, &body),
    )
}

fn row(
    candidate: &CandidateOutcome,
    at: usize,
    chosen: usize,
    scale: Scale,
    figures: Figures<'_>,
) -> String {
    let figure = candidate.figure.unwrap_or(f64::NAN);
    let difference = match (at, candidate.figure, candidate.difference) {
        (0, ..) => "the first".to_owned(),
        (_, None, _) => "not tried".to_owned(),
        (_, _, Some(difference)) => {
            let error = figures.difference(difference.standard_error);
            format!(
                "{} <small>± {}</small>",
                figures.difference(difference.mean),
                error.trim_start_matches(['+', '±'])
            )
        }
        _ => NOTHING.to_owned(),
    };
    let (kind, badge) = match at == chosen {
        true => ("own", " <span class=\"badge good\">taken</span>"),
        false => ("simple", ""),
    };
    format!(
        "<tr class=\"{kind}\"><th scope=\"row\">{}{badge}<small>{}; {} decides</small></th>\
         <td class=\"wide\">{}</td><td class=\"end\"><b>{}</b></td>\
         <td class=\"end\">{difference}</td></tr>",
        Escaped(&candidate.name),
        Escaped(&candidate.what),
        match candidate.by {
            "projection" => "a projection",
            _ => "the model",
        },
        scale.dot(figure, None, kind),
        figures.show(figure)
    )
}
