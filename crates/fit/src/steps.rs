//! Fits the operators of a front end, one after the other.

use senselm_sensor::{
    Computed, FrontEndSpec, Matrix, Numbers, Operator, OperatorSpec, OperatorWrite, Task,
};

use crate::numbers::{front_end, of_each};
use crate::provisional::{symbols, wanted};
use crate::ridge::Ridge;
use crate::sample::{stratum, targets};
use crate::{FitError, Sample, convolutions};

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

/// The signals with these names of each window.
fn signals_of(
    spec: &FrontEndSpec,
    before: &[OperatorSpec],
    names: &[String],
    samples: &[Sample<'_>],
) -> Result<Vec<Vec<Vec<f64>>>, FitError> {
    let is_signal = |one: &&OperatorSpec| matches!(one.of, Operator::Difference { .. });
    let differences: Vec<OperatorSpec> = before.iter().filter(is_signal).cloned().collect();
    let channels = spec.channels.iter().map(|channel| channel.name.as_str());
    let known: Vec<&str> = channels
        .chain(differences.iter().map(|one| one.name.as_str()))
        .collect();
    let at = names.iter().map(|name| {
        let found = known.iter().position(|known| known == name);
        found.ok_or_else(|| FitError::setting("operators", format!("{name:?} is no signal")))
    });
    let at = at.collect::<Result<Vec<usize>, _>>()?;
    // A difference is what makes signals be kept; without one, any step does.
    let operators = match differences.is_empty() {
        true => vec![any_step(&known)],
        false => differences.clone(),
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
