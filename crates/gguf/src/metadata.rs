//! The key-value part of a file.

use crate::{ArrayValue, GgufError, Value, ValueType, names};

/// The keys and values of a file, in file order, with typed access.
#[derive(Clone, Debug)]
pub struct Metadata<'a> {
    entries: Vec<(&'a str, Value<'a>)>,
    /// Indices into `entries`, sorted by key.
    sorted: Vec<u32>,
    /// The sum of what the checksum takes of each entry.
    checksum: u64,
}

impl<'a> Metadata<'a> {
    pub(crate) fn new(
        entries: Vec<(&'a str, Value<'a>)>,
        checksum: u64,
    ) -> Result<Self, GgufError> {
        let keys: Vec<&str> = entries.iter().map(|(key, _)| *key).collect();
        match names::sorted(&keys) {
            Ok(sorted) => Ok(Self {
                entries,
                sorted,
                checksum,
            }),
            Err(key) => Err(GgufError::DuplicateKey {
                key: key.to_owned(),
            }),
        }
    }

    /// The value of `key`, of whatever type.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        let at = self
            .sorted
            .binary_search_by_key(&key, |&i| self.entries[i as usize].0)
            .ok()?;
        Some(&self.entries[self.sorted[at] as usize].1)
    }

    /// Every key and value, in file order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&'a str, &Value<'a>)> {
        self.entries.iter().map(|(key, value)| (*key, value))
    }

    /// The checksum of the keys that answers depend on, as they are in the file.
    pub(crate) fn checksum(&self) -> u64 {
        self.checksum
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The `u32` of `key`; an integer of another width counts where it fits.
    ///
    /// # Errors
    /// [`GgufError::MissingKey`] or [`GgufError::WrongType`]; so for every
    /// typed getter.
    pub fn u32(&self, key: &str) -> Result<u32, GgufError> {
        self.typed(key, ValueType::U32, |v| {
            v.as_u64().and_then(|v| u32::try_from(v).ok())
        })
    }

    /// The `f32` of `key`; an `f64` is rounded.
    ///
    /// # Errors
    /// See [`Self::u32`].
    pub fn f32(&self, key: &str) -> Result<f32, GgufError> {
        self.typed(key, ValueType::F32, |v| match v {
            Value::F32(v) => Some(*v),
            Value::F64(v) => Some(*v as f32),
            _ => None,
        })
    }

    /// The string of `key`.
    ///
    /// # Errors
    /// See [`Self::u32`].
    pub fn str(&self, key: &str) -> Result<&'a str, GgufError> {
        self.typed(key, ValueType::Str, |v| match v {
            Value::Str(v) => Some(*v),
            _ => None,
        })
    }

    /// The boolean of `key`.
    ///
    /// # Errors
    /// See [`Self::u32`].
    pub fn bool(&self, key: &str) -> Result<bool, GgufError> {
        self.typed(key, ValueType::Bool, |v| match v {
            Value::Bool(v) => Some(*v),
            _ => None,
        })
    }

    /// The array of `key`.
    ///
    /// # Errors
    /// See [`Self::u32`].
    pub fn array(&self, key: &str) -> Result<&ArrayValue<'a>, GgufError> {
        let value = self.required(key)?;
        match value {
            Value::Array(array) => Ok(array),
            other => Err(wrong_type(key, other, ValueType::Array)),
        }
    }

    fn required(&self, key: &str) -> Result<&Value<'a>, GgufError> {
        self.get(key).ok_or_else(|| GgufError::MissingKey {
            key: key.to_owned(),
        })
    }

    fn typed<T>(
        &self,
        key: &str,
        expected: ValueType,
        read: impl Fn(&Value<'a>) -> Option<T>,
    ) -> Result<T, GgufError> {
        let value = self.required(key)?;
        read(value).ok_or_else(|| wrong_type(key, value, expected))
    }
}

fn wrong_type(key: &str, found: &Value<'_>, expected: ValueType) -> GgufError {
    GgufError::WrongType {
        key: key.to_owned(),
        found: found.value_type(),
        expected,
    }
}
