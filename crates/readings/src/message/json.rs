//! JSON as devices write it: a tree that keeps the order and every key.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::Problem;

/// Deeper than any device nests what it measured.
pub const MAX_LEVELS: usize = 16;

/// A JSON value. An object keeps keys that it has twice: which of them counts
/// is not for the parser to say.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The fields of an object.
    pub(crate) fn fields(&self) -> Option<&[(String, Json)]> {
        match self {
            Self::Object(fields) => Some(fields),
            _ => None,
        }
    }

    /// What stands under a key of an object, or at a position of a list.
    pub(crate) fn own(&self, key: &str) -> Option<&Json> {
        match self {
            Self::Object(fields) => fields.iter().find(|(name, _)| name == key).map(|(_, v)| v),
            Self::List(items) => {
                let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
                plain.then(|| items.get(key.parse::<usize>().ok()?))?
            }
            _ => None,
        }
    }

    /// What stands at a path like `sensors.0.temp`. A name that itself has dots
    /// is found as a whole.
    pub(crate) fn at(&self, path: &str) -> Option<&Json> {
        if path.is_empty() {
            return Some(self);
        }
        let whole = self.own(path);
        whole.or_else(|| path.split('.').try_fold(self, |value, key| value.own(key)))
    }

    /// Whether it is an object or a list, or null in the place of one.
    pub(crate) fn may_be_reading(&self) -> bool {
        matches!(self, Self::Object(_) | Self::List(_) | Self::Null)
    }
}

/// Reads JSON. A word for a value that is not there, which many devices write
/// although JSON has none of them (`nan`, `-inf`, `None`), is null.
pub(crate) fn parse(text: &str) -> Result<Json, Problem> {
    let checked = without_words(text)?;
    serde_json::from_str(&checked).map_err(|_| Problem::Json)
}

/// The text with `null` for every word outside of strings that means a missing
/// value. One pass, so that a hostile text costs no more than any other.
fn without_words(text: &str) -> Result<Cow<'_, str>, Problem> {
    let bytes = text.as_bytes();
    let mut pieces = String::new();
    let mut taken = 0;
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => at = end_of_string(bytes, at + 1),
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_LEVELS {
                    return Err(Problem::Depth { limit: MAX_LEVELS });
                }
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            _ if is_between(byte) => at += 1,
            _ => {
                let start = at;
                while bytes.get(at).is_some_and(|&byte| !ends_token(byte)) {
                    at += 1;
                }
                // Tokens end at ASCII, so that both ends are between characters.
                let token = text.get(start..at).unwrap_or_default();
                if crate::is_missing(token) {
                    pieces.push_str(text.get(taken..start).unwrap_or_default());
                    pieces.push_str("null");
                    taken = at;
                }
            }
        }
    }
    if taken == 0 {
        return Ok(Cow::Borrowed(text));
    }
    pieces.push_str(text.get(taken..).unwrap_or_default());
    Ok(Cow::Owned(pieces))
}

/// The byte behind the quote that ends a string.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn is_between(byte: u8) -> bool {
    matches!(byte, b',' | b':' | b' ' | b'\t' | b'\r' | b'\n')
}

fn ends_token(byte: u8) -> bool {
    is_between(byte) || matches!(byte, b'"' | b'{' | b'}' | b'[' | b']')
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Tree)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Json;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = entries.next_entry()? {
            fields.push(field);
        }
        Ok(Json::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec;

    use super::{Json, MAX_LEVELS, parse};
    use crate::Problem;

    #[test]
    fn words_for_missing_are_null_outside_of_strings() {
        for word in [
            "nan",
            "NaN",
            "NAN",
            "-nan",
            "inf",
            "-inf",
            "Infinity",
            "-Infinity",
            "None",
            "-nan(ind)",
            "1.#QNAN",
        ] {
            let text =
                alloc::format!("{{\"a\": {word},\"b\":[{word} ,1], \"c\":\"{word} \\\" {word}\"}}");
            let read = parse(&text).expect(word);
            assert_eq!(read.own("a"), Some(&Json::Null), "{word}");
            assert_eq!(read.at("b.0"), Some(&Json::Null), "{word}");
            assert_eq!(read.at("b.1"), Some(&Json::Number(1.0)), "{word}");
            let kept = alloc::format!("{word} \" {word}");
            assert_eq!(read.own("c"), Some(&Json::Text(kept)), "{word}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for broken in [
            "",
            "{",
            "{\"a\":}",
            "[1,2",
            "[NaNN]",
            "{'a':1}",
            "[21,5,]",
            "{\"a\":1,}",
            "[1 nan]",
            "[nannan]",
            "nan:",
            "\"",
        ] {
            assert_eq!(parse(broken), Err(Problem::Json), "{broken}");
        }
        assert_eq!(parse(&"\"\\\"".repeat(50_000)), Err(Problem::Json));
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |levels: usize| -> String { "[".repeat(levels) + &"]".repeat(levels) };
        assert!(parse(&nested(MAX_LEVELS)).is_ok());
        let limit = Problem::Depth { limit: MAX_LEVELS };
        assert_eq!(parse(&nested(MAX_LEVELS + 1)), Err(limit.clone()));
        assert_eq!(parse(&"[".repeat(200_000)), Err(limit));
    }

    #[test]
    fn a_path_reaches_fields_and_positions() {
        let read = parse(r#"{"a":{"b":[{"c":5}]},"x.y":6,"x":{"y":7}}"#).expect("json");
        assert_eq!(read.at("a.b.0.c"), Some(&Json::Number(5.0)));
        assert_eq!(read.at("x.y"), Some(&Json::Number(6.0)));
        assert_eq!(read.at(""), Some(&read));
        for path in [
            "a.b.length",
            "a.b.-1",
            "a.b.+0",
            "a..b",
            "a.b.99999999999999999999",
        ] {
            assert_eq!(read.at(path), None, "{path}");
        }
    }

    #[test]
    fn a_key_that_is_there_twice_is_kept_twice() {
        let read = parse(r#"{"a":1,"a":2}"#).expect("json");
        let field = |value| (String::from("a"), Json::Number(value));
        assert_eq!(read, Json::Object(vec![field(1.0), field(2.0)]));
    }
}
