//! Wrong answers, with the readings that they were given to.

use super::charts::{MOST_LANES, lane};
use super::section as titled;
use super::text::{Escaped, Figures, significant};
use crate::outcome::{Mistake, Outcome};

/// Mistakes that are shown without unfolding.
const OPEN: usize = 6;

pub(super) fn section(outcome: &Outcome, figures: Figures<'_>) -> String {
    if outcome.errors.is_empty() {
        return String::new();
    }
    let (first, rest) = outcome.errors.split_at(outcome.errors.len().min(OPEN));
    let list = |some: &[Mistake]| {
        let each: String = some.iter().map(|one| mistake(one, outcome)).collect();
        format!("<div class=\"mistakes\">{each}</div>\n")
    };
    let mut inside = list(first);
    if !rest.is_empty() {
        inside += &format!(
            "<details><summary>{} more</summary>{}</details>\n",
            rest.len(),
            list(rest)
        );
    }
    let (title, lead) = match figures.is_number {
        true => (
            "Furthest off",
            "The answers that are furthest from what is right, with their windows.",
        ),
        false => (
            "Wrong answers",
            "With their windows: look whether you would have known better, or whether the label is \
             wrong.",
        ),
    };
    titled(title, lead, &inside)
}

fn mistake(mistake: &Mistake, outcome: &Outcome) -> String {
    let place = match &mistake.group {
        Some(group) => format!(
            "<span dir=\"auto\">{}</span>, line {}",
            Escaped(group),
            mistake.line
        ),
        None => format!("line {}", mistake.line),
    };
    format!(
        "<figure class=\"mistake\"><figcaption><span class=\"place\">{place}</span>\
         <span>is <b dir=\"auto\">{}</b></span><span class=\"answer\">answered \
         <b dir=\"auto\">{}</b></span></figcaption>{}</figure>\n",
        Escaped(&mistake.truth),
        Escaped(&mistake.answer),
        samples(mistake, outcome)
    )
}

/// A line for each channel; where a channel is one reading, that.
fn samples(mistake: &Mistake, outcome: &Outcome) -> String {
    let mut html = String::new();
    for (at, samples) in mistake.samples.iter().take(MOST_LANES).enumerate() {
        let name = match outcome.channels.get(at) {
            Some(name) => name.clone(),
            None => format!("channel {}", at + 1),
        };
        let known = || samples.iter().copied().filter(|value| value.is_finite());
        let low = known().fold(f64::INFINITY, f64::min);
        let high = known().fold(f64::NEG_INFINITY, f64::max);
        let range = match known().count() {
            0 => "nothing".to_owned(),
            _ if samples.len() == 1 => significant(low),
            _ => format!("{} to {}", significant(low), significant(high)),
        };
        let line = match samples.len() {
            0 | 1 => String::new(),
            count => lane(samples, at, &format!("{name}: {count} points, {range}")),
        };
        html += &format!(
            "<div class=\"lane\"><span dir=\"auto\">{}</span><span>{range}</span>{line}</div>",
            Escaped(&name)
        );
    }
    match mistake.samples.len().saturating_sub(MOST_LANES) {
        0 => html,
        more => format!("{html}<p class=\"more\">and {more} more channels</p>"),
    }
}
