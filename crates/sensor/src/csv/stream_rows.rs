//! Rows that are readings of a stream, and the windows and truths they make.

use alloc::collections::VecDeque;
use alloc::string::ToString;
use alloc::vec::Vec;

use senselm_readings::rows::Row as Record;
use senselm_readings::time::{Sampled, TimeColumn, Times};
use senselm_readings::{Decimal, Told, quote};

use super::Warning;
use super::columns::Columns;
use super::read::lossy;
use super::row::{Row, Stop};
use crate::{FrontEnd, LabelOf, Layout, SensorError, Task, Truth, Window, WindowStream};

/// A stream with its columns resolved.
#[derive(Debug, Clone)]
pub(super) struct StreamRows {
    channels: Vec<usize>,
    timestamp: Option<usize>,
    /// What reads the times, once their form is known.
    times: Option<Times>,
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
    /// Room for the numbers of a row.
    reading: Vec<f64>,
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
    /// Whether time ever went on.
    moved: bool,
    /// How often it went back, and the line where it did first.
    backwards: Option<(u64, u64)>,
    /// The step between readings, where it should be looked at.
    step_s: Option<f64>,
    /// The line where it first jumped by an hour.
    clock_change: Option<u64>,
}

/// Steps of a sample that must be there before any say that it is unsorted.
const FEW_ROWS: usize = 8;
const HOUR: f64 = 3_600.0;
/// How far from an hour the jump of a changed clock may be: a reading or two.
const CLOCK_SLACK_S: f64 = 10.0;

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
            times: None,
            label,
            window: WindowStream::new(front_end)?,
            truths: VecDeque::new(),
            length,
            gaps: 0,
            dropped_by_gaps: 0,
            dropped_by_bad_rows: 0,
            labels: task.labels().len(),
            reading: Vec::new(),
            before: (None, Vec::new()),
            seen: Seen::default(),
        })
    }

    /// Looks at the first rows of a table: in which form its times are, and
    /// whether their order and rate are those that windows need.
    pub(super) fn look(
        &mut self,
        front_end: &FrontEnd,
        columns: &Columns,
        sample: &[Record],
        decimal: Option<Decimal>,
        told: &Told,
    ) -> Result<(), SensorError> {
        let expected_hz = rate_of(front_end).filter(|_| self.length > 1);
        if let Some(found_hz) = told.rate_hz {
            if let Some(expected_hz) = expected_hz.filter(|rate| !is_near(*rate, found_hz)) {
                return Err(SensorError::OtherRate {
                    found_hz,
                    expected_hz,
                });
            }
            // Who knows the rate does not need the times.
            self.timestamp = None;
        }
        let Some(at) = self.timestamp else {
            return Ok(());
        };
        let mut lines = Vec::new();
        let mut cells = Vec::new();
        for record in sample {
            let fields = columns.fields(record).ok();
            if let Some(field) = fields.and_then(|fields| fields.get(at)) {
                lines.push(record.line);
                cells.push(lossy(&field.bytes));
            }
        }
        // What is no row of this table is none of its times.
        let texts: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
        if texts.is_empty() {
            return Ok(());
        }
        let sampled = Sampled {
            texts: &texts,
            name: columns.name(at),
            decimal,
            told: told.times,
            interval_s: expected_hz.map(|rate| 1.0 / rate),
            longest_s: self.window.max_gap_s().filter(|_| self.length > 1),
        };
        let column = TimeColumn::of(&sampled).map_err(SensorError::Table)?;
        if self.length > 1 && texts.len() >= FEW_ROWS && column.is_unsorted() {
            let mut reader = column.reader(decimal);
            let times = texts.iter().map(|text| reader.read(text).ok());
            let times: Vec<Option<f64>> = times.collect();
            let first = times.windows(2).position(|pair| pair[1] < pair[0]);
            let row = first.map_or(0, |at| at + 1);
            return Err(SensorError::TimesBackwards {
                line: lines.get(row).copied().unwrap_or_default(),
                text: quote(texts.get(row).copied().unwrap_or_default()),
            });
        }
        if let Some(expected_hz) = expected_hz
            && let Some(found_hz) = column.other_rate_hz(1.0 / expected_hz)
        {
            return Err(SensorError::OtherRate {
                found_hz: three_digits(found_hz),
                expected_hz,
            });
        }
        // Nobody said at which rate the windows were that the model knows.
        let second = |step: &f64| is_near(*step, 1.0);
        if expected_hz.is_none() && self.length > 1 {
            self.seen.step_s = column.step_s.filter(|step| !second(step));
        }
        // A gap that is shorter than what times are given to cannot be seen.
        if column.resolution_s > 1.0 {
            self.window.allow_gap(column.resolution_s);
        }
        self.times = Some(column.reader(decimal));
        Ok(())
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
        if seen.doubled * 4 >= seen.rows.max(FEW_ROWS as u64) {
            warnings.push(Warning::Doubled { rows: seen.doubled });
        } else if self.length > 1 && self.times.is_some() && seen.rows > 2 && !seen.moved {
            warnings.push(Warning::TimesStandStill);
        }
        if let Some(step_s) = seen.step_s {
            let step_s = three_digits(step_s);
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
        row: &Row,
        front_end: &FrontEnd,
        line: u64,
        truth: Option<Truth>,
    ) -> Result<Option<(Window, Option<Truth>)>, Stop> {
        row.numbers(&self.channels, front_end, &mut self.reading)?;
        let time_s = match self.timestamp {
            None => None,
            Some(at) => {
                let text = row.text(at)?;
                let times = match &mut self.times {
                    Some(times) => times,
                    // Rows that come one at a time: the first one decides.
                    times => {
                        let sampled = Sampled {
                            name: row.columns.name(at),
                            decimal: row.decimal,
                            ..Sampled::default()
                        };
                        let column = TimeColumn::of_first(text.trim(), &sampled);
                        let column = column.map_err(|_| {
                            // One form decides the others', so that it must be certain.
                            let problem = senselm_readings::time::time(&text, row.decimal).err();
                            let reason = problem.map_or_else(
                                || alloc::format!("{} is not a time", quote(&text)),
                                |problem| problem.to_string(),
                            );
                            row.bad(at, reason)
                        })?;
                        times.insert(column.reader(row.decimal))
                    }
                };
                let read = times.read(&text);
                Some(read.map_err(|problem| row.bad(at, problem.to_string()))?)
            }
        };
        self.see(time_s, line);
        let pushed = self
            .window
            .push(&self.reading, time_s)
            .map_err(Stop::File)?;
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
    fn see(&mut self, time_s: Option<f64>, line: u64) {
        let seen = &mut self.seen;
        seen.rows += 1;
        if let (Some(before), Some(now)) = (self.before.0, time_s) {
            let step = now - before;
            seen.moved |= step != 0.0;
            if step == 0.0 && is_same(&self.before.1, &self.reading) {
                seen.doubled += 1;
            }
            if step < 0.0 {
                let (times, first) = seen.backwards.unwrap_or((0, line));
                seen.backwards = Some((times + 1, first));
            }
            // Midnight of a time of the day is a day, and no clock is changed
            // by half an hour.
            let jump = libm::fabs(libm::fabs(step) - HOUR);
            let is_date = self.times.is_some_and(|times| times.is_local());
            if is_date && self.window.max_gap_s().is_some() && jump <= CLOCK_SLACK_S {
                seen.clock_change = seen.clock_change.or(Some(line));
            }
        }
        self.before.0 = time_s.or(self.before.0);
        self.before.1.clear();
        self.before.1.extend_from_slice(&self.reading);
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

/// The rate that all channels of a front end are read at, where they say one.
fn rate_of(front_end: &FrontEnd) -> Option<f64> {
    let mut rates = front_end
        .channels()
        .iter()
        .map(|channel| channel.sample_rate_hz);
    let first = rates.next()??;
    rates.all(|rate| rate == Some(first)).then_some(first)
}

fn is_near(a: f64, b: f64) -> bool {
    (0.75..=1.34).contains(&(a / b))
}

/// Whether two readings are equal, missing samples too.
fn is_same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| a == b || (a.is_nan() && b.is_nan()))
}

/// A rate as people say it.
fn three_digits(value: f64) -> f64 {
    alloc::format!("{value:.2e}").parse().unwrap_or(value)
}
