//! How fast readings come, by their times.

use senselm_readings::recording::{Wants, check_rate};

use crate::reservoir::{Reservoir, quantile};
use crate::runs::reader;
use crate::survey::Survey;
use crate::text::Text;
use crate::{LookError, Options, Role};

/// Rows by which the step of the times is told.
const STEPS_OF: u64 = 200_000;
/// So many usual steps are a gap.
pub(crate) const GAP_STEPS: f64 = 5.0;
/// Steps of another size than usual, where the rate is not steady.
pub(crate) const UNSTEADY: f64 = 0.1;
/// Steps from which a file has a rate.
const FEW_STEPS: u64 = 8;

/// How the times of a recording go on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pace {
    /// The usual step, in seconds.
    pub(crate) step_s: f64,
    /// The share of steps that are of another size, gaps and restarts aside.
    pub(crate) unsteady: f64,
    /// Whether rows follow each other faster than the clock ticks.
    pub(crate) coarse: Option<f64>,
    /// By how many steps this is told.
    steps: u64,
}

impl Pace {
    /// Whether readings come at one rate.
    pub(crate) fn is_steady(&self) -> bool {
        self.coarse.is_some() || self.unsteady <= UNSTEADY
    }

    /// Whether the times say a rate: there are enough of them, and they are steady.
    pub(crate) fn is_known(&self) -> bool {
        self.is_steady() && self.steps >= FEW_STEPS
    }

    /// Whether another recording has another rate.
    pub(crate) fn is_another(&self, other: &Self) -> bool {
        check_rate(1.0 / other.step_s, 1.0 / self.step_s).is_err()
    }
}

/// The steps of a recording's times.
#[derive(Debug, Clone, Default)]
pub(crate) struct Steps {
    above: Option<f64>,
    rows: u64,
    still: u64,
    forward: u64,
    steps: Reservoir,
}

impl Steps {
    /// Takes the time of the next row; one that is there twice is one reading.
    pub(crate) fn add(&mut self, time_s: Option<f64>, is_doubled: bool) {
        if self.rows == STEPS_OF || is_doubled {
            return;
        }
        self.rows += 1;
        if let (Some(above), Some(now)) = (self.above, time_s) {
            let step = now - above;
            if step > 0.0 {
                self.forward += 1;
                self.steps.add(step);
            }
            self.still += u64::from(step == 0.0);
        }
        self.above = time_s.or(self.above);
    }

    /// How they go on; nothing where there are none.
    pub(crate) fn pace(&self) -> Option<Pace> {
        let sorted = self.steps.sorted(|_| false);
        if sorted.is_empty() {
            return None;
        }
        let step_s = quantile(&sorted, 0.5);
        let (rows, still, steps) = (self.rows, self.still, self.forward);
        let whole = sorted.iter().filter(|step| **step <= step_s * GAP_STEPS);
        if still * 4 >= rows {
            // Several readings share a tick of the clock.
            let mean = whole.clone().sum::<f64>() / whole.count().max(1) as f64;
            let ticks = rows.saturating_sub(still).max(1) as f64;
            return Some(Pace {
                step_s: mean * ticks / rows.max(1) as f64,
                unsteady: 1.0,
                coarse: Some(step_s),
                steps,
            });
        }
        let other = whole
            .clone()
            .filter(|step| (**step - step_s).abs() > step_s * 0.1);
        Some(Pace {
            step_s,
            unsteady: other.count() as f64 / whole.count().max(1) as f64,
            coarse: None,
            steps,
        })
    }
}

/// How the times of the first file with several go on; nothing where there are none.
pub(crate) fn pace(
    survey: &Survey,
    wants: &Wants,
    options: &Options,
) -> Result<Option<Pace>, LookError> {
    let files = survey.files.iter();
    for file in files.filter(|file| file.found.role != Role::Test) {
        let text = Text::open(&file.found.path, options)?;
        let (mut reader, table) = reader(&text, file, wants, options)?;
        let (mut values, mut lengths) = (Vec::new(), Vec::new());
        let mut steps = Steps::default();
        let (mut above, mut before) = (None, Vec::new());
        text.rows(&table, &mut |row| {
            if steps.rows == STEPS_OF {
                return;
            }
            values.clear();
            lengths.clear();
            let Ok(cells) = reader.read(row, &mut values, &mut lengths) else {
                return;
            };
            let same = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan());
            let alike = before.len() == values.len() && before.iter().zip(&values).all(same);
            let is_doubled = cells.time_s.is_some() && above == cells.time_s && alike;
            steps.add(cells.time_s, is_doubled);
            above = cells.time_s;
            before.clone_from(&values);
        })?;
        if let Some(pace) = steps.pace() {
            return Ok(Some(pace));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::Steps;

    fn steps(times: impl Iterator<Item = (f64, bool)>) -> Steps {
        let mut steps = Steps::default();
        times.for_each(|(time, doubled)| steps.add(Some(time), doubled));
        steps
    }

    #[test]
    fn rows_that_are_there_twice_are_no_faster() {
        let once = steps((0..100).map(|at| (f64::from(at), false)));
        let twice = steps((0..200).map(|at| (f64::from(at / 2), at % 2 == 1)));
        let (once, twice) = (once.pace().expect("a pace"), twice.pace().expect("a pace"));
        assert_eq!(once, twice);
        // Two readings that share a tick are.
        let faster = steps((0..200).map(|at| (f64::from(at / 2), false)));
        let faster = faster.pace().expect("a pace");
        assert_eq!(faster.coarse, Some(1.0));
        assert!((faster.step_s - 0.5).abs() < 0.01);
        assert!(once.is_another(&faster) && !once.is_another(&twice));
    }
}
