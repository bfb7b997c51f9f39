//! How fast the readings of each window came, and in which windows it was another
//! pace than in most.

use alloc::vec::Vec;

use senselm_readings::recording::{check_rate, three_digits};

use crate::OtherPace;

/// Readings of a window from which the jitter of a clock averages out.
const MANY_READINGS: usize = 8;
/// Times another pace, for windows of fewer: single steps may be as long as that.
const FEW_READINGS_APART: f64 = 1.75;
/// Windows of another pace from which it is no hiccup, and their share of all; or so
/// many of them one behind the other, beyond those that share a reading with the first.
const FEW_WINDOWS: u64 = 3;
const SOME: f64 = 0.05;
const IN_A_ROW: u64 = 8;
/// Paces that are told apart: more than a recording has.
const MOST_PACES: usize = 32;

/// The paces of a recording's windows.
#[derive(Debug, Clone, Default)]
pub(super) struct WindowPaces {
    length: usize,
    stride: usize,
    windows: u64,
    paces: Vec<Pace>,
    /// Which of the paces the window before had.
    before: Option<usize>,
}

/// Windows whose readings came equally fast.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// Seconds from reading to reading, in the mean of them.
    step_s: f64,
    windows: u64,
    /// How many of them came one behind the other, now and at most.
    run: u64,
    longest: u64,
    /// The line at which the first of them ends.
    line: u64,
}

impl WindowPaces {
    /// For windows of so many readings that begin every so many.
    pub(super) fn new(length: usize, stride: usize) -> Self {
        Self {
            length,
            stride: stride.max(1),
            ..Self::default()
        }
    }

    /// Takes the times of a window, which ends at this line. Of a clock that stands
    /// still between readings it would say the ticks.
    pub(super) fn add(&mut self, times_s: impl Iterator<Item = f64>, line: u64) {
        let (mut readings, mut moved) = (0_usize, 0_usize);
        let (mut first, mut last) = (None, f64::NAN);
        for time_s in times_s {
            moved += usize::from(time_s > last);
            readings += 1;
            first = first.or(Some(time_s));
            last = time_s;
        }
        let Some(first) = first.filter(|_| readings >= 2 && readings == self.length) else {
            return;
        };
        let steps = readings - 1;
        let step_s = (last - first) / steps as f64;
        if step_s <= 0.0 || !step_s.is_finite() || moved * 4 < steps * 3 {
            return;
        }
        self.windows += 1;
        let alike = |pace: &Pace| (1.0 / 1.1..=1.1).contains(&(step_s / pace.step_s));
        let known = self.paces.iter().position(alike);
        if known.is_none() && self.paces.len() < MOST_PACES {
            self.paces.push(Pace {
                step_s,
                windows: 0,
                run: 0,
                longest: 0,
                line,
            });
        }
        let at = known.unwrap_or(self.paces.len() - 1);
        let goes_on = self.before == Some(at);
        self.before = Some(at);
        if let Some(pace) = self.paces.get_mut(at) {
            pace.windows += 1;
            pace.step_s += (step_s - pace.step_s) / pace.windows as f64;
            pace.run = 1 + if goes_on { pace.run } else { 0 };
            pace.longest = pace.longest.max(pace.run);
        }
    }

    /// The pace of most windows.
    fn usual(&self) -> Option<&Pace> {
        self.paces.iter().max_by_key(|pace| pace.windows)
    }

    /// Readings a second of most windows; `None` where that says little.
    pub(super) fn rate_hz(&self) -> Option<f64> {
        let usual = self.usual()?;
        let known = self.length >= MANY_READINGS && usual.windows >= FEW_WINDOWS;
        (known && usual.windows * 2 >= self.windows).then(|| 1.0 / usual.step_s)
    }

    /// The windows of another pace than most, where they are no few.
    pub(super) fn other(&self) -> Option<OtherPace> {
        let usual = self.usual()?;
        let is_other = |pace: &&Pace| match self.length >= MANY_READINGS {
            true => check_rate(1.0 / pace.step_s, 1.0 / usual.step_s).is_err(),
            false => {
                let ratio = pace.step_s / usual.step_s;
                !(1.0 / FEW_READINGS_APART..=FEW_READINGS_APART).contains(&ratio)
            }
        };
        let others = || self.paces.iter().filter(is_other);
        let windows = others().map(|pace| pace.windows).sum();
        let other = others().max_by_key(|pace| pace.windows)?;
        let share = windows >= FEW_WINDOWS && windows as f64 >= SOME * self.windows as f64;
        let of_one_event = self.length.div_ceil(self.stride) as u64;
        let is_some = share || other.longest >= IN_A_ROW + of_one_event;
        is_some.then(|| OtherPace {
            usual_s: three_digits(usual.step_s),
            other_s: three_digits(other.step_s),
            windows,
            of: self.windows,
            line: others().map(|pace| pace.line).min().unwrap_or(other.line),
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::WindowPaces;

    /// The windows of readings with these steps between them, one behind the other.
    fn of(length: usize, steps: impl Iterator<Item = f64>) -> WindowPaces {
        let mut now = 0.0;
        let times: Vec<f64> = steps
            .map(|step| {
                now += step;
                now
            })
            .collect();
        let mut paces = WindowPaces::new(length, length);
        for (at, window) in times.chunks_exact(length).enumerate() {
            paces.add(window.iter().copied(), (at * length) as u64);
        }
        paces
    }

    #[test]
    fn a_rate_that_changes_is_seen_and_jitter_is_none() {
        let changed = |to: f64| of(24, (0..960).map(move |at| if at < 576 { 1.0 } else { to }));
        for to in [0.5, 2.0, 1.5, 0.1, 4.0] {
            let other = changed(to).other().expect("another pace");
            assert_eq!((other.usual_s, other.other_s), (1.0, to));
            assert_eq!((other.windows, other.of, other.line), (16, 40, 576));
        }
        assert_eq!(changed(1.1).other(), None);
        // Steps of half to one and a half, as slow loops have.
        let jitter = |length| {
            of(
                length,
                (0..960_u64).map(|at| 0.5 + (at * 37 % 101) as f64 / 101.0),
            )
        };
        for length in [2, 4, 8, 24] {
            let other = jitter(length).other();
            assert!(length == 2 || other.is_none(), "{length}: {other:?}");
        }
        // Seven readings share a tick of the clock, or two.
        assert_eq!(
            of(24, (0..960).map(|at| f64::from(at % 7 == 0))).other(),
            None
        );
        // Few of many windows are some where they come one behind the other.
        let few = of(
            24,
            (0..24_000).map(|at| {
                if (12_000..12_480).contains(&at) {
                    0.5
                } else {
                    1.0
                }
            }),
        );
        let few = few.other().expect("another pace");
        assert_eq!((few.windows, few.of, few.other_s), (20, 1_000, 0.5));
        // Missing rows make the time longer that a window covers.
        let thinned = of(24, (0..960).map(|at| if at % 2 == 0 { 1.0 } else { 3.0 }));
        assert!(
            thinned
                .rate_hz()
                .is_some_and(|rate| (rate - 0.5).abs() < 0.05)
        );
        // One gap in a few windows is none.
        let gaps = of(
            24,
            (0..960).map(|at| if at % 240 == 100 { 5.0 } else { 1.0 }),
        );
        assert_eq!(gaps.other(), None);
    }
}
