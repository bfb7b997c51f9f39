//! Cached keys and values, in one of the types that they are kept in.

use senselm_quant::{f16_to_f32, f32_to_f16, q8_0};

use crate::codec::UNIT;

/// What a cached key or value is stored as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum KvType {
    /// 4 bytes each, as computed.
    #[default]
    F32,
    /// 2 bytes each, rounded to binary16.
    F16,
    /// 34 bytes for 32 of them: codes of 8 bits and a scale in binary16.
    Q8_0,
}

/// A block of [`KvType::Q8_0`].
pub type KvBlock = [u8; q8_0::BLOCK_BYTES];

/// Rows of keys or of values that grow one after another.
#[derive(Clone, Debug)]
pub enum KvVec {
    /// [`KvType::F32`]
    F32(Vec<f32>),
    /// [`KvType::F16`]
    F16(Vec<u16>),
    /// [`KvType::Q8_0`]
    Q8_0(Vec<KvBlock>),
}

/// Rows of keys or of values.
#[derive(Clone, Copy, Debug)]
pub enum KvSlice<'a> {
    /// [`KvType::F32`]
    F32(&'a [f32]),
    /// [`KvType::F16`]
    F16(&'a [u16]),
    /// [`KvType::Q8_0`]
    Q8_0(&'a [KvBlock]),
}

impl KvType {
    /// Every type.
    pub const ALL: [Self; 3] = [Self::F32, Self::F16, Self::Q8_0];

    /// `F32`, `F16` or `Q8_0`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::Q8_0 => "Q8_0",
        }
    }

    /// The type of that name, in whatever case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let named = |ty: &Self| ty.name().eq_ignore_ascii_case(name);
        Self::ALL.into_iter().find(named)
    }

    /// The width of a head must be a multiple of this.
    #[must_use]
    pub const fn block_len(self) -> usize {
        match self {
            Self::F32 | Self::F16 => 1,
            Self::Q8_0 => q8_0::BLOCK_LEN,
        }
    }

    /// Bytes that so many keys take.
    #[must_use]
    pub const fn bytes_for(self, elements: usize) -> usize {
        match self {
            Self::F32 => 4 * elements,
            Self::F16 => 2 * elements,
            Self::Q8_0 => elements / q8_0::BLOCK_LEN * q8_0::BLOCK_BYTES,
        }
    }
}

impl KvVec {
    /// Nothing yet.
    #[must_use]
    pub const fn new(ty: KvType) -> Self {
        match ty {
            KvType::F32 => Self::F32(Vec::new()),
            KvType::F16 => Self::F16(Vec::new()),
            KvType::Q8_0 => Self::Q8_0(Vec::new()),
        }
    }

    /// Appends a row. What is not a whole block at its end is left out.
    pub fn push(&mut self, row: &[f32]) {
        match self {
            Self::F32(all) => all.extend_from_slice(row),
            Self::F16(all) => all.extend(row.iter().map(|&x| f32_to_f16(x))),
            Self::Q8_0(all) => all.extend(row.as_chunks().0.iter().map(|values| {
                let mut block = [0; q8_0::BLOCK_BYTES];
                q8_0::encode_block(values, &mut block);
                block
            })),
        }
    }

    /// Forgets all but the first `elements`.
    pub fn truncate(&mut self, elements: usize) {
        match self {
            Self::F32(all) => all.truncate(elements),
            Self::F16(all) => all.truncate(elements),
            Self::Q8_0(all) => all.truncate(elements / UNIT),
        }
    }

    /// Makes room for `elements` in all, of which `needed` will be there soon:
    /// a buffer that has room for these stays as it is.
    pub fn grow(&mut self, needed: usize, elements: usize) {
        fn grow<T>(all: &mut Vec<T>, needed: usize, wanted: usize) {
            if all.capacity() < needed {
                all.reserve_exact(wanted.saturating_sub(all.len()));
            }
        }
        match self {
            Self::F32(all) => grow(all, needed, elements),
            Self::F16(all) => grow(all, needed, elements),
            Self::Q8_0(all) => grow(all, needed / UNIT, elements / UNIT),
        }
    }

    /// From the element at `start` on, which begins a row.
    ///
    /// # Panics
    /// If there are fewer.
    #[must_use]
    pub fn from(&self, start: usize) -> KvSlice<'_> {
        match self {
            Self::F32(all) => KvSlice::F32(&all[start..]),
            Self::F16(all) => KvSlice::F16(&all[start..]),
            Self::Q8_0(all) => KvSlice::Q8_0(&all[start / UNIT..]),
        }
    }
}

impl KvSlice<'_> {
    /// How many keys or values these are.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::F32(all) => all.len(),
            Self::F16(all) => all.len(),
            Self::Q8_0(all) => all.len() * UNIT,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A type of whole blocks.
    pub(crate) const fn block_len(&self) -> usize {
        match self {
            Self::F32(_) | Self::F16(_) => 1,
            Self::Q8_0(_) => UNIT,
        }
    }

    /// The value of one.
    pub(crate) fn value(&self, index: usize) -> f32 {
        match self {
            Self::F32(all) => all[index],
            Self::F16(all) => f16_to_f32(all[index]),
            Self::Q8_0(all) => {
                let block = &all[index / UNIT];
                let scale = f16_to_f32(u16::from_le_bytes([block[0], block[1]]));
                f32::from(block[2 + index % UNIT] as i8) * scale
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_pushed_is_there_up_to_rounding() {
        let row: Vec<f32> = (0..64).map(|i| (i as f32 - 30.0) / 7.0).collect();
        for (ty, tolerance) in [
            (KvType::F32, 0.0),
            (KvType::F16, 1e-3 * 5.0),
            (KvType::Q8_0, 5.0 / 127.0),
        ] {
            let mut all = KvVec::new(ty);
            all.grow(64, 256);
            all.push(&row);
            all.push(&row);
            all.truncate(96);
            let slice = all.from(32);
            assert_eq!(slice.len(), 64, "{}", ty.name());
            for (i, x) in row[32..].iter().chain(&row[..32]).enumerate() {
                let found = slice.value(i);
                assert!((found - x).abs() <= tolerance, "{}: {found} {x}", ty.name());
            }
            assert_eq!(KvType::from_name(&ty.name().to_lowercase()), Some(ty));
        }
    }
}
