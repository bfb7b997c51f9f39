//! What both sides of a comparison share: the arguments, the numbers that are
//! multiplied, the clock, and the line of JSON that is printed.
//!
//! It has no dependencies, so that it builds wherever a peer does.

use std::time::{Duration, Instant};

/// How long a figure is measured, at least.
const AT_LEAST: Duration = Duration::from_millis(500);
/// Calls that are timed, at least.
const MIN_CALLS: usize = 5;

/// Rows and columns of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Output features.
    pub rows: usize,
    /// Input features.
    pub cols: usize,
}

impl std::str::FromStr for Shape {
    type Err = String;

    /// Reads `3072x768`.
    fn from_str(text: &str) -> Result<Self, String> {
        let sides = text.split_once('x');
        let parsed: Option<(usize, usize)> =
            sides.and_then(|(rows, cols)| Some((rows.parse().ok()?, cols.parse().ok()?)));
        match parsed {
            Some((rows @ 1..=1_000_000, cols @ 32..=1_000_000)) if cols.is_multiple_of(32) => {
                Ok(Self { rows, cols })
            }
            _ => Err(format!(
                "{text:?} is no shape: give rows x columns such as 3072x768, columns a multiple of 32"
            )),
        }
    }
}

/// The shapes that the command line names.
///
/// # Errors
/// Where there is none, or a word is no shape.
pub fn shapes(words: impl Iterator<Item = String>) -> Result<Vec<Shape>, String> {
    let shapes: Vec<Shape> = words.map(|word| word.parse()).collect::<Result<_, _>>()?;
    if shapes.is_empty() {
        return Err("give one or more shapes such as 3072x768".into());
    }
    Ok(shapes)
}

/// Numbers from -1 up to 1, the same for the same seed on every host.
#[must_use]
pub fn numbers(seed: u64, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// The median seconds of a call.
pub fn seconds(mut call: impl FnMut()) -> f64 {
    call();
    let start = Instant::now();
    let mut calls = Vec::new();
    while start.elapsed() < AT_LEAST || calls.len() < MIN_CALLS {
        let before = Instant::now();
        call();
        calls.push(before.elapsed().as_secs_f64());
    }
    calls.sort_unstable_by(f64::total_cmp);
    calls[calls.len() / 2]
}

/// One line of JSON about a product. `sum` adds up the result, which shows that
/// two programs multiplied the same.
#[must_use]
pub fn line(kernels: &str, shape: Shape, bytes: usize, seconds: f64, y: &[f32]) -> String {
    let Shape { rows, cols } = shape;
    let sum: f64 = y.iter().map(|&value| f64::from(value)).sum();
    let gb_per_s = bytes as f64 / seconds / 1e9;
    format!(
        r#"{{"kernels":"{kernels}","type":"Q8_0","shape":"{rows}x{cols}","bytes":{bytes},"seconds":{seconds:e},"gb_per_s":{gb_per_s},"sum":{sum}}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_read_and_nonsense_is_refused() {
        let shape = "3072x768".parse::<Shape>().expect("is a shape");
        assert_eq!((shape.rows, shape.cols), (3072, 768));
        for bad in ["", "3072", "0x32", "4x33", "ax32", "1x-32"] {
            assert!(bad.parse::<Shape>().is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_repeat_and_stay_in_range() {
        let first = numbers(1, 1000);
        assert_eq!(first, numbers(1, 1000));
        assert_ne!(first, numbers(2, 1000));
        assert!(first.iter().all(|number| (-1.0..1.0).contains(number)));
        let mean = first.iter().sum::<f32>() / 1000.0;
        assert!(mean.abs() < 0.1, "{mean}");
    }
}
