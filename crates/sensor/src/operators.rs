//! Executes the steps over the channels of a window that are fitted to data.
//!
//! Arithmetic is `f64`, sums are taken from the first number to the last, and
//! mathematical functions are those of `libm`, so that every host computes the
//! same numbers.

use alloc::vec::Vec;

use crate::missing::interpolate;
use crate::{ChannelSpec, Scale, features, scale};

mod convolutions;
mod novelty;
mod project;
mod resolve;
mod standard;
mod write;

use convolutions::Convolutions;
pub use convolutions::{KERNELS, convolved};
use novelty::Novelty;
use project::Project;
pub(crate) use resolve::{all_are_read, resolve};
use write::Written;

use crate::FeatureKind;

/// A step that was checked, with the places of what it reads.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    of: Kind,
    pub(crate) write: Option<Written>,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Of the signal at this position.
    Difference(usize),
    /// Of the signal at this position, with the least deviation that it is divided by.
    Standardise(usize, f64),
    Statistics {
        signals: Vec<usize>,
        of: Vec<FeatureKind>,
    },
    Convolutions(Convolutions),
    /// Of the numbers of the steps at these positions.
    Project {
        of: Vec<usize>,
        project: Project,
    },
    Novelty {
        of: Vec<usize>,
        novelty: Novelty,
    },
}

impl Step {
    /// Whether it says how new a window is.
    pub(crate) fn is_novelty(&self) -> bool {
        matches!(self.of, Kind::Novelty { .. })
    }
}

impl Kind {
    /// Whether a signal comes of it, and no number.
    fn is_signal(&self) -> bool {
        matches!(self, Self::Difference(_) | Self::Standardise(..))
    }
}

/// Runs the steps on the filled samples of every channel. Gives the signals, and
/// the numbers of each step, none where it makes a signal, and NaN where a number
/// is missing.
pub(crate) fn run(
    steps: &[Step],
    channels: &[ChannelSpec],
    filled: &[Vec<f64>],
) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    if steps.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let mut signals: Vec<Vec<f64>> = filled.iter().map(|samples| interpolate(samples)).collect();
    let mut numbers: Vec<Vec<f64>> = Vec::with_capacity(steps.len());
    let read = |of: &[usize], numbers: &[Vec<f64>]| -> Vec<f64> {
        of.iter().flat_map(|&at| &numbers[at]).copied().collect()
    };
    for step in steps {
        numbers.push(match &step.of {
            Kind::Difference(signal) => {
                let steps = signals[*signal].windows(2).map(|pair| pair[1] - pair[0]);
                signals.push(steps.collect());
                Vec::new()
            }
            Kind::Standardise(signal, least) => {
                let mut samples = signals[*signal].clone();
                let outline = Scale::WindowZScore {
                    min_std: *least,
                    clip: f64::INFINITY,
                };
                scale::apply(&outline, &mut samples, None);
                signals.push(samples);
                Vec::new()
            }
            Kind::Statistics { signals: at, of } => at
                .iter()
                .flat_map(|&at| of.iter().map(move |kind| (at, kind)))
                .map(|(at, kind)| {
                    let rate_hz = channels.get(at).and_then(|c| c.sample_rate_hz);
                    // Without a rate times are counted in samples.
                    features::value(kind, Some(rate_hz.unwrap_or(1.0)), &signals[at])
                })
                .collect(),
            Kind::Convolutions(convolutions) => convolutions.of(&signals),
            Kind::Project { of, project } => project.of(&read(of, &numbers)),
            Kind::Novelty { of, novelty } => alloc::vec![novelty.of(&read(of, &numbers))],
        });
    }
    (signals, numbers)
}
