//! What came out of a search.

use senselm_evaluate::{Calibration, Confusion, Interval};
use serde::{Deserialize, Serialize};

use crate::choice::Difference;

/// Everything that a search found, as `report.json` has it.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// The name of the model.
    pub name: String,
    /// What is asked: `classify` or `number`.
    pub task: &'static str,
    /// What figures are: `accuracy` or `mean absolute error`.
    pub figure: &'static str,
    /// The unit of the numbers that are asked; empty for labels and where nothing
    /// says it.
    pub unit: String,
    /// What the channels are called, in the order of their samples.
    pub channels: Vec<String>,
    /// The labels, in the order of the confusion matrix.
    pub labels: Vec<String>,
    /// Windows that were learned from.
    pub windows: usize,
    /// Of these, distinct ones.
    pub distinct: usize,
    /// What of the windows was never on both sides of a split.
    pub never_split: &'static str,
    /// How many of these there are.
    pub clusters: usize,
    /// Windows of each label.
    pub label_counts: Vec<usize>,
    /// Every candidate, the default first.
    pub candidates: Vec<CandidateOutcome>,
    /// Which of them was taken.
    pub chosen: usize,
    /// Simple models on the same folds.
    pub baselines: Vec<Baseline>,
    /// The model in folds, where there was time.
    pub model: Option<Spread>,
    /// The chosen projection alone on the same folds, where a projection decides.
    pub projection: Option<Spread>,
    /// Whether the recordings say of themselves that they are simulated.
    pub simulated: bool,
    /// What is to be said first.
    pub verdicts: Vec<String>,
    /// Truths by rows, answers by columns: of the model in folds, else of the
    /// projection.
    pub confusion: Option<Confusion>,
    /// Numbers that were answered in folds beside those that are right, at most a
    /// thousand; none of labels.
    pub answered: Vec<Answered>,
    /// How far the model's certainty can be trusted, where it was measured.
    pub calibration: Option<Certainty>,
    /// How often it says "none of these", where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejection: Option<Rejection>,
    /// The accuracy of each group.
    pub groups: Vec<GroupFigure>,
    /// The figures with few windows to learn from, and with all.
    pub learning: Vec<Learned>,
    /// Wrong answers, or those furthest off, with their windows.
    pub errors: Vec<Mistake>,
    /// A window as the model reads it.
    pub prompt: String,
    /// The figure on files that were kept apart, where there are any.
    pub kept: Option<Spread>,
    /// And of the projection alone on these.
    pub kept_projection: Option<Spread>,
    /// And of simple models that learned from everything else.
    pub kept_baselines: Vec<Baseline>,
    /// Every candidate on these, where that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept_candidates: Vec<KeptCandidate>,
    /// Bytes of the model.
    pub bytes: u64,
    /// Windows a second that the front end writes here.
    pub windows_per_s: f64,
    /// What was left out for lack of time.
    pub left_out: Vec<String>,
    /// What is to be known about the recordings.
    pub notes: Vec<String>,
    /// The seed.
    pub seed: u64,
    /// Seconds altogether.
    pub seconds: f64,
}

/// A figure with what it is of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Accuracy, or mean absolute error.
    pub mean: f64,
    /// 95 % over clusters.
    pub interval: Option<Interval>,
    /// How many windows it is of.
    pub windows: usize,
}

/// One candidate on all folds.
#[derive(Debug, Clone, Serialize)]
pub struct CandidateOutcome {
    /// What it is called.
    pub name: String,
    /// What it does.
    pub what: String,
    /// Whether a projection decides or the model.
    pub by: &'static str,
    /// Accuracy, or mean absolute error; nothing where it was left out.
    pub figure: Option<f64>,
    /// The errors fold by fold.
    pub folds: Vec<f64>,
    /// Against the default.
    pub difference: Option<Difference>,
    /// Seconds that it took.
    pub seconds: f64,
}

/// One simple model on the folds.
#[derive(Debug, Clone, Serialize)]
pub struct Baseline {
    /// What it is.
    pub name: &'static str,
    /// Accuracy, or mean absolute error.
    pub figure: f64,
    /// 95 % over clusters.
    pub interval: Option<Interval>,
    /// The errors fold by fold.
    pub folds: Vec<f64>,
}

/// A candidate on files that were kept apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeptCandidate {
    /// Which.
    pub name: String,
    /// Accuracy, or mean absolute error.
    pub figure: f64,
    /// Of so many windows.
    pub windows: usize,
}

/// The figure of one group.
#[derive(Debug, Clone, Serialize)]
pub struct GroupFigure {
    /// Which.
    pub name: String,
    /// Its windows.
    pub windows: usize,
    /// Accuracy, or mean absolute error.
    pub figure: f64,
}

/// The figures with so many windows to learn from, each accuracy or mean absolute
/// error on the same folds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Learned {
    /// Windows of each label at most, or of numbers altogether; nothing for all.
    pub of_each: Option<usize>,
    /// Windows that were learned from, in the mean over folds.
    pub windows: usize,
    /// The projection alone, where one decides.
    pub projection: Option<f64>,
    /// The model, where there was time.
    pub model: Option<f64>,
    /// Simple models, where there was time.
    pub baselines: Vec<LearnedBaseline>,
}

/// What a simple model reaches with few windows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LearnedBaseline {
    /// What it is.
    pub name: &'static str,
    /// Accuracy, or mean absolute error.
    pub figure: f64,
}

/// An answer that is wrong.
#[derive(Debug, Clone, Serialize)]
pub struct Mistake {
    /// The line of the window.
    pub line: u64,
    /// Whose it is, where windows have groups.
    pub group: Option<String>,
    /// What is right.
    pub truth: String,
    /// What was answered.
    pub answer: String,
    /// The samples, channel by channel, at most 200 points of each.
    pub samples: Vec<Vec<f64>>,
}

/// A number that was answered.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Answered {
    /// What is right.
    pub truth: f64,
    /// What was answered.
    pub answer: f64,
}

/// How certain the model was of its labels beside how often it was right.
#[derive(Debug, Clone, Serialize)]
pub struct Certainty {
    /// The temperature that the file has, found on the answers in folds.
    pub temperature: f64,
    /// The expected calibration error without it.
    pub ece_before: f64,
    /// With the temperature that was found on the other half of the recordings.
    #[serde(flatten)]
    pub calibration: Calibration,
}

/// How often windows are said to be none of the labels, by what was fitted on others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rejection {
    /// The share of known windows that may be.
    pub rate: f64,
    /// Windows of known labels.
    pub windows: usize,
    /// Of these, refused ones.
    pub refused: usize,
    /// Windows of files that were kept apart, refused by what was fitted on all others.
    pub kept_windows: usize,
    /// Of these, refused ones.
    pub kept_refused: usize,
    /// Each label in turn as one that nobody has seen.
    pub unknown: Vec<Unknown>,
}

/// A label that was left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unknown {
    /// Which.
    pub label: String,
    /// Its windows.
    pub windows: usize,
    /// Of these, refused ones.
    pub refused: usize,
}

impl Rejection {
    /// Whether there are too few windows to refuse that share of them.
    #[must_use]
    pub fn is_few(&self) -> bool {
        (self.windows as f64) < 1.0 / self.rate
    }

    /// The share of unknown windows that are refused, in the mean over labels.
    #[must_use]
    pub fn found(&self) -> Option<f64> {
        let shares = self.unknown.iter().filter(|one| one.windows > 0);
        let sum: f64 = (shares.clone())
            .map(|one| one.refused as f64 / one.windows as f64)
            .sum();
        let labels = shares.count();
        (labels > 0).then(|| sum / labels as f64)
    }
}
