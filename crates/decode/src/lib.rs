//! Bytes of a recording as UTF-8: the encoding that a file says, or that it can
//! only have, and the table of a Parquet file as text. A browser has a decoder of
//! its own; programs read with this one.

#![forbid(unsafe_code)]

mod parquet;

pub use encoding_rs::Encoding;
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

pub use crate::parquet::{ParquetText, is_parquet, problem};

/// The longest text that a Parquet file may become where it is read whole.
const LONGEST_TEXT: u64 = 1 << 30;
/// Bytes that are looked at.
const LOOKED_AT: usize = 64 << 10;
/// The share of letters beyond ASCII from which a file is written in another
/// script than Latin.
const MANY: f64 = 0.1;

/// Text, and what is to be said about how it was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded {
    /// UTF-8, but for what was damaged.
    pub text: Vec<u8>,
    /// The encoding, where it is not UTF-8.
    pub encoding: Option<&'static str>,
}

/// Bytes of which nobody knows what they are.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unknown {
    /// There are zeros in it, and not as in UTF-16.
    #[error("it is no text; is it another kind of file?")]
    Binary,
    /// It is in an encoding of its own, which somebody must say.
    #[error("it is neither UTF-8 nor UTF-16, and its encoding cannot be told")]
    Encoding,
    /// It is a Parquet file that cannot be read.
    #[error("this Parquet file cannot be read, {reason}: write it anew, or as CSV")]
    Parquet {
        /// Why.
        reason: String,
    },
    /// The parts of a Parquet file are too large to be read one at a time.
    #[error("{reason}: write the file with fewer rows in a group")]
    LargeGroup {
        /// Which.
        reason: String,
    },
    /// A Parquet file holds more than can be read whole.
    #[error("as text it has more than {limit} bytes: keep fewer rows or columns, or split it")]
    TooMuch {
        /// How many there may be.
        limit: u64,
    },
}

/// The encoding with this name.
///
/// # Errors
/// What is to be written instead, to be read behind the name.
pub fn encoding(name: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(name.as_bytes())
        .ok_or_else(|| "is no encoding; try utf-8, utf-16le, windows-1252 or iso-8859-1".to_owned())
}

/// Decodes a file, as told or as it shows. What is told does not concern a Parquet
/// file, which becomes the text of its table.
///
/// # Errors
/// [`Unknown`] where neither says what the bytes are.
pub fn decode(bytes: Vec<u8>, told: Option<&'static Encoding>) -> Result<Decoded, Unknown> {
    if is_parquet(&bytes) {
        let text = parquet::text(bytes, LONGEST_TEXT)?;
        return Ok(Decoded {
            text,
            encoding: None,
        });
    }
    let found = match told {
        Some(told) => told,
        None => find(&bytes)?,
    };
    if found == UTF_8 {
        return Ok(Decoded {
            text: bytes,
            encoding: None,
        });
    }
    let (text, _) = found.decode_with_bom_removal(&bytes);
    Ok(Decoded {
        text: text.into_owned().into_bytes(),
        encoding: Some(found.name()),
    })
}

fn find(bytes: &[u8]) -> Result<&'static Encoding, Unknown> {
    if let Some((marked, _)) = Encoding::for_bom(bytes) {
        return Ok(marked);
    }
    // Loggers allocate files ahead: zeros at the end are nothing.
    let end = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |at| at + 1);
    let sample = &bytes[..end.min(LOOKED_AT)];
    if sample.contains(&0) {
        return utf_16(sample).ok_or(Unknown::Binary);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Ok(UTF_8);
    }
    let (whole, broken) = sequences(bytes);
    if whole > broken {
        // UTF-8 that was damaged; each cell is judged by itself.
        return Ok(UTF_8);
    }
    let high = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    if high as f64 > MANY * bytes.len() as f64 {
        return Err(Unknown::Encoding);
    }
    Ok(WINDOWS_1252)
}

/// Latin letters and digits in UTF-16 have every other byte 0.
fn utf_16(sample: &[u8]) -> Option<&'static Encoding> {
    let zeros = |odd: usize| {
        let bytes = sample.iter().skip(odd).step_by(2);
        bytes.filter(|byte| **byte == 0).count() as f64
    };
    let half = sample.len() as f64 / 2.0;
    let (even, odd) = (zeros(0), zeros(1));
    if odd > 0.7 * half && even < 0.1 * half {
        Some(UTF_16LE)
    } else if even > 0.7 * half && odd < 0.1 * half {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// How many characters beyond ASCII are whole in UTF-8, and how many broken.
fn sequences(bytes: &[u8]) -> (usize, usize) {
    let mut counts = (0, 0);
    for chunk in bytes.utf8_chunks() {
        counts.0 += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        counts.1 += usize::from(!chunk.invalid().is_empty());
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::{Unknown, decode};

    fn read(bytes: &[u8]) -> Result<(String, Option<&'static str>), Unknown> {
        let decoded = decode(bytes.to_vec(), None)?;
        let text = String::from_utf8_lossy(&decoded.text).into_owned();
        Ok((text, decoded.encoding))
    }

    #[test]
    fn encodings_that_are_certain() {
        let wide: Vec<u8> = "time,°C\n1,2\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let marked: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(wide.iter().copied())
            .collect();
        let text = "time,°C\n1,2\n".to_owned();
        assert_eq!(read(&wide), Ok((text.clone(), Some("UTF-16LE"))));
        assert_eq!(read(&marked), Ok((text.clone(), Some("UTF-16LE"))));
        let big: Vec<u8> = "time,°C\n1,2\n"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(read(&big), Ok((text.clone(), Some("UTF-16BE"))));
        assert_eq!(read(text.as_bytes()), Ok((text, None)));
        let latin = b"time,temp [\xb0C]\n1,2\n3,4\n";
        let expected = "time,temp [°C]\n1,2\n3,4\n".to_owned();
        assert_eq!(read(latin), Ok((expected, Some("windows-1252"))));
        // Allocated ahead, and damaged at one place.
        assert_eq!(read(b"a,b\n1,2\n\0\0\0").map(|read| read.1), Ok(None));
        assert_eq!(read("°,°,°\n".as_bytes()).map(|read| read.1), Ok(None));
        assert_eq!(
            read(b"\xc2\xb0,\xc2\xb0,\xff\n").map(|read| read.1),
            Ok(None)
        );
    }

    #[test]
    fn what_nobody_knows_is_refused() {
        assert_eq!(read(&[1, 0, 0, 0, 2, 0, 0, 0, 9]), Err(Unknown::Binary));
        assert_eq!(
            read(b"\xf2\xe5\xec\xef,\xef\xee\n1,2\n"),
            Err(Unknown::Encoding)
        );
        assert!(super::encoding("koi8-r").is_ok() && super::encoding("x").is_err());
    }
}
