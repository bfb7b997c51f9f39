//! A window of samples, alone or with its truth and its place in a file.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{SensorError, Truth};

/// A stretch of samples, one vector per channel of the front end, in its order.
///
/// NaN is a missing sample; in JSON it is `null`. A window by itself is not
/// checked: [`crate::FrontEnd::check`] holds it to a specification.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The samples of each channel, in the channel's unit, oldest first.
    #[serde(serialize_with = "write_samples", deserialize_with = "read_samples")]
    pub channels: Vec<Vec<f64>>,
}

impl Window {
    /// Whether all of its samples are missing.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        let mut samples = self.channels.iter().flatten().peekable();
        samples.peek().is_some() && samples.all(|sample| sample.is_nan())
    }

    /// Reads `{"channels": [[1, 2, null], [3, 4, 5]]}`.
    ///
    /// # Errors
    /// [`SensorError::Json`] where the text has another shape.
    pub fn from_json(text: &str) -> Result<Self, SensorError> {
        // The mark that some editors write before UTF-8.
        let text = text.trim_start_matches('\u{feff}');
        serde_json::from_str(text).map_err(|error| SensorError::Json {
            what: "window",
            message: why_not(text, &error),
        })
    }

    /// The number of values over all channels.
    #[must_use]
    pub fn values(&self) -> usize {
        self.channels.iter().map(Vec::len).sum()
    }

    /// A 64-bit fingerprint of the samples: equal windows have equal ones.
    ///
    /// # Source
    /// FNV-1a over the bits of the samples, with one NaN and one zero.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut eat = |word: u64| {
            for byte in word.to_le_bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        };
        for channel in &self.channels {
            eat(channel.len() as u64);
            for &value in channel {
                let canonical = if value.is_nan() {
                    f64::NAN.to_bits()
                } else {
                    (value + 0.0).to_bits()
                };
                eat(canonical);
            }
        }
        hash
    }
}

/// Why a text is no window, and what one looks like.
fn why_not(text: &str, error: &serde_json::Error) -> String {
    const FORM: &str = r#"a window is {"channels": [[1.2, null], [3, 4]]} on one line"#;
    // JSON has no word for missing but null, whatever programs write.
    let at = error.column().saturating_sub(1);
    let word = text.get(at.saturating_sub(1)..).unwrap_or_default();
    let word = word.trim_start_matches([' ', ',', '[', '-', '+']);
    let end = word.find([',', ']', ' ', '}']).unwrap_or(word.len());
    let word = word.get(..end).unwrap_or_default();
    let is_word = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '#');
    if is_word && senselm_readings::is_missing(word) {
        return alloc::format!(
            "{word} at column {} is not JSON: write null for a missing sample",
            error.column()
        );
    }
    if error.is_eof() {
        return alloc::format!("it ends too early; {FORM}");
    }
    alloc::format!("{error}; {FORM}")
}

/// Where a record came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Position {
    /// The line its row starts at; the header is line 1. Of a window over
    /// several rows, the line of the last one.
    pub line: u64,
    /// The data row, from 1, counted without the header.
    pub row: u64,
}

/// A window with its truth, where the file knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Labelled {
    /// The samples.
    pub window: Window,
    /// What the model should answer.
    pub truth: Option<Truth>,
    /// Where it was found.
    pub place: Position,
    /// The same for records whose windows are equal sample by sample, so that
    /// statistics can be taken over distinct windows.
    pub group: u64,
}

fn write_samples<S: Serializer>(channels: &[Vec<f64>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(channels.iter().map(|channel| {
        channel
            .iter()
            .map(|value| value.is_finite().then_some(*value))
            .collect::<Vec<Option<f64>>>()
    }))
}

fn read_samples<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<f64>>, D::Error> {
    let channels = Vec::<Vec<Option<f64>>>::deserialize(deserializer)?;
    Ok(channels
        .into_iter()
        .map(|channel| {
            channel
                .into_iter()
                .map(|value| value.unwrap_or(f64::NAN))
                .collect()
        })
        .collect())
}
