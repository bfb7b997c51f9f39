//! Names as messages write them, without what people vary.

use alloc::string::String;

use crate::letters::lower;

/// A name without its unit in brackets, in lower case, with `_` for spaces and
/// hyphens: `Room-Temp (°C)` is `room_temp`.
pub(super) fn plain(name: &str) -> String {
    let end = name.find(['(', '[']).filter(|&at| at > 0);
    let bare = name.get(..end.unwrap_or(name.len())).unwrap_or(name).trim();
    let mut plain = String::with_capacity(bare.len());
    for letter in bare.chars() {
        if letter.is_whitespace() || letter == '-' {
            if !plain.ends_with('_') {
                plain.push('_');
            }
        } else {
            plain.push(lower(letter));
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn names_that_differ_in_what_people_vary() {
        for (name, expected) in [
            ("Temp", "temp"),
            (" Room - Temp (°C)", "room_temp"),
            ("press [hPa]", "press"),
            ("(x)", "(x)"),
            ("Température", "température"),
            ("", ""),
        ] {
            assert_eq!(plain(name), expected);
        }
    }
}
