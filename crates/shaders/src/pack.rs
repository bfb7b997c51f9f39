//! Weights as the shaders read them: quants and scales apart, as `u32`.
//!
//! The shaders know four types; every other ggml type becomes one of them when
//! a model is loaded:
//!
//! | in the file | here | |
//! |---|---|---|
//! | `Q8_0`, `Q4_0`, `F16`, `F32` | the same | |
//! | `Q5_0` | `Q8_0` | exact: five bits and one scale fit |
//! | `BF16` | `F32` | exact |
//! | `Q4_1`, `Q5_1`, `Q4_K`, `Q5_K`, `Q6_K` | `Q8_0` | rounded to 8 bits |
//!
//! The last row rounds because these have a minimum, or a scale for 16. Logits
//! of the golden Q4_K_M file move by 0.0055 at most, where 0.02 is allowed, and
//! `Q8_0` is half the bytes of `F16`: bytes are what a token's time goes into.

use senselm_quant::{GgmlType, QuantError, dequantize, f16_to_f32, q4_0, q5_0, q8_0, quantize};

/// What weights are kept as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WeightType {
    /// Signed bytes and a scale for 32.
    Q8_0,
    /// Nibbles and a scale for 32.
    Q4_0,
    /// binary16
    F16,
    /// binary32
    F32,
}

impl WeightType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Q8_0, Self::Q4_0, Self::F16, Self::F32];

    /// What weights of a file are repacked into.
    #[must_use]
    pub const fn of(ty: GgmlType) -> Self {
        match ty {
            GgmlType::Q4_0 => Self::Q4_0,
            GgmlType::F16 => Self::F16,
            GgmlType::F32 | GgmlType::Bf16 => Self::F32,
            _ => Self::Q8_0,
        }
    }

    /// Words of quants for eight weights.
    #[must_use]
    pub const fn words(self) -> usize {
        match self {
            Self::Q8_0 => 2,
            Self::Q4_0 => 1,
            Self::F16 => 4,
            Self::F32 => 8,
        }
    }

    /// Whether a plane of scales goes with the quants.
    #[must_use]
    pub const fn has_scales(self) -> bool {
        matches!(self, Self::Q8_0 | Self::Q4_0)
    }
}

/// Why weights could not be repacked.
#[derive(Debug, thiserror::Error, PartialEq)]
#[non_exhaustive]
pub enum PackError {
    /// The bytes are not that many rows, or hold what cannot be rounded.
    #[error(transparent)]
    Quant(#[from] QuantError),
    /// Rows of blocks that are not whole.
    #[error("rows of {cols} weights are not whole blocks of {ty}")]
    Columns {
        /// The type in the file.
        ty: GgmlType,
        /// Weights of a row.
        cols: usize,
    },
    /// More weights than this machine can count.
    #[error("a matrix of {rows} rows of {cols} weights is too large")]
    Size {
        /// Rows.
        rows: usize,
        /// Weights of a row.
        cols: usize,
    },
}

/// A width rounded up to 32, as rows of weights and of activations are padded.
#[must_use]
pub const fn padded(width: usize) -> usize {
    width.next_multiple_of(32)
}

/// Rows of a matrix, repacked.
#[derive(Clone, Debug, PartialEq)]
pub struct Packed {
    /// What the quants are.
    pub ty: WeightType,
    /// Rows: outputs.
    pub rows: usize,
    /// Weights of a row without its padding: inputs.
    pub cols: usize,
    /// The quants of one row after another.
    pub quants: Vec<u32>,
    /// Two binary16 a word, one for 32 weights; empty for floats.
    pub scales: Vec<u32>,
}

impl Packed {
    /// Repacks rows of a matrix out of a file.
    ///
    /// # Errors
    /// [`PackError`] where the bytes are not these rows, or hold weights that
    /// are not numbers and would have to be rounded.
    pub fn pack(ty: GgmlType, rows: usize, cols: usize, bytes: &[u8]) -> Result<Self, PackError> {
        let row_bytes = ty
            .bytes_for(cols)
            .filter(|&bytes| bytes > 0)
            .ok_or(PackError::Columns { ty, cols })?;
        let elements = rows
            .checked_mul(cols)
            .ok_or(PackError::Size { rows, cols })?;
        let expected = rows.checked_mul(row_bytes);
        if expected != Some(bytes.len()) {
            return Err(PackError::Quant(QuantError::Length {
                ty,
                elements,
                expected: expected.unwrap_or(usize::MAX),
                found: bytes.len(),
            }));
        }
        let mut packer = Packer::new(WeightType::of(ty), rows, cols);
        for row in bytes.chunks_exact(row_bytes) {
            packer.row(ty, row)?;
        }
        Ok(packer.packed)
    }

    /// The same rows as `F32`, whatever they were.
    ///
    /// # Errors
    /// As [`Packed::pack`].
    pub fn pack_f32(
        ty: GgmlType,
        rows: usize,
        cols: usize,
        bytes: &[u8],
    ) -> Result<Self, PackError> {
        let elements = rows
            .checked_mul(cols)
            .ok_or(PackError::Size { rows, cols })?;
        let mut values = vec![0.0_f32; elements];
        dequantize(ty, bytes, &mut values)?;
        let mut packer = Packer::new(WeightType::F32, rows, cols);
        for row in values.chunks_exact(cols.max(1)) {
            packer.floats(row);
        }
        Ok(packer.packed)
    }

    /// No weight is larger than this in magnitude. NaN where a weight may be.
    #[must_use]
    pub fn bound(&self) -> f32 {
        let halves = |words: &[u32]| {
            let each = words.iter().flat_map(|w| [w & 0x7fff, w >> 16 & 0x7fff]);
            f16_to_f32(each.max().unwrap_or(0) as u16)
        };
        match self.ty {
            WeightType::Q8_0 => 128.0 * halves(&self.scales),
            WeightType::Q4_0 => 8.0 * halves(&self.scales),
            WeightType::F16 => halves(&self.quants),
            WeightType::F32 => {
                let bits = self.quants.iter().map(|w| w & 0x7fff_ffff);
                f32::from_bits(bits.max().unwrap_or(0))
            }
        }
    }

    /// Bytes of both planes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        4 * (self.quants.len() + self.scales.len()) as u64
    }
}

struct Packer {
    packed: Packed,
    values: Vec<f32>,
    blocks: Vec<u8>,
    /// Scales written so far.
    scales: usize,
}

impl Packer {
    fn new(ty: WeightType, rows: usize, cols: usize) -> Self {
        let octets = padded(cols) / 8;
        let scales = match ty.has_scales() {
            true => (rows * octets / 4).div_ceil(2),
            false => 0,
        };
        Self {
            packed: Packed {
                ty,
                rows,
                cols,
                quants: Vec::with_capacity(rows * octets * ty.words()),
                scales: vec![0; scales],
            },
            values: vec![0.0; cols],
            blocks: Vec::new(),
            scales: 0,
        }
    }

    fn row(&mut self, ty: GgmlType, row: &[u8]) -> Result<(), PackError> {
        match ty {
            GgmlType::Q8_0 => row.as_chunks().0.iter().for_each(|b| self.q8_0(b)),
            GgmlType::Q4_0 => row.as_chunks().0.iter().for_each(|b| self.q4_0(b)),
            GgmlType::Q5_0 => row.as_chunks().0.iter().for_each(|b| self.q5_0(b)),
            GgmlType::F16 => self.halves(row),
            GgmlType::F32 | GgmlType::Bf16 => {
                let mut values = std::mem::take(&mut self.values);
                dequantize(ty, row, &mut values)?;
                self.floats(&values);
                self.values = values;
            }
            _ => {
                dequantize(ty, row, &mut self.values)?;
                let blocks = self.values.len() / q8_0::BLOCK_LEN;
                let mut bytes = std::mem::take(&mut self.blocks);
                bytes.resize(blocks * q8_0::BLOCK_BYTES, 0);
                quantize(GgmlType::Q8_0, &self.values, &mut bytes)?;
                bytes.as_chunks().0.iter().for_each(|b| self.q8_0(b));
                self.blocks = bytes;
            }
        }
        Ok(())
    }

    fn scale(&mut self, bits: [u8; 2]) {
        let bits = u32::from(u16::from_le_bytes(bits));
        if let Some(word) = self.packed.scales.get_mut(self.scales / 2) {
            *word |= bits << (16 * (self.scales % 2));
        }
        self.scales += 1;
    }

    fn q8_0(&mut self, block: &[u8; q8_0::BLOCK_BYTES]) {
        let [d0, d1, codes @ ..] = block;
        self.scale([*d0, *d1]);
        let words = codes.as_chunks().0.iter().map(|b| u32::from_le_bytes(*b));
        self.packed.quants.extend(words);
    }

    fn q4_0(&mut self, block: &[u8; q4_0::BLOCK_BYTES]) {
        let [d0, d1, nibbles @ ..] = block;
        self.scale([*d0, *d1]);
        // Columns 0 to 15 are in the low nibbles, 16 to 31 in the high ones.
        for shift in [0, 4] {
            for eight in nibbles.as_chunks::<8>().0 {
                let code = |(i, byte): (usize, &u8)| u32::from(byte >> shift & 15) << (4 * i);
                let word = eight.iter().enumerate().map(code).sum();
                self.packed.quants.push(word);
            }
        }
    }

    fn q5_0(&mut self, block: &[u8; q5_0::BLOCK_BYTES]) {
        let [d0, d1, h0, h1, h2, h3, nibbles @ ..] = block;
        self.scale([*d0, *d1]);
        let fifth = u32::from_le_bytes([*h0, *h1, *h2, *h3]);
        let code = |i: usize| {
            let nibble = nibbles[i % 16] >> (i / 16 * 4) & 15;
            let high = (fifth >> i & 1) as u8;
            (nibble | high << 4).wrapping_sub(16)
        };
        for first in (0..q5_0::BLOCK_LEN).step_by(4) {
            let bytes = std::array::from_fn(|i| code(first + i));
            self.packed.quants.push(u32::from_le_bytes(bytes));
        }
    }

    fn halves(&mut self, row: &[u8]) {
        let values = row.as_chunks::<2>().0;
        for pair in values.chunks(2) {
            let at = |i: usize| pair.get(i).map_or(0, |b| u32::from(u16::from_le_bytes(*b)));
            self.packed.quants.push(at(0) | at(1) << 16);
        }
        let written = values.len().div_ceil(2);
        self.pad(padded(values.len()) / 2 - written);
    }

    fn floats(&mut self, row: &[f32]) {
        self.packed.quants.extend(row.iter().map(|x| x.to_bits()));
        self.pad(padded(row.len()) - row.len());
    }

    fn pad(&mut self, words: usize) {
        let len = self.packed.quants.len();
        self.packed.quants.resize(len + words, 0);
    }
}

#[cfg(test)]
mod tests;
