//! Channels that give the answer away: a copy of it in other words, a number of each
//! class or recording, a clock.
//!
//! A channel is looked at alone. It decides where its values, in their order, change
//! the answer hardly more often than there are answers, or stretches of them.

use std::collections::BTreeMap;

use crate::Goal;
use crate::reservoir::mix;

/// Rows that are kept.
const KEPT: usize = 4_096;
/// Rows of the rarest answer from which something can be said.
const FEW: usize = 8;
/// The share of an answer's rows that may be in the wrong place.
const WRONG: f64 = 0.005;
/// Changes of the answer that are those of stretches: so many rows of the rarest
/// answer for each.
const ROWS_OF_A_CHANGE: usize = 8;
/// How much of a number the channel says in a straight line, at least.
const SAME_NUMBER: f64 = 0.9999;
/// The share of rows that have a sample.
const THERE: f64 = 0.95;

/// A sample of rows with their answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answered {
    rows: Vec<(Vec<f64>, usize)>,
    seen: u64,
    labels: BTreeMap<String, usize>,
}

impl Answered {
    /// Takes a row: for each channel its value, or the mean of its samples.
    pub(crate) fn add(&mut self, values: &[f64], lengths: &[usize], label: &str) {
        if label.is_empty() {
            return;
        }
        self.seen += 1;
        let at = match self.rows.len() < KEPT {
            true => self.rows.len(),
            false => usize::try_from(mix(self.seen) % self.seen).unwrap_or(KEPT),
        };
        if at >= KEPT {
            return;
        }
        let next = self.labels.len();
        let label = match self.labels.get(label) {
            Some(known) => *known,
            None => *self.labels.entry(label.to_owned()).or_insert(next),
        };
        let row = (means(values, lengths), label);
        match self.rows.get_mut(at) {
            Some(slot) => *slot = row,
            None => self.rows.push(row),
        }
    }

    /// Of which channels the answer follows. `stretches` are those of one answer.
    pub(crate) fn given_away(&self, goal: Option<Goal>, stretches: u64) -> Vec<usize> {
        let channels = self.rows.first().map_or(0, |(values, _)| values.len());
        let decides = |channel: &usize| match goal {
            Some(Goal::Classify) => self.decides(*channel, stretches),
            Some(Goal::Number) => self.is_number(*channel),
            Some(Goal::Anomaly) | None => false,
        };
        (0..channels).filter(decides).collect()
    }

    /// The values of a channel with the labels of their rows, where nearly all rows
    /// have one.
    fn of(&self, channel: usize) -> Option<Vec<(f64, usize)>> {
        let values = self.rows.iter().filter_map(|(values, label)| {
            let value = values.get(channel).copied()?;
            (!value.is_nan()).then_some((value, *label))
        });
        let values: Vec<(f64, usize)> = values.collect();
        (values.len() as f64 >= THERE * self.rows.len() as f64).then_some(values)
    }

    fn decides(&self, channel: usize, stretches: u64) -> bool {
        let Some(mut values) = self.of(channel) else {
            return false;
        };
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
        for (_, label) in &values {
            *rows.entry(*label).or_default() += 1;
        }
        let rarest = rows.values().min().copied().unwrap_or_default();
        if rows.len() < 2 || rarest < FEW {
            return false;
        }
        let mut wrong: BTreeMap<usize, usize> = BTreeMap::new();
        let (mut changes, mut above) = (0, None);
        for equal in values.chunk_by(|a, b| a.0 == b.0) {
            let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
            for (_, label) in equal {
                *counts.entry(*label).or_default() += 1;
            }
            let most = counts.iter().max_by_key(|(_, count)| **count);
            let most = most.map(|(label, _)| *label);
            for (label, count) in counts {
                if Some(label) != most {
                    *wrong.entry(label).or_default() += count;
                }
            }
            changes += usize::from(most != above);
            above = most;
        }
        let few = |count: usize, of: usize| count as f64 <= WRONG * of as f64;
        let is_wrong = |label: &usize| !few(wrong[label], rows[label]);
        let stretches = usize::try_from(stretches).unwrap_or(usize::MAX);
        let usual = rows.len().max(stretches.min(rarest / ROWS_OF_A_CHANGE));
        let odd = 2 * (WRONG * rarest as f64) as usize;
        !wrong.keys().any(is_wrong) && changes <= usual + odd
    }

    /// Whether a channel is the number itself, in another unit or none.
    fn is_number(&self, channel: usize) -> bool {
        let texts: BTreeMap<usize, f64> = (self.labels.iter())
            .filter_map(|(text, at)| Some((*at, text.parse().ok()?)))
            .collect();
        let Some(values) = self.of(channel) else {
            return false;
        };
        let pairs: Vec<(f64, f64)> = (values.iter())
            .filter_map(|(value, label)| Some((*value, *texts.get(label)?)))
            .collect();
        let count = pairs.len() as f64;
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / count;
        let (x, y) = (mean(&|pair| pair.0), mean(&|pair| pair.1));
        let both = mean(&|pair| (pair.0 - x) * (pair.1 - y));
        let spread = mean(&|pair| (pair.0 - x).powi(2)) * mean(&|pair| (pair.1 - y).powi(2));
        let mut distinct: Vec<u64> = pairs.iter().map(|pair| pair.1.to_bits()).collect();
        distinct.sort_unstable();
        distinct.dedup();
        distinct.len() >= FEW && spread > 0.0 && both.powi(2) / spread >= SAME_NUMBER
    }
}

/// The mean of each channel's samples that are there.
fn means(values: &[f64], lengths: &[usize]) -> Vec<f64> {
    let mut rest = values;
    let of = |length: &usize| {
        let (samples, behind) = rest.split_at_checked(*length).unwrap_or((rest, &[]));
        rest = behind;
        let there = samples.iter().filter(|sample| !sample.is_nan());
        there.clone().sum::<f64>() / there.count() as f64
    };
    lengths.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::{Answered, Goal, mix};

    /// Rows of these labels with channels made of the row and its label.
    fn answered(
        labels: &[&str],
        rows: usize,
        channels: &[&dyn Fn(usize, usize) -> f64],
    ) -> Answered {
        let mut answered = Answered::default();
        for row in 0..rows {
            let label = row * labels.len() / rows;
            let values: Vec<f64> = channels.iter().map(|of| of(row, label)).collect();
            answered.add(&values, &vec![1; values.len()], labels[label]);
        }
        answered
    }

    fn noise(row: usize) -> f64 {
        (mix(row as u64 + 1) >> 40) as f64 / f64::from(1 << 24)
    }

    #[test]
    fn copies_clocks_and_ids_give_the_answer_away() {
        let code = |_, label: usize| [7.0, 3.0, 5.0][label];
        let clock = |row: usize, _| row as f64 * 1.1 + noise(row);
        let noisy = |row: usize, label: usize| label as f64 * 10.0 + noise(row);
        let mixed = |row: usize, label: usize| label as f64 * 0.9 + noise(row);
        let still = |_, _| 1.0;
        let channels: [&dyn Fn(usize, usize) -> f64; 5] = [&code, &clock, &noisy, &mixed, &still];
        let answered = answered(&["a", "b", "c"], 9_000, &channels);
        let found = answered.given_away(Some(Goal::Classify), 3);
        assert_eq!(found, [0, 1, 2]);
        assert!(answered.given_away(Some(Goal::Anomaly), 3).is_empty());
    }

    /// Nothing is said of what chance may have done, or of a rare answer that nobody
    /// would miss.
    #[test]
    fn chance_decides_nothing() {
        for seed in 0..200 {
            let chance = |row: usize, _| noise(row + seed * 1_000);
            let few = answered(&["a", "b"], 18, &[&chance]);
            assert!(few.given_away(Some(Goal::Classify), 18).is_empty());
        }
        let mut rare = Answered::default();
        for row in 0..3_000 {
            let label = if row % 100 == 0 { "rare" } else { "usual" };
            rare.add(&[noise(row), 1.0], &[1, 1], label);
        }
        assert!(rare.given_away(Some(Goal::Classify), 60).is_empty());
    }

    #[test]
    fn of_windows_the_mean_counts_and_of_numbers_the_line() {
        let mut windows = Answered::default();
        let mut numbers = Answered::default();
        for row in 0..200 {
            let label = ["a", "b"][row % 2];
            let level = (row % 2) as f64;
            windows.add(
                &[level + noise(row), level - noise(row), noise(row)],
                &[2, 1],
                label,
            );
            let number = noise(row) * 40.0;
            let fahrenheit = number * 1.8 + 32.0;
            let near = number + noise(row + 500) * 4.0;
            numbers.add(&[fahrenheit, near], &[1, 1], &format!("{number}"));
        }
        assert_eq!(windows.given_away(Some(Goal::Classify), 200), [0]);
        assert_eq!(numbers.given_away(Some(Goal::Number), 200), [0]);
    }
}
