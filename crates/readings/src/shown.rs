//! Texts and numbers as messages show them.

use alloc::format;
use alloc::string::String;

/// The beginning of a text, in quotes and without control characters, for a
/// message.
#[must_use]
pub fn quote(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown = String::from("\"");
    let mut letters = text.chars();
    for letter in letters.by_ref().take(SHOWN) {
        match letter {
            '"' | '\\' => shown.extend(['\\', letter]),
            '\t' => shown.push_str("\\t"),
            '\r' => shown.push_str("\\r"),
            '\n' => shown.push_str("\\n"),
            '\0' => shown.push_str("\\0"),
            _ if is_hidden(letter) => {
                shown.push_str(&format!("\\u{{{:x}}}", u32::from(letter)));
            }
            _ => shown.push(letter),
        }
    }
    if letters.next().is_some() {
        shown.push('…');
    }
    shown.push('"');
    shown
}

/// Whether nobody sees a character.
fn is_hidden(letter: char) -> bool {
    let invisible = matches!(
        letter,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    );
    invisible || letter.is_control()
}

/// A number for a message: what it is to nine decimals. It spares the browser's
/// module what prints numbers to the last bit.
pub(crate) fn number(value: f64) -> String {
    const DECIMALS: u32 = 9;
    // Larger ones have no decimals left.
    const LARGEST: f64 = 9e6;
    let size = libm::fabs(value);
    let sign = if value < 0.0 { "-" } else { "" };
    if value.is_nan() {
        return String::from("NaN");
    }
    if size >= LARGEST {
        return if size < 1e18 {
            format!("{sign}{}", size as u64)
        } else {
            format!("{sign}1e18…")
        };
    }
    let unit = 10_u64.pow(DECIMALS);
    let scaled = libm::round(size * unit as f64) as u64;
    let text = format!("{sign}{}.{:09}", scaled / unit, scaled % unit);
    text.trim_end_matches('0').trim_end_matches('.').into()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_in_messages() {
        for (value, text) in [
            (21.5, "21.5"),
            (-0.25, "-0.25"),
            (1013.0, "1013"),
            (0.0, "0"),
            (100.0, "100"),
            (1_735_689_600.0, "1735689600"),
            (1e30, "1e18…"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
