//! Why something cannot be read, as a code with values.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;

use crate::{Decimal, TimeForm};

/// Why a cell, a line, a message or a table cannot be read.
///
/// Texts are the beginnings of what was found, in quotes, without control
/// characters.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// The text is neither a number nor a word for missing.
    NotANumber {
        /// What was found.
        text: String,
    },
    /// The number is beyond [`crate::limits::MAX_MAGNITUDE`].
    TooLarge {
        /// What was found.
        text: String,
    },
    /// The text is one number with decimals and another with thousands.
    TwoNumbers {
        /// What was found.
        text: String,
        /// With the mark before its decimals.
        decimals: f64,
        /// With the mark between its thousands.
        thousands: f64,
    },
    /// The number has another mark before its decimals than its file.
    OtherDecimal {
        /// What was found.
        text: String,
        /// The mark of the file.
        expected: Decimal,
    },
    /// A number is followed by what is no unit that is known here.
    UnknownUnit {
        /// What was found.
        text: String,
        /// What stands behind the number.
        unit: String,
    },
    /// The text is no time in any known form, or not in the one of its column.
    NotATime {
        /// What was found.
        text: String,
    },
    /// The text is one time in one form and another in another.
    TwoTimes {
        /// What was found.
        text: String,
        /// How it can be read.
        first: TimeForm,
        /// How it can be read, too.
        second: TimeForm,
    },
    /// Most cells of a column of times are no times.
    NoTimes {
        /// One of them.
        text: String,
        /// The form that somebody said they have.
        told: Option<TimeForm>,
    },
    /// A list has more numbers than [`crate::limits::MAX_LIST`].
    ListTooLong {
        /// How many it may have.
        limit: usize,
    },
    /// Something stands before an array that is no name.
    ArrayName {
        /// What was found.
        text: String,
    },
    /// An array has no closing bracket.
    ArrayOpen {
        /// Its name, in quotes.
        name: String,
    },
    /// Two arrays of a cell have one name.
    ArrayTwice {
        /// The name, in quotes.
        name: String,
    },
    /// A cell has more arrays than [`crate::limits::MAX_ARRAYS`].
    TooManyArrays {
        /// How many it may have.
        limit: usize,
    },
    /// Something stands behind the last array.
    AfterArrays {
        /// What was found.
        text: String,
    },
    /// A number of an array cannot be read.
    InArray {
        /// The array's name, in quotes.
        name: String,
        /// Why not.
        problem: Box<Problem>,
    },
}

impl Problem {
    /// What a host looks its own words up by.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotANumber { .. } => "not_a_number",
            Self::TooLarge { .. } => "too_large",
            Self::TwoNumbers { .. } => "two_numbers",
            Self::OtherDecimal { .. } => "other_decimal",
            Self::UnknownUnit { .. } => "unknown_unit",
            Self::NotATime { .. } => "not_a_time",
            Self::TwoTimes { .. } => "two_times",
            Self::NoTimes { .. } => "no_times",
            Self::ListTooLong { .. } => "list_too_long",
            Self::ArrayName { .. } => "array_name",
            Self::ArrayOpen { .. } => "array_open",
            Self::ArrayTwice { .. } => "array_twice",
            Self::TooManyArrays { .. } => "too_many_arrays",
            Self::AfterArrays { .. } => "after_arrays",
            Self::InArray { .. } => "in_array",
        }
    }
}

impl core::error::Error for Problem {}

/// The beginning of a text, in quotes and without control characters, for a
/// message.
#[must_use]
pub fn quote(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{shown:?}")
}
