//! Metadata values that own what they hold, for the writer.

use crate::{ArrayValue, GgufError, Value, ValueType};

/// A metadata value to write.
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "the variants are the types they name")]
pub enum OwnedValue {
    U8(u8),
    I8(i8),
    U16(u16),
    I16(i16),
    U32(u32),
    I32(i32),
    F32(f32),
    Bool(bool),
    Str(String),
    Array(OwnedArray),
    U64(u64),
    I64(i64),
    F64(f64),
}

/// A flat array to write.
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "the variants are the types they name")]
pub enum OwnedArray {
    U8(Vec<u8>),
    I8(Vec<i8>),
    U16(Vec<u16>),
    I16(Vec<i16>),
    U32(Vec<u32>),
    I32(Vec<i32>),
    F32(Vec<f32>),
    Bool(Vec<bool>),
    Str(Vec<String>),
    U64(Vec<u64>),
    I64(Vec<i64>),
    F64(Vec<f64>),
}

impl OwnedValue {
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

    /// Appends the value as a file writes it, without its type.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::U8(v) => out.push(*v),
            Self::I8(v) => out.extend(v.to_le_bytes()),
            Self::U16(v) => out.extend(v.to_le_bytes()),
            Self::I16(v) => out.extend(v.to_le_bytes()),
            Self::U32(v) => out.extend(v.to_le_bytes()),
            Self::I32(v) => out.extend(v.to_le_bytes()),
            Self::F32(v) => out.extend(v.to_le_bytes()),
            Self::Bool(v) => out.push(u8::from(*v)),
            Self::Str(v) => write_str(v, out),
            Self::Array(v) => v.write(out),
            Self::U64(v) => out.extend(v.to_le_bytes()),
            Self::I64(v) => out.extend(v.to_le_bytes()),
            Self::F64(v) => out.extend(v.to_le_bytes()),
        }
    }
}

impl OwnedArray {
    /// The type of the elements.
    #[must_use]
    pub const fn element_type(&self) -> ValueType {
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
            Self::U64(_) => ValueType::U64,
            Self::I64(_) => ValueType::I64,
            Self::F64(_) => ValueType::F64,
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        fn elements<T, const N: usize>(
            values: &[T],
            out: &mut Vec<u8>,
            bytes: impl Fn(&T) -> [u8; N],
        ) {
            out.extend((values.len() as u64).to_le_bytes());
            out.extend(values.iter().flat_map(bytes));
        }
        out.extend(self.element_type().id().to_le_bytes());
        match self {
            Self::U8(v) => elements(v, out, |x| [*x]),
            Self::I8(v) => elements(v, out, |x| x.to_le_bytes()),
            Self::U16(v) => elements(v, out, |x| x.to_le_bytes()),
            Self::I16(v) => elements(v, out, |x| x.to_le_bytes()),
            Self::U32(v) => elements(v, out, |x| x.to_le_bytes()),
            Self::I32(v) => elements(v, out, |x| x.to_le_bytes()),
            Self::F32(v) => elements(v, out, |x| x.to_le_bytes()),
            Self::Bool(v) => elements(v, out, |x| [u8::from(*x)]),
            Self::U64(v) => elements(v, out, |x| x.to_le_bytes()),
            Self::I64(v) => elements(v, out, |x| x.to_le_bytes()),
            Self::F64(v) => elements(v, out, |x| x.to_le_bytes()),
            Self::Str(v) => {
                out.extend((v.len() as u64).to_le_bytes());
                for string in v {
                    write_str(string, out);
                }
            }
        }
    }
}

pub(crate) fn write_str(string: &str, out: &mut Vec<u8>) {
    out.extend((string.len() as u64).to_le_bytes());
    out.extend(string.as_bytes());
}

impl From<&Value<'_>> for OwnedValue {
    fn from(value: &Value<'_>) -> Self {
        match *value {
            Value::U8(v) => Self::U8(v),
            Value::I8(v) => Self::I8(v),
            Value::U16(v) => Self::U16(v),
            Value::I16(v) => Self::I16(v),
            Value::U32(v) => Self::U32(v),
            Value::I32(v) => Self::I32(v),
            Value::F32(v) => Self::F32(v),
            Value::Bool(v) => Self::Bool(v),
            Value::Str(v) => Self::Str(v.to_owned()),
            Value::Array(v) => Self::Array(OwnedArray::from(&v)),
            Value::U64(v) => Self::U64(v),
            Value::I64(v) => Self::I64(v),
            Value::F64(v) => Self::F64(v),
        }
    }
}

impl From<&ArrayValue<'_>> for OwnedArray {
    fn from(array: &ArrayValue<'_>) -> Self {
        fn all<const N: usize, T>(array: &ArrayValue<'_>, read: impl Fn([u8; N]) -> T) -> Vec<T> {
            array
                .bytes()
                .as_chunks::<N>()
                .0
                .iter()
                .map(|b| read(*b))
                .collect()
        }
        match array.element_type() {
            ValueType::U8 => Self::U8(array.bytes().to_vec()),
            ValueType::I8 => Self::I8(all(array, i8::from_le_bytes)),
            ValueType::U16 => Self::U16(all(array, u16::from_le_bytes)),
            ValueType::I16 => Self::I16(all(array, i16::from_le_bytes)),
            ValueType::U32 => Self::U32(all(array, u32::from_le_bytes)),
            ValueType::I32 => Self::I32(all(array, i32::from_le_bytes)),
            ValueType::F32 => Self::F32(all(array, f32::from_le_bytes)),
            ValueType::Bool => Self::Bool(all(array, |b: [u8; 1]| b == [1])),
            ValueType::U64 => Self::U64(all(array, u64::from_le_bytes)),
            ValueType::I64 => Self::I64(all(array, i64::from_le_bytes)),
            ValueType::F64 => Self::F64(all(array, f64::from_le_bytes)),
            // A parsed array is flat: the reader refuses arrays of arrays.
            ValueType::Str | ValueType::Array => Self::Str(
                array
                    .strings()
                    .into_iter()
                    .flatten()
                    .map(str::to_owned)
                    .collect(),
            ),
        }
    }
}

/// `From` for the Rust types that a caller writes keys with.
macro_rules! from {
    ($($ty:ty => $variant:expr),* $(,)?) => {$(
        impl From<$ty> for OwnedValue {
            fn from(value: $ty) -> Self {
                $variant(value)
            }
        }
    )*};
}

from! {
    u32 => Self::U32,
    i32 => Self::I32,
    u64 => Self::U64,
    f32 => Self::F32,
    bool => Self::Bool,
    String => Self::Str,
    &str => |v: &str| Self::Str(v.to_owned()),
    Vec<String> => |v| Self::Array(OwnedArray::Str(v)),
    Vec<i32> => |v| Self::Array(OwnedArray::I32(v)),
    Vec<f32> => |v| Self::Array(OwnedArray::F32(v)),
    OwnedArray => Self::Array,
}

/// Checks that the reader would take `value` back.
pub(crate) fn check(key: &str, value: &OwnedValue) -> Result<(), GgufError> {
    use crate::limits::{MAX_ARRAY_LEN, MAX_STRING_BYTES};
    let too_long = |found: usize| GgufError::StringTooLong {
        what: "a string value",
        offset: 0,
        found: found as u64,
        max: MAX_STRING_BYTES,
    };
    let fits = |s: &String| s.len() as u64 <= MAX_STRING_BYTES;
    match value {
        OwnedValue::Str(s) if !fits(s) => Err(too_long(s.len())),
        OwnedValue::Array(array) => {
            if let OwnedArray::Str(strings) = array
                && let Some(s) = strings.iter().find(|s| !fits(s))
            {
                return Err(too_long(s.len()));
            }
            let found = array.len() as u64;
            if found > MAX_ARRAY_LEN {
                return Err(GgufError::ArrayTooLong {
                    key: key.to_owned(),
                    offset: 0,
                    found,
                    max: MAX_ARRAY_LEN,
                });
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

impl OwnedArray {
    /// How many elements it has.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::U8(v) => v.len(),
            Self::I8(v) => v.len(),
            Self::U16(v) => v.len(),
            Self::I16(v) => v.len(),
            Self::U32(v) => v.len(),
            Self::I32(v) => v.len(),
            Self::F32(v) => v.len(),
            Self::Bool(v) => v.len(),
            Self::Str(v) => v.len(),
            Self::U64(v) => v.len(),
            Self::I64(v) => v.len(),
            Self::F64(v) => v.len(),
        }
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
