//! Labels: which are taken for which, and how well each is found.

use super::scale::bar;
use super::text::{Escaped, NOTHING, counted, share};
use super::{section as titled, table};
use crate::outcome::Outcome;

/// Pairs of labels that are named.
const MIXED: usize = 5;
/// Labels whose figures are shown without unfolding.
const OPEN: usize = 12;

pub(super) fn confusion(outcome: &Outcome) -> String {
    let Some(confusion) = &outcome.confusion else {
        return String::new();
    };
    let counts = confusion.counts();
    let mut head = String::from("<tr><th scope=\"col\"><span>is ↓ answered →</span></th>");
    for label in &outcome.labels {
        head += &format!(
            "<th scope=\"col\"><span dir=\"auto\">{}</span></th>",
            Escaped(label)
        );
    }
    head += "</tr>";
    let mut body = String::new();
    for (truth, (label, row)) in outcome.labels.iter().zip(counts).enumerate() {
        let all: u64 = row.iter().sum();
        body += &format!(
            "<tr><th scope=\"row\"><span dir=\"auto\">{}</span></th>",
            Escaped(label)
        );
        for (answer, count) in row.iter().enumerate() {
            let share = *count as f64 / all.max(1) as f64;
            body += &match (*count, truth == answer) {
                (0, true) => "<td class=\"right\">0</td>".to_owned(),
                (0, false) => "<td class=\"none\">·</td>".to_owned(),
                (count, is_right) => format!(
                    "<td class=\"{}\" style=\"--share:{share:.3}\">{count}</td>",
                    if is_right { "right" } else { "wrong" }
                ),
            };
        }
        body += "</tr>";
    }
    let class = match outcome.labels.len() {
        0..=6 => "matrix",
        _ => "matrix many",
    };
    let inside = mixed(outcome, counts) + &table("Confusion matrix", class, &head, &body);
    titled(
        "What is taken for what",
        "A row for each label as it is, a column for each answer (a <b>confusion matrix</b>): \
         windows on the diagonal are answered right.",
        &inside,
    )
}

/// What is mixed up most often, in words.
fn mixed(outcome: &Outcome, counts: &[Vec<u64>]) -> String {
    let mut pairs: Vec<(u64, usize, usize)> = Vec::new();
    for (truth, row) in counts.iter().enumerate() {
        for (answer, count) in row.iter().enumerate() {
            if truth != answer && *count > 0 {
                pairs.push((*count, truth, answer));
            }
        }
    }
    if pairs.is_empty() {
        return String::new();
    }
    pairs.sort_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let name = |at: usize| outcome.labels.get(at).map_or("", String::as_str);
    let mut html = String::from("<ul class=\"mixed\">");
    for (count, truth, answer) in pairs.iter().take(MIXED) {
        html += &format!(
            "<li><b dir=\"auto\">{}</b> was taken for <b dir=\"auto\">{}</b>: {}</li>",
            Escaped(name(*truth)),
            Escaped(name(*answer)),
            match count {
                1 => "once".to_owned(),
                count => format!("{count} times"),
            }
        );
    }
    html + "</ul>\n"
}

pub(super) fn classes(outcome: &Outcome) -> String {
    let Some(confusion) = &outcome.confusion else {
        return String::new();
    };
    let counts = confusion.counts();
    let mut rows: Vec<(f64, String)> = Vec::new();
    for (at, (label, class)) in outcome.labels.iter().zip(confusion.classes()).enumerate() {
        let answered: u64 = counts.iter().filter_map(|row| row.get(at)).sum();
        // A share of nothing is no share.
        let cells = [
            (class.recall, class.support > 0),
            (class.precision, answered > 0),
            (class.f1, class.support + answered > 0),
        ];
        let mut row = format!(
            "<tr><th scope=\"row\" dir=\"auto\">{}</th><td class=\"end\">{}</td>",
            Escaped(label),
            class.support
        );
        for (value, is_known) in cells {
            row += &match is_known {
                true => format!("<td class=\"end\">{}{}</td>", share(value), bar(value)),
                false => format!("<td class=\"end\">{NOTHING}</td>"),
            };
        }
        rows.push((class.f1, row + "</tr>"));
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let rows: Vec<String> = rows.into_iter().map(|(_, row)| row).collect();
    let (first, rest) = rows.split_at(rows.len().min(OPEN));
    let head = "<tr><th scope=\"col\">label</th><th scope=\"col\" class=\"end\">windows</th>\
                <th scope=\"col\" class=\"end\">found<small>recall</small></th>\
                <th scope=\"col\" class=\"end\">right when said<small>precision</small></th>\
                <th scope=\"col\" class=\"end\">both<small>F1</small></th></tr>";
    let mut inside = table("Labels", "classes", head, &first.concat());
    if !rest.is_empty() {
        inside += &format!(
            "<details><summary>{} with better figures</summary>{}</details>\n",
            counted(rest.len(), "label", "labels"),
            table("More labels", "classes", head, &rest.concat())
        );
    }
    titled(
        "Label by label",
        "The worst first. <b>Found</b> is the share of a label's windows that is answered with it; \
         <b>right when said</b> the share of the answers with it that is right; <b>both</b> is \
         their harmonic mean, which is low where either is.",
        &inside,
    )
}
