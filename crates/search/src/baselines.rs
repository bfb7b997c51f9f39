//! Simple models on the same folds.

use senselm_evaluate::baselines::{Points, classify, estimate, nearest_warped};
use senselm_evaluate::{Fold, Table};
use senselm_sensor::{
    Edges, FrontEnd, Labelled, Missing, Numbers, Operator, OperatorSpec, OperatorWrite, Resample,
    ResampleMethod, Scale, Task, Truth,
};

use crate::candidate::{convolutions as convolutions_of, facts, projection, step};
use crate::data::{Data, label};
use crate::{SearchError, trial};

/// Points of each channel that the baselines see.
const POINTS: usize = 64;
/// Of the windows that are warped.
const WARPED_POINTS: usize = 128;
/// Numbers of the random convolutions.
const CONVOLUTIONS: usize = 2016;

/// The numbers that baselines are given of each window.
#[derive(Debug)]
pub(crate) struct Tables {
    /// Points and statistics of every channel.
    pub(crate) rows: Vec<Vec<f64>>,
    /// Points in time, each channel on one scale.
    points: Vec<Points>,
}

impl Tables {
    pub(crate) fn new(data: &Data) -> Result<Self, SearchError> {
        let mut spec = data.carrier.clone();
        let longest = data
            .records
            .iter()
            .flat_map(|r| &r.window.channels)
            .map(Vec::len)
            .max();
        let shortest = data
            .records
            .iter()
            .flat_map(|r| &r.window.channels)
            .map(Vec::len)
            .min();
        let several = longest.unwrap_or(1) > 1;
        for channel in &mut spec.channels {
            channel.encode = None;
            channel.features.clear();
            channel.scale = Scale::None {};
            channel.missing = Missing::Interpolate {
                empty: Some("?".into()),
            };
            channel.resample.clear();
        }
        let signals: Vec<String> = spec.channels.iter().map(|one| one.name.clone()).collect();
        let of = match several {
            true => facts(shortest.unwrap_or(1)),
            false => vec![senselm_sensor::FeatureKind::Mean {}],
        };
        spec.operators = vec![step("facts", Operator::Statistics { signals, of })];
        let facts = FrontEnd::of_numbers(spec)?;
        let (mut rows, mut raw) = (Vec::new(), Vec::new());
        for record in &data.records {
            let computed = facts.compute(&record.window)?;
            let mut row: Vec<f64> = computed.numbers.concat();
            if several {
                for signal in &computed.signals {
                    row.extend(resampled(signal, POINTS));
                }
            }
            rows.push(row);
            let points = longest.unwrap_or(1).min(WARPED_POINTS);
            raw.push(
                computed
                    .signals
                    .iter()
                    .map(|s| resampled(s, points))
                    .collect::<Vec<_>>(),
            );
        }
        Ok(Self {
            rows,
            points: on_one_scale(&raw),
        })
    }

    fn table(&self, which: &[usize]) -> Result<Table, SearchError> {
        let rows = which.iter().filter_map(|&at| self.rows.get(at).cloned());
        Ok(Table::new(rows.collect())?)
    }

    /// What majority, neighbours and forest answer on a fold.
    pub(crate) fn classical(
        &self,
        data: &Data,
        task: &Task,
        fold: &Fold,
        seed: u64,
    ) -> Result<[Vec<Option<Truth>>; 3], SearchError> {
        let (train, test) = (self.table(&fold.train)?, self.table(&fold.test)?);
        let truths = fold
            .train
            .iter()
            .filter_map(|&at| data.records.get(at)?.truth.as_ref());
        let labels = task.labels().len();
        if labels > 0 {
            let truths: Vec<usize> = truths.map(|truth| label(Some(truth))).collect();
            let all = classify(&train, &truths, labels, &test, seed)?;
            let named = |answers: Vec<usize>| answers.into_iter().map(Truth::Label).map(Some);
            return Ok([all.majority, all.knn, all.random_forest].map(|one| named(one).collect()));
        }
        let truths: Vec<f64> = truths
            .map(|truth| match truth {
                Truth::Number(number) => *number,
                _ => f64::NAN,
            })
            .collect();
        let all = estimate(&train, &truths, &test, seed)?;
        let named = |answers: Vec<f64>| answers.into_iter().map(Truth::Number).map(Some);
        Ok([all.majority, all.knn, all.random_forest].map(|one| named(one).collect()))
    }

    /// What the nearest window under time warping answers on a fold.
    pub(crate) fn warped(&self, data: &Data, fold: &Fold) -> Vec<Option<Truth>> {
        let of = |which: &[usize]| -> Vec<Points> {
            which
                .iter()
                .filter_map(|&at| self.points.get(at).cloned())
                .collect()
        };
        let nearest = nearest_warped(&of(&fold.train), &of(&fold.test));
        let truth = |at: Option<usize>| {
            let at = fold.train.get(at?)?;
            data.records.get(*at)?.truth.clone()
        };
        nearest.into_iter().map(truth).collect()
    }
}

/// What random convolutions with a ridge answer on a fold: the baseline of time
/// series classification.
pub(crate) fn convolutions(
    data: &Data,
    task: &Task,
    fold: &Fold,
    seed: u64,
) -> Result<Vec<Option<Truth>>, SearchError> {
    let mut spec = data.carrier.clone();
    for channel in &mut spec.channels {
        channel.encode = None;
        channel.missing = Missing::Interpolate {
            empty: Some("?".into()),
        };
    }
    let lengths = data
        .records
        .iter()
        .flat_map(|record| &record.window.channels);
    let longest = lengths.map(Vec::len).max().unwrap_or(1);
    let write = match task {
        Task::Number { decimals, .. } => OperatorWrite::Decimal {
            decimals: *decimals,
            width: 0,
            separator: String::new(),
            empty: None,
        },
        _ => OperatorWrite::Rank {
            symbols: Vec::new(),
            top: 1,
            margin: Edges {
                at: Numbers::default(),
                alphabet: "01".into(),
            },
        },
    };
    let signals: Vec<String> = spec.channels.iter().map(|one| one.name.clone()).collect();
    spec.operators = vec![
        step(
            "shapes",
            convolutions_of(&signals, longest.clamp(9, 1024), CONVOLUTIONS),
        ),
        OperatorSpec {
            write: Some(write),
            ..step("verdict", projection(vec!["shapes".into()]))
        },
    ];
    spec.template = "{verdict}".into();
    let test: Vec<&Labelled> = fold
        .test
        .iter()
        .filter_map(|&at| data.records.get(at))
        .collect();
    trial::projected(data, &spec, task, &fold.train, &test, seed)
}

fn resampled(signal: &[f64], points: usize) -> Vec<f64> {
    let step = Resample {
        points,
        method: ResampleMethod::Linear,
    };
    let all = senselm_sensor::resample::resample(signal, step);
    all.iter()
        .map(|value| if value.is_nan() { 0.0 } else { *value })
        .collect()
}

/// Each channel less its mean over all windows, over its deviation; then points
/// in time.
fn on_one_scale(windows: &[Vec<Vec<f64>>]) -> Vec<Points> {
    let channels = windows.first().map_or(0, Vec::len);
    let mut scale = Vec::with_capacity(channels);
    for at in 0..channels {
        let all = || windows.iter().filter_map(|window| window.get(at)).flatten();
        let count = all().count().max(1) as f64;
        let mean = all().sum::<f64>() / count;
        let squares = all().map(|value| (value - mean).powi(2)).sum::<f64>();
        let deviation = (squares / count).sqrt();
        scale.push((mean, if deviation > 0.0 { deviation } else { 1.0 }));
    }
    let points = |window: &Vec<Vec<f64>>| {
        let count = window.first().map_or(0, Vec::len);
        let point = |at: usize| {
            let each = window.iter().zip(&scale);
            each.map(|(signal, (mean, deviation))| {
                (signal.get(at).copied().unwrap_or(*mean) - mean) / deviation
            })
            .collect()
        };
        (0..count).map(point).collect()
    };
    windows.iter().map(points).collect()
}
