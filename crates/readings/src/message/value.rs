//! One value by itself, as it stands in a topic's message, behind a name or in
//! a JSON text: a number, perhaps with its unit.

use crate::unit;
use crate::{Cell, Problem, cell, number, quote};

/// Where objects that hold one value keep it.
pub(super) const VALUE_KEYS: [&str; 3] = ["value", "val", "v"];

/// Reads a text that holds one value of a channel whose unit is `expected`, as
/// far as that is known: NaN where it says that there is none. `beside` is the
/// unit that stands elsewhere, or empty.
///
/// # Errors
/// Those of [`cell`], and [`Problem::OtherUnit`].
pub(crate) fn value(text: &str, beside: &str, expected: &str) -> Result<f64, Problem> {
    let text = text.trim();
    // A unit that is not in the table is known where it is the channel's.
    let bare = text.strip_suffix(expected).filter(|_| !expected.is_empty());
    if let Some(bare) = bare
        && let Ok(value) = number(bare, None)
        && !value.is_nan()
    {
        return Ok(value);
    }
    match cell(text, None)? {
        Cell::Missing => Ok(f64::NAN),
        Cell::Number { value, unit: None } => in_unit(value, beside, expected),
        Cell::Number {
            value,
            unit: Some(unit),
        } if !expected.is_empty() => {
            let converted = unit::find(expected).and_then(|to| unit.convert(value, to));
            converted.ok_or_else(|| other_unit(unit.name(), expected))
        }
        Cell::Number { value, .. } => Ok(value),
    }
}

/// A number in one unit as one in another. A unit that is empty is taken for the
/// other one.
///
/// # Errors
/// [`Problem::OtherUnit`].
pub(crate) fn in_unit(value: f64, from: &str, to: &str) -> Result<f64, Problem> {
    let (from, to) = (from.trim(), to.trim());
    if value.is_nan() || from.eq_ignore_ascii_case(to) {
        return Ok(value);
    }
    unit::convert(value, from, to).ok_or_else(|| other_unit(from, to))
}

/// Whether a text is a unit that measures what another one does.
pub(super) fn fits(unit: &str, expected: &str) -> bool {
    let found = || unit::find(unit)?.convert(0.0, unit::find(expected)?);
    !expected.is_empty() && (unit.eq_ignore_ascii_case(expected) || found().is_some())
}

fn other_unit(unit: &str, expected: &str) -> Problem {
    Problem::OtherUnit {
        text: quote(unit),
        expected: quote(expected),
    }
}

#[cfg(test)]
mod tests {
    use super::{in_unit, value};
    use crate::Problem;

    #[test]
    fn a_number_with_its_unit() {
        for (text, expected, number) in [
            ("21.5", "", 21.5),
            (" -1e-3 ", "bar", -0.001),
            ("21.5 °C", "°C", 21.5),
            ("21.5C", "", 21.5),
            ("70.7 °F", "°C", 21.5),
            ("21,5 °C", "°C", 21.5),
            ("40 %", "%", 40.0),
            ("0,230E-2", "", 0.0023),
            ("12 furlongs", "furlongs", 12.0),
        ] {
            assert_eq!(value(text, "", expected), Ok(number), "{text}");
        }
        assert_eq!(value("70.7", "F", "°C"), Ok(21.5));
        assert_eq!(value("70.7 °F", "K", "°C"), Ok(21.5));
        for missing in ["", "nan", "-inf", "unavailable", "N/A", "-"] {
            assert!(
                value(missing, "", "°C").expect(missing).is_nan(),
                "{missing}"
            );
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "warm",
            "0x1F",
            "0xFF",
            "1.2.3.4",
            "3V3",
            "12:30",
            "21.5;40",
            "21.5,40,3",
            "--5",
            "21.5 40",
            "12h30",
            "1-2",
            "e5",
            "°C",
            "5 degrees in the shade",
            "2 high",
        ] {
            assert!(value(text, "", "").is_err(), "{text}");
        }
        let two = value("1,013", "", "");
        assert!(matches!(two, Err(Problem::TwoNumbers { .. })), "{two:?}");
    }

    #[test]
    fn a_unit_of_something_else_is_refused() {
        for (text, expected) in [("5 bar", "°C"), ("5 °C", "furlongs"), ("5 lx", "%")] {
            let refused = value(text, "", expected);
            assert!(matches!(refused, Err(Problem::OtherUnit { .. })), "{text}");
        }
        assert!(in_unit(1.0, "bar", "°C").is_err());
        assert!(in_unit(f64::NAN, "bar", "°C").is_ok());
        assert_eq!(in_unit(3.0, "L/Min", "l/min"), Ok(3.0));
    }
}
