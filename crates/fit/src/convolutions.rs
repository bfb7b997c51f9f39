//! Where convolutions are compared: their dilations, and biases from the windows
//! themselves.
//!
//! # Source
//! Dempster, Schmidt and Webb, "MiniRocket", 2021: dilations that grow by equal
//! factors, and biases that are quantiles of what a kernel gives of a random
//! window. Quantiles and windows are drawn from a seed here.

use senselm_sensor::rng::Rng;
use senselm_sensor::{Dilation, KERNELS, Numbers, convolved};

/// Dilations at most.
const MOST_DILATIONS: usize = 32;
/// Weights of a kernel.
const TAPS: usize = 9;
/// Signals at most that a kernel is applied to together.
const MOST_SIGNALS: usize = 9;
const STREAM: u64 = 0x6b65_726e_656c_0000;

/// The dilations of a step that is to give about `features` numbers of signals
/// with `points` samples. `windows` has the signals of each window.
pub(crate) fn fit(
    windows: &[Vec<Vec<f64>>],
    points: usize,
    features: usize,
    seed: u64,
) -> Vec<Dilation> {
    let mut rng = Rng::new(seed, STREAM);
    let signals = windows.first().map_or(0, Vec::len);
    let steps = steps(points, features.div_ceil(KERNELS).max(1));
    // The golden ratio spreads quantiles evenly however many are taken.
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let mut taken = 0;
    let mut dilations = Vec::new();
    for (step, count) in steps {
        let chosen: Vec<Vec<usize>> = (0..KERNELS).map(|_| choose(signals, &mut rng)).collect();
        let mut biases = vec![Vec::new(); KERNELS];
        for _ in 0..count {
            let Some(window) = windows.get(rng.below(windows.len())) else {
                break;
            };
            let window: Vec<&[f64]> = window.iter().map(Vec::as_slice).collect();
            convolved(&window, points, step, &chosen, |kernel, sums| {
                taken += 1;
                let share = (f64::from(taken) * golden).fract();
                if let Some(biases) = biases.get_mut(kernel) {
                    biases.push(quantile(sums, share));
                }
            });
        }
        let all: Vec<f64> = biases.concat();
        dilations.push(Dilation {
            step,
            biases: Numbers::pack(&all),
            signals: match signals {
                1 => Vec::new(),
                _ => {
                    let narrow = |chosen: &Vec<usize>| chosen.iter().map(|&at| at as u8).collect();
                    chosen.iter().map(narrow).collect()
                }
            },
        });
    }
    dilations
}

/// Dilations that grow by equal factors until a kernel spans all points, each
/// with how many biases it gets.
fn steps(points: usize, each: usize) -> Vec<(usize, usize)> {
    let widest = points.saturating_sub(1) as f64 / (TAPS - 1) as f64;
    let most = widest.max(1.0).log2();
    let count = each.min(MOST_DILATIONS);
    let mut steps: Vec<(usize, usize)> = Vec::new();
    for at in 0..count {
        let exponent = most * at as f64 / count.saturating_sub(1).max(1) as f64;
        let step = exponent.exp2() as usize;
        let biases = each / count + usize::from(at < each % count);
        match steps.last_mut() {
            Some((last, more)) if *last == step => *more += biases,
            _ => steps.push((step, biases)),
        }
    }
    steps
}

/// Which signals a kernel is applied to: few more often than many.
fn choose(signals: usize, rng: &mut Rng) -> Vec<usize> {
    let most = signals.min(MOST_SIGNALS) as f64;
    let count = (rng.unit() * (most + 1.0).log2()).exp2() as usize;
    let mut all: Vec<usize> = (0..signals).collect();
    for at in 0..count.min(signals) {
        let other = at + rng.below(signals - at);
        all.swap(at, other);
    }
    all.truncate(count.clamp(1, signals.max(1)));
    all.sort_unstable();
    all
}

/// The value below which a share of the values is; 0 where one is missing.
fn quantile(values: &[f64], share: f64) -> f64 {
    if values.is_empty() || values.iter().any(|value| value.is_nan()) {
        return 0.0;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = share * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[at as usize], sorted[(at.ceil()) as usize]);
    low + (high - low) * at.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dilations_reach_over_the_window_and_biases_are_as_many_as_asked() {
        for (points, each) in [(150, 6), (150, 12), (8, 6), (1, 3), (4096, 119)] {
            let steps = steps(points, each);
            let biases: usize = steps.iter().map(|(_, biases)| biases).sum();
            assert_eq!(biases, each, "{points}");
            assert!(steps.iter().all(|(step, _)| *step >= 1 && *step <= points));
            assert!(steps.is_sorted_by(|a, b| a.0 < b.0), "{steps:?}");
        }
    }

    #[test]
    fn kernels_read_few_signals_and_every_one_is_read() {
        let mut rng = Rng::new(1, 2);
        let all: Vec<Vec<usize>> = (0..84).map(|_| choose(6, &mut rng)).collect();
        assert!(all.iter().all(|chosen| (1..=6).contains(&chosen.len())));
        assert!((0..6).all(|signal| all.iter().any(|chosen| chosen.contains(&signal))));
        assert_eq!(choose(1, &mut rng), [0]);
    }
}
