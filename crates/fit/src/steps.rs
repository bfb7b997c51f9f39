//! Fits the operators of a front end, one after the other.

use senselm_sensor::{
    Computed, FrontEndSpec, Matrix, Numbers, Operator, OperatorSpec, OperatorWrite, Task,
};

use crate::numbers::{front_end, of_each};
use crate::provisional::{symbols, wanted};
use crate::ridge::Ridge;
use crate::sample::{stratum, targets};
use crate::{FitError, Sample, Standard, convolutions, novelty};

/// The share of what a signal varies that a window has to vary not to be still.
const STILL: f64 = 0.05;

/// The specification with every dilation, matrix and symbol that it leaves out;
/// edges are still left out.
pub(crate) fn fit(
    spec: &FrontEndSpec,
    task: &Task,
    samples: &[Sample<'_>],
    seed: u64,
) -> Result<FrontEndSpec, FitError> {
    let mut fitted = spec.clone();
    for at in 0..fitted.operators.len() {
        let before: Vec<OperatorSpec> = fitted.operators.iter().take(at).cloned().collect();
        let Some(operator) = fitted.operators.get_mut(at) else {
            break;
        };
        let place = format!("operator {}", operator.name);
        match &mut operator.of {
            Operator::Convolutions {
                signals,
                points,
                features,
                dilations,
            } if dilations.is_empty() => {
                let wanted = wanted(*features, &place)?;
                let windows = signals_of(spec, &before, signals, samples)?;
                let seed = seed ^ ((at as u64) << 48);
                *dilations = convolutions::fit(&windows, *points, wanted, seed);
                *features = None;
            }
            Operator::Project {
                of,
                mean,
                deviation,
                clip,
                weights,
                bias,
            } if weights.is_empty() => {
                let rows = numbers_of(spec, &before, of, samples)?;
                let clusters: Vec<u64> = samples.iter().map(|one| one.cluster).collect();
                let strata: Vec<usize> = samples.iter().map(stratum).collect();
                let targets = targets(samples, task)?;
                let ridge = Ridge::fit(&rows, &targets, &clusters, &strata, *clip, seed)?;
                *mean = Numbers::pack(&ridge.standard.mean);
                *deviation = Numbers::pack(&ridge.standard.deviation);
                *weights = Matrix::int8(&ridge.weights);
                *bias = Numbers::pack(&ridge.bias);
            }
            Operator::Standardise { signal, least } if least.is_none() => {
                let windows = signals_of(spec, &before, std::slice::from_ref(signal), samples)?;
                *least = Some(least_deviation(&windows));
            }
            Operator::Novelty {
                of,
                mean,
                deviation,
                clip,
                basis,
                limit,
                ..
            } if basis.is_empty() => {
                let rows = numbers_of(spec, &before, of, samples)?;
                let standard = Standard::of(&rows, *clip);
                *basis = Matrix::int8(&novelty::directions(&rows, &standard)?);
                *mean = Numbers::pack(&standard.mean);
                *deviation = Numbers::pack(&standard.deviation);
                // Until windows have been looked at that this was not fitted on.
                *limit = limit.or(Some(1.0));
            }
            _ => {}
        }
        if let Some(OperatorWrite::Rank { symbols: all, .. }) = &mut operator.write
            && all.is_empty()
            && let Operator::Project { bias, .. } = &operator.of
        {
            *all = symbols(bias.len());
        }
    }
    Ok(fitted)
}

/// What a window has to vary at least not to count as still: a share of what all
/// windows of a signal vary.
fn least_deviation(windows: &[Vec<Vec<f64>>]) -> f64 {
    let samples = || windows.iter().flatten().flatten().filter(|v| !v.is_nan());
    let count = samples().count().max(1) as f64;
    let mean = samples().sum::<f64>() / count;
    let squares = samples().map(|sample| (sample - mean).powi(2)).sum::<f64>();
    let deviation = (squares / count).sqrt();
    let least = STILL * deviation.max(f64::EPSILON * mean.abs());
    // Of a signal that never varies, any.
    f64::from(least.max(1e-9) as f32)
}

/// The signals with these names of each window.
fn signals_of(
    spec: &FrontEndSpec,
    before: &[OperatorSpec],
    names: &[String],
    samples: &[Sample<'_>],
) -> Result<Vec<Vec<Vec<f64>>>, FitError> {
    let is_signal = |one: &&OperatorSpec| one.of.is_signal();
    let made: Vec<OperatorSpec> = before.iter().filter(is_signal).cloned().collect();
    let channels = spec.channels.iter().map(|channel| channel.name.as_str());
    let known: Vec<&str> = channels
        .chain(made.iter().map(|one| one.name.as_str()))
        .collect();
    let at = names.iter().map(|name| {
        let found = known.iter().position(|known| known == name);
        found.ok_or_else(|| FitError::setting("operators", format!("{name:?} is no signal")))
    });
    let at = at.collect::<Result<Vec<usize>, _>>()?;
    // A step is what makes signals be kept; where none is made, any does.
    let operators = match made.is_empty() {
        true => vec![any_step(&known)],
        false => made.clone(),
    };
    let front_end = front_end(spec, operators)?;
    let pick = |computed: Computed| {
        let chosen = at.iter().filter_map(|&at| computed.signals.get(at));
        chosen.cloned().collect::<Vec<Vec<f64>>>()
    };
    of_each(&front_end, samples, pick)
}

/// A step that costs nothing.
fn any_step(channels: &[&str]) -> OperatorSpec {
    OperatorSpec {
        name: "signals".into(),
        of: Operator::Statistics {
            signals: channels
                .first()
                .map(|name| (*name).to_owned())
                .into_iter()
                .collect(),
            of: vec![senselm_sensor::FeatureKind::Length {}],
        },
        write: None,
    }
}

/// The numbers of the steps with these names of each window, one after the other.
fn numbers_of(
    spec: &FrontEndSpec,
    before: &[OperatorSpec],
    names: &[String],
    samples: &[Sample<'_>],
) -> Result<Vec<Vec<f64>>, FitError> {
    let at = names.iter().map(|name| {
        let found = before.iter().position(|one| one.name == *name);
        found.ok_or_else(|| FitError::setting("operators", format!("{name:?} is no step")))
    });
    let at = at.collect::<Result<Vec<usize>, _>>()?;
    let front_end = front_end(spec, before.to_vec())?;
    let pick = |computed: Computed| {
        let chosen = at.iter().filter_map(|&at| computed.numbers.get(at));
        chosen.flatten().copied().collect::<Vec<f64>>()
    };
    of_each(&front_end, samples, pick)
}
