//! Lists and arrays of numbers in one cell.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::limits::{MAX_ARRAYS, MAX_LIST};
use crate::marks::Marks;
use crate::{Decimal, Problem, number, quote};

/// An array of a cell: its name, where it has one, and its numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Array<'a> {
    /// The name, or empty.
    pub name: &'a str,
    /// The numbers, NaN where one is missing.
    pub values: Vec<f64>,
}

/// Reads a list of numbers between semicolons, commas or white space. Where
/// there are semicolons only they separate, and with decimal commas a comma does
/// so only in front of white space. Without anything else that is known the
/// numbers of the list show what stands before their decimals.
///
/// # Errors
/// [`Problem::TwoLists`] where commas may stand between numbers or in them,
/// `1,5, 2,5`; [`Problem::TwoDecimals`], [`Problem::ListTooLong`], and those of
/// [`number`].
pub fn list(text: &str, decimal: Option<Decimal>) -> Result<Vec<f64>, Problem> {
    let text = text.trim();
    // As JSON and Python write it.
    let inner = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let text = inner.unwrap_or(text).trim();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    if text.contains(';') {
        let mut marks = Marks::default();
        if decimal.is_none() {
            text.split(';').for_each(|part| marks.see(part));
        }
        return numbers(&mut text.split(';'), decimal.or(marks.shown()?));
    }
    if decimal == Some(Decimal::Comma) {
        let parts = text.split_whitespace();
        // Behind the last number of a line a comma says nothing.
        return numbers(
            &mut parts.map(|part| part.strip_suffix(',').unwrap_or(part)),
            decimal,
        );
    }
    // With marks an empty place is a missing sample; without, white space of
    // any length separates.
    if !text.contains(',') {
        return numbers(
            &mut text.split_whitespace(),
            decimal.or(Some(Decimal::Point)),
        );
    }
    // Between commas none of them can stand before decimals.
    let between = numbers(&mut text.split(','), Some(Decimal::Point));
    let spaced = with_semicolons(text);
    let in_numbers = |decimal| numbers(&mut spaced.split(';'), Some(decimal)).ok();
    if !(spaced.contains(';') && has_comma_in_number(text)) {
        return between;
    }
    let as_decimals = match decimal {
        None => in_numbers(Decimal::Comma),
        Some(_) => None,
    };
    let decides = as_decimals.is_some();
    match (between, as_decimals.or_else(|| in_numbers(Decimal::Point))) {
        (Ok(between), Some(inside)) => Err(Problem::TwoLists {
            text: quote(text),
            inside: inside.len(),
            between: between.len(),
            decides,
        }),
        (Err(_), Some(inside)) => Ok(inside),
        (between, None) => between,
    }
}

/// A list with a semicolon for each comma that white space of its line follows.
fn with_semicolons(text: &str) -> String {
    let mut letters = text.chars().peekable();
    let mut spaced = String::with_capacity(text.len());
    while let Some(letter) = letters.next() {
        let separates = letter == ',' && matches!(letters.peek(), Some(' ' | '\t'));
        spaced.push(if separates { ';' } else { letter });
    }
    spaced
}

/// Whether a comma stands between two digits.
fn has_comma_in_number(text: &str) -> bool {
    let digit = u8::is_ascii_digit;
    let bytes = text.as_bytes().windows(3);
    let mut in_numbers = bytes.filter(|at| digit(&at[0]) && at[1] == b',' && digit(&at[2]));
    in_numbers.next().is_some()
}

/// Not written out for each way to split: browsers load it.
fn numbers(
    parts: &mut dyn Iterator<Item = &str>,
    decimal: Option<Decimal>,
) -> Result<Vec<f64>, Problem> {
    let mut values = Vec::new();
    for part in parts {
        if values.len() == MAX_LIST {
            return Err(Problem::ListTooLong { limit: MAX_LIST });
        }
        values.push(number(part, decimal)?);
    }
    Ok(values)
}

/// Reads the arrays of a cell: `Red: [1, 2] Green: [3, 4]`, `[1, 2]`, or a list
/// without brackets, which is one array without a name.
///
/// # Errors
/// A [`Problem`] that names the array.
pub fn arrays(text: &str, decimal: Option<Decimal>) -> Result<Vec<Array<'_>>, Problem> {
    if !text.contains('[') {
        let values = list(text, decimal)?;
        return Ok(alloc::vec![Array { name: "", values }]);
    }
    let mut arrays: Vec<Array> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let separators = |letter: char| letter.is_whitespace() || ",;".contains(letter);
        let name = before.trim_matches(separators);
        let name = match name.strip_suffix([':', '=']) {
            Some(name) => name.trim().trim_matches('"'),
            None if name.is_empty() => "",
            None => return Err(Problem::ArrayName { text: quote(name) }),
        };
        let (inside, next) = after
            .split_once(']')
            .ok_or_else(|| Problem::ArrayOpen { name: quote(name) })?;
        if !name.is_empty() && arrays.iter().any(|array| array.name == name) {
            return Err(Problem::ArrayTwice { name: quote(name) });
        }
        if arrays.len() == MAX_ARRAYS {
            return Err(Problem::TooManyArrays { limit: MAX_ARRAYS });
        }
        let values = list(inside, decimal).map_err(|problem| Problem::InArray {
            name: quote(name),
            problem: Box::new(problem),
        })?;
        arrays.push(Array { name, values });
        rest = next;
    }
    let rest = rest.trim_matches([' ', '\t', '\r', '\n', ',', ';']);
    if rest.is_empty() {
        Ok(arrays)
    } else {
        Err(Problem::AfterArrays { text: quote(rest) })
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::{arrays, list};
    use crate::{Decimal, Problem};

    #[test]
    fn lists() {
        assert_eq!(list("1 2\t3\n4", None), Ok(vec![1.0, 2.0, 3.0, 4.0]));
        assert_eq!(list("1,2,3", None), Ok(vec![1.0, 2.0, 3.0]));
        assert_eq!(list("1, 2, 3", None), Ok(vec![1.0, 2.0, 3.0]));
        assert_eq!(list("1.5;2", None), Ok(vec![1.5, 2.0]));
        assert_eq!(list(" ", None), Ok(vec![]));
        assert!(list("1,,3", None).expect("gap")[1].is_nan());
        assert!(list("1 2, 3", None).is_err());
        let comma = Some(Decimal::Comma);
        assert_eq!(list("1,5; 2,5", comma), Ok(vec![1.5, 2.5]));
        assert_eq!(list("1,5 2,5", comma), Ok(vec![1.5, 2.5]));
        assert_eq!(list("1,5, 2,5,", comma), Ok(vec![1.5, 2.5]));
    }

    #[test]
    fn semicolons_alone_separate_where_they_are() {
        for (text, decimal) in [
            ("1,5; 1,042; 3", None),
            ("1,5;1,042;3", Some(Decimal::Comma)),
            ("1.5; 1.042; 3", None),
        ] {
            assert_eq!(list(text, decimal), Ok(vec![1.5, 1.042, 3.0]), "{text}");
        }
        let point = Some(Decimal::Point);
        assert_eq!(list("1,042.5; 2", None), Ok(vec![1042.5, 2.0]));
        assert_eq!(list("1,042; 2", point), Ok(vec![1042.0, 2.0]));
        let two = list("1,042; 2", None);
        assert!(matches!(two, Err(Problem::TwoNumbers { .. })), "{two:?}");
        let two = list("1,5; 2.5", None);
        assert!(matches!(two, Err(Problem::TwoDecimals { .. })), "{two:?}");
    }

    #[test]
    fn commas_between_numbers_or_in_them_are_two_lists() {
        let read = |text, decimal| match list(text, decimal) {
            Err(Problem::TwoLists {
                inside,
                between,
                decides,
                ..
            }) => (inside, between, decides),
            read => panic!("{text} {read:?}"),
        };
        assert_eq!(read("100,0, 101,9", None), (2, 4, true));
        assert_eq!(read("1, 2,3", None), (2, 3, true));
        assert_eq!(read("1,013.2, 40.1", None), (2, 3, false));
        assert_eq!(read("1,013, 40", Some(Decimal::Point)), (2, 3, false));
        let point = Some(Decimal::Point);
        let split = Ok(vec![100.0, 0.0, 101.0, 9.0]);
        assert_eq!(list("100,0, 101,9", point), split);
        assert_eq!(list("1, 2,3,4", None), Ok(vec![1.0, 2.0, 3.0, 4.0]));
    }

    #[test]
    fn named_arrays() {
        let read = arrays("Red: [1, 2]\nGreen light: [3]\n", None).expect("arrays");
        assert_eq!(
            (read[0].name, read[0].values.as_slice()),
            ("Red", &[1.0, 2.0][..])
        );
        assert_eq!(
            (read[1].name, read[1].values.as_slice()),
            ("Green light", &[3.0][..])
        );
        assert_eq!(arrays("[1, 2], [3]", None).expect("bare").len(), 2);
        assert_eq!(arrays("1 2 3", None).expect("list")[0].values.len(), 3);
        for bad in [
            "Red [1]",
            "Red: [1",
            "Red: [1] x",
            "a: [1] a: [2]",
            "a: [x]",
            "[[1]]",
        ] {
            assert!(arrays(bad, None).is_err(), "{bad}");
        }
    }
}
