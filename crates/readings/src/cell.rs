//! A cell that should hold one number, perhaps with its unit.

use crate::letters::is_word;
use crate::{Decimal, Problem, Unit, is_missing, number, quote, unit};

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// It is empty, or says that there is no value.
    Missing,
    /// A number.
    Number {
        /// In its own unit.
        value: f64,
        /// The unit that stands behind it, where one does.
        unit: Option<Unit>,
    },
}

impl Cell {
    /// The number, NaN where it is missing.
    #[must_use]
    pub fn value(self) -> f64 {
        match self {
            Self::Missing => f64::NAN,
            Self::Number { value, .. } => value,
        }
    }
}

/// Reads a cell of a column with this unit, which may be empty: the number in
/// the unit of the column, NaN where it is missing.
///
/// # Errors
/// [`Problem::OtherUnit`] where the cell's own unit measures something else;
/// otherwise those of [`cell`].
pub fn number_in(text: &str, decimal: Option<Decimal>, wanted: &str) -> Result<f64, Problem> {
    let (value, own) = match cell(text, decimal)? {
        Cell::Number {
            value,
            unit: Some(own),
        } => (value, own),
        read => return Ok(read.value()),
    };
    // A column whose unit is not said, or not known, has that of its cells.
    let Some(wanted_unit) = unit::find(wanted) else {
        return Ok(value);
    };
    own.convert(value, wanted_unit)
        .ok_or_else(|| Problem::OtherUnit {
            text: quote(text.trim()),
            expected: wanted.into(),
        })
}

/// Reads a cell: a number as [`number`] does, or one with a unit behind it,
/// `21.5 °C`.
///
/// # Errors
/// [`Problem::UnknownUnit`] where the number is one and what stands behind it
/// is no unit of [`unit::TABLE`]; otherwise those of [`number`].
pub fn cell(text: &str, decimal: Option<Decimal>) -> Result<Cell, Problem> {
    let problem = match number(text, decimal) {
        Ok(value) if value.is_nan() => return Ok(Cell::Missing),
        Ok(value) => return Ok(Cell::Number { value, unit: None }),
        Err(problem) => problem,
    };
    let text = text.trim();
    let Problem::NotANumber { .. } = problem else {
        return Err(problem);
    };
    let Some((digits, behind)) = split_unit(text) else {
        return Err(problem);
    };
    let value = match number(digits, decimal) {
        Ok(_) if is_missing(digits) => return Err(problem),
        Err(Problem::NotANumber { .. }) => return Err(problem),
        read => read?,
    };
    match unit::find(behind) {
        Some(unit) => Ok(Cell::Number {
            value,
            unit: Some(unit),
        }),
        None => Err(Problem::UnknownUnit {
            text: quote(text),
            unit: quote(behind),
        }),
    }
}

/// The longest unit that is looked for.
const LONGEST_UNIT: usize = 16;

/// Where the number ends and its unit begins: behind the last digit, or the
/// last digit of an exponent. A unit may have digits of its own: `m/s2`.
fn split_unit(text: &str) -> Option<(&str, &str)> {
    let is_number = |c: char| c.is_ascii_digit() || "+-−.,'’_\u{a0}\u{202f}".contains(c);
    let end = text.find(|c: char| !is_number(c))?;
    let (digits, behind) = text.split_at_checked(end)?;
    let (digits, behind) = match behind.strip_prefix(['e', 'E']) {
        Some(exponent) => {
            let sign = usize::from(exponent.starts_with(['+', '-']));
            let rest = exponent.get(sign..).unwrap_or_default();
            let length = rest.bytes().take_while(u8::is_ascii_digit).count();
            let split = if length == 0 { 0 } else { 1 + sign + length };
            text.split_at_checked(end + split)?
        }
        None => (digits, behind),
    };
    let (digits, behind) = (digits.trim(), behind.trim());
    let begins =
        behind.starts_with(|c: char| (is_word(c) && !c.is_ascii_digit()) || "°º%/".contains(c));
    let is_pair = !digits.is_empty() && begins && (1..=LONGEST_UNIT).contains(&behind.len());
    is_pair.then_some((digits, behind))
}

#[cfg(test)]
mod tests {
    use super::{Cell, cell, number_in};
    use crate::{Decimal, Problem};

    fn parts(text: &str, decimal: Option<Decimal>) -> Option<(f64, &'static str)> {
        match cell(text, decimal) {
            Ok(Cell::Number {
                value,
                unit: Some(unit),
            }) => Some((value, unit.quantity())),
            _ => None,
        }
    }

    #[test]
    fn numbers_with_units() {
        assert_eq!(parts("21.5 °C", None), Some((21.5, "temperature")));
        assert_eq!(
            parts("21,5°C", Some(Decimal::Comma)),
            Some((21.5, "temperature"))
        );
        assert_eq!(parts("-0.2e1 m/s²", None), Some((-2.0, "acceleration")));
        assert_eq!(parts("9.81m/s2", None), Some((9.81, "acceleration")));
        assert_eq!(parts("45 %", None), Some((45.0, "ratio")));
        assert_eq!(parts("1,042.8 hPa", None), Some((1042.8, "pressure")));
    }

    #[test]
    fn numbers_come_in_the_unit_of_their_column() {
        assert_eq!(number_in("70.7 °F", None, "C"), Ok(21.5));
        assert_eq!(number_in("21.5 C", None, "°C"), Ok(21.5));
        assert_eq!(number_in("21.5 C", None, ""), Ok(21.5));
        assert_eq!(number_in("21.5", None, "bar"), Ok(21.5));
        assert!(number_in("--", None, "bar").expect("missing").is_nan());
        let other = number_in("21.5 °C", None, "bar");
        assert!(matches!(other, Err(Problem::OtherUnit { .. })));
    }

    #[test]
    fn a_prefix_alone_is_no_unit_and_its_case_says_which() {
        for text in ["5k", "5 M", "5G", "5 MV"] {
            let refused = matches!(cell(text, None), Err(Problem::UnknownUnit { .. }));
            assert!(refused, "{text}");
        }
        assert_eq!(number_in("5 mPa", None, "Pa"), Ok(0.005));
        assert_eq!(number_in("5 MPa", None, "Pa"), Ok(5e6));
        assert_eq!(number_in("300 K", None, "C"), Ok(26.85));
    }

    #[test]
    fn missing_and_refused() {
        assert_eq!(cell("--", None), Ok(Cell::Missing));
        assert!(matches!(
            cell("5 apples", None),
            Err(Problem::UnknownUnit { .. })
        ));
        for text in ["°C", "- °C", "1:2", "12 34", "1e5e5", "2025-01-01 10:00"] {
            assert!(cell(text, None).is_err(), "{text}");
        }
    }
}
