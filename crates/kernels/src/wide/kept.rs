//! Cached rows, 16 elements at a time, whatever they are stored as.

use super::Floats;
use crate::KvBlock;
use crate::LANES;
use crate::codec::UNIT;
use crate::half::f16_to_f32;

/// A type that cached rows consist of.
pub(super) trait Kept: Sized {
    /// `len` elements from the one at `start` on; both in whole units of what
    /// is stored, or in halves of a block.
    fn row(all: &[Self], start: usize, len: usize) -> Row<'_, Self>;
    /// Chunk `c` of a row.
    fn chunk<F: Floats>(row: Row<'_, Self>, c: usize) -> F;
    /// What follows the first `whole` elements, less than a chunk, and zeros.
    fn tail<F: Floats>(row: Row<'_, Self>, whole: usize) -> F;
}

/// A row, or a piece of one.
pub(super) struct Row<'a, K> {
    elements: &'a [K],
    /// Whether it begins with the second half of a block.
    second_half: bool,
}

impl<K> Clone for Row<'_, K> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Row<'_, K> {}

/// Elements that are stored one by one.
macro_rules! one_by_one {
    ($ty:ty, $load:expr, $load_part:expr) => {
        impl Kept for $ty {
            #[inline(always)]
            fn row(all: &[Self], start: usize, len: usize) -> Row<'_, Self> {
                Row {
                    elements: &all[start..start + len],
                    second_half: false,
                }
            }

            #[inline(always)]
            fn chunk<F: Floats>(row: Row<'_, Self>, c: usize) -> F {
                $load(&row.elements.as_chunks::<LANES>().0[c])
            }

            #[inline(always)]
            fn tail<F: Floats>(row: Row<'_, Self>, whole: usize) -> F {
                $load_part(&row.elements[whole..])
            }
        }
    };
}

one_by_one!(f32, F::load, F::load_part);
one_by_one!(
    u16,
    |words: &[u16; LANES]| F::from_f16(*words),
    |words: &[u16]| {
        let mut padded = [0; LANES];
        padded[..words.len()].copy_from_slice(words);
        F::from_f16(padded)
    }
);

impl Kept for KvBlock {
    #[inline(always)]
    fn row(all: &[Self], start: usize, len: usize) -> Row<'_, Self> {
        let second_half = !start.is_multiple_of(UNIT);
        Row {
            elements: &all[start / UNIT..(start + len).div_ceil(UNIT)],
            second_half,
        }
    }

    #[inline(always)]
    fn chunk<F: Floats>(row: Row<'_, Self>, c: usize) -> F {
        let half = c + usize::from(row.second_half);
        let [d0, d1, codes @ ..] = &row.elements[half / 2];
        let scale = F::splat(f16_to_f32(u16::from_le_bytes([*d0, *d1])));
        let codes = &codes.as_chunks::<LANES>().0[half % 2];
        F::load(&codes.map(|code| f32::from(code as i8))).mul(scale)
    }

    #[inline(always)]
    fn tail<F: Floats>(_: Row<'_, Self>, _: usize) -> F {
        // Heads are whole blocks.
        F::splat(0.0)
    }
}

/// Does something with cached rows as a slice of what they are stored as.
macro_rules! kept {
    ($cached:expr, $name:ident => $body:expr) => {
        match $cached {
            crate::KvSlice::F32($name) => $body,
            crate::KvSlice::F16($name) => $body,
            crate::KvSlice::Q8_0($name) => $body,
        }
    };
}

pub(super) use kept;
