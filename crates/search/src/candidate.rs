//! The ways to write windows that are tried.

use senselm_sensor::{FrontEndSpec, Task};

use crate::data::Data;

mod build;
mod letters;
mod steps;

pub(crate) use build::SHORTEST;
use build::{Build, Part};
pub(crate) use steps::{convolutions, facts, projection, step};

/// Where windows are longer than this, fewer points are tried too.
const LONG: usize = 96;
/// The most points that convolutions are given.
const MOST_POINTS: usize = 512;

/// Who decides in a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A projection in the front end, whose verdict the model reads.
    Projection,
    /// The model, from levels.
    Model,
}

/// A way to write windows.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What it is called.
    pub name: String,
    /// What it does, for people.
    pub what: String,
    /// The front end, with what is fitted left out.
    pub spec: FrontEndSpec,
    /// Who decides.
    pub by: By,
    /// Which of the sizes of windows it has.
    pub size: usize,
}

/// The candidates for windows of each size, the default first.
pub(crate) fn candidates(sizes: &[Data], task: &Task) -> Vec<Candidate> {
    let mut all = Vec::new();
    let Some(first) = sizes.first() else {
        return all;
    };
    let build = Build::new(first, 0, task);
    let (shapes, changes) = (Part::Shapes(MOST_POINTS), Part::ChangedShapes(MOST_POINTS));
    let both = [shapes, changes, Part::Facts];
    let long_enough = build.longest >= SHORTEST;
    if build.longest == 1 {
        all.push(build.of("values", "each reading as a number", &[Part::Values]));
        // Where one reading is all there is, a model weighs levels better than a line
        // does; where windows can be longer, that is tried last.
        let levels = build.levels();
        all.insert(if sizes.len() == 1 { 0 } else { 1 }, levels);
    }
    match task {
        Task::Number { .. } if build.longest == 1 => {}
        Task::Number { .. } => {
            all.push(build.of(
                "facts",
                "statistics and frequencies of every channel and of its changes",
                &[Part::Facts, Part::Frequencies],
            ));
            for (name, what, part) in [
                (
                    "frequencies",
                    "three measures of the main frequency",
                    Part::Frequencies,
                ),
                (
                    "spectral peak",
                    "the largest peak of the spectrum",
                    Part::Peak,
                ),
                (
                    "repetition",
                    "the shortest time after which the signal repeats",
                    Part::Repetition,
                ),
                (
                    "crossings",
                    "how often the signal crosses its middle",
                    Part::Crossings,
                ),
            ] {
                if build.has_spectrum() {
                    all.push(build.of(name, what, &[part]));
                }
            }
            if long_enough {
                all.push(build.of(
                    "shapes and facts",
                    "shapes of the signal and of its changes, and statistics",
                    &both,
                ));
            }
        }
        _ if build.longest == 1 => {}
        _ if !long_enough => {
            all.push(build.of(
                "facts",
                "statistics of every channel and of its changes",
                &[Part::Facts],
            ));
        }
        _ => {
            all.push(build.of(
                "shapes and facts",
                "shapes of the signal and of its changes, and statistics",
                &both,
            ));
            all.push(build.of(
                "facts",
                "statistics of every channel and of its changes",
                &[Part::Facts],
            ));
            all.push(build.of(
                "shapes",
                "shapes of the signal and of its changes",
                &both[..2],
            ));
            all.push(build.of(
                "changes",
                "shapes of the changes alone: where the signal lies does not matter",
                &[changes],
            ));
            all.push(build.of(
                "shapes, facts and frequencies",
                "as the first, with three measures of the main frequency",
                &[shapes, changes, Part::Facts, Part::Frequencies],
            ));
            if build.longest > LONG {
                all.push(build.of(
                    "coarse shapes and facts",
                    "as the first, from 64 points",
                    &[Part::Shapes(64), Part::ChangedShapes(64), Part::Facts],
                ));
            }
        }
    }
    // The default on the other sizes of windows.
    for (at, data) in sizes.iter().enumerate().skip(1) {
        let build = Build::new(data, at, task);
        let (name, parts): (&str, &[Part]) = match task {
            Task::Number { .. } => ("facts", &[Part::Facts, Part::Frequencies]),
            _ if build.longest < SHORTEST => ("facts", &[Part::Facts]),
            _ => ("shapes and facts", &both),
        };
        let length = data.size.map_or(build.longest, |size| size.length);
        let what = format!("as {name:?}, in windows of {length} readings");
        all.push(build.of(&format!("{name}, {length}"), &what, parts));
    }
    all
}
