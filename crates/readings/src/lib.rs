//! What a cell, a line or a message means: numbers and their spellings, words
//! for missing, units, times, and how the rows of a table are written.
//!
//! One rule has one home: the program, the page and training ask here. Nothing
//! is guessed in silence: what can be read in two ways is a [`Problem`] that
//! names both. A problem is a code with values, and a host words it; the
//! program's English is its [`core::fmt::Display`].
//!
//! This crate knows nothing of models and channels, has no clock and no files,
//! and takes text that its host has decoded.
//!
//! ```
//! use senselm_readings::{Decimal, number};
//!
//! assert_eq!(number("0,230E-2", None), Ok(0.0023));
//! assert!(number("-nan(ind)", None)?.is_nan());
//! assert_eq!(number("1'042.8", Some(Decimal::Point)), Ok(1042.8));
//! // 1.042 or 1042: nobody knows without the rest of the file.
//! assert!(number("1,042", None).is_err());
//! # Ok::<(), senselm_readings::Problem>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod array;
mod cell;
mod english;
mod float;
mod letters;
pub mod limits;
pub mod line;
mod marks;
pub mod message;
mod missing;
pub mod names;
mod number;
mod problem;
pub mod recording;
mod refusal;
pub mod rows;
pub mod series;
mod shown;
mod table;
pub mod time;
pub mod unit;
mod values;

pub use array::{Array, arrays, list};
pub use cell::{Cell, cell, number_in};
pub use marks::DecimalOfRows;
pub use missing::{MISSING_WORDS, is_missing, may_be_state};
pub use number::{Decimal, number};
pub use problem::Problem;
pub use refusal::Refusal;
pub use shown::quote;
pub use table::{HeaderLine, Note, Shape, Table, Told, detect};
pub use time::{TimeForm, time};
pub use unit::Unit;
pub use values::Value;

/// Sorts a few numbers, without NaN. What the standard library sorts many with
/// takes more room than the browser's modules have.
pub(crate) fn sort(values: &mut [f64]) {
    for end in 1..values.len() {
        for at in (1..=end).rev() {
            if values[at - 1] <= values[at] {
                break;
            }
            values.swap(at - 1, at);
        }
    }
}
