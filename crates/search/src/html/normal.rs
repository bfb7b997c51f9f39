//! The page of a model of the normal: what it sees, and when it is an alarm.

use super::next::{ANSWER, TRAIN, prompt_section, steps};
use super::scale::bar;
use super::text::{Escaped, NOTHING, bytes, count, counted, share, significant};
use super::top::framed;
use super::{charts, section as titled, table};
use crate::AnomalyOutcome;

/// Windows that are named before the rest is counted.
const NAMED: usize = 40;

pub(super) fn head(outcome: &AnomalyOutcome) -> String {
    framed(
        &outcome.name,
        "Says how unlike the normal a window of readings is, and when that is an alarm. There were \
         no right answers to learn from.",
        outcome.simulated,
        &outcome.verdicts,
        &tiles(outcome),
    )
}

fn tiles(outcome: &AnomalyOutcome) -> String {
    let mut html = String::from("<dl class=\"tiles\">\n");
    let mut tile = |title: &str, figure: &str, below: &str| {
        html +=
            &format!("<div><dt>{title}</dt><dd><b>{figure}</b><span>{below}</span></dd></div>\n");
    };
    let rate = &outcome.false_alarms;
    let between = rate.interval.map_or(String::new(), |interval| {
        format!(
            "95\u{a0}%: {} to {}; {} asked for",
            share(interval.low),
            share(interval.high),
            share(rate.asked)
        )
    });
    tile("false alarms", &share(rate.found), &between);
    let own = outcome.candidates.get(outcome.chosen);
    let own = own.and_then(|one| one.figure).unwrap_or(f64::NAN);
    let what = "of made-up anomalies are told from normal windows (AUROC)";
    tile("pairs told apart", &share(own), what);
    let learned = count(outcome.windows as u64);
    tile("learned from", &learned, "windows of what is normal");
    tile("size", &bytes(outcome.bytes), "model.gguf");
    html + "</dl>\n"
}

/// Each kind of anomaly that was made up, by the model and by simple scores.
pub(super) fn kinds(outcome: &AnomalyOutcome) -> String {
    let Some(own) = outcome.candidates.get(outcome.chosen) else {
        return String::new();
    };
    let simple: String = outcome
        .baselines
        .iter()
        .map(|one| format!("<th scope=\"col\" class=\"end\">{}</th>", Escaped(one.name)))
        .collect();
    let head = format!(
        "<tr><th scope=\"col\">what is wrong</th><td class=\"wide\"></td>\
         <th scope=\"col\" class=\"end\">this model</th>{simple}</tr>"
    );
    let row = |(at, kind): (usize, &&str)| {
        let auroc = |errors: &[f64]| errors.get(at).map_or(f64::NAN, |error| 1.0 - error);
        let found = auroc(&own.folds);
        let others: String = outcome
            .baselines
            .iter()
            .map(|one| format!("<td class=\"end\">{}</td>", share(auroc(&one.folds))))
            .collect();
        format!(
            "<tr><th scope=\"row\">{}</th><td class=\"wide\">{}</td>\
             <td class=\"end\"><b>{}</b></td>{others}</tr>",
            Escaped(kind),
            bar(found),
            share(found)
        )
    };
    let body: String = outcome.made_up.iter().enumerate().map(row).collect();
    let lead = "Windows that were held back were spoilt in these ways. The figure is how often a \
                spoilt window scores higher than one that was left as it is (AUROC): 50\u{a0}% is \
                no better than a coin, 100\u{a0}% is always. What is wrong with a real machine may \
                look like none of these.";
    titled(
        "What does it see?",
        lead,
        &table("Kinds of anomalies", "kinds", &head, &body),
    )
}

/// The scores of normal windows, and where an alarm begins.
pub(super) fn scores(outcome: &AnomalyOutcome) -> String {
    let bins: Vec<(f64, f64, usize)> = outcome
        .scores
        .iter()
        .map(|bin| (bin.from, bin.to, bin.windows))
        .collect();
    let Some(threshold) = outcome.alarm.threshold.filter(|_| !bins.is_empty()) else {
        return String::new();
    };
    let chart = charts::histogram(
        &bins,
        &[(threshold, "alarm above")],
        ["score, in nats", "windows"],
        "How many normal windows have which score, and where an alarm begins",
    );
    let between = match outcome.alarm.threshold_interval {
        Some([low, high]) => format!(
            " (95\u{a0}%: {} to {})",
            significant(low),
            significant(high)
        ),
        None => String::new(),
    };
    let release = outcome.alarm.release.unwrap_or(threshold);
    let mut lead = format!(
        "Scores of normal windows by models that did not know them. An alarm begins above \
         {}{between} and ends below {}; scores of windows that follow each other are smoothed \
         before.",
        significant(threshold),
        significant(release)
    );
    if let Some(kept) = outcome.kept {
        lead += &format!(
            " Of {} in files that were kept apart {} are an alarm.",
            counted(kept.windows, "window", "windows"),
            kept.alarms
        );
    }
    titled(
        "When is it an alarm?",
        &lead,
        &format!("<figure>{chart}</figure>\n"),
    )
}

/// The ways to write windows that were tried.
pub(super) fn candidates(outcome: &AnomalyOutcome) -> String {
    let row = |(at, one): (usize, &crate::outcome::CandidateOutcome)| {
        let figure = one.figure.unwrap_or(f64::NAN);
        let difference = match (at, one.difference) {
            (0, _) => "the first".to_owned(),
            (_, Some(found)) => format!(
                "{}{:.1} <small>± {:.1}</small>",
                if found.mean < 0.0 { "−" } else { "+" },
                100.0 * found.mean.abs(),
                100.0 * found.standard_error
            ),
            _ => NOTHING.to_owned(),
        };
        let (kind, badge) = match at == outcome.chosen {
            true => ("own", " <span class=\"badge good\">taken</span>"),
            false => ("simple", ""),
        };
        format!(
            "<tr class=\"{kind}\"><th scope=\"row\">{}{badge}<small>{}</small></th>\
             <td class=\"wide\">{}</td><td class=\"end\"><b>{}</b></td>\
             <td class=\"end\">{difference}</td></tr>",
            Escaped(&one.name),
            Escaped(&one.what),
            bar(figure),
            share(figure)
        )
    };
    let body: String = outcome.candidates.iter().enumerate().map(row).collect();
    let head = "<tr><th scope=\"col\">candidate</th><td class=\"wide\"></td>\
                <th scope=\"col\" class=\"end\">pairs told apart</th>\
                <th scope=\"col\" class=\"end\">beside the first<small>± standard error</small>\
                </th></tr>";
    let lead = "Ways to write a window for the model, each on the same made-up anomalies. The \
                first is taken unless another is better by more than two <b>standard errors</b> \
                over their kinds; differences are in points of a percentage.";
    titled(
        "What was tried",
        lead,
        &table("Candidates", "candidates", head, &body),
    )
}

/// Windows that were not learned from.
pub(super) fn contaminated(outcome: &AnomalyOutcome) -> String {
    if outcome.contaminated.is_empty() {
        return String::new();
    }
    let named = outcome.contaminated.iter().take(NAMED);
    let rows: String = named
        .map(|one| {
            format!(
                "<tr><th scope=\"row\">{}</th><td class=\"end\">{}</td></tr>",
                one.line,
                significant(one.score)
            )
        })
        .collect();
    let more = match outcome.contaminated.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("<p class=\"foot\">And {more} more, in report.json.</p>\n"),
    };
    let head = "<tr><th scope=\"col\">ends at line</th>\
                <th scope=\"col\" class=\"end\">score</th></tr>";
    let lead = "These stand far out among the others, so they were taken for what is not normal \
                and not learned from. Look at them: where they are normal after all, fit again \
                with <code>--contamination 0</code>.";
    titled(
        "Left out as not normal",
        lead,
        &(table("Windows left out", "left-out", head, &rows) + &more),
    )
}

pub(super) fn prompt(outcome: &AnomalyOutcome) -> String {
    match outcome.prompt.is_empty() {
        true => String::new(),
        false => prompt_section(
            &outcome.prompt,
            "The first window as the front end writes it. The model says of each sample how \
             unlikely it is behind those before it; the most surprising few of a channel are the \
             score.",
        ),
    }
}

pub(super) fn next(outcome: &AnomalyOutcome) -> String {
    let commands = [
        ANSWER,
        (
            "Ask whether another recording is in the units and at the rate of this one:",
            "senselm check --model model.gguf --data recording.csv",
        ),
        TRAIN,
    ];
    steps(&commands, outcome.seed, outcome.seconds)
}
