//! Array values: checked when the file is parsed, read lazily afterwards.

use crate::cursor::Cursor;
use crate::limits::{MAX_ARRAY_LEN, MAX_STRING_BYTES};
use crate::value::{check_bools, read_type};
use crate::{GgufError, ValueType};

/// A flat array value, checked when the file was parsed and read lazily.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ArrayValue<'a> {
    key: &'a str,
    element: ValueType,
    len: usize,
    bytes: &'a [u8],
}

impl<'a> ArrayValue<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>, key: &'a str) -> Result<Self, GgufError> {
        let offset = cursor.offset();
        let element = read_type(cursor, key)?;
        if element == ValueType::Array {
            return Err(GgufError::NestedArray {
                key: key.to_owned(),
                offset,
            });
        }
        let offset = cursor.offset();
        let found = cursor.u64("the length of an array")?;
        let len = match usize::try_from(found) {
            Ok(len) if found <= MAX_ARRAY_LEN => len,
            _ => {
                return Err(GgufError::ArrayTooLong {
                    key: key.to_owned(),
                    offset,
                    found,
                    max: MAX_ARRAY_LEN,
                });
            }
        };
        let what = "an array";
        let offset = cursor.offset();
        let bytes = match element.fixed_bytes() {
            Some(size) => cursor.take(found * size, what)?,
            None => {
                let mut ahead = cursor.clone();
                for _ in 0..len {
                    ahead.str("a string in an array", MAX_STRING_BYTES)?;
                }
                cursor.take((ahead.offset() - offset) as u64, what)?
            }
        };
        if element == ValueType::Bool {
            check_bools(bytes, offset, key)?;
        }
        Ok(Self {
            key,
            element,
            len,
            bytes,
        })
    }

    /// How many elements it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The type of its elements.
    #[must_use]
    pub const fn element_type(&self) -> ValueType {
        self.element
    }

    /// The elements as they lie in the file.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Iterates over an array of strings.
    ///
    /// # Errors
    /// [`GgufError::WrongType`] where the elements are of another type; so for
    /// the other iterators.
    pub fn strings(&self) -> Result<Strings<'a>, GgufError> {
        self.expect(ValueType::Str)?;
        Ok(Strings {
            left: self.len,
            bytes: self.bytes,
        })
    }

    /// Iterates over an array of `i32`.
    ///
    /// # Errors
    /// See [`Self::strings`].
    pub fn i32s(&self) -> Result<impl ExactSizeIterator<Item = i32> + use<'a>, GgufError> {
        self.fixed(ValueType::I32, i32::from_le_bytes)
    }

    /// Iterates over an array of `u32`.
    ///
    /// # Errors
    /// See [`Self::strings`].
    pub fn u32s(&self) -> Result<impl ExactSizeIterator<Item = u32> + use<'a>, GgufError> {
        self.fixed(ValueType::U32, u32::from_le_bytes)
    }

    /// Iterates over an array of `f32`.
    ///
    /// # Errors
    /// See [`Self::strings`].
    pub fn f32s(&self) -> Result<impl ExactSizeIterator<Item = f32> + use<'a>, GgufError> {
        self.fixed(ValueType::F32, f32::from_le_bytes)
    }

    /// The elements of an array of integers of any width.
    ///
    /// # Errors
    /// [`GgufError::WrongType`] where they are no integers, or one is above
    /// `i64::MAX`.
    pub fn integers(&self) -> Result<Vec<i64>, GgufError> {
        fn widen<const N: usize, T: Into<i64>>(bytes: &[u8], read: fn([u8; N]) -> T) -> Vec<i64> {
            let elements = bytes.as_chunks::<N>().0.iter();
            elements.map(|bytes| read(*bytes).into()).collect()
        }
        let bytes = self.bytes;
        Ok(match self.element {
            ValueType::U8 => widen(bytes, u8::from_le_bytes),
            ValueType::I8 => widen(bytes, i8::from_le_bytes),
            ValueType::U16 => widen(bytes, u16::from_le_bytes),
            ValueType::I16 => widen(bytes, i16::from_le_bytes),
            ValueType::U32 => widen(bytes, u32::from_le_bytes),
            ValueType::I64 => widen(bytes, i64::from_le_bytes),
            ValueType::U64 => {
                let elements = self.fixed(ValueType::U64, u64::from_le_bytes)?;
                let elements: Result<_, _> = elements.map(i64::try_from).collect();
                elements.map_err(|_| self.wrong_type(ValueType::I64))?
            }
            _ => self.i32s()?.map(i64::from).collect(),
        })
    }

    fn fixed<const N: usize, T>(
        &self,
        ty: ValueType,
        read: fn([u8; N]) -> T,
    ) -> Result<impl ExactSizeIterator<Item = T> + use<'a, N, T>, GgufError> {
        self.expect(ty)?;
        let elements = self.bytes.as_chunks::<N>().0.iter();
        Ok(elements.map(move |bytes| read(*bytes)))
    }

    fn expect(&self, expected: ValueType) -> Result<(), GgufError> {
        if self.element == expected {
            Ok(())
        } else {
            Err(self.wrong_type(expected))
        }
    }

    fn wrong_type(&self, expected: ValueType) -> GgufError {
        GgufError::WrongType {
            key: format!("{}[]", self.key),
            found: self.element,
            expected,
        }
    }
}

/// Iterates over the strings of an array; see [`ArrayValue::strings`].
#[derive(Clone, Debug)]
pub struct Strings<'a> {
    left: usize,
    bytes: &'a [u8],
}

impl<'a> Iterator for Strings<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.left = self.left.checked_sub(1)?;
        let (len, rest) = self.bytes.split_first_chunk()?;
        let len = usize::try_from(u64::from_le_bytes(*len)).ok()?;
        let (string, rest) = rest.split_at_checked(len)?;
        self.bytes = rest;
        core::str::from_utf8(string).ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Strings<'_> {}
