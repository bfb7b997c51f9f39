//! Activation rows times a weight matrix: which loop does it.

use core::slice::ChunksExact;

use senselm_quant::GgmlType;

use super::matmul_float::{Binary16, Binary32, Brain16, matmul_float};
use super::panel::pack;
use super::quantize::Wide;
use super::{Bytes, PanelUnit, RowCodec, rows, tile};
use crate::activations::{Tile, TokenUnit};
use crate::codec;
use crate::{LANES, Scratch, Weights};

/// From so many tokens on, unpacking rows to a panel pays for itself.
const PANEL_TOKENS: usize = 4;

/// Quantized activations that are kept at hand while all weights go by: they
/// should stay in a second-level cache.
const BLOCK_BYTES: usize = 512 * 1024;

#[inline(always)]
pub(crate) fn matmul<B: Bytes>(w: &Weights<'_>, x: &[f32], y: &mut [f32], scratch: &mut Scratch) {
    match w.ty() {
        GgmlType::F32 => matmul_float::<B::Floats, Binary32>(w, x, y, scratch),
        GgmlType::F16 => matmul_float::<B::Floats, Binary16>(w, x, y, scratch),
        GgmlType::Bf16 => matmul_float::<B::Floats, Brain16>(w, x, y, scratch),
        GgmlType::Q8_0 => quantized::<B, codec::Q8_0>(w, x, y, scratch),
        GgmlType::Q4_0 => quantized::<B, codec::Q4_0>(w, x, y, scratch),
        GgmlType::Q4K => quantized::<B, codec::Q4K>(w, x, y, scratch),
        GgmlType::Q4_1 => quantized::<B, codec::Q4_1>(w, x, y, scratch),
        GgmlType::Q5_0 => quantized::<B, codec::Q5_0>(w, x, y, scratch),
        GgmlType::Q5_1 => quantized::<B, codec::Q5_1>(w, x, y, scratch),
        GgmlType::Q5K => quantized::<B, codec::Q5K>(w, x, y, scratch),
        GgmlType::Q6K => quantized::<B, codec::Q6K>(w, x, y, scratch),
        other => unreachable!("Weights holds only types with a decoder, not {other}"),
    }
}

#[inline(always)]
fn quantized<B: Bytes, C: RowCodec>(
    w: &Weights<'_>,
    x: &[f32],
    y: &mut [f32],
    scratch: &mut Scratch,
) {
    if x.len() / w.cols() < PANEL_TOKENS {
        by_rows::<B, C>(w, x, y, scratch);
    } else {
        by_panels::<B, C>(w, x, y, scratch);
    }
}

/// Few tokens: each weight is unpacked on its way into the sum.
#[inline(always)]
fn by_rows<B: Bytes, C: RowCodec>(
    w: &Weights<'_>,
    x: &[f32],
    y: &mut [f32],
    scratch: &mut Scratch,
) {
    let Scratch {
        activations, rest, ..
    } = scratch;
    activations.fill::<Wide<B>>(x, w.cols(), 1);
    let (groups, last) = groups(w, rest);
    for (g, rows) in groups.chain(last).enumerate() {
        for (token, y) in activations.tiles(1).zip(y.chunks_exact_mut(w.rows())) {
            put(
                &mut y[g * LANES..],
                &rows::multiply::<B, C>(rows, token.units),
            );
        }
    }
}

/// Many tokens: 16 rows at a time are unpacked once and meet all of them.
#[inline(always)]
fn by_panels<B: Bytes, C: RowCodec>(
    w: &Weights<'_>,
    x: &[f32],
    y: &mut [f32],
    scratch: &mut Scratch,
) {
    let Scratch {
        activations,
        panel,
        rest,
        ..
    } = scratch;
    let units = w.cols() / codec::UNIT;
    let tokens = (BLOCK_BYTES / (units * size_of::<TokenUnit>())).next_multiple_of(B::TOKENS);
    let mut sums = [[0.0; LANES]; tile::WIDEST];
    let blocks = x.chunks(tokens * w.cols());
    for (x, y) in blocks.zip(y.chunks_mut(tokens * w.rows())) {
        activations.fill::<Wide<B>>(x, w.cols(), B::TOKENS);
        let (groups, last) = groups(w, rest);
        for (g, rows) in groups.chain(last).enumerate() {
            pack::<B, C>(rows, panel);
            let mut ys = y.chunks_exact_mut(w.rows());
            for tile in activations.tiles(B::TOKENS) {
                multiply::<B, C>(panel, tile, &mut sums);
                for (sums, y) in sums[..tile.width].iter().zip(&mut ys) {
                    put(&mut y[g * LANES..], sums);
                }
            }
        }
    }
}

/// The tile function of the type's kind; types of a kind share it.
#[inline(always)]
fn multiply<B: Bytes, C: RowCodec>(
    panel: &[PanelUnit],
    tile: Tile<'_>,
    out: &mut [[f32; LANES]; tile::WIDEST],
) {
    if C::HAS_HALVES {
        tile::multiply::<B, tile::InHalves>(panel, tile, out);
    } else if C::HAS_MINIMUM {
        tile::multiply::<B, tile::WithMinimum>(panel, tile, out);
    } else {
        tile::multiply::<B, tile::Plain>(panel, tile, out);
    }
}

/// The rows 16 at a time, and what is left, padded to 16 in `rest`.
#[inline(always)]
fn groups<'a>(w: &Weights<'a>, rest: &'a mut Vec<u8>) -> (ChunksExact<'a, u8>, Option<&'a [u8]>) {
    let bytes = LANES * w.row_bytes();
    let groups = w.bytes().chunks_exact(bytes);
    let last = groups.remainder();
    if last.is_empty() {
        return (groups, None);
    }
    rest.clear();
    rest.extend_from_slice(last);
    rest.resize(bytes, 0);
    (groups, Some(rest))
}

/// As many of the sums as there are rows left.
#[inline(always)]
fn put(y: &mut [f32], sums: &[f32; LANES]) {
    if let Some(y) = y.first_chunk_mut() {
        *y = *sums;
    } else {
        let rows = y.len();
        y.copy_from_slice(&sums[..rows]);
    }
}
