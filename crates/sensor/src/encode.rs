//! Writing one scaled sample, or one feature, as text.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::decimal::{push_padded, push_units, to_units};
use crate::limits::{MAX_LEVELS, at_most, setting};
use crate::validate::check_alphabet;
use crate::{Edges, Encode, FeatureWrite, SensorError};

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
    /// The level between two edges.
    Edges { at: Vec<f64>, alphabet: Vec<char> },
}

impl Writer {
    /// The writer of a channel whose scaled samples lie in `range`. Without a
    /// range there are no levels; validation has refused that.
    ///
    /// # Errors
    /// Where edges cannot work.
    pub(crate) fn of_channel(
        encode: &Encode,
        range: Option<(f64, f64)>,
        place: &str,
    ) -> Result<Self, SensorError> {
        let (low, high) = range.unwrap_or((0.0, 1.0));
        Ok(match encode {
            Encode::Levels {
                count, alphabet, ..
            } => Self::levels(low, high, *count, alphabet.as_deref()),
            Encode::Edges { edges, .. } => Self::edges(edges, place)?,
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
        })
    }

    /// The writer of a feature.
    ///
    /// # Errors
    /// Where edges cannot work.
    pub(crate) fn of_feature(write: &FeatureWrite, place: &str) -> Result<Self, SensorError> {
        Ok(match write {
            FeatureWrite::Levels {
                count,
                alphabet,
                min,
                max,
            } => Self::levels(*min, *max, *count, alphabet.as_deref()),
            FeatureWrite::Edges { edges } => Self::edges(edges, place)?,
            FeatureWrite::Decimal {
                decimals,
                width,
                trim,
            } => Self::Decimal {
                decimals: *decimals,
                width: *width,
                trim: *trim,
            },
        })
    }

    /// The writer of levels between edges.
    ///
    /// # Errors
    /// Where edges do not rise, or the alphabet is not one of their levels.
    pub(crate) fn edges(edges: &Edges, place: &str) -> Result<Self, SensorError> {
        let at = edges.at.unpack(place)?;
        at_most(&format!("{place}: edges"), at.len(), MAX_LEVELS as usize)?;
        let rises = at.windows(2).all(|pair| pair[0] < pair[1]);
        if !rises || at.is_empty() {
            return Err(setting(place, "edges must rise, and there must be one"));
        }
        check_alphabet(&edges.alphabet, at.len() + 1, place)?;
        Ok(Self::Edges {
            at,
            alphabet: edges.alphabet.chars().collect(),
        })
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
            Self::Edges { at, alphabet } => {
                let level = at.partition_point(|edge| *edge <= value);
                out.push(*alphabet.get(level)?);
            }
        }
        Some(())
    }
}

impl Encode {
    /// What stands between two samples.
    pub(crate) fn separator(&self) -> &str {
        match self {
            Self::Levels { separator, .. }
            | Self::Edges { separator, .. }
            | Self::Decimal { separator, .. } => separator,
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::{Edges, Writer};
    use crate::packed::Numbers;

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

    #[test]
    fn levels_between_edges() {
        let edges = |at: &[f64], alphabet: &str| Edges {
            at: Numbers::List(at.into()),
            alphabet: alphabet.into(),
        };
        let writer = Writer::edges(&edges(&[-1.0, 0.0, 5.0], "abcd"), "x").expect("edges");
        let mut out = String::new();
        for value in [-2.0, -1.0, -0.5, 0.0, 4.9, 5.0, 1e9] {
            writer.push(&mut out, value);
        }
        assert_eq!(out, "abbccdd");
        for (at, alphabet) in [
            (&[0.0, 0.0][..], "abc"),
            (&[], "a"),
            (&[1.0], "abc"),
            (&[1.0], "aa"),
        ] {
            assert!(
                Writer::edges(&edges(at, alphabet), "x").is_err(),
                "{at:?} {alphabet}"
            );
        }
    }
}
