//! Numbers and arrays of numbers in a cell.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::limits::{MAX_CHANNELS, MAX_MAGNITUDE, MAX_SAMPLES};

/// An array of a cell: its name, where it has one, and its numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Array<'a> {
    pub(crate) name: &'a str,
    pub(crate) values: Vec<f64>,
}

/// Reads a number; what is empty or says that there is none is NaN.
pub(crate) fn number(text: &str) -> Result<f64, String> {
    let text = text.trim();
    const MISSING: [&str; 6] = ["nan", "na", "n/a", "null", "none", "?"];
    if text.is_empty() || MISSING.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return Ok(f64::NAN);
    }
    match text.parse::<f64>() {
        Ok(value) if libm::fabs(value) <= MAX_MAGNITUDE => Ok(value),
        Ok(_) => Err(format!("{} is too large", quote(text))),
        Err(_) => Err(format!("{} is not a number", quote(text))),
    }
}

/// Reads a list of numbers between commas, semicolons or white space.
pub(crate) fn list(text: &str) -> Result<Vec<f64>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let commas = text.contains([',', ';']);
    let mut values = Vec::new();
    // With commas an empty place is a missing sample; without, white space of
    // any length separates.
    let mut push = |part: &str| {
        if values.len() == MAX_SAMPLES {
            return Err(format!("more than {MAX_SAMPLES} numbers in one list"));
        }
        values.push(number(part)?);
        Ok(())
    };
    if commas {
        text.split([',', ';']).try_for_each(&mut push)?;
    } else {
        text.split_whitespace().try_for_each(&mut push)?;
    }
    Ok(values)
}

/// Reads the arrays of a cell: `Red: [1, 2] Green: [3, 4]`, `[1, 2]`, or a list
/// without brackets, which is one array without a name.
pub(crate) fn arrays(text: &str) -> Result<Vec<Array<'_>>, String> {
    if !text.contains('[') {
        let values = list(text)?;
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
            None => {
                return Err(format!(
                    "{} stands before an array; write `Name: [1, 2]`",
                    quote(name)
                ));
            }
        };
        let (inside, next) = after
            .split_once(']')
            .ok_or_else(|| format!("the array {} has no closing bracket", quote(name)))?;
        if !name.is_empty() && arrays.iter().any(|array| array.name == name) {
            return Err(format!("the array {} is there twice", quote(name)));
        }
        if arrays.len() == MAX_CHANNELS {
            return Err(format!("more than {MAX_CHANNELS} arrays in one cell"));
        }
        let values = list(inside).map_err(|reason| format!("array {}: {reason}", quote(name)))?;
        arrays.push(Array { name, values });
        rest = next;
    }
    let rest = rest.trim_matches([' ', '\t', '\r', '\n', ',', ';']);
    if rest.is_empty() {
        Ok(arrays)
    } else {
        Err(format!("{} stands after the arrays", quote(rest)))
    }
}

/// The beginning of a text, in quotes, for a message.
pub(crate) fn quote(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{shown:?}").to_string()
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::{arrays, list, number};

    #[test]
    fn numbers() {
        assert_eq!(number(" -1.5e1 "), Ok(-15.0));
        for missing in ["", " ", "NaN", "NA", "null", "?"] {
            assert!(number(missing).expect("missing").is_nan(), "{missing}");
        }
        for bad in ["inf", "1e31", "1,5", "0x10", "1.2.3", "ten"] {
            assert!(number(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lists() {
        assert_eq!(list("1 2\t3\n4"), Ok(vec![1.0, 2.0, 3.0, 4.0]));
        assert_eq!(list("1, 2,3"), Ok(vec![1.0, 2.0, 3.0]));
        assert_eq!(list("1.5;2"), Ok(vec![1.5, 2.0]));
        assert_eq!(list(" "), Ok(vec![]));
        assert!(list("1,,3").expect("gap")[1].is_nan());
        assert!(list("1 2, 3").is_err());
    }

    #[test]
    fn named_arrays() {
        let read = arrays("Red: [1, 2]\nGreen light: [3]\n").expect("arrays");
        assert_eq!(
            (read[0].name, read[0].values.as_slice()),
            ("Red", &[1.0, 2.0][..])
        );
        assert_eq!(
            (read[1].name, read[1].values.as_slice()),
            ("Green light", &[3.0][..])
        );
        assert_eq!(arrays("[1, 2], [3]").expect("bare").len(), 2);
        assert_eq!(arrays("1 2 3").expect("list")[0].values.len(), 3);
        for bad in [
            "Red [1]",
            "Red: [1",
            "Red: [1] x",
            "a: [1] a: [2]",
            "a: [x]",
            "[[1]]",
        ] {
            assert!(arrays(bad).is_err(), "{bad}");
        }
    }
}
