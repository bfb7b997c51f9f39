//! Small letters for capital ones, in the alphabets that have both.

/// The small letter of a Latin, Greek or Cyrillic capital one; anything else as
/// it is. The standard library knows every script that has capitals, with a
/// table that is a tenth of the browser's module.
pub(crate) fn lower(letter: char) -> char {
    let code = u32::from(letter);
    let small = match letter {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' | 'Α'..='Ρ' | 'Σ'..='Ϋ' | 'А'..='Я' => {
            code + 32
        }
        'Ѐ'..='Џ' => code + 80,
        'Ā'..='ķ' | 'Ŋ'..='ŷ' => code | 1,
        'Ĺ'..='Ň' | 'Ź'..='Ž' => code + (code & 1),
        _ => code,
    };
    char::from_u32(small).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::lower;

    #[test]
    fn letters_are_those_of_the_standard_library() {
        for letter in ('\0'..='ž').chain('Α'..='ώ').chain('Ѐ'..='џ') {
            // Two letters that become other alphabets' own, or two characters.
            if matches!(letter, 'İ' | 'ı' | 'ĸ' | 'ŉ' | 'Ÿ') {
                continue;
            }
            let expected = letter.to_lowercase().next();
            assert_eq!(Some(lower(letter)), expected, "{letter}");
        }
        assert_eq!(lower('ش'), 'ش');
    }
}
