//! The character classes of the pre-tokenizer: `\p{L}`, `\p{N}` and `\s`.
//!
//! Letters and numbers come from tables of their own, not from the standard
//! library, because the library's Unicode version moves with the compiler and
//! token ids must not. White space has been closed since Unicode 6.3.

mod tables;

use std::sync::OnceLock;

/// What the pre-tokenizer tells apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    Letter,
    Number,
    Space,
    Other,
}

/// The class of a character.
pub(crate) fn class(character: char) -> Class {
    match character {
        'a'..='z' | 'A'..='Z' => Class::Letter,
        '0'..='9' => Class::Number,
        '\t'..='\r' | ' ' => Class::Space,
        '\0'..='\x7F' => Class::Other,
        _ => class_of_rest(character),
    }
}

fn class_of_rest(character: char) -> Class {
    static LETTERS: OnceLock<Vec<(u32, u32)>> = OnceLock::new();
    static NUMBERS: OnceLock<Vec<(u32, u32)>> = OnceLock::new();
    if character.is_whitespace() {
        Class::Space
    } else if contains(LETTERS.get_or_init(|| expand(tables::LETTERS)), character) {
        Class::Letter
    } else if contains(NUMBERS.get_or_init(|| expand(tables::NUMBERS)), character) {
        Class::Number
    } else {
        Class::Other
    }
}

fn contains(ranges: &[(u32, u32)], character: char) -> bool {
    let number = u32::from(character);
    let after = ranges.partition_point(|&(first, _)| first <= number);
    after
        .checked_sub(1)
        .and_then(|index| ranges.get(index))
        .is_some_and(|&(_, last)| number <= last)
}

/// Unpacks a table: LEB128 numbers in pairs, the gap since the last range and
/// the length of this one.
fn expand(packed: &[u8]) -> Vec<(u32, u32)> {
    let mut numbers = Vec::new();
    let (mut value, mut shift) = (0_u32, 0);
    for &byte in packed {
        value |= u32::from(byte & 0x7F) << shift;
        shift += 7;
        if byte < 0x80 {
            numbers.push(value);
            (value, shift) = (0, 0);
        }
    }
    let mut next = 0;
    numbers
        .chunks_exact(2)
        .map(|pair| {
            let first = next + pair[0];
            next = first + pair[1];
            (first, next - 1)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Class, class, tables};
    use regex_syntax::hir::{Class as HirClass, HirKind};

    /// The ranges of a pattern, packed as [`super::expand`] wants them.
    fn pack(pattern: &str) -> Vec<u8> {
        let hir = regex_syntax::parse(pattern).unwrap();
        let HirKind::Class(HirClass::Unicode(ranges)) = hir.kind() else {
            panic!("{pattern} is no class");
        };
        let mut packed = Vec::new();
        let mut next = 0;
        for range in ranges.iter() {
            let (first, last) = (u32::from(range.start()), u32::from(range.end()));
            for mut value in [first - next, last + 1 - first] {
                while value >= 0x80 {
                    packed.push(value as u8 | 0x80);
                    value >>= 7;
                }
                packed.push(value as u8);
            }
            next = last + 1;
        }
        packed
    }

    /// Run with `SENSELM_PRINT_TABLES=1 cargo test -p senselm-tokenize tables -- --nocapture`
    /// to print the tables again after `regex-syntax` has moved to another
    /// version of Unicode; ids of texts with new letters change with them.
    #[test]
    fn tables_are_those_of_the_tokenizers_crate() {
        let (letters, numbers) = (pack(r"\p{L}"), pack(r"\p{N}"));
        if std::env::var_os("SENSELM_PRINT_TABLES").is_some() {
            println!("pub(super) static LETTERS: &[u8] = &{letters:?};");
            println!("pub(super) static NUMBERS: &[u8] = &{numbers:?};");
        }
        assert!(letters == tables::LETTERS && numbers == tables::NUMBERS);
    }

    #[test]
    fn every_character_has_the_class_of_the_pattern() {
        let ranges = |pattern: &str| match regex_syntax::parse(pattern).unwrap().kind() {
            HirKind::Class(HirClass::Unicode(class)) => class.clone(),
            other => panic!("{other:?}"),
        };
        let classes = [
            (Class::Letter, ranges(r"\p{L}")),
            (Class::Number, ranges(r"\p{N}")),
            (Class::Space, ranges(r"\s")),
        ];
        let mut expected = vec![Class::Other; 0x11_0000];
        for (class, ranges) in &classes {
            for range in ranges.iter() {
                expected[range.start() as usize..=range.end() as usize].fill(*class);
            }
        }
        for character in '\0'..=char::MAX {
            assert_eq!(
                class(character),
                expected[character as usize],
                "{character:?}"
            );
        }
    }
}
