//! Readings that are there again: the same recording in another file, under another
//! label or of another group.
//!
//! Single readings are equal by chance, so that runs of rows are compared. Which runs
//! are kept is said by what is in them, so that a recording that begins later finds
//! itself all the same.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Rows of a run, and how many of them must be distinct: what hardly changes is equal
/// by chance.
const RUN: usize = 16;
const DISTINCT: usize = 12;
/// Runs that are kept; beyond these, of all only a half, a quarter and so on.
const MAX_RUNS: usize = 1 << 18;
/// Parts that are told apart.
const MAX_PARTS: usize = 1 << 16;
/// Runs that two parts have in common, from which it is no chance; and the share of
/// one part's runs.
const FEW: u64 = 4;
const MUCH: f64 = 0.25;
/// Pairs of parts that are named.
const MOST_NAMED: usize = 8;

/// Readings of one file, group and label.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Part {
    /// The file, by its position.
    pub(crate) file: usize,
    pub(crate) group: String,
    pub(crate) label: String,
}

impl Part {
    pub(crate) fn new((file, group, label): (usize, &str, &str)) -> Self {
        Self {
            file,
            group: group.to_owned(),
            label: label.to_owned(),
        }
    }

    pub(crate) fn is_other(&self, of: (usize, &str, &str)) -> bool {
        (self.file, self.group.as_str(), self.label.as_str()) != of
    }
}

/// A part whose readings are in another one too.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Again {
    pub(crate) first: Part,
    pub(crate) second: Part,
    /// The share of the second, from 0 to 1.
    pub(crate) share: f64,
}

/// What was there so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Repeats {
    /// Rows of a run: one where each row is a window.
    length: usize,
    parts: Vec<Part>,
    places: HashMap<Part, usize>,
    runs: HashMap<u64, usize>,
    /// Only runs whose hash has none of these bits are kept.
    mask: u64,
    /// How many runs of each part were looked at.
    looked: Vec<u64>,
    common: BTreeMap<(usize, usize), u64>,
    last: VecDeque<u64>,
    now: Option<usize>,
}

impl Repeats {
    /// Of rows that are windows, or that make some together.
    pub(crate) fn new(windows: bool) -> Self {
        Self {
            length: if windows { 1 } else { RUN },
            ..Self::default()
        }
    }

    /// Another part begins, or goes on behind a break.
    pub(crate) fn begin(&mut self, part: Part) {
        self.last.clear();
        self.now = match self.places.get(&part) {
            Some(at) => Some(*at),
            None if self.parts.len() == MAX_PARTS => None,
            None => {
                let at = self.parts.len();
                self.places.insert(part.clone(), at);
                self.parts.push(part);
                self.looked.push(0);
                Some(at)
            }
        };
    }

    /// Takes the next row by the hash of its readings.
    pub(crate) fn add(&mut self, row: u64) {
        let Some(now) = self.now else { return };
        if self.last.len() == self.length {
            self.last.pop_front();
        }
        self.last.push_back(row);
        if self.last.len() < self.length {
            return;
        }
        let mut hasher = DefaultHasher::new();
        self.last.hash(&mut hasher);
        let run = hasher.finish();
        if run & self.mask != 0 || !self.is_varied() {
            return;
        }
        if let Some(looked) = self.looked.get_mut(now) {
            *looked += 1;
        }
        match self.runs.get(&run) {
            Some(&known) if known != now => {
                *self.common.entry((known, now)).or_default() += 1;
            }
            Some(_) => {}
            None => {
                self.runs.insert(run, now);
                if self.runs.len() > MAX_RUNS {
                    self.mask = self.mask * 2 + 1;
                    let mask = self.mask;
                    self.runs.retain(|run, _| run & mask == 0);
                }
            }
        }
    }

    fn is_varied(&self) -> bool {
        let mut rows: Vec<u64> = self.last.iter().copied().collect();
        rows.sort_unstable();
        rows.dedup();
        rows.len() >= DISTINCT.min(self.length)
    }

    /// The parts whose readings are in others too, those with most in common first,
    /// and how many there are beside these.
    pub(crate) fn found(&self) -> (Vec<Again>, usize) {
        let few = if self.length == 1 { 1 } else { FEW };
        let mut found: Vec<(u64, Again)> = Vec::new();
        for (&(first, second), &count) in &self.common {
            let looked = self.looked.get(second).copied().unwrap_or_default().max(1);
            let share = (count as f64 / looked as f64).min(1.0);
            let parts = self.parts.get(first).zip(self.parts.get(second));
            if let Some((first, second)) = parts.filter(|_| count >= few && share >= MUCH) {
                let (first, second) = (first.clone(), second.clone());
                let again = Again {
                    first,
                    second,
                    share,
                };
                found.push((count, again));
            }
        }
        found.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let more = found.len().saturating_sub(MOST_NAMED);
        let named = found.into_iter().take(MOST_NAMED);
        (named.map(|(_, again)| again).collect(), more)
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Repeats};

    fn part(file: usize, label: &str) -> Part {
        Part {
            file,
            group: String::new(),
            label: label.to_owned(),
        }
    }

    /// Rows that never come again, from one on.
    fn rows(from: u64, count: u64) -> impl Iterator<Item = u64> {
        (from..from + count).map(|at| at.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    #[test]
    fn a_recording_that_begins_later_is_the_same() {
        let mut repeats = Repeats::new(false);
        repeats.begin(part(0, "a"));
        rows(0, 400).for_each(|row| repeats.add(row));
        repeats.begin(part(1, "b"));
        rows(137, 400).for_each(|row| repeats.add(row));
        repeats.begin(part(2, "c"));
        rows(9_000, 400).for_each(|row| repeats.add(row));
        let (found, more) = repeats.found();
        assert_eq!((found.len(), more), (1, 0));
        assert_eq!(found[0].second, part(1, "b"));
        assert!((found[0].share - 248.0 / 385.0).abs() < 1e-9);
    }

    #[test]
    fn what_stands_still_or_turns_is_equal_by_chance() {
        let mut repeats = Repeats::new(false);
        for file in 0..3 {
            repeats.begin(part(file, ""));
            (0..400).for_each(|at| repeats.add(at / 50 % 8));
        }
        assert!(repeats.found().0.is_empty());
    }

    #[test]
    fn memory_does_not_grow() {
        let mut repeats = Repeats::new(false);
        for file in 0..2 {
            repeats.begin(part(file, ""));
            rows(0, 1 << 19).for_each(|row| repeats.add(row));
            assert!(repeats.runs.len() <= super::MAX_RUNS);
        }
        let (found, _) = repeats.found();
        assert_eq!(found.len(), 1);
        assert!(found[0].share > 0.9);
    }

    #[test]
    fn windows_are_compared_one_by_one() {
        let mut repeats = Repeats::new(true);
        repeats.begin(part(0, "a"));
        [1, 2, 3].into_iter().for_each(|row| repeats.add(row));
        repeats.begin(part(0, "b"));
        [3, 9, 8].into_iter().for_each(|row| repeats.add(row));
        let (found, _) = repeats.found();
        assert_eq!(found.len(), 1);
        assert!((found[0].share - 1.0 / 3.0).abs() < 1e-9);
    }
}
