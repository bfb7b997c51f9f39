//! Causal self-attention of every head of every sequence, forward and backward.

use super::product::{Causal, Matrix, Products, Side, Start};
use crate::fused::slices;

/// Sequences, their length, heads and the width of a head.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heads {
    pub(super) b: usize,
    pub(super) t: usize,
    pub(super) h: usize,
    pub(super) d: usize,
}

impl Heads {
    fn scale(self) -> f32 {
        (1.0 / (self.d as f64).sqrt()) as f32
    }

    /// Each head of each sequence: where its rows begin in `[B*T, C]`, where its
    /// queries, keys and values begin in `[B*T, 3, C]`, and its matrix of shares.
    fn each(self) -> impl Iterator<Item = (usize, [usize; 3], core::ops::Range<usize>)> {
        let Self { b, t, h, d } = self;
        let c = h * d;
        (0..b * h).map(move |index| {
            let (sequence, head) = (index / h, index % h);
            let row = sequence * t;
            let parts = [0, 1, 2].map(|part| (row * 3 + part) * c + head * d);
            (
                row * c + head * d,
                parts,
                index * t * t..(index + 1) * t * t,
            )
        })
    }

    /// Writes the mixed values and the shares they were mixed by.
    ///
    /// # Shapes
    /// `qkv` is `[B*T, 3, C]`, `share` `[B, H, T, T]` and `mixed` `[B*T, C]`.
    pub(super) fn forward(
        self,
        products: &mut Products,
        qkv: &[f32],
        share: &mut [f32],
        mixed: &mut [f32],
    ) {
        let Self { t, h, d, .. } = self;
        let c = h * d;
        let part = |begin: usize| Matrix {
            values: &qkv[begin..],
            stride: 3 * c,
        };
        for (begin, [queries, keys, values], matrix) in self.each() {
            let share = &mut share[matrix];
            products.multiply_causal(
                Side::Plain(part(queries)),
                Side::Transposed(part(keys)),
                (share, t),
                [t, d, t],
                Start::Zero,
                Causal::Result,
            );
            slices::causal_softmax(share, t, self.scale());
            let shares = Matrix {
                values: share,
                stride: t,
            };
            products.multiply_causal(
                Side::Plain(shares),
                Side::Plain(part(values)),
                (&mut mixed[begin..], c),
                [t, t, d],
                Start::Zero,
                Causal::Left,
            );
        }
    }

    /// Writes the gradient of `qkv`, given that of the mixed values; `room` has
    /// `T * T` floats for what lies between.
    pub(super) fn backward(
        self,
        products: &mut Products,
        (qkv, share): (&[f32], &[f32]),
        mixed_grad: &[f32],
        room: &mut [f32],
        qkv_grad: &mut [f32],
    ) {
        let Self { t, h, d, .. } = self;
        let c = h * d;
        let part = |begin: usize| Matrix {
            values: &qkv[begin..],
            stride: 3 * c,
        };
        for (begin, [queries, keys, values], matrix) in self.each() {
            let share = &share[matrix];
            let shares = Matrix {
                values: share,
                stride: t,
            };
            let grad = Matrix {
                values: &mixed_grad[begin..],
                stride: c,
            };
            let mut multiply = |left, right, begin: usize, causal| {
                let result = (&mut qkv_grad[begin..], 3 * c);
                products.multiply_causal(left, right, result, [t, t, d], Start::Zero, causal);
            };
            let turned = Causal::LeftTurned;
            multiply(Side::Transposed(shares), Side::Plain(grad), values, turned);
            products.multiply_causal(
                Side::Plain(grad),
                Side::Transposed(part(values)),
                (room, t),
                [t, d, t],
                Start::Zero,
                Causal::Result,
            );
            slices::causal_softmax_grad(share, room, t, self.scale());
            let scores = Matrix {
                values: room,
                stride: t,
            };
            let mut multiply = |left, right, begin: usize, causal| {
                let result = (&mut qkv_grad[begin..], 3 * c);
                products.multiply_causal(left, right, result, [t, t, d], Start::Zero, causal);
            };
            let (queries_of, keys_of) = (Side::Plain(part(queries)), Side::Plain(part(keys)));
            multiply(Side::Plain(scores), keys_of, queries, Causal::Left);
            multiply(Side::Transposed(scores), queries_of, keys, turned);
        }
    }
}
