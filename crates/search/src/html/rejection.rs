//! How often it says "none of these".

use super::scale::bar;
use super::text::{Escaped, share};
use super::{section as titled, table};
use crate::outcome::Outcome;

/// How often it says "none of these", of known windows and of a label that was left out.
pub(super) fn section(outcome: &Outcome) -> String {
    let Some(rejection) = &outcome.rejection else {
        return String::new();
    };
    let row = |name: &str, refused: usize, windows: usize| {
        let part = refused as f64 / windows.max(1) as f64;
        format!(
            "<tr><th scope=\"row\" dir=\"auto\">{name}</th><td class=\"end\">{refused} of {windows}</td>\
             <td class=\"wide\">{}</td><td class=\"end\"><b>{}</b></td></tr>",
            bar(part),
            share(part)
        )
    };
    let known = row("known labels", rejection.refused, rejection.windows);
    let kept = match rejection.kept_windows {
        0 => String::new(),
        windows => row(
            "known labels, files kept apart",
            rejection.kept_refused,
            windows,
        ),
    };
    let unknown = rejection.unknown.iter().map(|one| {
        let name = format!("{}, when nobody has seen it", Escaped(&one.label));
        row(&name, one.refused, one.windows)
    });
    let rows = known + &kept + &unknown.collect::<String>();
    let head = "<tr><th scope=\"col\">windows of</th><th scope=\"col\" class=\"end\">refused</th>\
                <td class=\"wide\"></td><th scope=\"col\" class=\"end\">share</th></tr>";
    let lead = format!(
        "The model says \u{201c}none of these\u{201d} where a window is like none that was learned \
         from; of known windows it is to be wrong about {}. Known windows are those of \
         recordings that were not learned from. How much of something new is found is tried with \
         each label in turn: what is learned from has none of it. What looks like a known label \
         is not found.",
        share(rejection.rate)
    );
    titled(
        "Does it say when it is none of these?",
        &lead,
        &table("Refused windows", "groups", head, &rows),
    )
}
