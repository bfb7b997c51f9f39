//! Writing one scaled sample, or one feature, as text.

use alloc::string::String;
use alloc::vec::Vec;

use crate::decimal::{push_padded, push_units, to_units};
use crate::{Encode, FeatureWrite};

/// How one number becomes text; made once from a checked specification.
#[derive(Debug, Clone)]
pub(crate) enum Writer {
    /// The nearest of equally spaced levels over a range.
    Levels {
        low: f64,
        high: f64,
        count: u32,
        /// One character for each level; empty means the level's number.
        alphabet: Vec<char>,
    },
    /// A decimal number.
    Decimal { decimals: u8, width: u8, trim: bool },
}

impl Writer {
    /// The writer of a channel whose scaled samples lie in `range`. Without a
    /// range there are no levels; validation has refused that.
    pub(crate) fn of_channel(encode: &Encode, range: Option<(f64, f64)>) -> Self {
        let (low, high) = range.unwrap_or((0.0, 1.0));
        match encode {
            Encode::Levels {
                count, alphabet, ..
            } => Self::levels(low, high, *count, alphabet.as_deref()),
            Encode::Decimal {
                decimals,
                width,
                trim,
                ..
            } => Self::Decimal {
                decimals: *decimals,
                width: *width,
                trim: *trim,
            },
        }
    }

    /// The writer of a feature.
    pub(crate) fn of_feature(write: &FeatureWrite) -> Self {
        match write {
            FeatureWrite::Levels {
                count,
                alphabet,
                min,
                max,
            } => Self::levels(*min, *max, *count, alphabet.as_deref()),
            FeatureWrite::Decimal {
                decimals,
                width,
                trim,
            } => Self::Decimal {
                decimals: *decimals,
                width: *width,
                trim: *trim,
            },
        }
    }

    fn levels(low: f64, high: f64, count: u32, alphabet: Option<&str>) -> Self {
        Self::Levels {
            low,
            high,
            count,
            alphabet: alphabet.unwrap_or_default().chars().collect(),
        }
    }

    /// Appends `value`, which is finite. `None` where it has too many digits.
    pub(crate) fn push(&self, out: &mut String, value: f64) -> Option<()> {
        match self {
            Self::Levels {
                low,
                high,
                count,
                alphabet,
            } => {
                let top = f64::from(count.saturating_sub(1));
                let level = libm::floor((value - low) / (high - low) * top + 0.5);
                let level = level.max(0.0).min(top) as u32;
                match alphabet.get(level as usize) {
                    Some(&letter) => out.push(letter),
                    None => push_padded(out, u64::from(level), 1),
                }
            }
            Self::Decimal {
                decimals,
                width,
                trim,
            } => push_units(out, to_units(value, *decimals)?, *decimals, *width, *trim),
        }
        Some(())
    }
}

impl Encode {
    /// What stands between two samples.
    pub(crate) fn separator(&self) -> &str {
        match self {
            Self::Levels { separator, .. } | Self::Decimal { separator, .. } => separator,
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::Writer;

    #[test]
    fn levels_round_to_the_nearest() {
        let writer = Writer::levels(0.0, 1.0, 5, Some("abcde"));
        let mut out = String::new();
        for value in [-1.0, 0.0, 0.12, 0.13, 0.5, 1.0, 7.0] {
            writer.push(&mut out, value);
        }
        assert_eq!(out, "aaabcee");
        let mut out = String::new();
        Writer::levels(-2.0, 2.0, 101, None).push(&mut out, 1.0);
        assert_eq!(out, "75");
    }
}
