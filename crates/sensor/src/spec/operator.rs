//! Steps over the channels of a window, before anything of it is written.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{FeatureKind, is_zero};
use crate::packed::{Matrix, Numbers};

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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Operator {
    /// A signal: each sample less the one before it; one sample fewer.
    Difference {
        /// The signal.
        signal: String,
    },
    /// A number for each of these statistics, of one signal after the other.
    Statistics {
        /// The signals. Only a channel's own samples have frequencies.
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
        /// The distances of kernels' weights, with their biases.
        dilations: Vec<Dilation>,
    },
    /// Numbers of earlier steps, standardised, through a matrix: a score for each
    /// class, or one number.
    Project {
        /// The steps whose numbers are read, one after the other.
        of: Vec<String>,
        /// What is subtracted from each number. A missing number counts as this.
        mean: Numbers,
        /// What it is then divided by.
        deviation: Numbers,
        /// What it is then held to, on both sides of 0.
        clip: f64,
        /// A row for each score.
        weights: Matrix,
        /// What is added to each score.
        bias: Numbers,
    },
}

/// A dilation of the kernels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dilation {
    /// Samples from one weight of a kernel to the next.
    pub step: usize,
    /// The biases: as many for each kernel, those of the first kernel first.
    pub biases: Numbers,
    /// For each kernel the signals that it is applied to, by their positions among
    /// the step's; where there is only one, it is not said. Results are added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Vec<u8>>,
}

/// How the numbers of a step are written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum OperatorWrite {
    /// Which numbers are the largest, and how far the largest is ahead.
    Rank {
        /// A symbol for each number.
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
        #[serde(default, skip_serializing_if = "is_zero")]
        width: u8,
        /// Between two of them.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        separator: String,
    },
    /// Each number as a level.
    Levels {
        /// The levels.
        edges: Edges,
        /// Between two of them.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        separator: String,
    },
}

/// Levels that are as wide as they were found to serve: a number is at the level
/// whose number is how many edges are not above it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edges {
    /// The edges, each above the one before.
    pub at: Numbers,
    /// A character for each level, the lowest first: one more than edges.
    pub alphabet: String,
}
