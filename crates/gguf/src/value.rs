//! Metadata values as they lie in the file: scalars by value, strings and
//! arrays as slices of it.

use crate::cursor::Cursor;
use crate::limits::MAX_STRING_BYTES;
use crate::{ArrayValue, GgufError};

/// The type of a metadata value, or of the elements of an array.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the variants are the types they name")]
pub enum ValueType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    Bool,
    Str,
    Array,
    U64,
    I64,
    F64,
}

impl ValueType {
    /// The type a file means by `id`.
    #[must_use]
    pub const fn from_id(id: u32) -> Option<Self> {
        Some(match id {
            0 => Self::U8,
            1 => Self::I8,
            2 => Self::U16,
            3 => Self::I16,
            4 => Self::U32,
            5 => Self::I32,
            6 => Self::F32,
            7 => Self::Bool,
            8 => Self::Str,
            9 => Self::Array,
            10 => Self::U64,
            11 => Self::I64,
            12 => Self::F64,
            _ => return None,
        })
    }

    /// The id a file writes for this type.
    #[must_use]
    pub const fn id(self) -> u32 {
        self as u32
    }

    /// Bytes of one element, or `None` for strings and arrays, which vary.
    pub(crate) const fn fixed_bytes(self) -> Option<u64> {
        Some(match self {
            Self::U8 | Self::I8 | Self::Bool => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
            Self::Str | Self::Array => return None,
        })
    }
}

impl core::fmt::Display for ValueType {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::U8 => "u8",
            Self::I8 => "i8",
            Self::U16 => "u16",
            Self::I16 => "i16",
            Self::U32 => "u32",
            Self::I32 => "i32",
            Self::F32 => "f32",
            Self::Bool => "bool",
            Self::Str => "string",
            Self::Array => "array",
            Self::U64 => "u64",
            Self::I64 => "i64",
            Self::F64 => "f64",
        })
    }
}

/// One metadata value.
#[derive(Clone, Copy, PartialEq, Debug)]
#[expect(missing_docs, reason = "the variants are the types they name")]
pub enum Value<'a> {
    U8(u8),
    I8(i8),
    U16(u16),
    I16(i16),
    U32(u32),
    I32(i32),
    F32(f32),
    Bool(bool),
    Str(&'a str),
    Array(ArrayValue<'a>),
    U64(u64),
    I64(i64),
    F64(f64),
}

impl<'a> Value<'a> {
    /// The type of this value.
    #[must_use]
    pub const fn value_type(&self) -> ValueType {
        match self {
            Self::U8(_) => ValueType::U8,
            Self::I8(_) => ValueType::I8,
            Self::U16(_) => ValueType::U16,
            Self::I16(_) => ValueType::I16,
            Self::U32(_) => ValueType::U32,
            Self::I32(_) => ValueType::I32,
            Self::F32(_) => ValueType::F32,
            Self::Bool(_) => ValueType::Bool,
            Self::Str(_) => ValueType::Str,
            Self::Array(_) => ValueType::Array,
            Self::U64(_) => ValueType::U64,
            Self::I64(_) => ValueType::I64,
            Self::F64(_) => ValueType::F64,
        }
    }

    /// The value as a `u64` where it is an integer that fits one.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match *self {
            Self::U8(v) => Some(v.into()),
            Self::U16(v) => Some(v.into()),
            Self::U32(v) => Some(v.into()),
            Self::U64(v) => Some(v),
            Self::I8(v) => u64::try_from(v).ok(),
            Self::I16(v) => u64::try_from(v).ok(),
            Self::I32(v) => u64::try_from(v).ok(),
            Self::I64(v) => u64::try_from(v).ok(),
            _ => None,
        }
    }

    /// The value as an `i64` where it is an integer that fits one.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match *self {
            Self::I8(v) => Some(v.into()),
            Self::I16(v) => Some(v.into()),
            Self::I32(v) => Some(v.into()),
            Self::I64(v) => Some(v),
            _ => self.as_u64().and_then(|v| i64::try_from(v).ok()),
        }
    }

    pub(crate) fn read(cursor: &mut Cursor<'a>, key: &'a str) -> Result<Self, GgufError> {
        let what = "a metadata value";
        Ok(match read_type(cursor, key)? {
            ValueType::U8 => Self::U8(u8::from_le_bytes(cursor.array(what)?)),
            ValueType::I8 => Self::I8(i8::from_le_bytes(cursor.array(what)?)),
            ValueType::U16 => Self::U16(u16::from_le_bytes(cursor.array(what)?)),
            ValueType::I16 => Self::I16(i16::from_le_bytes(cursor.array(what)?)),
            ValueType::U32 => Self::U32(u32::from_le_bytes(cursor.array(what)?)),
            ValueType::I32 => Self::I32(i32::from_le_bytes(cursor.array(what)?)),
            ValueType::F32 => Self::F32(f32::from_le_bytes(cursor.array(what)?)),
            ValueType::U64 => Self::U64(u64::from_le_bytes(cursor.array(what)?)),
            ValueType::I64 => Self::I64(i64::from_le_bytes(cursor.array(what)?)),
            ValueType::F64 => Self::F64(f64::from_le_bytes(cursor.array(what)?)),
            ValueType::Bool => {
                let offset = cursor.offset();
                let bytes = cursor.take(1, what)?;
                check_bools(bytes, offset, key)?;
                Self::Bool(bytes == [1])
            }
            ValueType::Str => Self::Str(cursor.str("a string value", MAX_STRING_BYTES)?),
            ValueType::Array => Self::Array(ArrayValue::read(cursor, key)?),
        })
    }
}

pub(crate) fn read_type(cursor: &mut Cursor<'_>, key: &str) -> Result<ValueType, GgufError> {
    let offset = cursor.offset();
    let found = cursor.u32("the type of a metadata value")?;
    ValueType::from_id(found).ok_or_else(|| GgufError::UnknownValueType {
        key: key.to_owned(),
        offset,
        found,
    })
}

pub(crate) fn check_bools(bytes: &[u8], offset: usize, key: &str) -> Result<(), GgufError> {
    match bytes.iter().position(|&b| b > 1) {
        None => Ok(()),
        Some(index) => Err(GgufError::BadBool {
            key: key.to_owned(),
            offset: offset + index,
            found: bytes[index],
        }),
    }
}
