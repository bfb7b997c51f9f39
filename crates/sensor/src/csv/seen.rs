//! What the times of rows looked like: whether they go on, how fast, and what is
//! there twice.

use alloc::vec::Vec;

use senselm_readings::recording::Facts;

use super::Twins;
use super::Warning;
use super::row_windows::NumberRow;

/// The rows of a stream so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    rows: u64,
    /// Rows with the time of the one above them.
    still: u64,
    /// Those of them that repeat its numbers, too.
    doubled: u64,
    /// Whether any had a time.
    timed: bool,
    /// Whether time ever went on.
    moved: bool,
    /// The shortest step that did not go back, in seconds.
    least_step_s: Option<f64>,
    /// How often it went back, and the line where it did first.
    backwards: Option<(u64, u64)>,
    /// The line where it first jumped by an hour.
    clock_change: Option<u64>,
    /// The steps that went on, those over gaps too.
    steps: Steps,
    /// The time and the numbers of the row before.
    before: (Option<f64>, Vec<f64>),
    /// Whether rows repeat the one above them.
    twins: Twins,
}

/// Rows that must be there before any say that they are there twice.
const FEW_ROWS: u64 = 8;
/// One of so many steps is that of another rate.
const SLOW_OF: u64 = 20;
const HOUR: f64 = 3_600.0;
/// How far from an hour the jump of a changed clock may be: a reading or two.
const CLOCK_SLACK_S: f64 = 10.0;

impl Seen {
    /// Time may begin anew.
    pub(super) fn restart(&mut self) {
        self.before.0 = None;
    }

    /// Compares a row with the one above it.
    pub(super) fn row(&mut self, row: &NumberRow<'_>, facts: Facts, max_gap_s: Option<f64>) {
        self.rows += 1;
        self.timed |= row.time_s.is_some();
        if let (Some(before), Some(now)) = (self.before.0, row.time_s) {
            let step = now - before;
            self.moved |= step != 0.0;
            if step >= 0.0 {
                self.least_step_s = Some(step.min(self.least_step_s.unwrap_or(step)));
            }
            self.still += u64::from(step == 0.0);
            self.steps.add(step);
            self.doubled += u64::from(step == 0.0 && is_same(&self.before.1, row.values));
            if step < 0.0 {
                let (times, first) = self.backwards.unwrap_or((0, row.line));
                self.backwards = Some((times + 1, first));
            }
            // Midnight of a time of the day is a day, and no clock is changed
            // by half an hour.
            let jump = libm::fabs(libm::fabs(step) - HOUR);
            if facts.dates && max_gap_s.is_some() && jump <= CLOCK_SLACK_S {
                self.clock_change = self.clock_change.or(Some(row.line));
            }
        }
        self.twins.add(is_same(&self.before.1, row.values));
        self.before.0 = row.time_s.or(self.before.0);
        self.before.1.clear();
        self.before.1.extend_from_slice(row.values);
    }

    /// The shortest step that did not go back, in seconds.
    pub(super) const fn least_step_s(&self) -> Option<f64> {
        self.least_step_s
    }

    /// Readings a second, where most steps say the same. Rows with the time of the one
    /// above them came within a tick of the clock, or are there twice: windows count them.
    pub(super) fn rate_hz(&self) -> Option<f64> {
        let (steps, step_s) = self.steps.usual_above(0.0)?;
        let backwards = self.backwards.map_or(0, |(times, _)| times);
        let moved = self.steps.count();
        // Of rows in no order the steps say nothing.
        let known = steps >= FEW_ROWS && steps * 2 >= moved && backwards * 4 < moved;
        let readings = 1.0 + self.still as f64 / moved.max(1) as f64;
        known.then(|| readings / step_s)
    }

    /// Readings a second where steps that are all as long, and longer than this, come
    /// again and again: that is another rate, and no gaps.
    pub(super) fn slow_hz(&self, longest_s: f64) -> Option<f64> {
        let (count, step_s) = self.steps.usual_above(longest_s)?;
        let is_some = count >= FEW_ROWS && count * SLOW_OF >= self.steps.count();
        is_some.then(|| 1.0 / step_s)
    }

    /// What a user should know, who has windows of so many readings made of them.
    pub(super) fn warnings(&self, length: usize, facts: Facts, warnings: &mut Vec<Warning>) {
        // A clock that is coarser than the readings stands still for most of them.
        let coarse = self.still * 4 >= self.rows.max(FEW_ROWS);
        if length > 1 && !self.timed && self.twins.are_all() {
            warnings.push(Warning::Doubled {
                rows: self.rows / 2,
            });
        } else if self.doubled * 4 >= self.rows.max(FEW_ROWS) {
            warnings.push(Warning::Doubled { rows: self.doubled });
        } else if length > 1 && self.timed && self.rows > 2 && !self.moved {
            warnings.push(Warning::TimesStandStill);
        } else if self.still > 0 && !coarse {
            warnings.push(match self.doubled == self.still {
                true => Warning::Doubled { rows: self.doubled },
                false => Warning::SameTime { rows: self.still },
            });
        }
        if let Some(step_s) = facts.step_s {
            warnings.push(Warning::Step { step_s });
        }
        if let Some(line) = self.clock_change {
            warnings.push(Warning::ClockChange { line });
        } else if let Some((times, line)) = self.backwards {
            warnings.push(Warning::Backwards { times, line });
        }
    }
}

/// Whether two readings are equal, missing samples too.
fn is_same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| a == b || (a.is_nan() && b.is_nan()))
}

/// How often steps of each size came, by powers of two.
#[derive(Debug, Clone, Default)]
struct Steps {
    sizes: Vec<Size>,
}

/// Steps from a power of two to the next.
#[derive(Debug, Clone, Copy)]
struct Size {
    exponent: i32,
    count: u64,
    sum: f64,
}

/// Sizes that are kept apart: more than any clock has.
const MOST_SIZES: usize = 64;

impl Steps {
    fn add(&mut self, step: f64) {
        // What is finer than that is jitter.
        if step < 1e-9 || !step.is_finite() {
            return;
        }
        let exponent = libm::ilogb(step);
        let more = self.sizes.len() < MOST_SIZES;
        let found = self.sizes.iter_mut().find(|size| size.exponent == exponent);
        match found {
            Some(size) => {
                size.count += 1;
                size.sum += step;
            }
            None if more => self.sizes.push(Size {
                exponent,
                count: 1,
                sum: step,
            }),
            None => {}
        }
    }

    fn count(&self) -> u64 {
        self.sizes.iter().map(|size| size.count).sum()
    }

    /// The most frequent of the sizes that are longer than this: how many steps have it,
    /// and their mean in seconds.
    fn usual_above(&self, longest_s: f64) -> Option<(u64, f64)> {
        let mean = |size: &Size| size.sum / size.count as f64;
        let longer = self.sizes.iter().filter(|size| mean(size) > longest_s);
        let usual = longer.max_by_key(|size| size.count)?;
        Some((usual.count, mean(usual)))
    }
}
