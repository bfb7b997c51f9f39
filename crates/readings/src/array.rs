//! Lists and arrays of numbers in one cell.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::limits::{MAX_ARRAYS, MAX_LIST};
use crate::{Decimal, Problem, number, quote};

/// An array of a cell: its name, where it has one, and its numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Array<'a> {
    /// The name, or empty.
    pub name: &'a str,
    /// The numbers, NaN where one is missing.
    pub values: Vec<f64>,
}

/// Reads a list of numbers between semicolons, commas or white space. With
/// decimal commas only semicolons and white space separate.
///
/// # Errors
/// [`Problem::ListTooLong`], and those of [`number`].
pub fn list(text: &str, decimal: Option<Decimal>) -> Result<Vec<f64>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let commas = decimal != Some(Decimal::Comma);
    // Between commas none of them can stand before decimals.
    let decimal = decimal.or(Some(Decimal::Point));
    let separates = |c: char| c == ';' || (commas && c == ',');
    let mut values = Vec::new();
    let mut push = |part: &str| {
        if values.len() == MAX_LIST {
            return Err(Problem::ListTooLong { limit: MAX_LIST });
        }
        values.push(number(part, decimal)?);
        Ok(())
    };
    // With marks an empty place is a missing sample; without, white space of
    // any length separates.
    if text.contains(separates) {
        text.split(separates).try_for_each(&mut push)?;
    } else {
        text.split_whitespace().try_for_each(&mut push)?;
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
    use crate::Decimal;

    #[test]
    fn lists() {
        assert_eq!(list("1 2\t3\n4", None), Ok(vec![1.0, 2.0, 3.0, 4.0]));
        assert_eq!(list("1, 2,3", None), Ok(vec![1.0, 2.0, 3.0]));
        assert_eq!(list("1.5;2", None), Ok(vec![1.5, 2.0]));
        assert_eq!(list(" ", None), Ok(vec![]));
        assert!(list("1,,3", None).expect("gap")[1].is_nan());
        assert!(list("1 2, 3", None).is_err());
        let comma = Some(Decimal::Comma);
        assert_eq!(list("1,5; 2,5", comma), Ok(vec![1.5, 2.5]));
        assert_eq!(list("1,5 2,5", comma), Ok(vec![1.5, 2.5]));
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
