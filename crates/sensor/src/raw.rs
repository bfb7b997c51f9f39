//! Settings as somebody wrote them, in JSON or TOML, before it is known what they
//! are: a value of a specification is made of them by [`FromRaw`].
//!
//! What has kinds is read this way. A derived reader of such a type is compiled again
//! for each of its kinds, and all of them were a tenth of what a browser loads; here
//! each field is one call. Fields that are left are refused, and so is one that is
//! there twice.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use senselm_readings::quote;
use senselm_readings::recording::Source;

mod section;
mod visit;

pub(crate) use section::{FromSection, Section};
pub(crate) use visit::{deserialize, deserialize_raw};

/// A setting as it is written.
#[derive(Debug)]
pub(crate) enum Raw {
    /// JSON's `null`.
    Nothing,
    Flag(bool),
    Whole(i64),
    /// A number that is not whole, or beyond 64 bits.
    Number(f64),
    Text(String),
    List(Vec<Raw>),
    Section(Section),
}

/// What a setting can be read as.
pub(crate) trait FromRaw: Sized {
    /// Reads a setting.
    fn from_raw(raw: Raw) -> Result<Self, Misread>;
}

/// Why a setting is none of what it should be, and which one it is.
#[derive(Debug)]
pub(crate) struct Misread(String);

impl Misread {
    /// Because of this.
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    /// As of a setting inside of this one.
    fn within(self, name: &str) -> Self {
        Self(format!("{name}: {}", self.0))
    }
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Raw {
    /// That something else is wanted here.
    pub(crate) fn is_no(&self, wanted: &str) -> Misread {
        let found = match self {
            Self::Nothing => "null".to_owned(),
            Self::Flag(flag) => format!("`{flag}`"),
            Self::Whole(number) => format!("{number}"),
            Self::Number(number) => format!("{number}"),
            Self::Text(text) => format!("the text {}", quote(text)),
            Self::List(_) => "a list".to_owned(),
            Self::Section(_) => "fields".to_owned(),
        };
        Misread(format!("expected {wanted}, found {found}"))
    }

    /// A whole number of 0 to `most`.
    fn whole(self, most: u64) -> Result<u64, Misread> {
        let found = match self {
            Self::Whole(number) => u64::try_from(number).ok(),
            _ => None,
        };
        let wanted = || format!("a whole number of 0 to {most}");
        let inside = found.filter(|number| *number <= most);
        inside.ok_or_else(|| self.is_no(&wanted()))
    }

    /// One of these words.
    pub(crate) fn word<T: Copy>(self, words: &[(&str, T)]) -> Result<T, Misread> {
        let found = match &self {
            Self::Text(text) => words.iter().find(|(word, _)| word == text),
            _ => None,
        };
        let wanted = || listed(words.iter().map(|(word, _)| *word));
        found
            .map(|(_, meant)| *meant)
            .ok_or_else(|| self.is_no(&wanted()))
    }
}

/// Names as a message lists them.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

impl FromRaw for bool {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        match raw {
            Raw::Flag(flag) => Ok(flag),
            other => Err(other.is_no("true or false")),
        }
    }
}

impl FromRaw for f64 {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        match raw {
            Raw::Whole(number) => Ok(number as f64),
            Raw::Number(number) => Ok(number),
            other => Err(other.is_no("a number")),
        }
    }
}

impl FromRaw for u8 {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        raw.whole(Self::MAX.into()).map(|number| number as Self)
    }
}

impl FromRaw for u32 {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        raw.whole(Self::MAX.into()).map(|number| number as Self)
    }
}

impl FromRaw for usize {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        raw.whole(Self::MAX as u64).map(|number| number as Self)
    }
}

impl FromRaw for String {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        match raw {
            Raw::Text(text) => Ok(text),
            other => Err(other.is_no("a text")),
        }
    }
}

impl FromRaw for Source {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        match raw {
            Raw::Text(name) => Ok(Self::Name(name)),
            Raw::Whole(_) => usize::from_raw(raw).map(Self::Index),
            other => Err(other.is_no("a name or a position")),
        }
    }
}

/// What may be left out may be null.
impl<T: FromRaw> FromRaw for Option<T> {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        match raw {
            Raw::Nothing => Ok(None),
            other => T::from_raw(other).map(Some),
        }
    }
}

impl<T: FromRaw> FromRaw for Vec<T> {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        let Raw::List(items) = raw else {
            return Err(raw.is_no("a list"));
        };
        let items = items.into_iter().enumerate();
        items
            .map(|(at, item)| T::from_raw(item).map_err(|error| error.within(&format!("{at}"))))
            .collect()
    }
}

impl FromRaw for [f64; 2] {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        let numbers = Vec::from_raw(raw)?;
        let two = numbers.try_into();
        two.map_err(|numbers: Vec<f64>| {
            Misread(format!("expected 2 numbers, found {}", numbers.len()))
        })
    }
}

impl FromRaw for BTreeMap<String, String> {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        match raw {
            Raw::Section(section) => section.texts(),
            other => Err(other.is_no("names with their texts")),
        }
    }
}
