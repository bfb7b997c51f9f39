//! What the model reads, what is to be known about the recordings, and what can be
//! done with what was written.

use super::section as titled;
use super::text::{Escaped, seconds};
use crate::outcome::Outcome;

pub(super) const ANSWER: (&str, &str) = (
    "Answer the windows of another recording:",
    "senselm answer --model model.gguf --input recording.csv",
);
pub(super) const TRAIN: (&str, &str) = (
    "Train it again by its recipe, which can be changed by hand, from where <code>fit</code> was \
     started (DIR is the folder of this file):",
    "senselm train --recipe DIR/recipe.toml --data . --out again",
);

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
    prompt_section(&outcome.prompt, lead)
}

/// A window as the model reads it.
pub(super) fn prompt_section(prompt: &str, lead: &str) -> String {
    titled(
        "What the model reads",
        lead,
        &format!(
            "<pre class=\"prompt\" tabindex=\"0\"><code>{}</code></pre>\n",
            Escaped(prompt)
        ),
    )
}

pub(super) fn notes(notes: &[String], left_out: &[String]) -> String {
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
    titled("About the recordings", "", &list(notes))
        + &titled("Left out for lack of time", "", &list(left_out))
}

pub(super) fn section(outcome: &Outcome) -> String {
    let commands = [
        ANSWER,
        (
            "Measure it on a recording whose answers are known and that was not used here:",
            "senselm eval --model model.gguf --data recording.csv",
        ),
        TRAIN,
    ];
    steps(&commands, outcome.seed, outcome.seconds)
}

/// Commands that go on from here, and how the page came to be.
pub(super) fn steps(commands: &[(&str, &str)], seed: u64, took_s: f64) -> String {
    let step = |(what, command): &(&str, &str)| {
        format!("<li><p>{what}</p><pre tabindex=\"0\"><code>{command}</code></pre></li>\n")
    };
    let each: String = commands.iter().map(step).collect();
    let mut inside = format!("<ol class=\"steps\">\n{each}</ol>\n");
    inside += &format!(
        "<p class=\"foot\">Seed {}, {} altogether. All figures of this page are in \
         <code>report.json</code> beside it.</p>\n",
        seed,
        seconds(took_s)
    );
    titled("What to do next", "In the folder of this file:", &inside)
}
