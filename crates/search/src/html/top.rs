//! The head of the page: what it is, what has to be known first, and the figure.

use super::text::{Escaped, Figures, bytes, count, counted, significant};
use crate::outcome::{Outcome, Spread};

/// Labels that are named before the rest is counted.
const NAMED: usize = 8;

pub(super) fn head(outcome: &Outcome, figures: Figures<'_>) -> String {
    framed(
        &outcome.name,
        &asked(outcome),
        outcome.simulated,
        &outcome.verdicts,
        &tiles(outcome, figures),
    )
}

/// The head of any page. `asked` and `tiles` are HTML.
pub(super) fn framed(
    name: &str,
    asked: &str,
    simulated: bool,
    verdicts: &[String],
    tiles: &str,
) -> String {
    let mut html = format!(
        "<header class=\"top\">\n<p class=\"eyebrow\">Report of senselm fit</p>\n\
         <h1 dir=\"auto\">{}</h1>\n<p class=\"lead\">{asked}</p>\n",
        Escaped(name)
    );
    if simulated {
        html += "<p class=\"note\"><b>The recordings are simulated</b>, as they say of themselves: \
                 the figures say nothing about a real machine.</p>\n";
    }
    if !verdicts.is_empty() {
        html += "<div class=\"verdicts\">\n<h2>What has to be known first</h2>\n";
        for verdict in verdicts {
            html += &format!("<p>{}</p>\n", Escaped(verdict));
        }
        html += "</div>\n";
    }
    html + tiles + "</header>\n"
}

fn asked(outcome: &Outcome) -> String {
    if outcome.task == "number" {
        let unit = match outcome.unit.as_str() {
            "" => String::new(),
            unit => format!(", in {}", Escaped(unit)),
        };
        return format!("Answers a number for each window of readings{unit}.");
    }
    let named = outcome.labels.iter().take(NAMED);
    let named: Vec<String> = named
        .map(|label| format!("<b>{}</b>", Escaped(label)))
        .collect();
    let more = match outcome.labels.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "Says which of {} a window of readings has: {}{more}.",
        counted(outcome.labels.len(), "label", "labels"),
        named.join(", ")
    )
}

/// The model in folds, or what was measured instead of it, with what that is.
pub(super) fn own(outcome: &Outcome) -> Option<(Spread, &'static str)> {
    if let Some(model) = outcome.model {
        return Some((model, "this model"));
    }
    if let Some(projection) = outcome.projection {
        return Some((
            projection,
            "projection alone; the model itself was not measured",
        ));
    }
    let figure = outcome.candidates.get(outcome.chosen)?.figure?;
    let spread = Spread {
        mean: figure,
        interval: None,
        windows: outcome.windows,
    };
    Some((spread, "the chosen candidate in folds"))
}

fn tiles(outcome: &Outcome, figures: Figures<'_>) -> String {
    let what = match figures.is_number {
        true => "mean error",
        false => "answered right",
    };
    let mut html = String::from("<dl class=\"tiles\">\n");
    let mut tile = |title: &str, figure: &str, below: &str| {
        html +=
            &format!("<div><dt>{title}</dt><dd><b>{figure}</b><span>{below}</span></dd></div>\n");
    };
    let of = |spread: Spread| {
        let windows = counted(spread.windows, "window", "windows");
        match spread.interval {
            Some(interval) => {
                format!(
                    "95\u{a0}%: {}, {windows}",
                    figures.range(interval.low, interval.high)
                )
            }
            None => windows,
        }
    };
    match own(outcome) {
        Some((spread, name)) => {
            let title = format!("{what} in folds");
            let below = match name {
                "this model" => of(spread),
                name => format!("{name}. {}", of(spread)),
            };
            tile(&title, &figures.large(spread.mean), &below);
        }
        None => tile(what, super::text::NOTHING, "nothing was measured"),
    }
    if let Some(kept) = outcome.kept {
        let title = format!("{what} on files kept apart");
        tile(&title, &figures.large(kept.mean), &of(kept));
    }
    tile("size", &bytes(outcome.bytes), "model.gguf");
    if outcome.windows_per_s > 0.0 {
        let speed = match outcome.windows_per_s {
            speed if speed < 1e3 => significant(speed),
            speed if speed.is_finite() => count(speed.round() as u64),
            _ => super::text::NOTHING.to_owned(),
        };
        tile(
            "windows a second",
            &speed,
            "that the front end writes on this machine",
        );
    }
    html + "</dl>\n"
}
