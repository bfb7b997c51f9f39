//! Activations as quantized weights want them: units of 32 signed bytes.
//!
//! As ggml's Q8_0, but with the scale in `f32`. K-quants are multiplied by the
//! same units: scales per 32 lose less than ggml's Q8_K, which has one per 256.
//! Tokens are grouped into tiles, so that the inner loop of a matrix product
//! reads the same unit of several tokens side by side.

use core::ops::Range;

use crate::codec::UNIT;

/// 32 activations of one token: activation `i` is `scale * codes[i]`.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(crate) struct TokenUnit {
    /// Always in -127..=127.
    pub(crate) codes: [i8; UNIT],
    pub(crate) scale: f32,
    /// The sums of codes 0..16 and 16..32.
    pub(crate) sums: [i32; 2],
    /// Where a variant's integer dot product starts, over the first half, the
    /// second half and both, so that it ends at the true one.
    pub(crate) starts: [i32; 3],
}

/// A largest magnitude below this is zero: its inverse could overflow.
pub(crate) const ZERO_BELOW: f32 = 1e-30;

/// The largest code.
pub(crate) const TOP: f32 = 127.0;

impl TokenUnit {
    /// 32 zeros.
    pub(crate) const ZERO: Self = Self {
        codes: [0; UNIT],
        scale: 0.0,
        sums: [0; 2],
        starts: [0; 3],
    };

    /// Four neighbouring codes as the bytes of one integer.
    #[inline(always)]
    pub(crate) fn group(&self, group: usize) -> i32 {
        i32::from_ne_bytes(self.codes.as_chunks().0[group].map(|c: i8| c as u8))
    }
}

/// A way to quantize a unit. A trait and not a closure, so that it is inlined
/// into a kernel that is compiled for the instructions it uses.
pub(crate) trait Quantize {
    fn quantize(x: &[f32; UNIT], unit: &mut TokenUnit);
}

/// T tokens of quantized activations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Activations {
    /// Units per token.
    units: usize,
    /// Tokens of a tile at most.
    widest: usize,
    /// Tile after tile; in a tile unit after unit, of each the tile's tokens.
    all: Vec<TokenUnit>,
}

/// Where some tokens go once they are quantized.
#[derive(Debug)]
pub(crate) struct Room<'a> {
    /// Units per token.
    units: usize,
    /// Tokens of a tile at most.
    widest: usize,
    all: &'a mut [TokenUnit],
}

/// A few tokens whose units lie side by side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tile<'a> {
    /// The index of the first of them.
    pub(crate) first: usize,
    /// How many they are.
    pub(crate) width: usize,
    /// Unit after unit, `width` tokens each.
    pub(crate) units: &'a [TokenUnit],
}

impl Activations {
    /// Makes room for `tokens` tokens of `cols` activations, in tiles of
    /// `widest` tokens and smaller powers of two for what is left.
    pub(crate) fn lay_out(&mut self, tokens: usize, cols: usize, widest: usize) {
        self.units = cols / UNIT;
        self.widest = widest;
        self.all.resize(tokens * self.units, TokenUnit::ZERO);
    }

    /// The activations `x` in about so many parts, each with the room that its
    /// tokens have. Parts end where tiles do.
    pub(crate) fn cut<'a>(
        &'a mut self,
        x: &'a [f32],
        parts: usize,
    ) -> impl Iterator<Item = (&'a [f32], Room<'a>)> {
        let (units, widest) = (self.units, self.widest);
        let tiles = self.tokens().div_ceil(widest);
        let tokens = tiles.div_ceil(parts).max(1) * widest;
        let rooms = self.all.chunks_mut((tokens * units).max(1));
        let rooms = rooms.map(move |all| Room { units, widest, all });
        x.chunks((tokens * units * UNIT).max(1)).zip(rooms)
    }

    /// How many tokens they are.
    pub(crate) fn tokens(&self) -> usize {
        self.all.len() / self.units.max(1)
    }

    /// The tiles of some tokens, from one that begins a tile on.
    pub(crate) fn tiles(&self, tokens: Range<usize>) -> impl Iterator<Item = Tile<'_>> {
        widths(tokens, self.widest).map(|(token, width)| Tile {
            first: token,
            width,
            units: &self.all[token * self.units..(token + width) * self.units],
        })
    }
}

impl Room<'_> {
    /// Quantizes as many tokens as there is room for.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub(crate) fn fill<Q: Quantize>(&mut self, x: &[f32]) {
        let (units, _) = x.as_chunks::<UNIT>();
        let tokens = self.all.len() / self.units.max(1);
        for (token, width) in widths(0..tokens, self.widest) {
            let range = token * self.units..(token + width) * self.units;
            let (units, tile) = (&units[range.clone()], &mut self.all[range]);
            for (t, token) in units.chunks_exact(self.units).enumerate() {
                for (unit, slots) in token.iter().zip(tile.chunks_exact_mut(width)) {
                    Q::quantize(unit, &mut slots[t]);
                }
            }
        }
    }
}

/// First token and width of each tile.
fn widths(tokens: Range<usize>, widest: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut token = tokens.start;
    core::iter::from_fn(move || {
        let left = tokens.end - token;
        let width = widest.min(1 << left.checked_ilog2()?);
        token += width;
        Some((token - width, width))
    })
}
