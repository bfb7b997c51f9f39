//! Fits a front end on all windows, and for each part of them on the others.

use std::collections::BTreeSet;

use senselm_evaluate::{Clusters, stratified_folds};
use senselm_sensor::{Computed, Encode, FeatureWrite, FrontEndSpec, Operator, OperatorWrite, Task};

use crate::numbers::{front_end, of_each};
use crate::sample::stratum;
use crate::{FitError, Sample, edges, novelty, steps};

/// A front end that was fitted.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// On all windows: what the file holds.
    pub spec: FrontEndSpec,
    /// For each part of the windows, on the others; one where nothing that was
    /// fitted knows a window.
    pub parts: Vec<FrontEndSpec>,
    /// Which part each window is in.
    pub part_of: Vec<usize>,
}

/// Fits everything that a specification leaves out.
///
/// `parts` is how many parts the windows are cut into where it has a projection to
/// fit. Edges are those of the numbers that windows have with the front end that
/// did not see them.
///
/// # Errors
/// Where there are too few windows, or settings do not fit together.
pub fn cross_fit(
    spec: &FrontEndSpec,
    task: &Task,
    samples: &[Sample<'_>],
    parts: usize,
    seed: u64,
) -> Result<Fitted, FitError> {
    if samples.is_empty() {
        return Err(FitError::Data(
            "there is no window to fit the front end on".into(),
        ));
    }
    let knows = spec.operators.iter().any(|operator| match &operator.of {
        Operator::Project { weights, .. } => weights.is_empty(),
        Operator::Novelty { basis, .. } => basis.is_empty(),
        _ => false,
    });
    let all = steps::fit(spec, task, samples, seed)?;
    let clusters = Clusters::of_keys(samples.iter().map(|one| one.cluster));
    let mut part_of = vec![0; samples.len()];
    let mut each = vec![all.clone()];
    if knows {
        if clusters.distinct() < 2 {
            return Err(FitError::Data(
                "two different windows are needed at least: what is said of a window is learned \
                 from others"
                    .into(),
            ));
        }
        let strata: Vec<usize> = samples.iter().map(stratum).collect();
        let count = parts.clamp(2, clusters.distinct());
        let folds = stratified_folds(&clusters, &strata, count, seed)?;
        each.clear();
        for (part, fold) in folds.iter().enumerate() {
            let others: Vec<Sample<'_>> = fold
                .train
                .iter()
                .filter_map(|&at| samples.get(at).copied())
                .collect();
            each.push(steps::fit(spec, task, &others, seed)?);
            for &at in &fold.test {
                if let Some(of) = part_of.get_mut(at) {
                    *of = part;
                }
            }
        }
    }
    let mut fitted = Fitted {
        spec: all,
        parts: each,
        part_of,
    };
    fitted.levels(samples)?;
    fitted.limits(spec, samples)?;
    Ok(fitted)
}

/// Fits everything that a specification leaves out on all windows, and nothing on
/// parts of them: for whoever measures what a projection alone answers to others.
///
/// # Errors
/// As [`cross_fit()`].
pub fn fit(
    spec: &FrontEndSpec,
    task: &Task,
    samples: &[Sample<'_>],
    seed: u64,
) -> Result<FrontEndSpec, FitError> {
    if samples.is_empty() {
        return Err(FitError::Data(
            "there is no window to fit the front end on".into(),
        ));
    }
    let all = steps::fit(spec, task, samples, seed)?;
    let mut fitted = Fitted {
        parts: vec![all.clone()],
        part_of: vec![0; samples.len()],
        spec: all,
    };
    fitted.levels(samples)?;
    fitted.limits(spec, samples)?;
    Ok(fitted.spec)
}

/// Where edges are wanted.
enum Wanted {
    Channel(usize),
    Feature(usize, usize),
    /// The numbers of an operator.
    Numbers(usize),
    /// How far the largest number of an operator is ahead.
    Margin(usize),
}

impl Fitted {
    /// The windows of a part.
    fn of_part<'s>(&self, part: usize, samples: &[Sample<'s>]) -> Vec<Sample<'s>> {
        let each = samples.iter().zip(&self.part_of);
        let of_part = each.filter(|(_, of)| **of == part);
        of_part.map(|(sample, _)| *sample).collect()
    }

    /// Fits every edge that is left out, the same for all parts.
    fn levels(&mut self, samples: &[Sample<'_>]) -> Result<(), FitError> {
        let wanted = wanted(&self.spec);
        if wanted.is_empty() {
            return Ok(());
        }
        let mut seen: Vec<Vec<f64>> = vec![Vec::new(); wanted.len()];
        for (part, spec) in self.parts.iter().enumerate() {
            let of_part = self.of_part(part, samples);
            let front_end = front_end(spec, spec.operators.clone())?;
            let numbers = of_each(&front_end, &of_part, |computed| {
                let each = wanted.iter().map(|wanted| wanted.of(&computed));
                each.collect::<Vec<Vec<f64>>>()
            })?;
            for window in numbers {
                for (seen, numbers) in seen.iter_mut().zip(window) {
                    seen.extend(numbers);
                }
            }
        }
        for (wanted, seen) in wanted.iter().zip(&seen) {
            for spec in std::iter::once(&mut self.spec).chain(&mut self.parts) {
                let Some((edges, place)) = wanted.edges(spec) else {
                    continue;
                };
                *edges = edges::fit(&edges.alphabet, seen, &place)?;
            }
        }
        Ok(())
    }

    /// Fits every limit that the specification left out, the same for all parts.
    fn limits(&mut self, left: &FrontEndSpec, samples: &[Sample<'_>]) -> Result<(), FitError> {
        for (at, operator) in left.operators.iter().enumerate() {
            let Operator::Novelty {
                rate, limit: None, ..
            } = &operator.of
            else {
                continue;
            };
            let mut all = Vec::with_capacity(samples.len());
            for (part, spec) in self.parts.iter().enumerate() {
                // To what was fitted without its label a window is rightly new.
                let learned: BTreeSet<usize> = (samples.iter().zip(&self.part_of))
                    .filter(|(_, of)| **of != part || self.parts.len() == 1)
                    .map(|(sample, _)| stratum(sample))
                    .collect();
                let mut of_part = self.of_part(part, samples);
                of_part.retain(|sample| learned.contains(&stratum(sample)));
                let front_end = front_end(spec, spec.operators.clone())?;
                let found = of_each(&front_end, &of_part, |computed| {
                    front_end.novelty(&computed).unwrap_or(f64::NAN)
                })?;
                all.extend(found);
            }
            let found = novelty::limit(all, *rate)
                .ok_or_else(|| FitError::Data("of no window it is known how new it is".into()))?;
            for spec in std::iter::once(&mut self.spec).chain(&mut self.parts) {
                if let Some(one) = spec.operators.get_mut(at)
                    && let Operator::Novelty { limit, .. } = &mut one.of
                {
                    *limit = Some(found);
                }
            }
        }
        Ok(())
    }
}

fn wanted(spec: &FrontEndSpec) -> Vec<Wanted> {
    let mut all = Vec::new();
    for (at, channel) in spec.channels.iter().enumerate() {
        if matches!(&channel.encode, Some(Encode::Edges { edges, .. }) if !edges.is_fitted()) {
            all.push(Wanted::Channel(at));
        }
        for (index, feature) in channel.features.iter().enumerate() {
            if matches!(&feature.write, FeatureWrite::Edges { edges } if !edges.is_fitted()) {
                all.push(Wanted::Feature(at, index));
            }
        }
    }
    for (at, operator) in spec.operators.iter().enumerate() {
        match &operator.write {
            Some(OperatorWrite::Rank { margin, .. }) if !margin.is_fitted() => {
                all.push(Wanted::Margin(at));
            }
            Some(OperatorWrite::Levels { edges, .. }) if !edges.is_fitted() => {
                all.push(Wanted::Numbers(at));
            }
            _ => {}
        }
    }
    all
}

impl Wanted {
    /// What a window has there.
    fn of(&self, computed: &Computed) -> Vec<f64> {
        match self {
            Self::Channel(at) => computed.samples.get(*at).cloned().unwrap_or_default(),
            Self::Feature(at, index) => {
                let channel = computed.features.get(*at);
                let value = channel.and_then(|features| features.get(*index));
                value.copied().into_iter().collect()
            }
            Self::Numbers(at) => computed.numbers.get(*at).cloned().unwrap_or_default(),
            Self::Margin(at) => {
                let mut numbers = computed.numbers.get(*at).cloned().unwrap_or_default();
                numbers.sort_unstable_by(|a, b| b.total_cmp(a));
                match numbers.as_slice() {
                    [largest, second, ..] => vec![largest - second],
                    _ => Vec::new(),
                }
            }
        }
    }

    fn edges<'a>(
        &self,
        spec: &'a mut FrontEndSpec,
    ) -> Option<(&'a mut senselm_sensor::Edges, String)> {
        match self {
            Self::Channel(at) => {
                let channel = spec.channels.get_mut(*at)?;
                let place = format!("channel {}", channel.name);
                match &mut channel.encode {
                    Some(Encode::Edges { edges, .. }) => Some((edges, place)),
                    _ => None,
                }
            }
            Self::Feature(at, index) => {
                let channel = spec.channels.get_mut(*at)?;
                let feature = channel.features.get_mut(*index)?;
                let place = format!("channel {}, feature {}", channel.name, feature.name);
                match &mut feature.write {
                    FeatureWrite::Edges { edges } => Some((edges, place)),
                    _ => None,
                }
            }
            Self::Numbers(at) | Self::Margin(at) => {
                let operator = spec.operators.get_mut(*at)?;
                let place = format!("operator {}", operator.name);
                match &mut operator.write {
                    Some(
                        OperatorWrite::Rank { margin: edges, .. }
                        | OperatorWrite::Levels { edges, .. },
                    ) => Some((edges, place)),
                    _ => None,
                }
            }
        }
    }
}
