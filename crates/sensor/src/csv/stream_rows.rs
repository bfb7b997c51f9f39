//! Rows that are readings of a stream, and the windows and truths they make.

use alloc::collections::VecDeque;
use alloc::format;
use alloc::vec::Vec;

use super::Warning;
use super::cell::quote;
use super::row::{Row, Stop};
use super::time::parse_timestamp;
use crate::{FrontEnd, LabelOf, Layout, SensorError, Task, Truth, Window, WindowStream};

/// A stream with its columns resolved.
#[derive(Debug, Clone)]
pub(super) struct StreamRows {
    channels: Vec<usize>,
    timestamp: Option<usize>,
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
}

impl StreamRows {
    pub(super) fn new(
        front_end: &FrontEnd,
        task: &Task,
        channels: Vec<usize>,
        timestamp: Option<usize>,
    ) -> Result<Self, SensorError> {
        let Layout::Stream { length, label, .. } = front_end.spec().layout else {
            return Err(SensorError::NotAStream);
        };
        Ok(Self {
            channels,
            timestamp,
            label,
            window: WindowStream::new(front_end)?,
            truths: VecDeque::new(),
            length,
            gaps: 0,
            dropped_by_gaps: 0,
            dropped_by_bad_rows: 0,
            labels: task.labels().len(),
        })
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
        row: &Row,
        truth: Option<Truth>,
    ) -> Result<Option<(Window, Option<Truth>)>, Stop> {
        let reading = row.numbers(&self.channels)?;
        let time_s = match self.timestamp {
            None => None,
            Some(at) => {
                let text = row.text(at)?;
                let time = parse_timestamp(&text);
                Some(time.ok_or_else(|| row.bad(at, format!("{} is not a time", quote(&text))))?)
            }
        };
        let pushed = self.window.push(&reading, time_s).map_err(Stop::File)?;
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
