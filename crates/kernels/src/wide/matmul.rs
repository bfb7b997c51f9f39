//! Activation rows times a weight matrix: which loop does it.

use core::slice::ChunksExact;

use senselm_quant::GgmlType;

use super::matmul_float::{Binary16, Binary32, Brain16, matmul_float};
use super::panel::pack;
use super::quantize::Wide;
use super::{Bytes, PanelUnit, RowCodec, rows, tile};
use crate::activations::{Activations, Room, Tile, TokenUnit};
use crate::arch::Columns;
use crate::codec;
use crate::kernels::PANEL_TOKENS;
use crate::scratch::RowBuffers;
use crate::{LANES, Weights};

/// Quantized activations that are kept at hand while all weights go by: they
/// should stay in a second-level cache.
const BLOCK_BYTES: usize = 512 * 1024;

/// Activations as [`matmul`] wants them.
#[inline(always)]
pub(crate) fn quantize<B: Bytes>(x: &[f32], room: &mut Room<'_>) {
    room.fill::<Wide<B>>(x);
}

#[inline(always)]
pub(crate) fn matmul<B: Bytes>(
    w: &Weights<'_>,
    x: &[f32],
    activations: &Activations,
    y: Columns<'_>,
    buffers: &mut RowBuffers,
) {
    let q = Quantized {
        w,
        activations,
        y,
        buffers,
    };
    match w.ty() {
        GgmlType::F32 => matmul_float::<B::Floats, Binary32>(w, x, q.y, q.buffers),
        GgmlType::F16 => matmul_float::<B::Floats, Binary16>(w, x, q.y, q.buffers),
        GgmlType::Bf16 => matmul_float::<B::Floats, Brain16>(w, x, q.y, q.buffers),
        GgmlType::Q8_0 => quantized::<B, codec::Q8_0>(q),
        GgmlType::Q4_0 => quantized::<B, codec::Q4_0>(q),
        GgmlType::Q4K => quantized::<B, codec::Q4K>(q),
        GgmlType::Q4_1 => quantized::<B, codec::Q4_1>(q),
        GgmlType::Q5_0 => quantized::<B, codec::Q5_0>(q),
        GgmlType::Q5_1 => quantized::<B, codec::Q5_1>(q),
        GgmlType::Q5K => quantized::<B, codec::Q5K>(q),
        GgmlType::Q6K => quantized::<B, codec::Q6K>(q),
        other => unreachable!("Weights holds only types with a decoder, not {other}"),
    }
}

/// A product with quantized weights.
struct Quantized<'a> {
    w: &'a Weights<'a>,
    activations: &'a Activations,
    y: Columns<'a>,
    buffers: &'a mut RowBuffers,
}

#[inline(always)]
fn quantized<B: Bytes, C: RowCodec>(q: Quantized<'_>) {
    if q.activations.tokens() < PANEL_TOKENS {
        by_rows::<B, C>(q);
    } else {
        by_panels::<B, C>(q);
    }
}

/// Few tokens: each weight is unpacked on its way into the sum.
#[inline(always)]
fn by_rows<B: Bytes, C: RowCodec>(q: Quantized<'_>) {
    let Quantized {
        w,
        activations,
        mut y,
        buffers,
    } = q;
    let (groups, last) = groups(w, &mut buffers.rest);
    for (g, rows) in groups.chain(last).enumerate() {
        for token in activations.tiles(0..activations.tokens()) {
            let sums = rows::multiply::<B, C>(rows, token.units);
            put(&mut y.row(token.first)[g * LANES..], &sums);
        }
    }
}

/// Many tokens: 16 rows at a time are unpacked once and meet all of them.
#[inline(always)]
fn by_panels<B: Bytes, C: RowCodec>(q: Quantized<'_>) {
    let Quantized {
        w,
        activations,
        mut y,
        buffers,
    } = q;
    let RowBuffers { panel, rest, .. } = buffers;
    let units = w.cols() / codec::UNIT;
    let block = (BLOCK_BYTES / (units * size_of::<TokenUnit>())).next_multiple_of(B::TOKENS);
    let mut sums = [[0.0; LANES]; tile::WIDEST];
    let tokens = activations.tokens();
    for first in (0..tokens).step_by(block) {
        let these = first..tokens.min(first + block);
        let (groups, last) = groups(w, rest);
        for (g, rows) in groups.chain(last).enumerate() {
            pack::<B, C>(rows, panel);
            for tile in activations.tiles(these.clone()) {
                multiply::<B, C>(panel, tile, &mut sums);
                for (n, sums) in sums[..tile.width].iter().enumerate() {
                    put(&mut y.row(tile.first + n)[g * LANES..], sums);
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
