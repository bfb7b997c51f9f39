//! Shares of positions where convolved signals are above a bias.
//!
//! # Source
//! Dempster, Schmidt and Webb, "MiniRocket: a very fast (almost) deterministic
//! transform for time series classification", 2021: the kernels, and that one
//! sum serves all of them.

use alloc::vec::Vec;

use crate::resample::linear;

/// The weights of a kernel: three are 2, the others -1.
const TAPS: usize = 9;
/// How many kernels there are: as many as there are ways to choose the three.
pub const KERNELS: usize = 84;

/// The positions of the three weights of each kernel, in lexical order.
fn kernels() -> impl Iterator<Item = [usize; 3]> {
    (0..TAPS).flat_map(|a| (a + 1..TAPS).flat_map(move |b| (b + 1..TAPS).map(move |c| [a, b, c])))
}

/// The step, checked.
#[derive(Debug, Clone)]
pub(crate) struct Convolutions {
    /// Which signals are read.
    pub(super) signals: Vec<usize>,
    /// Samples that each is brought to.
    pub(super) points: usize,
    pub(super) dilations: Vec<Dilated>,
}

/// The kernels at one dilation.
#[derive(Debug, Clone)]
pub(crate) struct Dilated {
    /// Samples from one weight to the next.
    pub(super) step: usize,
    /// For each kernel its biases.
    pub(super) biases: Vec<Vec<f64>>,
    /// For each kernel the signals that it is applied to, by their position in
    /// [`Convolutions::signals`].
    pub(super) signals: Vec<Vec<usize>>,
}

impl Convolutions {
    /// How many numbers come of it.
    pub(crate) fn count(&self) -> usize {
        let biases = |dilated: &Dilated| dilated.biases.iter().map(Vec::len).sum::<usize>();
        self.dilations.iter().map(biases).sum()
    }

    /// The numbers of a window's signals: dilation by dilation, kernel by kernel,
    /// bias by bias. NaN where a signal has no sample.
    pub(crate) fn of(&self, signals: &[Vec<f64>]) -> Vec<f64> {
        let signals: Vec<Vec<f64>> = self
            .signals
            .iter()
            .map(|&at| linear(&signals[at], self.points))
            .collect();
        let mut numbers = Vec::with_capacity(self.count());
        for dilated in &self.dilations {
            sums(&signals, dilated.step, &dilated.signals, |kernel, sum| {
                let biases = dilated.biases.get(kernel).into_iter().flatten();
                numbers.extend(biases.map(|bias| share_above(sum, *bias)));
            });
        }
        numbers
    }
}

/// Gives for each kernel the convolved signals at every position, as the step
/// compares them with its biases: for whoever fits these.
///
/// `signals` are brought to `points` samples; `step` is the dilation, and `chosen`
/// has for each kernel the signals that it is applied to, by their position.
pub fn convolved(
    signals: &[&[f64]],
    points: usize,
    step: usize,
    chosen: &[Vec<usize>],
    each: impl FnMut(usize, &[f64]),
) {
    let signals: Vec<Vec<f64>> = signals.iter().map(|all| linear(all, points)).collect();
    sums(&signals, step, chosen, each);
}

/// Gives the sums of each kernel, with its number.
fn sums(
    signals: &[Vec<f64>],
    step: usize,
    chosen: &[Vec<usize>],
    mut each: impl FnMut(usize, &[f64]),
) {
    let taps: Vec<Taps> = signals.iter().map(|one| Taps::of(one, step)).collect();
    let mut sum = alloc::vec![0.0; signals.first().map_or(0, Vec::len)];
    for (at, (kernel, chosen)) in kernels().zip(chosen).enumerate() {
        sum.fill(0.0);
        for taps in chosen.iter().filter_map(|&at| taps.get(at)) {
            taps.add(kernel, &mut sum);
        }
        each(at, &sum);
    }
}

/// A signal at the distances of a kernel's weights, and less their sum.
struct Taps {
    /// For each position what all weights of -1 would give.
    base: Vec<f64>,
    /// The signal, held beyond its ends as far as weights reach.
    held: Vec<f64>,
    step: usize,
}

impl Taps {
    fn of(signal: &[f64], step: usize) -> Self {
        let reach = (TAPS / 2) * step;
        let first = signal.first().copied().unwrap_or(f64::NAN);
        let last = signal.last().copied().unwrap_or(f64::NAN);
        let ends = |value| core::iter::repeat_n(value, reach);
        let held = ends(first).chain(signal.iter().copied()).chain(ends(last));
        let held: Vec<f64> = held.collect();
        let base = (0..signal.len())
            .map(|at| {
                let taps = (0..TAPS).map(|tap| held[at + tap * step]);
                -taps.fold(0.0, |sum, value| sum + value)
            })
            .collect();
        Self { base, held, step }
    }

    /// Adds what a kernel gives at every position.
    fn add(&self, [a, b, c]: [usize; 3], sum: &mut [f64]) {
        let from = |tap: usize| &self.held[tap * self.step..];
        let taps = from(a).iter().zip(from(b)).zip(from(c));
        for ((sum, base), ((a, b), c)) in sum.iter_mut().zip(&self.base).zip(taps) {
            *sum += base + 3.0 * (a + b + c);
        }
    }
}

/// The share of values that are above a bias; NaN where a value is.
fn share_above(values: &[f64], bias: f64) -> f64 {
    if values.first().is_none_or(|value| value.is_nan()) {
        return f64::NAN;
    }
    let above = values.iter().filter(|value| **value > bias).count();
    above as f64 / values.len() as f64
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::{Convolutions, Dilated, KERNELS, TAPS, kernels};

    /// All kernels at one dilation with one bias, on the first of two signals, the
    /// second, or both in turn.
    fn all(step: usize, bias: f64) -> Convolutions {
        Convolutions {
            signals: vec![0, 1],
            points: 32,
            dilations: vec![Dilated {
                step,
                biases: vec![vec![bias]; KERNELS],
                signals: (0..KERNELS)
                    .map(|kernel| match kernel % 3 {
                        0 => vec![0],
                        1 => vec![1],
                        _ => vec![0, 1],
                    })
                    .collect(),
            }],
        }
    }

    fn signal(seed: f64) -> Vec<f64> {
        (0..32)
            .map(|at| libm::sin(f64::from(at) * seed) + 0.1 * f64::from(at % 5))
            .collect()
    }

    #[test]
    fn kernels_are_every_choice_of_three() {
        let all: Vec<[usize; 3]> = kernels().collect();
        assert_eq!(
            (all.len(), all[0], all[83]),
            (KERNELS, [0, 1, 2], [6, 7, 8])
        );
    }

    #[test]
    fn numbers_are_those_of_plain_convolutions() {
        for step in [1, 2, 4, 9] {
            let signals = [signal(0.4), signal(1.1)];
            let held = |signal: &[f64], at: i64| signal[at.clamp(0, 31) as usize];
            let expected: Vec<f64> = kernels()
                .enumerate()
                .map(|(kernel, three)| {
                    let chosen: &[usize] = [&[0][..], &[1], &[0, 1]][kernel % 3];
                    let above = (0..32).filter(|at| {
                        let at_tap = |signal: usize, tap: usize| {
                            let weight = if three.contains(&tap) { 2.0 } else { -1.0 };
                            let offset = (tap as i64 - 4) * step as i64;
                            weight * held(&signals[signal], at + offset)
                        };
                        let sum: f64 = chosen
                            .iter()
                            .flat_map(|&signal| (0..TAPS).map(move |tap| at_tap(signal, tap)))
                            .sum();
                        sum > 0.21
                    });
                    above.count() as f64 / 32.0
                })
                .collect();
            assert_eq!(all(step, 0.21).of(&signals), expected, "{step}");
        }
    }

    #[test]
    fn a_constant_changes_nothing_and_nothing_gives_nothing() {
        let signals = [signal(0.4), signal(1.1)];
        let higher = signals
            .clone()
            .map(|signal| signal.iter().map(|v| v + 1024.0).collect());
        assert_eq!(all(2, 0.21).of(&signals), all(2, 0.21).of(&higher));
        let missing = all(1, 0.0).of(&[signal(0.4), vec![]]);
        assert!(!missing[0].is_nan() && missing[1].is_nan() && missing[2].is_nan());
    }
}
