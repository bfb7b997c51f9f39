//! Rows that are readings of a stream, and the windows and truths they make.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use senselm_readings::recording::{Facts, three_digits};

use super::Warning;
use super::row_windows::{Answered, NumberRow};
use super::seen::Seen;
use super::window_paces::WindowPaces;
use crate::{FrontEnd, LabelOf, Layout, OtherPace, SensorError, Task, Truth, WindowStream};

/// A stream of readings.
#[derive(Debug, Clone)]
pub(super) struct StreamRows {
    facts: Facts,
    label: LabelOf,
    window: WindowStream,
    /// The truths of the readings in the buffer, latest last.
    truths: VecDeque<Option<Truth>>,
    /// Their times, in seconds.
    times_s: VecDeque<Option<f64>>,
    paces: WindowPaces,
    length: usize,
    gaps: u64,
    dropped_by_gaps: u64,
    dropped_by_bad_rows: u64,
    breaks: usize,
    /// How many labels the task has.
    labels: usize,
    seen: Seen,
}

impl StreamRows {
    pub(super) fn new(front_end: &FrontEnd, task: &Task) -> Result<Self, SensorError> {
        let Layout::Stream {
            length,
            stride,
            label,
            ..
        } = front_end.spec().layout
        else {
            return Err(SensorError::NotAStream);
        };
        Ok(Self {
            facts: Facts::default(),
            label,
            window: WindowStream::new(front_end)?,
            truths: VecDeque::new(),
            times_s: VecDeque::new(),
            paces: WindowPaces::new(length, stride),
            length,
            gaps: 0,
            dropped_by_gaps: 0,
            dropped_by_bad_rows: 0,
            breaks: 0,
            labels: task.labels().len(),
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
        self.breaks += 1;
        self.window.reset();
        self.forget();
        self.seen.restart();
    }

    /// A row was left out: no window may span it.
    pub(super) fn interrupt(&mut self) {
        self.breaks += 1;
        self.dropped_by_bad_rows += self.window.reset() as u64;
        self.forget();
    }

    /// How often no window spanned what came before.
    pub(super) const fn breaks(&self) -> usize {
        self.breaks
    }

    /// At most how many values the windows of this many rows have.
    pub(super) fn values_after(&self, rows: usize) -> usize {
        self.window.values_after(rows)
    }

    /// Readings a second, as the times of most windows show that they cover, or those of
    /// most rows.
    pub(super) fn rate_hz(&self) -> Option<f64> {
        self.paces.rate_hz().or_else(|| self.seen.rate_hz())
    }

    /// Readings a second of a part that is in no window, as each of its steps is a gap.
    pub(super) fn slow_hz(&self) -> Option<f64> {
        let longest_s = self.window.max_gap_s()?;
        self.seen.slow_hz(longest_s).filter(|_| self.length > 1)
    }

    /// The windows whose readings came faster or slower than those of most.
    pub(super) fn other_pace(&self) -> Option<OtherPace> {
        self.paces.other().filter(|_| self.length > 1)
    }

    /// What became of readings that are in no window.
    pub(super) fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        self.seen.warnings(self.length, self.facts, &mut warnings);
        warnings.extend(self.other_pace().map(Warning::OtherPace));
        if let Some((step_s, max_gap_s)) = self.only_gaps() {
            warnings.push(Warning::OnlyGaps { step_s, max_gap_s });
        } else if self.gaps > 0 {
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

    /// The shortest step and the longest that is no gap, where even the shortest
    /// is one.
    fn only_gaps(&self) -> Option<(f64, f64)> {
        let (step_s, max_gap_s) = self.seen.least_step_s().zip(self.window.max_gap_s())?;
        (self.length > 1 && self.gaps > 1 && step_s > max_gap_s)
            .then(|| (three_digits(step_s), max_gap_s))
    }

    pub(super) fn row(
        &mut self,
        row: &NumberRow<'_>,
        truth: Option<Truth>,
    ) -> Result<Option<Answered>, SensorError> {
        self.seen.row(row, self.facts, self.window.max_gap_s());
        let pushed = self.window.push(row.values, row.time_s)?;
        if pushed.gap {
            self.breaks += 1;
            self.gaps += 1;
            self.dropped_by_gaps += pushed.dropped as u64;
            self.forget();
        }
        if self.truths.len() == self.length {
            self.truths.pop_front();
            self.times_s.pop_front();
        }
        self.truths.push_back(truth);
        self.times_s.push_back(row.time_s);
        if pushed.window.is_some() {
            let times_s = self.times_s.iter().flatten();
            self.paces.add(times_s.copied(), row.line);
        }
        Ok(pushed.window.map(|window| (window, self.truth())))
    }

    /// What is behind is in no window any more.
    fn forget(&mut self) {
        self.truths.clear();
        self.times_s.clear();
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
