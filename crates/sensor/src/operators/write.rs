//! The numbers of a step as text.

use alloc::string::String;
use alloc::vec::Vec;

use crate::encode::Writer;
use crate::order::largest_first;

/// How numbers are written, checked.
#[derive(Debug, Clone)]
pub(crate) enum Written {
    /// The symbols of the largest, and how far the largest is ahead.
    Rank {
        symbols: Vec<String>,
        top: usize,
        margin: Writer,
    },
    /// One after the other.
    Each {
        writer: Writer,
        separator: String,
        /// What stands for a missing number.
        empty: Option<String>,
    },
}

impl Written {
    /// Appends numbers. `None` where one is missing or has too many digits.
    pub(crate) fn push(&self, out: &mut String, numbers: &[f64]) -> Option<()> {
        match self {
            Self::Each {
                writer,
                separator,
                empty,
            } => {
                for (at, number) in numbers.iter().enumerate() {
                    if at > 0 {
                        out.push_str(separator);
                    }
                    match number.is_nan() {
                        true => out.push_str(empty.as_deref()?),
                        false => writer.push(out, *number)?,
                    }
                }
                Some(())
            }
            Self::Rank {
                symbols,
                top,
                margin,
            } => {
                if numbers.iter().any(|number| number.is_nan()) {
                    return None;
                }
                let order = largest_first(numbers);
                for symbol in order.iter().take(*top).filter_map(|&at| symbols.get(at)) {
                    out.push_str(symbol);
                }
                let largest = |rank: usize| order.get(rank).map(|&at| numbers[at]);
                margin.push(out, largest(0)? - largest(1)?)
            }
        }
    }
}
