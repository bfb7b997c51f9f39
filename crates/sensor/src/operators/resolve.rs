//! Checks steps once, and finds what each reads.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::convolutions::{Convolutions, Dilated, KERNELS};
use super::novelty::Novelty;
use super::project::Project;
use super::standard::Standard;
use super::write::Written;
use super::{Kind, Step};
use crate::encode::Writer;
use crate::limits::{
    MAX_CONVOLVED, MAX_DILATIONS, MAX_OPERATORS, MAX_SAMPLES, MAX_STATISTICS, at_most, setting,
};
use crate::packed::Numbers;
use crate::spec::{Dilation, Operator, OperatorSpec, OperatorWrite};
use crate::validate::{
    check_decimal, check_feature, check_name, positive, require, text, window_lengths,
};
use crate::{FeatureKind, FrontEndSpec, SensorError};

/// The largest share of learned windows that may be called new.
const MOST_REJECTED: f64 = 0.5;

/// The checked steps of a specification. `names` are those that are taken.
///
/// # Errors
/// Says which setting of which step cannot work.
pub(crate) fn resolve<'a>(
    spec: &'a FrontEndSpec,
    names: &mut BTreeSet<&'a str>,
) -> Result<Vec<Step>, SensorError> {
    at_most("operators", spec.operators.len(), MAX_OPERATORS)?;
    let mut found = Found {
        spec,
        signals: spec.channels.iter().map(|c| c.name.as_str()).collect(),
        counts: Vec::new(),
    };
    let mut steps: Vec<Step> = Vec::new();
    for operator in &spec.operators {
        check_name(&operator.name, names)?;
        let place = format!("operator {}", operator.name);
        let of = found.kind(&operator.of, &place)?;
        let count = found.count(&of);
        if of.is_signal() {
            found.signals.push(&operator.name);
        }
        found.counts.push(count);
        let write = operator
            .write
            .as_ref()
            .map(|write| written(write, count, &place));
        steps.push(Step {
            of,
            write: write.transpose()?,
        });
    }
    Ok(steps)
}

/// Checks that every step is read by another or written.
///
/// # Errors
/// [`SensorError::Unused`]: what nothing reads and nothing writes is a mistake.
pub(crate) fn all_are_read(operators: &[OperatorSpec]) -> Result<(), SensorError> {
    let is_read = |name: &str| operators.iter().any(|other| other.of.reads(name));
    let mut all = operators.iter();
    // How new a window is stands beside the answer.
    let is_end = |one: &OperatorSpec| matches!(one.of, Operator::Novelty { .. });
    match all.find(|one| one.write.is_none() && !is_end(one) && !is_read(&one.name)) {
        Some(one) => Err(SensorError::Unused {
            name: one.name.clone(),
        }),
        None => Ok(()),
    }
}

/// What is there already.
struct Found<'a> {
    spec: &'a FrontEndSpec,
    signals: Vec<&'a str>,
    /// How many numbers come of each step.
    counts: Vec<usize>,
}

impl Found<'_> {
    fn kind(&self, of: &Operator, place: &str) -> Result<Kind, SensorError> {
        Ok(match of {
            Operator::Difference { signal } => Kind::Difference(self.signal(signal, place)?),
            Operator::Standardise { signal, least } => {
                let least = least.unwrap_or_default();
                require(positive(least), place, "least must be a positive number")?;
                Kind::Standardise(self.signal(signal, place)?, least)
            }
            Operator::Statistics { signals, of } => self.statistics(signals, of, place)?,
            Operator::Convolutions {
                signals,
                points,
                dilations,
                ..
            } => Kind::Convolutions(self.convolutions(signals, *points, dilations, place)?),
            Operator::Project {
                of,
                mean,
                deviation,
                clip,
                weights,
                bias,
            } => {
                let (steps, columns) = self.read(of, place)?;
                let weights = weights.unpack(columns, place)?;
                let project = Project {
                    standard: standard(columns, mean, deviation, *clip, place)?,
                    weights,
                    bias: bias.unpack(place)?,
                };
                if project.bias.len() != project.count() {
                    let scores = project.count();
                    let reason = format!("{scores} scores come of it: as many biases are wanted");
                    return Err(setting(place, reason));
                }
                Kind::Project { of: steps, project }
            }
            Operator::Novelty {
                of,
                rate,
                mean,
                deviation,
                clip,
                basis,
                limit,
            } => {
                let (steps, columns) = self.read(of, place)?;
                let is_share = (0.0..=MOST_REJECTED).contains(rate) && *rate > 0.0;
                let reason = format!("rate must be above 0, and {MOST_REJECTED} at most");
                require(is_share, place, &reason)?;
                let limit = limit.unwrap_or_default();
                require(positive(limit), place, "limit must be a positive number")?;
                let novelty = Novelty {
                    standard: standard(columns, mean, deviation, *clip, place)?,
                    basis: basis.unpack(columns, place)?,
                    limit,
                };
                Kind::Novelty { of: steps, novelty }
            }
        })
    }

    fn statistics(
        &self,
        signals: &[String],
        of: &[FeatureKind],
        place: &str,
    ) -> Result<Kind, SensorError> {
        let at = self.some_signals(signals, place)?;
        require(
            !of.is_empty(),
            place,
            "there must be at least one statistic",
        )?;
        at_most(place, at.len() * of.len(), MAX_STATISTICS)?;
        let longest = window_lengths(&self.spec.layout).1;
        for (&at, kind) in at
            .iter()
            .flat_map(|at| of.iter().map(move |kind| (at, kind)))
        {
            let channel = self.spec.channels.get(at);
            let rate_hz = channel.and_then(|channel| channel.sample_rate_hz);
            check_feature(kind, Some(rate_hz.unwrap_or(1.0)), longest, place)?;
            require(
                *kind != FeatureKind::MissingShare {},
                place,
                "signals are filled, so that nothing is missing: make it a feature of the channel",
            )?;
        }
        Ok(Kind::Statistics {
            signals: at,
            of: of.to_vec(),
        })
    }

    fn convolutions(
        &self,
        signals: &[String],
        points: usize,
        dilations: &[Dilation],
        place: &str,
    ) -> Result<Convolutions, SensorError> {
        let at = self.some_signals(signals, place)?;
        require(points > 0, place, "points must be at least 1")?;
        at_most(&format!("{place}: points"), points, MAX_SAMPLES)?;
        require(!dilations.is_empty(), place, "there must be a dilation")?;
        at_most(
            &format!("{place}: dilations"),
            dilations.len(),
            MAX_DILATIONS,
        )?;
        let dilations = dilations
            .iter()
            .map(|one| dilated(one, at.len(), points, place));
        let dilations = dilations.collect::<Result<_, _>>()?;
        let convolutions = Convolutions {
            signals: at,
            points,
            dilations,
        };
        let each = convolutions.dilations.iter().flat_map(|one| &one.signals);
        let sums: usize = each.map(Vec::len).sum();
        let work = (sums + convolutions.count()).saturating_mul(points);
        at_most(&format!("{place}: sums of a window"), work, MAX_CONVOLVED)?;
        Ok(convolutions)
    }

    fn some_signals(&self, names: &[String], place: &str) -> Result<Vec<usize>, SensorError> {
        require(
            !names.is_empty(),
            place,
            "there must be at least one signal",
        )?;
        at_most(place, names.len(), self.signals.len())?;
        names.iter().map(|name| self.signal(name, place)).collect()
    }

    fn signal(&self, name: &str, place: &str) -> Result<usize, SensorError> {
        let found = self.signals.iter().position(|signal| *signal == name);
        found.ok_or_else(|| {
            let known = self.signals.join(", ");
            let reason =
                format!("{name:?} is no signal that is there before it; there are {known}");
            setting(place, reason)
        })
    }

    /// The step with this name, of which numbers come.
    fn step(&self, name: &str, place: &str) -> Result<usize, SensorError> {
        let mut before = self.spec.operators.iter().zip(&self.counts);
        let found = before.position(|(step, count)| step.name == name && *count > 0);
        found.ok_or_else(|| {
            let reason = format!("{name:?} is no step before it of which numbers come");
            setting(place, reason)
        })
    }

    /// The steps with these names, and how many numbers come of all of them.
    fn read(&self, names: &[String], place: &str) -> Result<(Vec<usize>, usize), SensorError> {
        let steps = names.iter().map(|name| self.step(name, place));
        let steps = steps.collect::<Result<Vec<usize>, _>>()?;
        let counts = steps.iter().filter_map(|&at| self.counts.get(at));
        let columns = counts.sum();
        Ok((steps, columns))
    }

    fn count(&self, of: &Kind) -> usize {
        match of {
            Kind::Difference(_) | Kind::Standardise(..) => 0,
            Kind::Novelty { .. } => 1,
            Kind::Statistics { signals, of } => signals.len() * of.len(),
            Kind::Convolutions(convolutions) => convolutions.count(),
            Kind::Project { project, .. } => project.count(),
        }
    }
}

impl Operator {
    /// Whether it reads a signal or the numbers of a step.
    #[must_use]
    pub fn reads(&self, name: &str) -> bool {
        match self {
            Self::Difference { signal } | Self::Standardise { signal, .. } => signal == name,
            Self::Statistics { signals, .. } | Self::Convolutions { signals, .. } => {
                signals.iter().any(|signal| signal == name)
            }
            Self::Project { of, .. } | Self::Novelty { of, .. } => {
                of.iter().any(|step| step == name)
            }
        }
    }
}

/// The scale of so many numbers.
fn standard(
    columns: usize,
    mean: &Numbers,
    deviation: &Numbers,
    clip: f64,
    place: &str,
) -> Result<Standard, SensorError> {
    let (mean, deviation) = (mean.unpack(place)?, deviation.unpack(place)?);
    if [mean.len(), deviation.len()] != [columns; 2] {
        let reason = format!("{columns} numbers are read: as many means and deviations are wanted");
        return Err(setting(place, reason));
    }
    require(positive(clip), place, "clip must be a positive number")?;
    let all = deviation.iter().all(|value| positive(*value));
    require(all, place, "deviations must be positive numbers")?;
    Ok(Standard {
        mean,
        deviation,
        clip,
    })
}

fn dilated(
    one: &Dilation,
    signals: usize,
    points: usize,
    place: &str,
) -> Result<Dilated, SensorError> {
    let fits = one.step > 0 && one.step <= points;
    require(
        fits,
        place,
        "the step of a dilation must be from 1 to the points",
    )?;
    let biases = one.biases.unpack(place)?;
    let each = biases.len() / KERNELS;
    require(
        each > 0 && biases.len() % KERNELS == 0,
        place,
        "there must be as many biases for each of the 84 kernels",
    )?;
    let chosen: Vec<Vec<usize>> = match one.signals.is_empty() {
        true => alloc::vec![alloc::vec![0]; KERNELS],
        false => {
            let each = one.signals.iter();
            let each = each.map(|chosen| chosen.iter().map(|at| usize::from(*at)).collect());
            each.collect()
        }
    };
    let is_known = |chosen: &Vec<usize>| {
        !chosen.is_empty() && chosen.len() <= signals && chosen.iter().all(|&at| at < signals)
    };
    require(
        chosen.len() == KERNELS && chosen.iter().all(is_known),
        place,
        "each of the 84 kernels must have signals, by their positions among the step's",
    )?;
    require(
        signals == 1 || !one.signals.is_empty(),
        place,
        "which kernel is applied to which of several signals must be said",
    )?;
    Ok(Dilated {
        step: one.step,
        biases: biases.chunks_exact(each).map(<[f64]>::to_vec).collect(),
        signals: chosen,
    })
}

fn written(write: &OperatorWrite, count: usize, place: &str) -> Result<Written, SensorError> {
    require(
        count > 0,
        place,
        "a signal is not written; write numbers of it",
    )?;
    match write {
        OperatorWrite::Rank {
            symbols,
            top,
            margin,
        } => {
            for symbol in symbols {
                text(place, symbol)?;
            }
            let mut seen = BTreeSet::new();
            let mut names = symbols.iter().map(String::as_str);
            let are_different = names.all(|name| !name.is_empty() && seen.insert(name));
            require(
                symbols.len() == count && are_different,
                place,
                &format!("{count} different symbols are wanted, none of them empty"),
            )?;
            let fits = count > 1 && (1..=count).contains(top);
            require(
                fits,
                place,
                "top must be from 1 to the numbers, which must be two at least",
            )?;
            Ok(Written::Rank {
                symbols: symbols.clone(),
                top: *top,
                margin: Writer::edges(margin, place)?,
            })
        }
        OperatorWrite::Levels {
            edges,
            separator,
            empty,
        } => {
            text(place, separator)?;
            text(place, empty.as_deref().unwrap_or_default())?;
            Ok(Written::Each {
                writer: Writer::edges(edges, place)?,
                separator: separator.clone(),
                empty: empty.clone(),
            })
        }
        OperatorWrite::Decimal {
            decimals,
            width,
            separator,
            empty,
        } => {
            check_decimal(*decimals, *width, place)?;
            text(place, separator)?;
            text(place, empty.as_deref().unwrap_or_default())?;
            require(
                count == 1 || !separator.is_empty(),
                place,
                "decimals need a separator",
            )?;
            Ok(Written::Each {
                writer: Writer::Decimal {
                    decimals: *decimals,
                    width: *width,
                    trim: false,
                },
                separator: separator.clone(),
                empty: empty.clone(),
            })
        }
    }
}
