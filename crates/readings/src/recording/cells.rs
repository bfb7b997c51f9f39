//! What the rows of a recording hold, and what is wrong where they do not.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};

use crate::{Decimal, Problem, number, quote};

/// What a sample of the times says about all of them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Facts {
    /// What they are given to, in seconds, where that is more than one.
    pub resolution_s: f64,
    /// Seconds from one to the next, to three digits, where a user should look
    /// at it.
    pub step_s: Option<f64>,
    /// Whether they are dates, which clocks of a place may have written.
    pub dates: bool,
}

/// What a row holds beside its numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells<'r> {
    /// When it was, in seconds, where that is read.
    pub time_s: Option<f64>,
    /// The right answer.
    pub truth: TruthCell<'r>,
}

/// What the cell of a truth holds.
#[derive(Debug, Clone, PartialEq)]
pub enum TruthCell<'r> {
    /// There is no such column, or the cell is empty.
    Nothing,
    /// A number.
    Number(f64),
    /// A text, without white space around it.
    Text(Cow<'r, str>),
    /// No number where one should be; why, in words.
    Unreadable(String),
}

impl<'r> TruthCell<'r> {
    /// What a cell holds where truths are numbers, or where they are not.
    #[must_use]
    pub fn read(text: Cow<'r, str>, is_number: bool, decimal: Option<Decimal>) -> Self {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Self::Nothing;
        }
        if !is_number {
            return Self::Text(match text {
                Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
                Cow::Owned(ref text) => Cow::Owned(text.trim().to_string()),
            });
        }
        match number(trimmed, decimal) {
            Ok(value) if !value.is_nan() => Self::Number(value),
            read => {
                let text = quote(trimmed);
                let problem = read.err().unwrap_or(Problem::NotANumber { text });
                Self::Unreadable(problem.to_string())
            }
        }
    }
}

/// Where a cell is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spot {
    /// Its line, from 1.
    pub line: u64,
    /// The byte of that line where it begins, from 1.
    pub column: u64,
    /// The name of its column, where it has one.
    pub name: String,
}

/// A cell that cannot be used, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct BadCell {
    /// Where it is.
    pub spot: Spot,
    /// What is wrong.
    pub problem: Problem,
}
