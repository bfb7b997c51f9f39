//! How fitted numbers are read. Which way they are written is told by what is
//! there, without a copy of it to try each way on.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Numbers;

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListOrPacked)
    }
}

struct ListOrPacked;

impl<'de> Visitor<'de> for ListOrPacked {
    type Value = Numbers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of numbers, or their bytes as `f32` in base64")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Numbers, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(Numbers::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Numbers, A::Error> {
        let Packed { f32 } = Packed::deserialize(MapAccessDeserializer::new(fields))?;
        Ok(Numbers::Packed { f32 })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Packed {
    f32: String,
}

/// The fields of a matrix, whichever way it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Matrix {
    int8: Option<String>,
    scale: Option<Numbers>,
    f16: Option<String>,
}

impl TryFrom<Matrix> for super::Matrix {
    type Error = &'static str;

    fn try_from(fields: Matrix) -> Result<Self, Self::Error> {
        match (fields.int8, fields.scale, fields.f16) {
            (Some(int8), Some(scale), None) => Ok(Self::Int8 { int8, scale }),
            (None, None, Some(f16)) => Ok(Self::F16 { f16 }),
            _ => Err("a matrix has `int8` and `scale`, or `f16` alone"),
        }
    }
}
