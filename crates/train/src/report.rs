//! What came out: of one run, and of several together.

use serde::Serialize;

use crate::TrainError;
use crate::data::FileReport;
use crate::prepare::Source;
use crate::resume::Identity;
use crate::run::Evaluation;
use crate::scores::{Figures, Scores, Summary};

/// One run.
#[derive(Debug, Clone, Serialize)]
pub struct RunReport {
    /// Which run; empty for the only one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The recipe.
    pub recipe: String,
    /// Seed, device, and the hashes of recipe and data.
    #[serde(flatten)]
    pub identity: Identity,
    /// Whether the data, and with it every figure, is simulated.
    pub simulated: bool,
    /// Weights of the model.
    pub parameters: u64,
    /// Tokens of the vocabulary.
    pub vocabulary: usize,
    /// The longest sequence.
    pub context: usize,
    /// Labelled windows it was trained on.
    pub trained_on: usize,
    /// Optimiser steps.
    pub steps: u64,
    /// Seconds from start to the finished model.
    pub seconds: f64,
    /// The training loss of the last step.
    pub loss: Option<f64>,
    /// What was measured.
    pub scores: Option<Scores>,
    /// What the front end's projection alone answers, where it has one: the model
    /// reads its verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projection: Option<Figures>,
}

/// Everything that a call of [`crate::run()`] did.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The name of the recipe.
    pub recipe: String,
    /// The SHA-256 of its text.
    pub recipe_sha256: String,
    /// The device.
    pub device: &'static str,
    /// How often and on what was trained: `once`, `5 seeds`, `5 folds`,
    /// `leave one out`.
    pub evaluation: String,
    /// Seconds altogether.
    pub seconds: f64,
    /// The runs.
    pub runs: Vec<RunReport>,
    /// The `metrics.json` of runs that were finished before, where there was
    /// nothing to go on with: no run was done then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub finished: Vec<serde_json::Value>,
    /// All runs together, where there are several.
    pub summary: Option<Summary>,
    /// What was not as expected in the files.
    #[serde(skip)]
    pub files: Vec<FileReport>,
}

impl Report {
    pub(crate) fn new(
        source: &Source,
        evaluation: Evaluation,
        files: Vec<FileReport>,
        runs: Vec<RunReport>,
        seconds: f64,
    ) -> Result<Self, TrainError> {
        let scores: Vec<&Scores> = runs.iter().filter_map(|run| run.scores.as_ref()).collect();
        let summary = match evaluation {
            Evaluation::Once => None,
            _ => Summary::new(&scores)?,
        };
        Ok(Self {
            recipe: source.recipe.name.clone(),
            recipe_sha256: source.recipe_sha256.clone(),
            device: source.device.name(),
            evaluation: match evaluation {
                Evaluation::Once => "once".into(),
                Evaluation::Seeds(count) => format!("{count} seeds"),
                Evaluation::Folds(count) => format!("{count} folds"),
                Evaluation::LeaveOneOut => "leave one out".into(),
            },
            seconds,
            runs,
            finished: Vec::new(),
            summary,
            files,
        })
    }

    /// The report as JSON for people.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// A table of the runs, for a terminal.
    #[must_use]
    pub fn table(&self) -> String {
        let mut out = format!(
            "{}, {}, {:.0} s\n",
            self.recipe, self.evaluation, self.seconds
        );
        for run in &self.runs {
            let name = if run.name.is_empty() {
                "run"
            } else {
                &run.name
            };
            out += &format!("{name:<20} {:>6.1} s", run.seconds);
            if let Some(scores) = &run.scores {
                out += &format!("  {}", scores.figures);
            }
            if let Some(figures) = &run.projection {
                out += &format!("\n{:<20} {:>8}  {figures}", "  projection alone", "");
            }
            out.push('\n');
        }
        for run in &self.finished {
            let name = run.get("name").and_then(serde_json::Value::as_str);
            out += &format!("{:<20} finished before\n", name.unwrap_or("run"));
        }
        if let Some(summary) = &self.summary {
            out += &format!("{:<20}           {}\n", "together", summary.figures);
        }
        out
    }
}
