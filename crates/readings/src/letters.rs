//! What a letter is, and small letters for capital ones, in the alphabets that
//! have both.

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

/// Whether a character is a letter or a digit of any script, and no space,
/// punctuation or sign. The standard library is exact, with tables that the
/// browser's modules have no room for; here a few rare signs count as letters.
pub(crate) fn is_word(letter: char) -> bool {
    match letter {
        '\0'..='\u{7f}' => letter.is_ascii_alphanumeric(),
        'ª' | '²' | '³' | 'µ' | '¹' | 'º' | '¼' | '½' | '¾' => true,
        // Signs of Latin-1, punctuation, currencies, arrows, signs and shapes.
        '\u{80}'..='\u{bf}' | '×' | '÷' => false,
        '\u{2000}'..='\u{206f}' | '\u{20a0}'..='\u{20cf}' | '\u{2190}'..='\u{2bff}' => false,
        // Punctuation of East Asian and Arabic scripts, marks of byte order.
        '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '،' | '؛' | '؟' => false,
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' => false,
        _ => !letter.is_whitespace(),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_word, lower};

    #[test]
    fn words_are_those_of_the_standard_library() {
        let scripts = ('\0'..='ʯ')
            .chain('Σ'..='ώ')
            .chain('Ѐ'..='ҁ')
            .chain('ب'..='ي');
        let others = ('\u{2000}'..='\u{206f}')
            .chain('\u{2190}'..='\u{21ff}')
            .chain('一'..='丿');
        for letter in scripts.chain(others) {
            assert_eq!(is_word(letter), letter.is_alphanumeric(), "{letter:?}");
        }
    }

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
