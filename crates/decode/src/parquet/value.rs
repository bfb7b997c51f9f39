//! The values of a column as the text of cells.

use std::fmt::{Display, LowerExp};
use std::io::Write;

use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::schema::types::ColumnDescriptor;

/// What stands for lists of lists.
pub(super) const NESTED: &str = "lists of lists";
/// The longest text of bytes that are none.
const MOST_BYTES: usize = 32;

/// What the values of a column mean.
#[derive(Debug, Clone)]
pub(super) struct Value {
    kind: Kind,
    /// The level of values that are there.
    pub(super) level: i16,
    /// In lists the lowest level of an element.
    pub(super) listed: Option<i16>,
    /// Whether lists are in lists.
    pub(super) nested: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Plain,
    Unsigned {
        bits: u32,
    },
    Date,
    /// A time of the day with so many digits behind the second.
    Clock {
        digits: u32,
    },
    Moment {
        digits: u32,
        utc: bool,
    },
    Decimal {
        scale: u32,
    },
    Half,
}

const fn digits(unit: TimeUnit) -> u32 {
    match unit {
        TimeUnit::MILLIS => 3,
        TimeUnit::MICROS => 6,
        TimeUnit::NANOS => 9,
    }
}

impl Value {
    pub(super) fn of(column: &ColumnDescriptor) -> Self {
        let scale = u32::try_from(column.type_scale()).unwrap_or(0);
        let kind = match (column.logical_type_ref(), column.converted_type()) {
            (Some(LogicalType::Timestamp(time)), _) => Kind::Moment {
                digits: digits(time.unit),
                utc: time.is_adjusted_to_u_t_c,
            },
            (Some(LogicalType::Time(time)), _) => Kind::Clock {
                digits: digits(time.unit),
            },
            (Some(LogicalType::Float16), _) => Kind::Half,
            (_, ConvertedType::TIMESTAMP_MILLIS) => Kind::Moment {
                digits: 3,
                utc: true,
            },
            (_, ConvertedType::TIMESTAMP_MICROS) => Kind::Moment {
                digits: 6,
                utc: true,
            },
            (_, ConvertedType::TIME_MILLIS) => Kind::Clock { digits: 3 },
            (_, ConvertedType::TIME_MICROS) => Kind::Clock { digits: 6 },
            (_, ConvertedType::DATE) => Kind::Date,
            (_, ConvertedType::DECIMAL) => Kind::Decimal { scale },
            (_, ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32) => {
                Kind::Unsigned { bits: 32 }
            }
            (_, ConvertedType::UINT_64) => Kind::Unsigned { bits: 64 },
            _ => Kind::Plain,
        };
        let (level, repeated) = (column.max_def_level(), column.max_rep_level());
        // An element may be missing itself.
        let optional = i16::from(column.self_type().is_optional());
        Self {
            kind,
            level,
            listed: (repeated > 0).then_some(level - optional),
            nested: repeated > 1,
        }
    }

    /// A whole number, and what it means.
    pub(super) fn integer(&self, value: i64, out: &mut Vec<u8>) {
        match self.kind {
            Kind::Date => day(value, out),
            Kind::Clock { digits } => clock(value, digits, out),
            Kind::Moment { digits, utc } => moment(value, digits, utc, out),
            Kind::Decimal { scale } => decimal(i128::from(value), scale, out),
            Kind::Unsigned { bits: 32 } => show(value as u32, out),
            Kind::Unsigned { .. } => show(value as u64, out),
            Kind::Plain | Kind::Half => show(value, out),
        }
    }

    /// Bytes: a text, unless they are something else.
    pub(super) fn bytes(&self, bytes: &[u8], out: &mut Vec<u8>) {
        match (self.kind, bytes) {
            (Kind::Decimal { scale }, bytes) if bytes.len() <= 16 => {
                let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
                let start = if negative { -1_i128 } else { 0 };
                let whole = bytes
                    .iter()
                    .fold(start, |whole, byte| (whole << 8) | i128::from(*byte));
                decimal(whole, scale, out);
            }
            (Kind::Half, [low, high]) => float(half(u16::from_le_bytes([*low, *high])), out),
            (_, bytes) => match std::str::from_utf8(bytes) {
                Ok(text) if self.listed.is_none() => quote(text, out),
                Ok(text) => out.extend(text.bytes().filter(|byte| *byte != b'"')),
                Err(_) => {
                    for byte in bytes.iter().take(MOST_BYTES) {
                        let _ = write!(out, "{byte:02x}");
                    }
                }
            },
        }
    }
}

/// What a column is called: the names on its path, but for those that lists bring.
pub(super) fn title(path: &[String]) -> String {
    let own = |name: &&String| !matches!(name.as_str(), "list" | "element" | "item" | "array");
    let names: Vec<&str> = match path {
        [first, rest @ ..] => std::iter::once(first.as_str())
            .chain(rest.iter().filter(own).map(String::as_str))
            .collect(),
        [] => Vec::new(),
    };
    names.join(".")
}

/// A text between quotes.
pub(super) fn quote(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

pub(super) fn bool(value: bool, out: &mut Vec<u8>) {
    let text: &[u8] = if value { b"true" } else { b"false" };
    out.extend_from_slice(text);
}

/// A number with as few digits as tell it from its neighbours.
pub(super) fn float<F: Display + LowerExp + Copy + Into<f64>>(value: F, out: &mut Vec<u8>) {
    let size = value.into().abs();
    // What follows the point would be many zeros.
    let _ = match size != 0.0 && !(1e-4..1e16).contains(&size) && size.is_finite() {
        true => write!(out, "{value:e}"),
        false => write!(out, "{value}"),
    };
}

/// A binary16.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (1.0 + fraction / 1024.0) * 2_f64.powi(exponent - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

fn show(value: impl Display, out: &mut Vec<u8>) {
    let _ = write!(out, "{value}");
}

fn decimal(whole: i128, scale: u32, out: &mut Vec<u8>) {
    let Some(unit) = 10_u128.checked_pow(scale).filter(|_| scale > 0) else {
        return show(whole, out);
    };
    let sign = if whole < 0 { "-" } else { "" };
    let size = whole.unsigned_abs();
    let width = scale as usize;
    let _ = write!(out, "{sign}{}.{:0width$}", size / unit, size % unit);
}

/// A moment that is so many parts of a second behind 1970.
pub(super) fn moment(value: i64, digits: u32, utc: bool, out: &mut Vec<u8>) {
    let of_day = 86_400 * 10_i64.pow(digits);
    day(value.div_euclid(of_day), out);
    out.push(b' ');
    clock(value.rem_euclid(of_day), digits, out);
    if utc {
        out.push(b'Z');
    }
}

/// A time of the day, without zeros at its end.
fn clock(value: i64, digits: u32, out: &mut Vec<u8>) {
    let unit = 10_i64.pow(digits);
    let (second, part) = (value.div_euclid(unit), value.rem_euclid(unit));
    let (minute, second) = (second.div_euclid(60), second.rem_euclid(60));
    let (hour, minute) = (minute.div_euclid(60), minute.rem_euclid(60));
    let _ = write!(out, "{hour:02}:{minute:02}:{second:02}");
    if part > 0 {
        let width = digits as usize;
        let part = format!("{part:0width$}");
        let _ = write!(out, ".{}", part.trim_end_matches('0'));
    }
}

/// The day that is so many behind the first of 1970.
///
/// # Source
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
fn day(days: i64, out: &mut Vec<u8>) {
    let days = i128::from(days) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year + era * 400 + i128::from(month <= 2);
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
}

#[cfg(test)]
mod tests {
    use super::{decimal, float, half, moment, title};

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn moments_and_numbers() {
        for (value, digits, expected) in [
            (0, 3, "1970-01-01 00:00:00"),
            (-1, 3, "1969-12-31 23:59:59.999"),
            (1_709_210_096_500, 3, "2024-02-29 12:34:56.5"),
            (
                1_709_210_096_000_000_001,
                9,
                "2024-02-29 12:34:56.000000001",
            ),
        ] {
            assert_eq!(text(|out| moment(value, digits, false, out)), expected);
        }
        assert!(text(|out| moment(i64::MIN, 3, true, out)).ends_with('Z'));
        assert_eq!(text(|out| decimal(-12_345, 3, out)), "-12.345");
        assert_eq!(text(|out| decimal(5, 2, out)), "0.05");
        assert_eq!(text(|out| float(0.1_f32, out)), "0.1");
        assert_eq!(text(|out| float(1e-9_f64, out)), "1e-9");
        assert_eq!(
            (half(0x3c00), half(0xc000), half(1)),
            (1.0, -2.0, 2_f64.powi(-24))
        );
    }

    #[test]
    fn titles_are_paths() {
        let names = |path: &[&str]| {
            let path: Vec<String> = path.iter().map(|name| (*name).to_owned()).collect();
            title(&path)
        };
        assert_eq!(names(&["x", "list", "element"]), "x");
        assert_eq!(names(&["acc", "x"]), "acc.x");
        assert_eq!(names(&["item"]), "item");
    }
}
