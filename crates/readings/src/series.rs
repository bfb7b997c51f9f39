//! Columns that stand side by side with the samples of one channel: their titles
//! are alike but for running numbers, such as `ax_1`, `ax_2`, `ax_3`.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::names::bare;
use crate::rows::{Field, Row};

/// Whole numbers that go up by one in so many fields behind each other are titles.
const FEW_NUMBERS: usize = 8;

/// A title that ends in a whole number, apart from that: `ax_12`, `s0`, `V (3)`. Of
/// a number alone what stands before is empty, and `0.25` is none of these.
#[must_use]
pub fn numbered(title: &str) -> Option<(&str, usize)> {
    let digits = |text: &str| text.bytes().rev().take_while(u8::is_ascii_digit).count();
    let title = title.trim();
    // In brackets stands the number, or a unit behind it.
    let inside = title.strip_suffix([')', ']']).unwrap_or(title);
    let count = digits(inside);
    let opened = inside.get(..inside.len() - count);
    let is_number = count > 0 && opened.is_some_and(|text| text.ends_with(['(', '[']));
    let title = if is_number {
        inside
    } else {
        bare(title).trim()
    };
    let (stem, number) = title.split_at_checked(title.len() - digits(title))?;
    let number = number.parse().ok()?;
    let before = stem.strip_suffix(['.', ',']);
    if before.is_some_and(|before| digits(before) > 0) {
        return None;
    }
    let mark = |letter: char| letter.is_whitespace() || "_-.([:#".contains(letter);
    Some((stem.trim_end_matches(mark), number))
}

/// The columns whose titles go on counting where that of the `first` one begins, in
/// that order, wherever they stand; the first one alone where none does.
#[must_use]
pub fn series(titles: &[String], first: usize) -> Vec<usize> {
    let begin = titles.get(first).and_then(|title| numbered(title));
    let Some((stem, number)) = begin else {
        return [first].into();
    };
    // Where each number is, from that of the first title on: of a title that is there
    // twice the first.
    let mut places: Vec<Option<usize>> = vec![None; titles.len()];
    for (at, title) in titles.iter().enumerate() {
        let other = numbered(title).filter(|(other, _)| *other == stem);
        let ahead = other.and_then(|(_, other)| other.checked_sub(number));
        if let Some(place) = ahead.and_then(|ahead| places.get_mut(ahead)) {
            place.get_or_insert(at);
        }
    }
    let mut found = vec![first];
    found.extend(places.into_iter().skip(1).map_while(|place| place));
    found
}

/// Whether numbers in a row are titles, and no readings: many of them behind each
/// other count up by one, which those of the next row do not.
pub(crate) fn are_titles(row: &Row<'_>, next: Option<&Row<'_>>) -> bool {
    counted(row) >= FEW_NUMBERS && next.is_some_and(|next| counted(next) < FEW_NUMBERS)
}

/// How many fields behind each other hold whole numbers that count up by one, at
/// most.
fn counted(row: &Row<'_>) -> usize {
    let number = |field: &Field<'_>| -> Option<usize> {
        let text = core::str::from_utf8(&field.bytes).ok()?.trim();
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits)
    };
    let (mut most, mut length, mut above) = (0, 0, None::<usize>);
    for field in &row.fields {
        let now = number(field);
        let goes_on = now.is_some() && above.and_then(|above| above.checked_add(1)) == now;
        length = match now {
            Some(_) if goes_on => length + 1,
            Some(_) => 1,
            None => 0,
        };
        most = most.max(length);
        above = now;
    }
    most
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::{numbered, series};

    #[test]
    fn titles_that_end_in_numbers() {
        for (title, expected) in [
            ("ax_12", Some(("ax", 12))),
            ("s0", Some(("s", 0))),
            ("dim_0__7", Some(("dim_0", 7))),
            ("V (3)", Some(("V", 3))),
            ("x[10]", Some(("x", 10))),
            ("flow 3 (l/min)", Some(("flow", 3))),
            ("17", Some(("", 17))),
            ("0.25", None),
            ("ax", None),
            ("speed (m/s2)", None),
            ("99999999999999999999999", None),
        ] {
            assert_eq!(numbered(title), expected, "{title}");
        }
    }

    #[test]
    fn columns_that_go_on_counting() {
        let titles: Vec<String> = ["id", "x_1", "y_1", "x_2", "y_2", "x_3", "x_5"]
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(series(&titles, 1), [1, 3, 5]);
        assert_eq!(series(&titles, 2), [2, 4]);
        assert_eq!(series(&titles, 3), [3, 5]);
        assert_eq!(series(&titles, 0), [0]);
        assert_eq!(series(&[], 4), [4]);
    }
}
