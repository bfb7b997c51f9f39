//! Steps over the channels of a window, before anything of it is written.
//!
//! What is fitted to data may be left out where training fits it: a recipe says
//! what is wanted, and the file holds the numbers. [`crate::FrontEnd`] takes what
//! is fitted and nothing else.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{FeatureKind, is_zero};
use crate::packed::{Matrix, Numbers};
use crate::raw::{FromSection, Misread, Section, deserialize_raw};

/// A step with a name, by which later steps and the template know what comes of
/// it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorSpec {
    /// Its name: no channel's and no other step's.
    pub name: String,
    /// What is computed.
    pub of: Operator,
    /// How its numbers are written for `{name}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<OperatorWrite>,
}

/// What a step computes: another signal, or numbers of the whole window. Signals
/// are channels, with missing samples filled, and what steps made of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Operator {
    /// A signal: each sample less the one before it; one sample fewer.
    Difference {
        /// The signal.
        signal: String,
    },
    /// A signal: each sample less the mean of the window's, over their deviation.
    Standardise {
        /// The signal.
        signal: String,
        /// The least deviation that counts: what varies less is as good as still.
        /// Fitted.
        #[serde(skip_serializing_if = "Option::is_none")]
        least: Option<f64>,
    },
    /// A number for each of these statistics, of one signal after the other. Where
    /// a signal has no sample rate, as differences have none, it counts as one
    /// sample a second.
    Statistics {
        /// The signals.
        signals: Vec<String>,
        /// The statistics.
        of: Vec<FeatureKind>,
    },
    /// For each of 84 fixed kernels and each dilation the share of positions where
    /// the convolved signal is above a bias.
    ///
    /// # Source
    /// Dempster, Schmidt and Webb, "MiniRocket", 2021. Here signals are held
    /// beyond their ends, so that a constant that is added changes nothing.
    Convolutions {
        /// The signals.
        signals: Vec<String>,
        /// Samples of each signal, to which it is brought by straight lines.
        points: usize,
        /// How many numbers are wanted, about: what fitting goes by.
        #[serde(skip_serializing_if = "Option::is_none")]
        features: Option<usize>,
        /// The distances of kernels' weights, with their biases. Fitted.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        dilations: Vec<Dilation>,
    },
    /// Numbers of earlier steps, standardised, through a matrix: a score for each
    /// class, or one number.
    Project {
        /// The steps whose numbers are read, one after the other.
        of: Vec<String>,
        /// What is subtracted from each number. A missing number counts as this.
        /// Fitted, as all that follows but `clip`.
        #[serde(skip_serializing_if = "Numbers::is_empty")]
        mean: Numbers,
        /// What it is then divided by.
        #[serde(skip_serializing_if = "Numbers::is_empty")]
        deviation: Numbers,
        /// What it is then held to, on both sides of 0.
        clip: f64,
        /// A row for each score.
        #[serde(skip_serializing_if = "Matrix::is_empty")]
        weights: Matrix,
        /// What is added to each score.
        #[serde(skip_serializing_if = "Numbers::is_empty")]
        bias: Numbers,
    },
    /// How unlike all windows that were learned a window is, from the numbers of
    /// earlier steps: standardised, what is left of them beside the directions in which
    /// the learned ones differ most, over a limit. One number; above 1 the window is
    /// none of what was learned.
    Novelty {
        /// The steps whose numbers are read, one after the other.
        of: Vec<String>,
        /// The share of learned windows that may be called new: what the limit is
        /// fitted to, on windows that nothing else here was fitted on.
        rate: f64,
        /// As of `project`. Fitted, as all that follows but `clip`.
        #[serde(skip_serializing_if = "Numbers::is_empty")]
        mean: Numbers,
        /// As of `project`.
        #[serde(skip_serializing_if = "Numbers::is_empty")]
        deviation: Numbers,
        /// As of `project`.
        clip: f64,
        /// A row for each direction.
        #[serde(skip_serializing_if = "Matrix::is_empty")]
        basis: Matrix,
        /// The root mean square of what may be left.
        #[serde(skip_serializing_if = "Option::is_none")]
        limit: Option<f64>,
    },
}

/// A dilation of the kernels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dilation {
    /// Samples from one weight of a kernel to the next.
    pub step: usize,
    /// The biases: as many for each kernel, those of the first kernel first.
    pub biases: Numbers,
    /// For each kernel the signals that it is applied to, by their positions among
    /// the step's; where there is only one, it is not said. Results are added.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Vec<u8>>,
}

/// How the numbers of a step are written.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OperatorWrite {
    /// Which numbers are the largest, and how far the largest is ahead.
    Rank {
        /// A symbol for each number: letters where fitting chooses them.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        symbols: Vec<String>,
        /// How many symbols are written, the largest number's first.
        top: usize,
        /// The largest number less the second, as a level.
        margin: Edges,
    },
    /// Each number as a decimal number.
    Decimal {
        /// Digits after the point.
        decimals: u8,
        /// Digits before the point, padded with zeros.
        #[serde(skip_serializing_if = "is_zero")]
        width: u8,
        /// Between two of them.
        #[serde(skip_serializing_if = "String::is_empty")]
        separator: String,
        /// What stands for a number that is missing; without it such a window is
        /// refused.
        #[serde(skip_serializing_if = "Option::is_none")]
        empty: Option<String>,
    },
    /// Each number as a level.
    Levels {
        /// The levels.
        edges: Edges,
        /// Between two of them.
        #[serde(skip_serializing_if = "String::is_empty")]
        separator: String,
        /// As of `decimal`.
        #[serde(skip_serializing_if = "Option::is_none")]
        empty: Option<String>,
    },
}

/// Levels that are as wide as they were found to serve: a number is at the level
/// whose number is how many edges are not above it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edges {
    /// The edges, each above the one before. Fitted, so that of the numbers that
    /// were seen as many are at each level.
    #[serde(skip_serializing_if = "Numbers::is_empty")]
    pub at: Numbers,
    /// A character for each level, the lowest first: one more than edges.
    pub alphabet: String,
}

deserialize_raw!(Operator, Dilation, OperatorWrite, Edges);

impl FromSection for Operator {
    fn from_section(section: &mut Section) -> Result<Self, Misread> {
        section.by_kind(&[
            ("difference", |it| {
                Ok(Self::Difference {
                    signal: it.need("signal")?,
                })
            }),
            ("standardise", |it| {
                Ok(Self::Standardise {
                    signal: it.need("signal")?,
                    least: it.may("least")?,
                })
            }),
            ("statistics", |it| {
                Ok(Self::Statistics {
                    signals: it.need("signals")?,
                    of: it.need("of")?,
                })
            }),
            ("convolutions", |it| {
                Ok(Self::Convolutions {
                    signals: it.need("signals")?,
                    points: it.need("points")?,
                    features: it.may("features")?,
                    dilations: it.may("dilations")?,
                })
            }),
            ("project", |it| {
                Ok(Self::Project {
                    of: it.need("of")?,
                    mean: it.may("mean")?,
                    deviation: it.may("deviation")?,
                    clip: it.or("clip", || 8.0)?,
                    weights: it.may("weights")?,
                    bias: it.may("bias")?,
                })
            }),
            ("novelty", |it| {
                Ok(Self::Novelty {
                    of: it.need("of")?,
                    rate: it.need("rate")?,
                    mean: it.may("mean")?,
                    deviation: it.may("deviation")?,
                    clip: it.or("clip", || 8.0)?,
                    basis: it.may("basis")?,
                    limit: it.may("limit")?,
                })
            }),
        ])
    }
}

impl FromSection for Dilation {
    fn from_section(section: &mut Section) -> Result<Self, Misread> {
        Ok(Self {
            step: section.need("step")?,
            biases: section.need("biases")?,
            signals: section.may("signals")?,
        })
    }
}

impl FromSection for OperatorWrite {
    fn from_section(section: &mut Section) -> Result<Self, Misread> {
        section.by_kind(&[
            ("rank", |it| {
                Ok(Self::Rank {
                    symbols: it.may("symbols")?,
                    top: it.need("top")?,
                    margin: it.need("margin")?,
                })
            }),
            ("decimal", |it| {
                Ok(Self::Decimal {
                    decimals: it.need("decimals")?,
                    width: it.may("width")?,
                    separator: it.may("separator")?,
                    empty: it.may("empty")?,
                })
            }),
            ("levels", |it| {
                Ok(Self::Levels {
                    edges: it.need("edges")?,
                    separator: it.may("separator")?,
                    empty: it.may("empty")?,
                })
            }),
        ])
    }
}

impl FromSection for Edges {
    fn from_section(section: &mut Section) -> Result<Self, Misread> {
        Ok(Self {
            at: section.may("at")?,
            alphabet: section.need("alphabet")?,
        })
    }
}

impl Operator {
    /// Whether a signal comes of it, and no number.
    #[must_use]
    pub const fn is_signal(&self) -> bool {
        matches!(self, Self::Difference { .. } | Self::Standardise { .. })
    }
}

impl OperatorSpec {
    /// Whether everything that is fitted is there.
    #[must_use]
    pub fn is_fitted(&self) -> bool {
        let of = match &self.of {
            Operator::Convolutions { dilations, .. } => !dilations.is_empty(),
            Operator::Project { weights, .. } => !weights.is_empty(),
            Operator::Novelty { basis, limit, .. } => !basis.is_empty() && limit.is_some(),
            Operator::Standardise { least, .. } => least.is_some(),
            Operator::Difference { .. } | Operator::Statistics { .. } => true,
        };
        let write = self.write.as_ref().is_none_or(|write| match write {
            OperatorWrite::Rank {
                symbols, margin, ..
            } => !symbols.is_empty() && margin.is_fitted(),
            OperatorWrite::Levels { edges, .. } => edges.is_fitted(),
            OperatorWrite::Decimal { .. } => true,
        });
        of && write
    }
}

impl Edges {
    /// Whether the edges are there.
    #[must_use]
    pub fn is_fitted(&self) -> bool {
        !self.at.is_empty()
    }
}
