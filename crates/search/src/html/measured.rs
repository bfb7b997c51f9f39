//! How it was measured, and by what the figure differs: groups, how much there was
//! to learn from, how certain the model was.

use super::charts;
use super::scale::{Scale, bar};
use super::text::{Escaped, Figures, NOTHING, counted, share, significant, trimmed};
use super::{section as titled, table};
use crate::outcome::{GroupFigure, Learned, Outcome};

/// Groups that are shown without unfolding.
const OPEN: usize = 12;

pub(super) fn section(outcome: &Outcome, figures: Figures<'_>) -> String {
    let mut inside = String::from("<dl class=\"facts\">\n");
    let mut fact = |name: &str, text: &str| {
        inside += &format!("<div><dt>{name}</dt><dd>{text}</dd></div>\n");
    };
    let distinct = match outcome.windows == outcome.distinct {
        true => "all different from each other".to_owned(),
        false => format!("{} of them different from each other", outcome.distinct),
    };
    fact(
        "Windows",
        &format!(
            "{}, {distinct}. A window is a short piece of a recording that gets one answer.",
            counted(outcome.windows, "window", "windows")
        ),
    );
    fact("Never split", &never_split(outcome));
    if !outcome.label_counts.is_empty() {
        fact("Windows of each label", &label_counts(outcome));
    }
    if let Some(kept) = outcome.kept {
        fact(
            "Kept apart",
            &format!(
                "{} of files whose names say that they are for measuring. Nothing was learned or \
                 chosen from them.",
                counted(kept.windows, "window", "windows")
            ),
        );
    }
    inside += "</dl>\n";
    let lead = format!(
        "In <b>folds</b>: the recordings are cut into a few parts, and each part is answered by a \
         model that learned from the others only. {}",
        match figures.is_number {
            true => "So no answer below is to a window that was learned from.",
            false => "So no answer counted here is to a window that was learned from.",
        }
    );
    titled("How it was measured", &lead, &inside)
}

fn label_counts(outcome: &Outcome) -> String {
    let each = outcome.labels.iter().zip(&outcome.label_counts);
    let chips: String = each
        .map(|(label, count)| {
            format!(
                "<li><span dir=\"auto\">{}</span> <b>{count}</b></li>",
                Escaped(label)
            )
        })
        .collect();
    let chips = format!("<ul class=\"chips\">{chips}</ul>");
    let least = outcome.label_counts.iter().min();
    let most = outcome.label_counts.iter().max();
    match (least, most) {
        (Some(least), Some(most)) if outcome.labels.len() > OPEN => {
            format!("<details><summary>From {least} to {most}</summary>{chips}</details>")
        }
        _ => chips,
    }
}

/// What is on one side of a fold as a whole. The words are those of the search.
fn never_split(outcome: &Outcome) -> String {
    let clusters = outcome.clusters;
    let what = match outcome.never_split {
        "group" => format!(
            "{}: all windows of a group are either learned from or measured on, and equal windows \
             are too.",
            counted(clusters, "group", "groups")
        ),
        "stretch" => format!(
            "{}, which are readings without a gap or a change of the label. Nothing says whose \
             they are: another person or machine may be answered worse.",
            counted(clusters, "stretch", "stretches")
        ),
        "block of a stretch" => format!(
            "{} of windows that follow each other. Those that are measured on are neighbours of \
             those that are learned from: expect worse figures on a new recording.",
            counted(clusters, "block", "blocks")
        ),
        other => format!(
            "{}: {}.",
            Escaped(other),
            counted(clusters, "part", "parts")
        ),
    };
    if clusters == outcome.windows && outcome.never_split == "group" {
        return format!(
            "Nothing: each of the {clusters} windows is a group of its own. If several are of one \
             person, machine or day, name the column that says so with <code>--group</code>: \
             otherwise the figures may be too good."
        );
    }
    what
}

/// The figure of each group, the worst first.
pub(super) fn groups(outcome: &Outcome, figures: Figures<'_>) -> String {
    let mut groups: Vec<&GroupFigure> = outcome.groups.iter().collect();
    // Groups of one window are right or wrong, which the mistakes say.
    if groups.len() < 2 || groups.iter().all(|group| group.windows < 2) {
        return String::new();
    }
    groups.sort_by(|a, b| match figures.is_number {
        true => b.figure.total_cmp(&a.figure),
        false => a.figure.total_cmp(&b.figure),
    });
    let scale = Scale::of(groups.iter().map(|group| group.figure), figures.is_number);
    let row = |group: &&GroupFigure| {
        format!(
            "<tr><th scope=\"row\" dir=\"auto\">{}</th><td class=\"end\">{}</td>\
             <td class=\"wide\">{}</td><td class=\"end\"><b>{}</b></td></tr>",
            Escaped(&group.name),
            group.windows,
            scale.dot(group.figure, None, "own"),
            figures.show(group.figure)
        )
    };
    let head = format!(
        "<tr><th scope=\"col\">group</th><th scope=\"col\" class=\"end\">windows</th>\
         <td class=\"wide\">{}</td><th scope=\"col\" class=\"end\">{}</th></tr>",
        scale.head(figures),
        if figures.is_number {
            "mean error"
        } else {
            "accuracy"
        }
    );
    let (first, rest) = groups.split_at(groups.len().min(OPEN));
    let rows = |some: &[&GroupFigure]| some.iter().map(row).collect::<String>();
    let mut inside = table("Groups", "groups", &head, &rows(first));
    if !rest.is_empty() {
        inside += &format!(
            "<details><summary>{} with better figures</summary>{}</details>\n",
            counted(rest.len(), "group", "groups"),
            table("More groups", "groups", &head, &rows(rest))
        );
    }
    titled(
        "Group by group",
        "The worst first. A group that stands out is worth a look: another machine, another \
         mounting, or wrong labels.",
        &inside,
    )
}

/// The figure against how many windows were learned from: a chart of the projection,
/// or of the model where none decides, and a table of everything.
pub(super) fn learning(outcome: &Outcome, figures: Figures<'_>) -> String {
    let projects = outcome.learning.iter().any(|one| one.projection.is_some());
    let points: Vec<(usize, f64)> = outcome
        .learning
        .iter()
        .filter_map(|one| {
            let figure = if projects { one.projection } else { one.model };
            Some((one.windows, figure?))
        })
        .collect();
    let known: Vec<&(usize, f64)> = points.iter().filter(|one| one.1.is_finite()).collect();
    let drawn = match known.as_slice() {
        [.., before, last] => {
            let change = last.1 - before.1;
            let change = match figures.is_number {
                true if change > 0.0 => format!("the error rises by {}", figures.show(change)),
                true => format!("the error falls by {}", figures.show(change.abs())),
                false => format!("{} points", figures.difference(change)),
            };
            format!(
                "<figure>{}<figcaption>From {} to {} windows: {change}.</figcaption></figure>\n",
                charts::learning(&points, figures),
                before.0,
                last.0
            )
        }
        _ => String::new(),
    };
    if outcome.learning.len() < 2 {
        return String::new();
    }
    let goes_on = match figures.is_number {
        true => "falls",
        false => "climbs",
    };
    let what = match (drawn.is_empty(), projects) {
        (true, _) => String::new(),
        (false, true) => format!(
            "The line is of the projection alone, which is fitted in no time; what the model that \
             reads it reaches is in the table where there was time to train it so often. Where the \
             line still {goes_on} at its end, more recordings are likely to help more than \
             anything else. "
        ),
        (false, false) => format!(
            "The line is of the model. Where it still {goes_on} at its end, more recordings are \
             likely to help more than anything else. "
        ),
    };
    titled(
        "Would more recordings help?",
        &format!("{what}All are measured on the same windows, which none of them learned from."),
        &(drawn + &few(outcome, figures)),
    )
}

/// What each reaches with so many windows; a column for each that was measured.
fn few(outcome: &Outcome, figures: Figures<'_>) -> String {
    let learning = &outcome.learning;
    let mut names: Vec<&str> = Vec::new();
    for one in learning.iter().flat_map(|one| &one.baselines) {
        if !names.contains(&one.name) {
            names.push(one.name);
        }
    }
    let projects = learning.iter().any(|one| one.projection.is_some());
    let models = learning.iter().any(|one| one.model.is_some());
    let own = [(projects, "projection"), (models, "model")];
    let own = own.into_iter().filter_map(|(is, name)| is.then_some(name));
    let head: String = own
        .chain(names.iter().copied())
        .map(|name| format!("<th scope=\"col\" class=\"end\">{}</th>", Escaped(name)))
        .collect();
    let first = match figures.is_number {
        true => "windows",
        false => "windows of each label",
    };
    let cell = |figure: Option<f64>| {
        let figure = figure.map_or(NOTHING.to_owned(), |figure| figures.show(figure));
        format!("<td class=\"end\">{figure}</td>")
    };
    let row = |one: &Learned| {
        let count = match one.of_each {
            Some(count) => count.to_string(),
            None => format!("all ({})", one.windows),
        };
        let mut row = format!("<tr><th scope=\"row\">{count}</th>");
        if projects {
            row += &cell(one.projection);
        }
        if models {
            row += &cell(one.model);
        }
        for name in &names {
            let baseline = one.baselines.iter().find(|baseline| baseline.name == *name);
            row += &cell(baseline.map(|baseline| baseline.figure));
        }
        row + "</tr>"
    };
    table(
        "Few windows",
        "few",
        &format!("<tr><th scope=\"col\">{first}</th>{head}</tr>"),
        &learning.iter().map(row).collect::<String>(),
    )
}

pub(super) fn calibration(outcome: &Outcome) -> String {
    let Some(certainty) = &outcome.calibration else {
        return String::new();
    };
    let calibration = &certainty.calibration;
    let most = calibration
        .bins
        .iter()
        .map(|bin| bin.windows)
        .max()
        .unwrap_or(1)
        .max(1) as f64;
    let points: Vec<(f64, f64, f64)> = calibration
        .bins
        .iter()
        .filter(|bin| bin.windows > 0)
        .map(|bin| {
            (
                bin.confidence,
                bin.accuracy,
                3.0 + 7.0 * (bin.windows as f64 / most).sqrt(),
            )
        })
        .collect();
    let rows: String = calibration
        .bins
        .iter()
        .filter(|bin| bin.windows > 0)
        .map(|bin| {
            format!(
                "<tr><th scope=\"row\">{} to {}\u{a0}%</th><td class=\"end\">{}</td>\
                 <td class=\"end\">{}</td><td class=\"wide\">{}</td><td class=\"end\">{}</td></tr>",
                trimmed(100.0 * bin.from),
                trimmed(100.0 * bin.to),
                bin.windows,
                share(bin.confidence),
                bar(bin.accuracy),
                share(bin.accuracy)
            )
        })
        .collect();
    let head = "<tr><th scope=\"col\">certainty</th><th scope=\"col\" class=\"end\">windows</th>\
                <th scope=\"col\" class=\"end\">says</th><td class=\"wide\"></td>\
                <th scope=\"col\" class=\"end\">is right</th></tr>";
    let inside = format!(
        "<div class=\"pair-of\"><figure>{}</figure>\n{}</div>\n",
        charts::pairs(
            &points,
            Scale {
                low: 0.0,
                high: 1.0
            },
            |tick| format!("{}\u{a0}%", trimmed(100.0 * tick)),
            ["how certain it says it is", "how often it is right"],
            "Certainty and accuracy; the table beside it has the figures"
        ),
        table("Certainty and accuracy", "bins", head, &rows)
    );
    let lead = format!(
        "The model says with each answer how certain it is. Where it says 80\u{a0}%, it should be \
         right in 80 of 100 windows: on the dashed line. It is {} away from that in the mean (ECE); \
         it was {} before its scores were divided by a temperature of {}, which half of the \
         recordings gives for the other half here. All of this is about windows of these labels: \
         to a window of something else it gives one of them too, and may be as certain of it{}.",
        share(calibration.ece),
        share(certainty.ece_before),
        significant(certainty.temperature),
        match outcome.rejection.is_some() {
            true => ", which is why it also says when it is none of them",
            false => "; with <code>--reject 0.02</code> it says when it is none of them",
        }
    );
    titled("Can its certainty be trusted?", &lead, &inside)
}
