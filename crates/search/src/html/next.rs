//! What the model reads, what is to be known about the recordings, and what can be
//! done with what was written.

use super::section as titled;
use super::text::{Escaped, seconds};
use crate::outcome::Outcome;

pub(super) fn prompt(outcome: &Outcome) -> String {
    if outcome.prompt.is_empty() {
        return String::new();
    }
    let chosen = outcome.candidates.get(outcome.chosen);
    let lead = match chosen.is_some_and(|candidate| candidate.by == "projection") {
        true => {
            "The first window as the front end writes it for the language model. The projection \
             has decided already: the model reads its verdict and goes on with the answer."
        }
        false => {
            "The first window as the front end writes it for the language model, which goes on \
             with its answer."
        }
    };
    titled(
        "What the model reads",
        lead,
        &format!(
            "<pre class=\"prompt\" tabindex=\"0\"><code>{}</code></pre>\n",
            Escaped(&outcome.prompt)
        ),
    )
}

pub(super) fn notes(outcome: &Outcome) -> String {
    let list = |texts: &[String]| {
        let each: String = texts
            .iter()
            .map(|text| format!("<li>{}</li>", Escaped(text)))
            .collect();
        match each.is_empty() {
            true => String::new(),
            false => format!("<ul class=\"list\">{each}</ul>\n"),
        }
    };
    titled("About the recordings", "", &list(&outcome.notes))
        + &titled("Left out for lack of time", "", &list(&outcome.left_out))
}

pub(super) fn section(outcome: &Outcome) -> String {
    let step = |what: &str, command: &str| {
        format!("<li><p>{what}</p><pre tabindex=\"0\"><code>{command}</code></pre></li>\n")
    };
    let mut inside = String::from("<ol class=\"steps\">\n");
    inside += &step(
        "Answer the windows of another recording:",
        "senselm answer --model model.gguf --input recording.csv",
    );
    inside += &step(
        "Measure it on a recording whose answers are known and that was not used here:",
        "senselm eval --model model.gguf --data recording.csv",
    );
    inside += &step(
        "Train it again by its recipe, which can be changed by hand:",
        "senselm train --recipe recipe.toml --data . --out again",
    );
    inside += "</ol>\n";
    inside += &format!(
        "<p class=\"foot\">Seed {}, {} altogether. All figures of this page are in \
         <code>report.json</code> beside it.</p>\n",
        outcome.seed,
        seconds(outcome.seconds)
    );
    titled("What to do next", "In the folder of this file:", &inside)
}
