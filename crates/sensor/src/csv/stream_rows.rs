//! Rows that are readings of a stream, and the windows and truths they make.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use senselm_readings::recording::Facts;

use super::Warning;
use super::row_windows::{Answered, NumberRow};
use crate::{FrontEnd, LabelOf, Layout, SensorError, Task, Truth, WindowStream};

/// A stream of readings.
#[derive(Debug, Clone)]
pub(super) struct StreamRows {
    facts: Facts,
    label: LabelOf,
    window: WindowStream,
    /// The truths of the readings in the buffer, latest last.
    truths: VecDeque<Option<Truth>>,
    length: usize,
    gaps: u64,
    dropped_by_gaps: u64,
    dropped_by_bad_rows: u64,
    /// How many labels the task has.
    labels: usize,
    /// The time and the numbers of the row before.
    before: (Option<f64>, Vec<f64>),
    seen: Seen,
}

/// What the times of the rows so far looked like.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    rows: u64,
    /// Rows that repeat the one above them.
    doubled: u64,
    /// Whether any had a time.
    timed: bool,
    /// Whether time ever went on.
    moved: bool,
    /// How often it went back, and the line where it did first.
    backwards: Option<(u64, u64)>,
    /// The line where it first jumped by an hour.
    clock_change: Option<u64>,
}

/// Rows that must be there before any say that they are there twice.
const FEW_ROWS: u64 = 8;
const HOUR: f64 = 3_600.0;
/// How far from an hour the jump of a changed clock may be: a reading or two.
const CLOCK_SLACK_S: f64 = 10.0;

impl StreamRows {
    pub(super) fn new(front_end: &FrontEnd, task: &Task) -> Result<Self, SensorError> {
        let Layout::Stream { length, label, .. } = front_end.spec().layout else {
            return Err(SensorError::NotAStream);
        };
        Ok(Self {
            facts: Facts::default(),
            label,
            window: WindowStream::new(front_end)?,
            truths: VecDeque::new(),
            length,
            gaps: 0,
            dropped_by_gaps: 0,
            dropped_by_bad_rows: 0,
            labels: task.labels().len(),
            before: (None, Vec::new()),
            seen: Seen::default(),
        })
    }

    /// Takes what is known of the times of all rows.
    pub(super) fn learn(&mut self, facts: Facts) {
        self.window
            .allow_gap(facts.resolution_s - self.facts.resolution_s);
        self.facts = facts;
    }

    /// Takes whether times are dates.
    pub(super) fn learn_dates(&mut self, dates: bool) {
        self.facts.dates = dates;
    }

    /// The header came again: no window spans that, and time may begin anew.
    pub(super) fn restart(&mut self) {
        self.window.reset();
        self.truths.clear();
        self.before.0 = None;
    }

    /// A row was left out: no window may span it.
    pub(super) fn interrupt(&mut self) {
        self.dropped_by_bad_rows += self.window.reset() as u64;
        self.truths.clear();
    }

    /// At most how many values the windows of this many rows have.
    pub(super) fn values_after(&self, rows: usize) -> usize {
        self.window.values_after(rows)
    }

    /// What became of readings that are in no window.
    pub(super) fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let seen = &self.seen;
        if seen.doubled * 4 >= seen.rows.max(FEW_ROWS) {
            warnings.push(Warning::Doubled { rows: seen.doubled });
        } else if self.length > 1 && seen.timed && seen.rows > 2 && !seen.moved {
            warnings.push(Warning::TimesStandStill);
        }
        if let Some(step_s) = self.facts.step_s {
            warnings.push(Warning::Step { step_s });
        }
        if let Some(line) = seen.clock_change {
            warnings.push(Warning::ClockChange { line });
        } else if let Some((times, line)) = seen.backwards {
            warnings.push(Warning::Backwards { times, line });
        }
        if self.gaps > 0 {
            warnings.push(Warning::Gaps {
                gaps: self.gaps,
                readings: self.dropped_by_gaps,
            });
        }
        if self.dropped_by_bad_rows > 0 {
            warnings.push(Warning::BrokenByBadRows {
                readings: self.dropped_by_bad_rows,
            });
        }
        if self.window.pending() > 0 {
            warnings.push(Warning::IncompleteTail {
                readings: self.window.pending() as u64,
            });
        }
        warnings
    }

    pub(super) fn row(
        &mut self,
        row: &NumberRow<'_>,
        truth: Option<Truth>,
    ) -> Result<Option<Answered>, SensorError> {
        self.see(row);
        let pushed = self.window.push(row.values, row.time_s)?;
        if pushed.gap {
            self.gaps += 1;
            self.dropped_by_gaps += pushed.dropped as u64;
            self.truths.clear();
        }
        if self.truths.len() == self.length {
            self.truths.pop_front();
        }
        self.truths.push_back(truth);
        Ok(pushed.window.map(|window| (window, self.truth())))
    }

    /// Compares a row with the one above it.
    fn see(&mut self, row: &NumberRow<'_>) {
        let seen = &mut self.seen;
        seen.rows += 1;
        seen.timed |= row.time_s.is_some();
        if let (Some(before), Some(now)) = (self.before.0, row.time_s) {
            let step = now - before;
            seen.moved |= step != 0.0;
            if step == 0.0 && is_same(&self.before.1, row.values) {
                seen.doubled += 1;
            }
            if step < 0.0 {
                let (times, first) = seen.backwards.unwrap_or((0, row.line));
                seen.backwards = Some((times + 1, first));
            }
            // Midnight of a time of the day is a day, and no clock is changed
            // by half an hour.
            let jump = libm::fabs(libm::fabs(step) - HOUR);
            if self.facts.dates && self.window.max_gap_s().is_some() && jump <= CLOCK_SLACK_S {
                seen.clock_change = seen.clock_change.or(Some(row.line));
            }
        }
        self.before.0 = row.time_s.or(self.before.0);
        self.before.1.clear();
        self.before.1.extend_from_slice(row.values);
    }

    /// The truth of the window that the last reading completed.
    fn truth(&self) -> Option<Truth> {
        let last = self.truths.back().cloned().flatten();
        if self.label == LabelOf::Last {
            return last;
        }
        let mut counts = alloc::vec![0_usize; self.labels];
        for truth in self.truths.iter().flatten() {
            if let Truth::Label(index) = truth
                && let Some(count) = counts.get_mut(*index)
            {
                *count += 1;
            }
        }
        let most = counts.iter().copied().max().filter(|&most| most > 0);
        let frequent = |truth: &&Truth| matches!(truth, Truth::Label(index) if counts.get(*index).copied() == most);
        let latest = self.truths.iter().rev().flatten().find(frequent);
        latest.cloned().or(last)
    }
}

/// Whether two readings are equal, missing samples too.
fn is_same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| a == b || (a.is_nan() && b.is_nan()))
}
