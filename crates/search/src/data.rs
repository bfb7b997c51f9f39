//! The windows to learn from, and which of them are never on both sides of a
//! split.

use std::collections::{BTreeMap, BTreeSet};

use senselm_fit::Sample;
use senselm_look::{Role, Seen, WindowSize};
use senselm_sensor::{FrontEnd, FrontEndSpec, Labelled, Stated, Task, Truth};

use crate::SearchError;

/// Fewer stretches than this are not cut into folds: blocks of them are.
const FEWEST_STRETCHES: usize = 4;
/// Parts of a stretch where there is only one of a label.
const BLOCKS: usize = 5;

/// Windows with their right answers.
#[derive(Debug, Clone)]
pub(crate) struct Data {
    /// The front end that carries them.
    pub(crate) carrier: FrontEndSpec,
    /// How a stream is cut into them.
    pub(crate) size: Option<WindowSize>,
    /// The windows; `group` is the cluster.
    pub(crate) records: Vec<Labelled>,
    /// Windows that were kept apart to measure on.
    pub(crate) kept: Vec<Labelled>,
    /// What the recordings state of units and rates.
    pub(crate) stated: Stated,
    /// What of the windows is never split.
    pub(crate) never_split: &'static str,
    /// What has to be said of this before any figure.
    pub(crate) warnings: Vec<String>,
    /// The group of each window, for figures by group.
    pub(crate) group: Vec<usize>,
    /// What the groups are called.
    pub(crate) groups: Vec<String>,
}

impl Data {
    /// Reads the windows of recordings that were looked at.
    pub(crate) fn read(seen: &Seen, size: Option<WindowSize>) -> Result<Self, SearchError> {
        let carrier = seen.carrier(size);
        let front_end = FrontEnd::of_numbers(carrier.clone())?;
        let train = seen.windows(&front_end, Role::Train)?;
        // What names say is to be measured on is not learned from.
        let mut kept = seen.windows(&front_end, Role::Validation)?.records;
        kept.extend(seen.windows(&front_end, Role::Test)?.records);
        let mut warnings = seen.said_first();
        let known: BTreeSet<u64> = train
            .records
            .iter()
            .map(|record| record.window.fingerprint())
            .collect();
        let all = kept.len();
        kept.retain(|record| !known.contains(&record.window.fingerprint()));
        if kept.len() < all {
            warnings.push(format!(
                "{} of {all} windows in the files kept apart are among those that were learned \
                 from: they are not in the figures of these files.",
                all - kept.len()
            ));
        }
        let named = seen.group.is_named().then(|| seen.group.name());
        let (cluster, never_split) = clusters(
            &train.records,
            &train.group,
            &train.stretch,
            named.is_some(),
        );
        if let Some(name) = named.filter(|_| never_split != "group" && train.groups.len() > 1) {
            warnings.push(format!(
                "The groups in {name:?} were not held back whole, because most labels are in one \
                 of them alone: expect worse figures on a new one."
            ));
        }
        let mut records = train.records;
        for (record, cluster) in records.iter_mut().zip(cluster) {
            record.group = cluster;
        }
        warnings.extend(alone(&records, seen.task.as_ref(), never_split));
        Ok(Self {
            carrier,
            size,
            records,
            kept,
            never_split,
            warnings,
            stated: train.stated,
            group: train.group,
            groups: train.groups,
        })
    }

    /// The windows of each size that recordings can be cut into.
    pub(crate) fn of_sizes(seen: &Seen) -> Result<Vec<Self>, SearchError> {
        match seen.sizes.as_slice() {
            [] => Ok(vec![Self::read(seen, None)?]),
            sizes => {
                let read = sizes.iter().map(|size| Self::read(seen, Some(*size)));
                read.collect()
            }
        }
    }

    /// Some of the windows, to fit on.
    pub(crate) fn samples(&self, which: &[usize]) -> Vec<Sample<'_>> {
        let chosen = which.iter().filter_map(|&at| self.records.get(at));
        chosen
            .filter_map(|record| {
                Some(Sample {
                    window: &record.window,
                    truth: record.truth.as_ref()?,
                    cluster: record.group,
                })
            })
            .collect()
    }

    /// How many clusters there are.
    pub(crate) fn clusters(&self) -> usize {
        let mut all: Vec<u64> = self.records.iter().map(|record| record.group).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    }

    /// What the group of a window is called, where groups are more than its own.
    pub(crate) fn group_of(&self, at: usize) -> Option<&str> {
        let group = *self.group.get(at)?;
        if self.groups.len() < 2 || self.groups.len() >= self.records.len() {
            return None;
        }
        self.groups.get(group).map(String::as_str)
    }

    /// How many windows are distinct.
    pub(crate) fn distinct(&self) -> usize {
        distinct(&self.records)
    }

    /// The label of each window; 0 for numbers.
    pub(crate) fn strata(&self) -> Vec<usize> {
        self.records
            .iter()
            .map(|record| label(record.truth.as_ref()))
            .collect()
    }
}

/// How many windows are distinct.
pub(crate) fn distinct(records: &[Labelled]) -> usize {
    let all: BTreeSet<u64> = records
        .iter()
        .map(|record| record.window.fingerprint())
        .collect();
    all.len()
}

/// Samples of the longest channel of a window, 1 at least.
pub(crate) fn longest(records: &[Labelled]) -> usize {
    let channels = records.iter().flat_map(|one| &one.window.channels);
    channels.map(Vec::len).max().unwrap_or(1)
}

/// A label, or 0.
pub(crate) fn label(truth: Option<&Truth>) -> usize {
    match truth {
        Some(Truth::Label(label)) => *label,
        _ => 0,
    }
}

/// Whether an answer is right, or how far it is off.
pub(crate) fn off(truth: &Truth, answer: &Truth) -> f64 {
    match (truth, answer) {
        (Truth::Label(a), Truth::Label(b)) => f64::from(u8::from(a != b)),
        (Truth::Number(a), Truth::Number(b)) => (a - b).abs(),
        _ => f64::NAN,
    }
}

/// What the figure of a task is called.
pub(crate) fn figure(task: &Task) -> &'static str {
    match task {
        Task::Number { .. } => "mean absolute error",
        _ => "accuracy",
    }
}

/// A cluster for each window, and what is never split by them. Windows that are
/// equal share one.
fn clusters(
    records: &[Labelled],
    group: &[usize],
    stretch: &[usize],
    is_named: bool,
) -> (Vec<u64>, &'static str) {
    // Whose windows are is held back whole even where there are two of them.
    let fewest = if is_named { 2 } else { FEWEST_STRETCHES };
    let (key, what): (Vec<usize>, &'static str) = match () {
        () if enough(records, group, fewest) => (group.to_vec(), "group"),
        () if enough(records, stretch, FEWEST_STRETCHES) => (stretch.to_vec(), "stretch"),
        // One recording of a label: blocks of it, which are still neighbours.
        () => (blocks(stretch), "block of a stretch"),
    };
    let mut union = Union::new(records.len());
    let mut first_of_key: BTreeMap<usize, usize> = BTreeMap::new();
    let mut first_of_window: BTreeMap<u64, usize> = BTreeMap::new();
    for (at, (record, key)) in records.iter().zip(&key).enumerate() {
        let first = *first_of_key.entry(*key).or_insert(at);
        union.join(first, at);
        let first = *first_of_window
            .entry(record.window.fingerprint())
            .or_insert(at);
        union.join(first, at);
    }
    (
        (0..records.len()).map(|at| union.root(at) as u64).collect(),
        what,
    )
}

/// Whether there are groups enough to cut, and several of each label.
fn enough(records: &[Labelled], group: &[usize], fewest: usize) -> bool {
    let mut of_label: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (record, group) in records.iter().zip(group) {
        of_label
            .entry(label(record.truth.as_ref()))
            .or_default()
            .push(*group);
    }
    let distinct = |groups: &Vec<usize>| {
        let mut groups = groups.clone();
        groups.sort_unstable();
        groups.dedup();
        groups.len()
    };
    let all: Vec<usize> = group.to_vec();
    let several = of_label
        .values()
        .filter(|groups| distinct(groups) > 1)
        .count();
    distinct(&all) >= fewest && 2 * several > of_label.len()
}

/// Labels that cannot be measured: all their windows are in one part that is never
/// split, so what is measured on these has never learned the label.
fn alone(records: &[Labelled], task: Option<&Task>, never_split: &str) -> Option<String> {
    let labels = task.map_or(&[][..], Task::labels);
    let mut clusters: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
    for record in records {
        let of_label = clusters.entry(label(record.truth.as_ref())).or_default();
        of_label.insert(record.group);
    }
    let alone = labels.iter().enumerate().filter(|(at, _)| {
        let of_label = clusters.get(at);
        of_label.is_some_and(|of_label| of_label.len() == 1)
    });
    let alone: Vec<String> = alone.map(|(_, label)| format!("{label:?}")).collect();
    (!alone.is_empty()).then(|| {
        format!(
            "How well {} {} answered cannot be measured: all windows are of one {never_split}, and \
             what is measured on it has learned from no other. Record more.",
            alone.join(", "),
            if alone.len() == 1 { "is" } else { "are" },
        )
    })
}

/// Cuts each stretch into blocks of windows that follow each other.
fn blocks(stretch: &[usize]) -> Vec<usize> {
    let mut length: BTreeMap<usize, usize> = BTreeMap::new();
    for stretch in stretch {
        *length.entry(*stretch).or_default() += 1;
    }
    let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
    stretch
        .iter()
        .map(|stretch| {
            let at = seen.entry(*stretch).or_default();
            let block = *at * BLOCKS / length.get(stretch).copied().unwrap_or(1).max(1);
            *at += 1;
            stretch * BLOCKS + block
        })
        .collect()
}

/// Sets that grow together.
struct Union(Vec<usize>);

impl Union {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, at: usize) -> usize {
        let mut root = at;
        while let Some(&above) = self.0.get(root).filter(|above| **above != root) {
            root = above;
        }
        if let Some(slot) = self.0.get_mut(at) {
            *slot = root;
        }
        root
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = (a.min(b), a.max(b));
        if let Some(slot) = self.0.get_mut(high) {
            *slot = low;
        }
    }
}
