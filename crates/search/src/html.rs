//! What came out of a search, as one page for people who know their machine and no
//! machine learning: `report.html`. [`page`] is of a search with right answers,
//! [`page_of_normal`] of one without.
//!
//! It is a single file that asks for nothing: no script, no network, no picture of
//! its own, and its content policy forbids them. Whatever comes from a recording is
//! escaped. It says what [`Outcome`] says and computes nothing that is not there but
//! shares and sums.

mod candidates;
mod charts;
mod compared;
mod labels;
mod measured;
mod mistakes;
mod next;
mod normal;
mod numbers;
mod rejection;
mod scale;
mod text;
mod top;

#[cfg(test)]
mod tests;

use crate::AnomalyOutcome;
use crate::outcome::Outcome;
use text::{Escaped, Figures};

/// Nothing but what stands in the file.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'";

/// The page.
#[must_use]
pub fn page(outcome: &Outcome) -> String {
    let figures = Figures::of(outcome);
    let sections = [
        compared::section(outcome, figures),
        measured::section(outcome, figures),
        labels::confusion(outcome),
        labels::classes(outcome),
        numbers::section(outcome, figures),
        measured::groups(outcome, figures),
        measured::learning(outcome, figures),
        measured::calibration(outcome),
        rejection::section(outcome),
        candidates::section(outcome, figures),
        mistakes::section(outcome, figures),
        next::prompt(outcome),
        next::notes(&outcome.notes, &outcome.left_out),
        next::section(outcome),
    ];
    framed(&outcome.name, &top::head(outcome, figures), &sections)
}

/// The page of a model of the normal.
#[must_use]
pub fn page_of_normal(outcome: &AnomalyOutcome) -> String {
    let sections = [
        normal::kinds(outcome),
        normal::scores(outcome),
        normal::candidates(outcome),
        normal::contaminated(outcome),
        normal::prompt(outcome),
        next::notes(&outcome.notes, &outcome.left_out),
        normal::next(outcome),
    ];
    framed(&outcome.name, &normal::head(outcome), &sections)
}

fn framed(name: &str, head: &str, sections: &[String]) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{}: report of senselm fit</title>\n<style>\n{}</style>\n</head>\n<body>\n",
        Escaped(name),
        include_str!("html/page.css")
    );
    html += head;
    html += "<main>\n";
    for section in sections {
        html += section;
    }
    html + "</main>\n</body>\n</html>\n"
}

/// A part of the page with its title. Nothing, where there is nothing inside.
fn section(title: &str, lead: &str, inside: &str) -> String {
    if inside.is_empty() {
        return String::new();
    }
    let lead = match lead {
        "" => String::new(),
        lead => format!("<p class=\"lead\">{lead}</p>\n"),
    };
    format!("<section>\n<h2>{title}</h2>\n{lead}{inside}</section>\n")
}

/// A table that scrolls inside itself.
fn table(caption: &str, class: &str, head: &str, body: &str) -> String {
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\">\
         <table class=\"{class}\"><caption class=\"hidden\">{caption}</caption>\
         <thead>{head}</thead><tbody>{body}</tbody></table></div>\n"
    )
}
