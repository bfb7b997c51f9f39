//! GPT-2's alphabet: every byte as one printable character, so that a
//! vocabulary of byte strings can be written as a vocabulary of texts.
//!
//! # Source
//! `bytes_to_unicode` in OpenAI's `gpt-2/src/encoder.py`: printable Latin-1
//! bytes stand for themselves, the other 68 take U+0100 onwards in order.

/// Whether a byte is written as the character of the same number.
const fn stands_for_itself(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF)
}

/// The character of each byte.
const CHARACTERS: [char; 256] = {
    let mut table = ['\0'; 256];
    let mut shifted = 0;
    let mut byte = 0;
    while byte < 256 {
        let number = if stands_for_itself(byte as u8) {
            byte as u32
        } else {
            shifted += 1;
            0xFF + shifted
        };
        table[byte] = match char::from_u32(number) {
            Some(character) => character,
            None => '\0',
        };
        byte += 1;
    }
    table
};

/// The byte of each character from U+0100, the shifted ones.
const SHIFTED: [u8; 68] = {
    let mut table = [0; 68];
    let mut byte = 0;
    let mut next = 0;
    while byte < 256 {
        if !stands_for_itself(byte as u8) {
            table[next] = byte as u8;
            next += 1;
        }
        byte += 1;
    }
    table
};

/// The character that stands for `byte`.
pub(crate) fn character(byte: u8) -> char {
    CHARACTERS[usize::from(byte)]
}

/// The byte that `character` stands for, if it is in the alphabet.
pub(crate) fn byte(character: char) -> Option<u8> {
    match u8::try_from(u32::from(character)) {
        Ok(byte) => stands_for_itself(byte).then_some(byte),
        Err(_) => SHIFTED.get(character as usize - 0x100).copied(),
    }
}

/// `bytes` written in the alphabet.
pub(crate) fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| character(byte)).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_byte_has_its_own_character() {
        for byte in 0..=255 {
            assert_eq!(super::byte(super::character(byte)), Some(byte));
        }
        assert_eq!(super::character(b' '), 'Ġ');
        assert_eq!(super::character(b'\n'), 'Ċ');
    }

    #[test]
    fn other_characters_stand_for_nothing() {
        for character in [' ', '\n', '\u{7F}', '\u{AD}', '\u{144}', '🦙'] {
            assert_eq!(super::byte(character), None, "{character:?}");
        }
    }
}
