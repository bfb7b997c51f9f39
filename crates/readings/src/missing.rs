//! The words that say that there is no value.

/// What devices, spreadsheets and programs write where they have no value, in
/// lower case. [`is_missing`] adds signs, and what C runtimes write behind
/// `nan` and `1.#`.
pub const MISSING_WORDS: [&str; 56] = [
    // what has no name
    "",
    "?",
    "??",
    "???",
    "*",
    "**",
    "***",
    "****",
    "*****",
    "–",
    "—",
    "−",
    "∞",
    // not a number, and infinite: no sensor measures that
    "nan",
    "inf",
    "infinity",
    "1.#",
    // not available
    "na",
    "n/a",
    "n.a.",
    "n.a",
    "n/d",
    "n.d.",
    "nd",
    "<na>",
    "#n/a",
    "#na",
    "not available",
    "unavailable",
    "no data",
    "nodata",
    "no value",
    "missing",
    // of programming languages
    "null",
    "(null)",
    "<null>",
    "nil",
    "none",
    "undefined",
    "void",
    // of spreadsheets
    "#div/0!",
    "#value!",
    "#ref!",
    "#num!",
    "#name?",
    "#null!",
    // of devices and home automation
    "unknown",
    "invalid",
    "err",
    "error",
    "fault",
    "ovf",
    "overflow",
    "ol",
    "overrange",
    "over range",
];

/// The shortest word that may be the name of a state: others are abbreviations.
const SHORTEST_STATE: usize = 4;

/// The longest word, with a sign and what stands in brackets behind it.
const LONGEST: usize = 32;

/// Whether a text says that there is no value.
///
/// White space around it, case and a sign do not matter; a row of hyphens is a
/// word of its own.
#[must_use]
pub fn is_missing(text: &str) -> bool {
    let text = text.trim();
    if text.len() > LONGEST {
        return false;
    }
    if text.bytes().all(|byte| byte == b'-') {
        return true;
    }
    let unsigned = text.strip_prefix(['-', '+', '−']);
    let word = unsigned.filter(|word| !word.is_empty()).unwrap_or(text);
    let word = core_of(word);
    MISSING_WORDS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a word of these may be the name of a state as well, where states are what
/// is written: `fault`, `none` and `unknown` may, `NaN`, `#N/A` and `null` may not.
#[must_use]
pub fn may_be_state(text: &str) -> bool {
    let text = text.trim();
    let letters = |byte: u8| byte.is_ascii_alphabetic() || byte == b' ';
    let is_word = text.len() >= SHORTEST_STATE && text.bytes().all(letters);
    let never = ["null", "infinity"];
    is_word && is_missing(text) && !never.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// A word without what C runtimes put behind it: `nan(ind)`, `nan(0x8000)`,
/// `1.#QNAN`, `1.#IND00`, and `1.#J`, which is what rounding leaves of it.
fn core_of(word: &str) -> &str {
    let begins = |begin: &str| {
        word.get(..begin.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(begin))
    };
    let rest = |begin: &str| word.get(begin.len()..).unwrap_or_default();
    if begins("nan(") && rest("nan(").ends_with(')') {
        return "nan";
    }
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if begins("1.#") && !rest("1.#").is_empty() && plain(rest("1.#")) {
        return "1.#";
    }
    word
}

#[cfg(test)]
mod tests {
    use super::{MISSING_WORDS, is_missing, may_be_state};

    #[test]
    fn words_that_may_be_states() {
        for text in ["fault", "None", "unknown", "over range", "Missing"] {
            assert!(may_be_state(text), "{text}");
        }
        for text in [
            "", "NaN", "null", "NA", "#N/A", "--", "err", "Infinity", "run",
        ] {
            assert!(!may_be_state(text), "{text}");
        }
    }

    #[test]
    fn words_with_their_signs_and_tails() {
        for text in [
            "",
            " ",
            "NaN",
            "-nan",
            "+nan",
            "-nan(ind)",
            "nan(snan)",
            "1.#QNAN",
            "-1.#IND",
            "-1.#J",
            "1.#INF00",
            "NA",
            "n.a.",
            "#N/A",
            "<NA>",
            "#DIV/0!",
            "NULL",
            "nil",
            "None",
            "-",
            "--",
            "---",
            "------",
            "?",
            "inf",
            "-Infinity",
            "unavailable",
            "Unknown",
            "ovf",
            "Err",
            "undefined",
            "***",
            "—",
            "\u{a0}NaN\u{a0}",
        ] {
            assert!(is_missing(text), "{text:?}");
        }
        for text in [
            "0", "-0", "1.", "1.#x!", "nano", "nan(", "ok", "ten", "-x", "+", "no", "off",
        ] {
            assert!(!is_missing(text), "{text:?}");
        }
    }

    #[test]
    fn every_word_stands_once_and_in_lower_case() {
        for (at, word) in MISSING_WORDS.iter().enumerate() {
            assert_eq!(*word, word.to_lowercase());
            assert!(!MISSING_WORDS[at + 1..].contains(word), "{word}");
        }
    }
}
