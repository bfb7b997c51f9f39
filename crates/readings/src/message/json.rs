//! JSON as devices write it: a tree that keeps the order and every key.

#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;

use crate::{Problem, float, quote};

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
///
/// # Errors
/// [`Problem::Json`], [`Problem::Depth`], and [`Problem::TooLarge`] for a number
/// beyond those that [`float::parse`] reads.
///
/// # Source
/// RFC 8259, "The JavaScript Object Notation (JSON) Data Interchange Format".
pub(crate) fn parse(text: &str) -> Result<Json, Problem> {
    let mut parser = Parser { text, at: 0 };
    let read = parser.value(0)?;
    match parser.peek() {
        None => Ok(read),
        Some(_) => Err(Problem::Json),
    }
}

/// Reads a text once, from its beginning to its end. The general parsers do more
/// than this, and are as large as half of the rules of messages.
struct Parser<'a> {
    text: &'a str,
    /// The next byte, always at the beginning of a character.
    at: usize,
}

impl<'a> Parser<'a> {
    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Whether this byte comes next, which is then behind.
    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// `level` is how many lists and objects are around it.
    fn value(&mut self, level: usize) -> Result<Json, Problem> {
        let end = match self.peek() {
            Some(b'"') => return self.string().map(Json::Text),
            Some(b'{') => b'}',
            Some(b'[') => b']',
            _ => return self.token(),
        };
        if level >= MAX_LEVELS {
            return Err(Problem::Depth { limit: MAX_LEVELS });
        }
        self.at += 1;
        let (mut fields, mut items) = (Vec::new(), Vec::new());
        let mut ended = self.takes(end);
        while !ended {
            if end == b'}' {
                if self.peek() != Some(b'"') {
                    return Err(Problem::Json);
                }
                let key = self.string()?;
                if !self.takes(b':') {
                    return Err(Problem::Json);
                }
                fields.push((key, self.value(level + 1)?));
            } else {
                items.push(self.value(level + 1)?);
            }
            ended = self.takes(end);
            if !ended && !self.takes(b',') {
                return Err(Problem::Json);
            }
        }
        Ok(match end {
            b'}' => Json::Object(fields),
            _ => Json::List(items),
        })
    }

    /// A number or a word.
    fn token(&mut self) -> Result<Json, Problem> {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        // It ends at ASCII, and so between characters.
        let ends = |byte: &u8| b",: \t\r\n\"{}[]".contains(byte);
        let length = rest.bytes().position(|byte| ends(&byte));
        let token = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        self.at += token.len();
        match token {
            "" => Err(Problem::Json),
            "true" => Ok(Json::Bool(true)),
            "false" => Ok(Json::Bool(false)),
            word if crate::is_missing(word) => Ok(Json::Null),
            number if is_number(number) => match float::parse(number) {
                Some(value) if value.is_finite() => Ok(Json::Number(value)),
                _ => Err(Problem::TooLarge {
                    text: quote(number),
                }),
            },
            _ => Err(Problem::Json),
        }
    }

    /// A string, from its quote on.
    fn string(&mut self) -> Result<String, Problem> {
        let mut read = String::new();
        self.at += 1;
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let is_special = |byte: u8| byte < b' ' || matches!(byte, b'"' | b'\\');
            let length = rest.bytes().position(is_special).ok_or(Problem::Json)?;
            read.push_str(rest.get(..length).unwrap_or_default());
            self.at += length + 1;
            match rest.as_bytes().get(length) {
                Some(b'"') => return Ok(read),
                Some(b'\\') => read.push(self.escaped().ok_or(Problem::Json)?),
                _ => return Err(Problem::Json),
            }
        }
    }

    /// The character of an escape, behind its backslash.
    fn escaped(&mut self) -> Option<char> {
        let byte = *self.text.as_bytes().get(self.at)?;
        self.at += 1;
        Some(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let code = self.code()?;
                // The upper half of a character beyond 16 bits needs its lower one.
                if code & 0xfc00 != 0xd800 {
                    return char::from_u32(code);
                }
                if self.text.as_bytes().get(self.at..self.at + 2) != Some(b"\\u") {
                    return None;
                }
                self.at += 2;
                let low = self.code().filter(|low| low & 0xfc00 == 0xdc00)?;
                return char::from_u32(0x1_0000 + ((code & 0x3ff) << 10) + (low & 0x3ff));
            }
            _ => return None,
        })
    }

    /// Four hexadecimal digits.
    fn code(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits
            .chars()
            .try_fold(0, |code, digit| Some(code << 4 | digit.to_digit(16)?))
    }
}

/// Whether a token is a number as JSON has them: no zeros in front, and digits
/// around a point.
fn is_number(token: &str) -> bool {
    let unsigned = token.strip_prefix('-').unwrap_or(token).as_bytes();
    let digit = |at: usize| unsigned.get(at).is_some_and(u8::is_ascii_digit);
    let point = unsigned.iter().position(|&byte| byte == b'.');
    digit(0)
        && !(unsigned.first() == Some(&b'0') && digit(1))
        && point.is_none_or(|point| digit(point.wrapping_sub(1)) && digit(point + 1))
        && float::parse(token).is_some()
}
