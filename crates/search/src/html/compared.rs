//! Whether the model is worth it: its figure, the projection's alone and those of
//! simple models, on one scale.

use senselm_evaluate::Interval;

use super::scale::Scale;
use super::text::{Escaped, Figures, counted};
use super::top::own;
use super::{section as titled, table};
use crate::outcome::{Baseline, Outcome, Spread};

struct Row<'a> {
    name: &'a str,
    mean: f64,
    interval: Option<Interval>,
    kind: &'static str,
}

impl<'a> Row<'a> {
    fn of(name: &'a str, spread: Spread, kind: &'static str) -> Self {
        Self {
            name,
            mean: spread.mean,
            interval: spread.interval,
            kind,
        }
    }
}

pub(super) fn section(outcome: &Outcome, figures: Figures<'_>) -> String {
    let own = own(outcome);
    let folds = in_folds(outcome, figures);
    let mut kept = Vec::new();
    kept.extend(
        outcome
            .kept
            .map(|spread| Row::of("this model", spread, "own")),
    );
    kept.extend(
        outcome
            .kept_projection
            .map(|spread| Row::of("projection alone", spread, "part")),
    );
    kept.extend(simple(&outcome.kept_baselines, figures));
    if folds.is_empty() && kept.is_empty() {
        return String::new();
    }
    let values = folds.iter().chain(&kept).flat_map(|row| {
        let ends = row.interval.map(|interval| [interval.low, interval.high]);
        std::iter::once(row.mean).chain(ends.into_iter().flatten())
    });
    let scale = Scale::of(values, figures.is_number);
    let mut body = String::new();
    for row in &folds {
        let is_better = own.is_some_and(|(own, _)| figures.is_better(row.mean, own.mean));
        let badge = match row.kind {
            "simple" if is_better => " <span class=\"badge\">better</span>",
            _ => "",
        };
        body += &shown(row, badge, scale, figures);
    }
    if !kept.is_empty() {
        let windows = outcome
            .kept
            .or(outcome.kept_projection)
            .map_or(0, |spread| spread.windows);
        body += &format!(
            "<tr class=\"part-head\"><th colspan=\"3\" scope=\"colgroup\">On files kept apart \
             ({}){}</th></tr>",
            counted(windows, "window", "windows"),
            match outcome.kept_baselines.is_empty() {
                true => "; the simple models were not measured on these",
                false => ", where the simple models learned from everything else",
            }
        );
        for row in &kept {
            body += &shown(row, "", scale, figures);
        }
    }
    let head = format!(
        "<tr><th scope=\"col\">what answers</th><td class=\"wide\">{}</td>\
         <th scope=\"col\" class=\"end\">{}</th></tr>",
        scale.head(figures),
        match figures.is_number {
            true => "mean error",
            false => "accuracy",
        }
    );
    let mut lead = match figures.is_number {
        true => "The <b>mean absolute error</b> is how far an answer is off in the mean: lower is \
                 better."
            .to_owned(),
        false => "<b>Accuracy</b> is the share of windows that is answered right: higher is \
                  better."
            .to_owned(),
    };
    lead += " All were measured in folds, on the same windows, none of which they had learned \
             from. The bar around a dot is the <b>95\u{a0}% interval</b>: with other recordings of \
             the same kind the figure would very likely be in there.";
    let mut inside = table("The model beside simpler ones", "compare", &head, &body);
    if let Some(doubt) = own.and_then(|(own, _)| doubt(outcome, own, figures)) {
        inside += &doubt;
    }
    titled("Is it worth it?", &lead, &inside)
}

fn in_folds<'a>(outcome: &'a Outcome, figures: Figures<'_>) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    rows.extend(
        outcome
            .model
            .map(|spread| Row::of("this model", spread, "own")),
    );
    let kind = if outcome.model.is_none() {
        "own"
    } else {
        "part"
    };
    rows.extend(
        outcome
            .projection
            .map(|spread| Row::of("projection alone", spread, kind)),
    );
    if let (true, Some((spread, name))) = (rows.is_empty(), own(outcome)) {
        rows.push(Row::of(name, spread, "own"));
    }
    rows.extend(simple(&outcome.baselines, figures));
    rows
}

/// The best first.
fn simple<'a>(baselines: &'a [Baseline], figures: Figures<'_>) -> Vec<Row<'a>> {
    let mut simple: Vec<Row<'_>> = baselines
        .iter()
        .map(|one| Row {
            name: one.name,
            mean: one.figure,
            interval: one.interval,
            kind: "simple",
        })
        .collect();
    simple.sort_by(|a, b| match figures.is_number {
        true => a.mean.total_cmp(&b.mean),
        // A figure that is not known comes last either way.
        false => b
            .mean
            .is_finite()
            .cmp(&a.mean.is_finite())
            .then(b.mean.total_cmp(&a.mean)),
    });
    simple
}

fn shown(row: &Row<'_>, badge: &str, scale: Scale, figures: Figures<'_>) -> String {
    let interval = row.interval.map_or(String::new(), |interval| {
        format!(
            "<small>{}</small>",
            figures.range(interval.low, interval.high)
        )
    });
    format!(
        "<tr class=\"{kind}\"><th scope=\"row\">{}{badge}</th><td class=\"wide\">{}</td>\
         <td class=\"end\"><b>{}</b>{interval}</td></tr>",
        Escaped(row.name),
        scale.dot(row.mean, row.interval, row.kind),
        figures.show(row.mean),
        kind = row.kind
    )
}

/// What cannot be known from a few windows without a wrong answer: three over their
/// number is the share of wrong ones that would be missed once in twenty times.
fn doubt(outcome: &Outcome, own: Spread, figures: Figures<'_>) -> Option<String> {
    let independent = outcome.clusters.min(own.windows);
    if figures.is_number || own.mean < 1.0 || independent == 0 {
        return None;
    }
    let share = 300.0 / independent as f64;
    Some(format!(
        "<p class=\"note\">No answer was wrong, so the interval has no width. That is not \
         certainty: with {} that are independent of each other, up to about {}\u{a0}% of wrong \
         answers could still have gone unseen.</p>\n",
        counted(independent, "part", "parts"),
        match share {
            share if share >= 100.0 => "100".to_owned(),
            share if share >= 1.0 => format!("{share:.0}"),
            share => format!("{share:.1}"),
        }
    ))
}
