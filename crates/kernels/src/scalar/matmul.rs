//! Activation rows times a weight matrix.

use senselm_quant::GgmlType;

use super::quantize::Scalar;
use super::sum::dot;
use crate::Weights;
use crate::activations::{Activations, Room, TokenUnit};
use crate::arch::Columns;
use crate::codec::{self, Codec, UNIT};
use crate::half::{bf16_to_f32, f16_to_f32};
use crate::scratch::RowBuffers;

/// One dot product per token and row of `w`.
pub(super) fn matmul(
    w: &Weights<'_>,
    x: &[f32],
    activations: &Activations,
    y: Columns<'_>,
    _: &mut RowBuffers,
) {
    match w.ty() {
        GgmlType::F32 => float(w, x, y, f32::from_le_bytes),
        GgmlType::F16 => float(w, x, y, |b| f16_to_f32(u16::from_le_bytes(b))),
        GgmlType::Bf16 => float(w, x, y, |b| bf16_to_f32(u16::from_le_bytes(b))),
        GgmlType::Q8_0 => quantized::<codec::Q8_0>(w, activations, y),
        GgmlType::Q4_0 => quantized::<codec::Q4_0>(w, activations, y),
        GgmlType::Q4_1 => quantized::<codec::Q4_1>(w, activations, y),
        GgmlType::Q5_0 => quantized::<codec::Q5_0>(w, activations, y),
        GgmlType::Q5_1 => quantized::<codec::Q5_1>(w, activations, y),
        GgmlType::Q4K => quantized::<codec::Q4K>(w, activations, y),
        GgmlType::Q5K => quantized::<codec::Q5K>(w, activations, y),
        GgmlType::Q6K => quantized::<codec::Q6K>(w, activations, y),
        other => unreachable!("Weights holds only types with a decoder, not {other}"),
    }
}

fn float<const BYTES: usize>(
    w: &Weights<'_>,
    x: &[f32],
    mut y: Columns<'_>,
    decode: impl Fn([u8; BYTES]) -> f32,
) {
    for (t, x) in x.chunks_exact(w.cols()).enumerate() {
        for (row, y) in w.bytes().chunks_exact(w.row_bytes()).zip(y.row(t)) {
            *y = dot(x, row.as_chunks().0.iter().map(|b| decode(*b)));
        }
    }
}

/// Activations as [`matmul`] wants them.
pub(super) fn quantize(x: &[f32], room: &mut Room<'_>) {
    room.fill::<Scalar>(x);
}

fn quantized<C: Codec>(w: &Weights<'_>, activations: &Activations, mut y: Columns<'_>) {
    for token in activations.tiles(0..activations.tokens()) {
        let y = y.row(token.first);
        for (row, y) in w.bytes().chunks_exact(w.row_bytes()).zip(y) {
            *y = dot_units::<C>(row, token.units);
        }
    }
}

/// Units are added one after another; the integer sums inside one are exact.
fn dot_units<C: Codec>(row: &[u8], token: &[TokenUnit]) -> f32 {
    let mut acc = 0.0_f32;
    let mut token = token.iter();
    for block in C::blocks(row) {
        C::units(block, |w| {
            let Some(x) = token.next() else { return };
            let [s0, s1] = x.sums;
            let [i0, i1] = half_dots(&w.codes, &x.codes);
            let product = if C::HAS_HALVES {
                w.scales[0] * i0 as f32 + w.scales[1] * i1 as f32
            } else if C::HAS_MINIMUM {
                w.scales[0] * (i0 + i1) as f32 + w.minimum * (s0 + s1) as f32
            } else {
                w.scales[0] * (i0 + i1) as f32
            };
            acc += product * x.scale;
        });
    }
    acc
}

fn half_dots(w: &[i8; UNIT], x: &[i8; UNIT]) -> [i32; 2] {
    let mut dots = [0; 2];
    for (i, (&w, &x)) in w.iter().zip(x).enumerate() {
        dots[i / 16] += i32::from(w) * i32::from(x);
    }
    dots
}
