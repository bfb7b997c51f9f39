//! Numbers and the ways in which people and devices spell them.

use alloc::string::String;

use crate::limits::MAX_MAGNITUDE;
use crate::{Problem, float, is_missing, quote};

/// What stands before the decimals of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decimal {
    /// `21.5`
    Point,
    /// `21,5`
    Comma,
}

impl Decimal {
    /// What a user calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Comma => "comma",
        }
    }

    /// The character itself.
    #[must_use]
    pub fn mark(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    /// The one with this name, or `None`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Point, Self::Comma]
            .into_iter()
            .find(|decimal| decimal.name() == name)
    }
}

/// Reads a number: `-1.5e1`, `+5`, `.5`, `5.`, `0,230E-2`, `−3`, and digits in
/// groups of three, `1'042.8` or `1,234,567`. What is empty or says that there
/// is no value is NaN ([`is_missing`]).
///
/// `decimal` is what stands before the decimals where the text comes from, as
/// far as that is known; the other mark can then only group digits. Where it
/// is not known, a point is what it is in every program, and a comma is what
/// its digits allow.
///
/// # Errors
/// [`Problem::TwoNumbers`] for `1,042` where nothing decides,
/// [`Problem::OtherDecimal`] for a number with the other mark before its
/// decimals, [`Problem::TooLarge`] beyond 1e30, and [`Problem::NotANumber`].
pub fn number(text: &str, decimal: Option<Decimal>) -> Result<f64, Problem> {
    let text = text.trim();
    // What nearly every cell is, without another look at it.
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    if decimal != Some(Decimal::Comma)
        && text.bytes().all(plain)
        && let Some(value) = float::parse(text)
    {
        return bounded(value, text);
    }
    if is_missing(text) {
        return Ok(f64::NAN);
    }
    let spelling = Spelling::of(text).ok_or_else(|| not_a_number(text))?;
    bounded(spelling.value(text, decimal)?, text)
}

fn not_a_number(text: &str) -> Problem {
    Problem::NotANumber { text: quote(text) }
}

fn bounded(value: f64, text: &str) -> Result<f64, Problem> {
    if libm::fabs(value) <= MAX_MAGNITUDE {
        return Ok(value);
    }
    Err(Problem::TooLarge { text: quote(text) })
}

/// A text that has the shape of a number, in its parts.
struct Spelling<'a> {
    negative: bool,
    /// Digits and the marks between them.
    mantissa: &'a str,
    /// With its sign, or empty.
    exponent: &'a str,
}

/// Marks that group digits and mean nothing else.
const GROUPING: [char; 7] = ['\'', '’', '_', '\u{a0}', '\u{202f}', '\u{2009}', '˙'];

/// How many of `mark` a text has.
fn count(text: &str, mark: char) -> usize {
    text.matches(mark).count()
}

/// Whether the marks in a text stand where thousands are grouped: one to three
/// digits, then three each.
fn in_groups(text: &str, is_mark: impl Fn(char) -> bool) -> bool {
    let mut groups = text.split(is_mark);
    let first = groups.next().unwrap_or_default();
    // Nobody writes 0,123 or 01,234 for thousands.
    (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && groups.all(|group| group.len() == 3)
}

impl<'a> Spelling<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let unsigned = text.strip_prefix(['-', '+', '−']).unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            None => (unsigned, ""),
            Some((mantissa, exponent)) => {
                let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
                let is_whole = (1..=5).contains(&digits.len())
                    && digits.bytes().all(|byte| byte.is_ascii_digit());
                is_whole.then_some((mantissa, exponent))?
            }
        };
        let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == ',' || GROUPING.contains(&c);
        let has_digit = mantissa.bytes().any(|byte| byte.is_ascii_digit());
        (has_digit && mantissa.chars().all(is_part)).then_some(Self {
            negative: text.starts_with(['-', '−']),
            mantissa,
            exponent,
        })
    }

    /// The number, by the marks that it has.
    fn value(&self, text: &str, decimal: Option<Decimal>) -> Result<f64, Problem> {
        let mantissa = self.mantissa;
        let (points, commas) = (count(mantissa, '.'), count(mantissa, ','));
        let groups = mantissa.contains(GROUPING);
        let wrong = || not_a_number(text);
        let mark = match (points, commas) {
            (0, 0) => None,
            // Groups are marked otherwise, so that this one is of the decimals.
            (1, 0) if groups => Some(Decimal::Point),
            (0, 1) if groups => Some(Decimal::Comma),
            _ if groups => return Err(wrong()),
            // The last of two marks is the one of the decimals.
            (1, 1..) if mantissa.rfind('.') > mantissa.rfind(',') => Some(Decimal::Point),
            (1.., 1) if mantissa.rfind(',') > mantissa.rfind('.') => Some(Decimal::Comma),
            (1.., 1..) => return Err(wrong()),
            // One alone twice can only group.
            (0, 2..) => return self.whole(text, ',', decimal),
            (2.., 0) => return self.whole(text, '.', decimal),
            (0, _) => return self.one_mark(text, Decimal::Comma, decimal),
            (_, 0) => return self.one_mark(text, Decimal::Point, decimal),
        };
        let (whole, fraction) = match mark {
            None => (mantissa, ""),
            Some(mark) => mantissa.split_once(mark.mark()).ok_or_else(wrong)?,
        };
        let other = |c: char| !c.is_ascii_digit();
        let (grouped, plain) = (in_groups(whole, other), !fraction.contains(other));
        if !grouped && whole.contains(other) || !plain {
            return Err(wrong());
        }
        match (mark, decimal) {
            (Some(mark), Some(known)) if mark != known => Err(other_decimal(text, known)),
            _ => self.parse(whole, fraction).ok_or_else(wrong),
        }
    }

    /// `1,234,567`: without any decimals.
    fn whole(&self, text: &str, mark: char, decimal: Option<Decimal>) -> Result<f64, Problem> {
        let agrees = decimal.is_none_or(|decimal| decimal.mark() != mark);
        let value = (agrees && in_groups(self.mantissa, |c| c == mark))
            .then(|| self.parse(self.mantissa, ""))
            .flatten();
        value.ok_or_else(|| not_a_number(text))
    }

    /// `1,042` or `1.042`: the mark of the decimals, or one that groups.
    fn one_mark(
        &self,
        text: &str,
        mark: Decimal,
        decimal: Option<Decimal>,
    ) -> Result<f64, Problem> {
        let wrong = || not_a_number(text);
        let (whole, fraction) = self.mantissa.split_once(mark.mark()).ok_or_else(wrong)?;
        let as_decimals = || self.parse(whole, fraction).ok_or_else(wrong);
        let as_thousands = || self.parse(self.mantissa, "").ok_or_else(wrong);
        let groups = in_groups(self.mantissa, |c| c == mark.mark());
        match decimal {
            Some(known) if known == mark => as_decimals(),
            Some(_) if groups => as_thousands(),
            Some(known) => Err(other_decimal(text, known)),
            None if mark == Decimal::Point || !groups => as_decimals(),
            None => Err(Problem::TwoNumbers {
                text: quote(text),
                decimals: as_decimals()?,
                thousands: as_thousands()?,
            }),
        }
    }

    /// The number with the digits of `whole` before its point.
    fn parse(&self, whole: &str, fraction: &str) -> Option<f64> {
        let mut spelled = String::with_capacity(self.mantissa.len() + 8);
        if self.negative {
            spelled.push('-');
        }
        spelled.extend(whole.chars().filter(char::is_ascii_digit));
        spelled.push('.');
        spelled.push_str(fraction);
        if !self.exponent.is_empty() {
            spelled.push('e');
            spelled.push_str(self.exponent);
        }
        float::parse(&spelled)
    }
}

fn other_decimal(text: &str, expected: Decimal) -> Problem {
    Problem::OtherDecimal {
        text: quote(text),
        expected,
    }
}

#[cfg(test)]
mod tests {
    use super::{Decimal, number};
    use crate::Problem;

    const POINT: Option<Decimal> = Some(Decimal::Point);
    const COMMA: Option<Decimal> = Some(Decimal::Comma);

    #[test]
    fn spellings_that_need_no_context() {
        for (text, expected) in [
            (" -1.5e1 ", -15.0),
            ("+5", 5.0),
            (".5", 0.5),
            ("-.5", -0.5),
            ("5.", 5.0),
            ("−3", -3.0),
            ("1E-3", 0.001),
            ("0,230E-2", 0.0023),
            ("21,5", 21.5),
            ("0,125", 0.125),
            ("1042,875", 1042.875),
            ("1'042.8", 1042.8),
            ("1’042", 1042.0),
            ("1_042.8", 1042.8),
            ("1\u{a0}042,8", 1042.8),
            ("1\u{202f}234\u{202f}567", 1_234_567.0),
            ("1,042.8", 1042.8),
            ("1.042,8", 1042.8),
            ("-12,345,678.25", -12_345_678.25),
            ("1,234,567", 1_234_567.0),
            ("1.234.567", 1_234_567.0),
            ("1.042", 1.042),
        ] {
            assert_eq!(number(text, None), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn what_is_known_of_the_file_decides() {
        assert_eq!(number("1,042", POINT), Ok(1042.0));
        assert_eq!(number("1,042", COMMA), Ok(1.042));
        assert_eq!(number("1.042", POINT), Ok(1.042));
        assert_eq!(number("1.042", COMMA), Ok(1042.0));
        assert_eq!(number("1042", COMMA), Ok(1042.0));
        assert_eq!(number("-7,25", COMMA), Ok(-7.25));
        for (text, decimal) in [
            ("21,5", POINT),
            ("0,125", POINT),
            ("21.5", COMMA),
            ("1,042.8", COMMA),
        ] {
            let refused = matches!(number(text, decimal), Err(Problem::OtherDecimal { .. }));
            assert!(refused, "{text:?} {decimal:?}");
        }
    }

    #[test]
    fn two_numbers_are_named() {
        let problem = number("1,042", None).expect_err("two readings");
        let Problem::TwoNumbers {
            decimals,
            thousands,
            ..
        } = problem
        else {
            panic!("{problem:?}");
        };
        assert_eq!((decimals, thousands), (1.042, 1042.0));
    }

    #[test]
    fn what_is_no_number() {
        for text in [
            "1e31",
            "1e400",
            "0x10",
            "1.2.3",
            "1,2,3",
            "ten",
            "1,0,4",
            "12'34",
            "1'0428",
            "1.,5",
            "e5",
            "1e",
            "1e+",
            "1e999999",
            "--5",
            "+-5",
            "1 042",
            "12:30",
            "1/2",
            "01,234,567",
            ".",
            ",",
            "1'042.8.1",
            "1'042,5.1",
            "٣",
        ] {
            assert!(number(text, None).is_err(), "{text:?}");
        }
    }
}
