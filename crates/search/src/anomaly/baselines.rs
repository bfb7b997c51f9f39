//! Simple ways to say how unlike the learned a window is, on the same windows.

use senselm_evaluate::baselines::{isolation_forest, nearest_distance};
use senselm_sensor::resample::linear;
use senselm_sensor::{Labelled, Window};

use super::made_up::MadeUp;
use super::mean;
use crate::SearchError;
use crate::outcome::Baseline;

/// Points of each channel that are compared.
const POINTS: usize = 64;
/// Training windows that are compared with.
const MOST: usize = 4000;

/// Windows as rows of numbers.
pub(crate) struct Baselines {
    /// As they are, each channel over its deviation; and each channel less its mean
    /// over its deviation in the window.
    train: [Vec<Vec<f64>>; 2],
    test: [Vec<Vec<f64>>; 2],
    seed: u64,
}

impl Baselines {
    pub(crate) fn new(
        records: &[Labelled],
        made_up: &MadeUp,
        seed: u64,
    ) -> Result<Self, SearchError> {
        let step = made_up.train.len().div_ceil(MOST).max(1);
        let learned = made_up.train.iter().step_by(step);
        let train: Vec<&Window> = learned
            .filter_map(|&at| Some(&records.get(at)?.window))
            .collect();
        let all = made_up.all(records);
        let test: Vec<&Window> = all.iter().map(|record| &record.window).collect();
        let channels = train.first().map_or(0, |window| window.channels.len());
        let scale: Vec<f64> = (0..channels)
            .map(|at| {
                let samples = train.iter().filter_map(|window| window.channels.get(at));
                let samples: Vec<f64> = samples.flatten().copied().collect();
                moments(&samples).1
            })
            .collect();
        let raw = |window: &&Window| {
            let each = points(window).into_iter().zip(&scale);
            each.flat_map(|(points, scale)| points.into_iter().map(move |x| x / scale))
                .collect()
        };
        let shape = |window: &&Window| {
            let each = points(window).into_iter();
            each.flat_map(|points| {
                let (mean, deviation) = moments(&points);
                points.into_iter().map(move |x| (x - mean) / deviation)
            })
            .collect()
        };
        Ok(Self {
            train: [
                train.iter().map(raw).collect(),
                train.iter().map(shape).collect(),
            ],
            test: [
                test.iter().map(raw).collect(),
                test.iter().map(shape).collect(),
            ],
            seed,
        })
    }

    /// How well each tells the kinds of anomalies.
    pub(crate) fn measure(&self, made_up: &MadeUp) -> Vec<Baseline> {
        let [raw, shape] = &self.train;
        let [raw_test, shape_test] = &self.test;
        let scores = [
            ("nearest window", nearest_distance(raw, raw_test)),
            (
                "nearest window, z-normalised",
                nearest_distance(shape, shape_test),
            ),
            (
                "isolation forest",
                isolation_forest(raw, raw_test, self.seed),
            ),
        ];
        let measured = scores.into_iter().map(|(name, scores)| {
            let found = made_up.aurocs(&scores);
            Baseline {
                name,
                figure: mean(&found),
                interval: None,
                folds: found.iter().map(|auroc| 1.0 - auroc).collect(),
            }
        });
        measured.collect()
    }
}

/// Each channel as points in time; what is missing is 0.
fn points(window: &Window) -> Vec<Vec<f64>> {
    let each = window.channels.iter().map(|samples| {
        let points = linear(samples, POINTS.min(samples.len().max(1)));
        points
            .into_iter()
            .map(|x| if x.is_nan() { 0.0 } else { x })
            .collect()
    });
    each.collect()
}

/// The mean and the deviation, which is never 0.
fn moments(values: &[f64]) -> (f64, f64) {
    let known: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    let middle = mean(&known);
    let squares: Vec<f64> = known.iter().map(|x| (x - middle) * (x - middle)).collect();
    let deviation = mean(&squares).sqrt();
    (middle, if deviation > 1e-9 { deviation } else { 1.0 })
}
