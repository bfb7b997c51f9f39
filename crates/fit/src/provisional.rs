//! A front end before it is fitted.

use senselm_sensor::{
    Dilation, Encode, FeatureWrite, FrontEndSpec, KERNELS, Matrix, Numbers, Operator, OperatorSpec,
    OperatorWrite, Task,
};

use crate::{FitError, edges};

/// A specification in whose places for fitted numbers some stand that say
/// nothing: with it recordings are read and everything else is checked before
/// there is anything to fit on.
///
/// # Errors
/// What no fitting can put right.
pub fn provisional(spec: &FrontEndSpec, task: &Task) -> Result<FrontEndSpec, FitError> {
    let mut spec = spec.clone();
    let some: Vec<f64> = (0_u8..64).map(f64::from).collect();
    for at in 0..spec.operators.len() {
        let (before, rest) = spec.operators.split_at_mut(at);
        let Some(operator) = rest.first_mut() else {
            break;
        };
        let place = format!("operator {}", operator.name);
        match &mut operator.of {
            Operator::Convolutions {
                signals: read,
                features,
                dilations,
                ..
            } if dilations.is_empty() => {
                let each = wanted(*features, &place)?.div_ceil(KERNELS);
                dilations.push(Dilation {
                    step: 1,
                    biases: Numbers::pack(&vec![0.0; each * KERNELS]),
                    signals: match read.len() {
                        1 => Vec::new(),
                        _ => vec![vec![0]; KERNELS],
                    },
                });
            }
            Operator::Project {
                of,
                mean,
                deviation,
                weights,
                bias,
                ..
            } if weights.is_empty() => {
                let width = width(before, of, task, &place)?;
                let outputs = outputs(task);
                *mean = Numbers::pack(&vec![0.0; width]);
                *deviation = Numbers::pack(&vec![1.0; width]);
                *weights = Matrix::int8(&vec![vec![0.0; width]; outputs]);
                *bias = Numbers::pack(&vec![0.0; outputs]);
            }
            Operator::Novelty {
                of,
                mean,
                deviation,
                basis,
                limit,
                ..
            } if basis.is_empty() => {
                let width = width(before, of, task, &place)?;
                *mean = Numbers::pack(&vec![0.0; width]);
                *deviation = Numbers::pack(&vec![1.0; width]);
                *basis = Matrix::int8(&[vec![0.0; width]]);
                *limit = limit.or(Some(1.0));
            }
            Operator::Standardise { least, .. } => *least = least.or(Some(1.0)),
            _ => {}
        }
        let numbers = count(operator, task);
        match &mut operator.write {
            Some(OperatorWrite::Rank {
                symbols, margin, ..
            }) => {
                if symbols.is_empty() {
                    *symbols = self::symbols(numbers);
                }
                if !margin.is_fitted() {
                    *margin = edges::fit(&margin.alphabet, &some, &place)?;
                }
            }
            Some(OperatorWrite::Levels { edges, .. }) if !edges.is_fitted() => {
                *edges = edges::fit(&edges.alphabet, &some, &place)?;
            }
            _ => {}
        }
    }
    for channel in &mut spec.channels {
        let place = format!("channel {}", channel.name);
        if let Some(Encode::Edges { edges, .. }) = &mut channel.encode
            && !edges.is_fitted()
        {
            *edges = edges::fit(&edges.alphabet, &some, &place)?;
        }
        for feature in &mut channel.features {
            if let FeatureWrite::Edges { edges } = &mut feature.write
                && !edges.is_fitted()
            {
                *edges = edges::fit(&edges.alphabet, &some, &place)?;
            }
        }
    }
    Ok(spec)
}

/// How many numbers come of the steps with these names.
fn width(
    before: &[OperatorSpec],
    names: &[String],
    task: &Task,
    place: &str,
) -> Result<usize, FitError> {
    let mut width = 0;
    for name in names {
        let read = before.iter().find(|one| one.name == *name);
        width += match read.map_or(0, |one| count(one, task)) {
            0 => {
                let reason = format!("{name:?} is no step before it of which numbers come");
                return Err(FitError::setting(place, reason));
            }
            numbers => numbers,
        };
    }
    Ok(width)
}

/// How many scores a projection is fitted to give.
pub(crate) fn outputs(task: &Task) -> usize {
    task.labels().len().max(1)
}

/// How many numbers an unfitted step of convolutions is to give.
pub(crate) fn wanted(features: Option<usize>, place: &str) -> Result<usize, FitError> {
    match features {
        Some(features @ 1..=20_000) => Ok(features),
        _ => Err(FitError::setting(
            place,
            "say with `features` how many numbers are wanted, 1 to 20000",
        )),
    }
}

/// Symbols that the tokenizer never joins with what stands beside them: digits,
/// as many for each.
pub(crate) fn symbols(count: usize) -> Vec<String> {
    let width = count.saturating_sub(1).to_string().len();
    (0..count).map(|at| format!("{at:0width$}")).collect()
}

/// How many numbers come of a step whose fitted parts are there.
fn count(operator: &OperatorSpec, task: &Task) -> usize {
    match &operator.of {
        Operator::Difference { .. } | Operator::Standardise { .. } => 0,
        Operator::Novelty { .. } => 1,
        Operator::Statistics { signals, of } => signals.len() * of.len(),
        Operator::Convolutions {
            features,
            dilations,
            ..
        } => match features {
            Some(features) if dilations.len() == 1 => features.div_ceil(KERNELS) * KERNELS,
            _ => dilations.iter().map(|one| one.biases.len()).sum(),
        },
        Operator::Project { bias, .. } => match bias.len() {
            0 => outputs(task),
            fitted => fitted,
        },
    }
}
