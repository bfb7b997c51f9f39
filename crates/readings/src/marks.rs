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

/// What stands before the decimals in rows that come one behind the other, where
/// the first of them may not show it.
///
/// A mark counts from the row that shows it. No table is read by two rules: a
/// number with the other mark is refused behind it.
#[derive(Debug, Clone, Default)]
pub struct DecimalOfRows {
    known: Option<Decimal>,
    /// One that was read with a decimal point and may have thousands: `1.234`.
    grouped: Option<String>,
}

impl DecimalOfRows {
    /// `known` is the mark, as far as it is known.
    #[must_use]
    pub fn new(known: Option<Decimal>) -> Self {
        let grouped = None;
        Self { known, grouped }
    }

    /// The mark, as far as it is known.
    #[must_use]
    pub fn known(&self) -> Option<Decimal> {
        self.known
    }

    /// Looks at the texts of the next row that are read as numbers, before they
    /// are. True where they show the mark, which was not known.
    ///
    /// # Errors
    /// [`Problem::TwoDecimals`] for a row that has both, or a decimal comma behind
    /// what was read as a decimal point; the row cannot be used.
    pub fn see(&mut self, texts: &mut dyn Iterator<Item = &str>) -> Result<bool, Problem> {
        if self.known.is_some() {
            return Ok(false);
        }
        let mut marks = Marks::default();
        let mut grouped = None;
        for text in texts.filter(|text| text.contains(['.', ','])) {
            marks.see(text);
            if grouped.is_none() && marks.grouped && marks.two.is_none() {
                grouped = Some(quote(text));
            }
        }
        let shown = marks.shown()?;
        if let (Some(Decimal::Comma), Some(point), Some(comma)) =
            (shown, &self.grouped, &marks.comma)
        {
            return Err(Problem::TwoDecimals {
                point: point.clone(),
                comma: comma.clone(),
            });
        }
        self.known = shown;
        if shown.is_none() && self.grouped.is_none() {
            self.grouped = grouped;
        }
        Ok(shown.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::DecimalOfRows;
    use crate::Decimal;

    #[test]
    fn a_mark_counts_from_the_row_that_shows_it() {
        for (rows, expected) in [
            (&["1", "20 C", "1,234", ""][..], Ok(None)),
            (&["1", "1,5"], Ok(Some(Decimal::Comma))),
            (&["1,5", "1.5"], Ok(Some(Decimal::Comma))),
            (&["1.234", "1,234", "3.25"], Ok(Some(Decimal::Point))),
            (&["1.234.567"], Ok(Some(Decimal::Comma))),
            (&["1.234 1,5"], Ok(Some(Decimal::Comma))),
            (&["1.234", "2", "1,5"], Err("two_decimals")),
            (&["2.5 1,5"], Err("two_decimals")),
        ] {
            let mut decimal = DecimalOfRows::default();
            let seen = rows.iter().try_for_each(|row| {
                let seen = decimal.see(&mut row.split(' '));
                seen.map(|_| ())
            });
            let seen = seen.map(|()| decimal.known());
            assert_eq!(seen.map_err(|problem| problem.code()), expected, "{rows:?}");
        }
        let mut told = DecimalOfRows::new(Some(Decimal::Point));
        assert_eq!(told.see(&mut ["1,5"].into_iter()), Ok(false));
        assert_eq!(told.known(), Some(Decimal::Point));
    }
}
