//! Numbers that an operator was fitted with, as a specification holds them: a
//! list, or their bytes in base64, which takes a fraction of the room and is read
//! back bit for bit.

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use half::f16;
use serde::Serialize;

use crate::SensorError;
use crate::limits::{MAX_FITTED_NUMBERS, at_most, setting};
use crate::raw::{FromRaw, FromSection, Misread, Raw, Section, deserialize_raw};

/// A row of fitted numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Numbers {
    /// As they are.
    List(Vec<f64>),
    /// As the bytes of `f32`, least significant first, in base64.
    Packed {
        /// The text.
        f32: String,
    },
}

impl Default for Numbers {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl Numbers {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::List(numbers) => numbers.is_empty(),
            Self::Packed { f32 } => f32.is_empty(),
        }
    }

    /// How many there are; of a text that is no base64, about how many.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::List(numbers) => numbers.len(),
            Self::Packed { f32: text } => text.trim_end_matches('=').len() * 3 / 4 / 4,
        }
    }

    /// Packs numbers; each becomes the nearest `f32`.
    #[must_use]
    pub fn pack(numbers: &[f64]) -> Self {
        let bytes = numbers
            .iter()
            .flat_map(|number| (*number as f32).to_le_bytes());
        Self::Packed {
            f32: STANDARD.encode(bytes.collect::<Vec<u8>>()),
        }
    }

    /// The numbers, which are finite.
    ///
    /// # Errors
    /// [`SensorError::Setting`] at `place`, and [`SensorError::Limit`].
    pub(crate) fn unpack(&self, place: &str) -> Result<Vec<f64>, SensorError> {
        let numbers = match self {
            Self::List(numbers) => {
                at_most(place, numbers.len(), MAX_FITTED_NUMBERS)?;
                numbers.clone()
            }
            Self::Packed { f32: text } => {
                let bytes = decoded(text, 4, place)?;
                let (whole, _) = bytes.as_chunks::<4>();
                let number = |bytes: &[u8; 4]| f64::from(f32::from_le_bytes(*bytes));
                whole.iter().map(number).collect()
            }
        };
        match numbers.iter().all(|number| number.is_finite()) {
            true => Ok(numbers),
            false => Err(setting(place, "a number is not finite")),
        }
    }
}

/// A matrix in few bytes, row after row.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Matrix {
    /// Whole numbers of -127 to 127, and a scale for each row.
    Int8 {
        /// The numbers as bytes in base64.
        int8: String,
        /// What each number of a row is times.
        scale: Numbers,
    },
    /// Numbers of 16 bits.
    F16 {
        /// Their bytes, least significant first, in base64.
        f16: String,
    },
}

deserialize_raw!(Numbers, Matrix);

impl FromRaw for Numbers {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        match raw {
            Raw::List(_) => Vec::from_raw(raw).map(Self::List),
            Raw::Section(mut section) => {
                let f32 = section.need("f32")?;
                section.end()?;
                Ok(Self::Packed { f32 })
            }
            other => Err(other.is_no("a list of numbers, or their bytes as `f32` in base64")),
        }
    }
}

impl FromSection for Matrix {
    fn from_section(section: &mut Section) -> Result<Self, Misread> {
        let fields = (
            section.may("int8")?,
            section.may("scale")?,
            section.may("f16")?,
        );
        section.end()?;
        match fields {
            (Some(int8), Some(scale), None) => Ok(Self::Int8 { int8, scale }),
            (None, None, Some(f16)) => Ok(Self::F16 { f16 }),
            _ => Err(Misread::new(
                "a matrix has `int8` and `scale`, or `f16` alone",
            )),
        }
    }
}

/// The largest of the whole numbers.
const LARGEST: f64 = 127.0;

impl Default for Matrix {
    fn default() -> Self {
        Self::F16 { f16: String::new() }
    }
}

impl Matrix {
    /// Whether it has no number.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Int8 { int8: text, .. } | Self::F16 { f16: text } => text.is_empty(),
        }
    }

    /// Rounds rows to 255 levels, each by its largest number.
    #[must_use]
    pub fn int8(rows: &[Vec<f64>]) -> Self {
        let largest = |row: &Vec<f64>| row.iter().fold(0.0_f64, |most, v| most.max(libm::fabs(*v)));
        let scale = rows
            .iter()
            .map(|row| f64::from((largest(row) / LARGEST) as f32));
        let scale: Vec<f64> = scale.collect();
        let bytes = rows.iter().zip(&scale).flat_map(|(row, scale)| {
            let level = move |value: &f64| libm::round(value / scale.max(f64::MIN_POSITIVE));
            let held = move |value| level(value).clamp(-LARGEST, LARGEST);
            row.iter()
                .map(move |value| (held(value) as i8).cast_unsigned())
        });
        Self::Int8 {
            int8: STANDARD.encode(bytes.collect::<Vec<u8>>()),
            scale: Numbers::pack(&scale),
        }
    }

    /// Rounds rows to 16 bits.
    #[must_use]
    pub fn f16(rows: &[Vec<f64>]) -> Self {
        let numbers = rows.iter().flatten();
        let bytes = numbers.flat_map(|value| f16::from_f64(*value).to_le_bytes());
        Self::F16 {
            f16: STANDARD.encode(bytes.collect::<Vec<u8>>()),
        }
    }

    /// The rows, each of `columns` numbers.
    ///
    /// # Errors
    /// [`SensorError::Setting`] at `place`, and [`SensorError::Limit`].
    pub(crate) fn unpack(&self, columns: usize, place: &str) -> Result<Rows, SensorError> {
        let (weights, scale) = match self {
            Self::Int8 { int8, scale } => {
                let bytes = decoded(int8, 1, place)?;
                let weights = bytes.into_iter().map(|byte| f64::from(byte.cast_signed()));
                (weights.collect::<Vec<f64>>(), scale.unpack(place)?)
            }
            Self::F16 { f16: text } => {
                let bytes = decoded(text, 2, place)?;
                let (whole, _) = bytes.as_chunks::<2>();
                let weights = whole
                    .iter()
                    .map(|bytes| f16::from_le_bytes(*bytes).to_f64());
                let weights: Vec<f64> = weights.collect();
                let rows = weights.len().checked_div(columns).unwrap_or_default();
                (weights, alloc::vec![1.0; rows])
            }
        };
        let finite = weights.iter().all(|weight| weight.is_finite());
        if !finite || scale.is_empty() || weights.len() != columns * scale.len() {
            return Err(setting(
                place,
                alloc::format!(
                    "{} finite weights are wanted, as rows of {columns}",
                    columns * scale.len().max(1)
                ),
            ));
        }
        Ok(Rows {
            weights,
            columns,
            scale,
        })
    }
}

/// A [`Matrix`] that was checked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows {
    weights: Vec<f64>,
    columns: usize,
    scale: Vec<f64>,
}

impl Rows {
    /// How many rows there are.
    pub(crate) fn count(&self) -> usize {
        self.scale.len()
    }

    /// Each row times a column of as many numbers as the matrix has columns; sums
    /// are taken from the first to the last.
    pub(crate) fn times<'a>(&'a self, column: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        let rows = self.weights.chunks_exact(self.columns).zip(&self.scale);
        rows.map(move |(row, scale)| {
            let products = row.iter().zip(column);
            products.fold(0.0, |sum, (weight, value)| sum + weight * value) * scale
        })
    }

    /// The sum of the rows, each times its share; taken from the first to the last.
    pub(crate) fn sum(&self, shares: &[f64]) -> Vec<f64> {
        let mut sum = alloc::vec![0.0; self.columns];
        let rows = self.weights.chunks_exact(self.columns).zip(&self.scale);
        for ((row, scale), share) in rows.zip(shares) {
            for (sum, weight) in sum.iter_mut().zip(row) {
                *sum += weight * scale * share;
            }
        }
        sum
    }
}

fn decoded(text: &str, size: usize, place: &str) -> Result<Vec<u8>, SensorError> {
    at_most(place, text.len() / 4 * 3 / size, MAX_FITTED_NUMBERS)?;
    let bytes = STANDARD
        .decode(text)
        .map_err(|error| setting(place, alloc::format!("it is no base64: {error}")))?;
    match bytes.len() % size {
        0 => Ok(bytes),
        _ => Err(setting(place, "its bytes are no whole numbers")),
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec;
    use alloc::vec::Vec;

    use super::{Matrix, Numbers};

    #[test]
    fn numbers_come_back_as_they_are_in_32_bits() {
        let packed = Numbers::pack(&[0.5, -1e20, 0.1]);
        let found = packed.unpack("x").expect("numbers");
        assert_eq!(found, [0.5, f64::from(-1e20_f32), f64::from(0.1_f32)]);
        let json = serde_json::to_string(&packed).expect("json");
        assert_eq!(
            serde_json::from_str::<Numbers>(&json).expect("back"),
            packed
        );
        let list: Numbers = serde_json::from_str("[1, 2.5]").expect("a list");
        assert_eq!(list.unpack("x").expect("numbers"), [1.0, 2.5]);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for json in [
            r#"{"f32": "AAA"}"#,
            r#"{"f32": "AAAA"}"#,
            r#"{"f32": "AADAfw=="}"#,
            "[1e999]",
        ] {
            let numbers = serde_json::from_str::<Numbers>(json);
            assert!(
                numbers.is_err() || numbers.is_ok_and(|n| n.unpack("x").is_err()),
                "{json}"
            );
        }
    }

    #[test]
    fn what_is_not_said_in_one_way_is_refused() {
        for (json, why) in [
            (r#""AAAA""#, "a list of numbers"),
            (r#"[1, "2"]"#, "1: expected a number"),
            (r#"{"f16": "AAAA"}"#, "missing field `f32`, found `f16`"),
            (r#"{"f32": "", "f64": ""}"#, "unknown field `f64`"),
            ("{}", "missing field `f32`"),
        ] {
            let error = serde_json::from_str::<Numbers>(json).expect_err(json);
            assert!(error.to_string().contains(why), "{json}: {error}");
        }
        for json in [
            "{}",
            r#"{"int8": "AAAA"}"#,
            r#"{"scale": [1]}"#,
            r#"{"f16": "AAAA", "scale": [1]}"#,
            r#"{"f16": "AAAA", "int8": "AAAA", "scale": [1]}"#,
        ] {
            let error = serde_json::from_str::<Matrix>(json).expect_err(json);
            assert!(error.to_string().contains("or `f16` alone"), "{error}");
        }
        let error = serde_json::from_str::<Matrix>(r#"{"f32": "AAAA"}"#).expect_err("a field");
        assert!(error.to_string().contains("unknown field"), "{error}");
    }

    #[test]
    fn matrices_in_few_bytes() {
        let rows = vec![vec![127.0, -63.4, 0.0], vec![0.0; 3], vec![-0.5, 0.25, 0.5]];
        for (matrix, first) in [
            (Matrix::int8(&rows), -63.0),
            (Matrix::f16(&rows), -63.40625),
        ] {
            let found = matrix.unpack(3, "x").expect("rows");
            assert_eq!(found.count(), 3);
            let times: Vec<f64> = found.times(&[1.0, 10.0, 100.0]).collect();
            assert_eq!(times[0], 127.0 + 10.0 * first);
            assert_eq!(times[1], 0.0);
            assert!(libm::fabs(times[2] - 52.0) < 0.05, "{}", times[2]);
            assert!(matrix.unpack(4, "x").is_err() && matrix.unpack(0, "x").is_err());
            let json = serde_json::to_string(&matrix).expect("json");
            assert_eq!(serde_json::from_str::<Matrix>(&json).expect("back"), matrix);
        }
    }
}
