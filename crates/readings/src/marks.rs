//! What numbers show of the mark that stands before their decimals.

use alloc::string::String;

use crate::{Decimal, Problem, cell, quote};

/// What the numbers that were seen show.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// One that has a decimal point.
    point: Option<String>,
    /// One that has a decimal comma.
    comma: Option<String>,
    /// `1,042`, which nobody can read alone.
    two: Option<Problem>,
    /// Whether there is one that has a point and may be another: `1.042`.
    grouped: bool,
}

impl Marks {
    /// Looks at a text, which may be no number.
    pub(crate) fn see(&mut self, text: &str) {
        let as_point = cell(text, Some(Decimal::Point));
        let as_comma = cell(text, Some(Decimal::Comma));
        match (as_point, as_comma) {
            (Ok(_), Err(_)) if self.point.is_none() => self.point = Some(quote(text)),
            (Err(_), Ok(_)) if self.comma.is_none() => self.comma = Some(quote(text)),
            (Ok(point), Ok(comma)) if point.value() < comma.value() => self.grouped = true,
            (Ok(point), Ok(comma)) if point.value() > comma.value() => {
                if self.two.is_none() {
                    self.two = cell(text, None).err();
                }
                self.grouped = true;
            }
            _ => {}
        }
    }

    /// Takes a problem that only the mark would solve.
    pub(crate) fn needed_for(&mut self, problem: Problem) {
        self.two.get_or_insert(problem);
    }

    /// The mark that is shown.
    ///
    /// # Errors
    /// [`Problem::TwoDecimals`] where both are.
    pub(crate) fn shown(&self) -> Result<Option<Decimal>, Problem> {
        match (&self.point, &self.comma) {
            (Some(point), Some(comma)) => Err(Problem::TwoDecimals {
                point: point.clone(),
                comma: comma.clone(),
            }),
            (Some(_), None) => Ok(Some(Decimal::Point)),
            (None, Some(_)) => Ok(Some(Decimal::Comma)),
            (None, None) => Ok(None),
        }
    }

    /// The mark that is shown here or, where some numbers need it, elsewhere.
    ///
    /// # Errors
    /// [`Problem::TwoDecimals`], and what cannot be read without the mark.
    pub(crate) fn shown_or(self, elsewhere: &Self) -> Result<Option<Decimal>, Problem> {
        let here = self.shown()?;
        if here.is_some() {
            return Ok(here);
        }
        let found = match self.grouped || self.two.is_some() {
            // What nobody reads may be written in any way.
            true => elsewhere.shown().unwrap_or(None),
            false => None,
        };
        match (found, self.two) {
            (None, Some(problem)) => Err(problem),
            (found, _) => Ok(found),
        }
    }
}
