//! Loss and gradient of one batch: the forward pass of `model::forward` and its
//! way back, over slices that are kept from step to step.
//!
//! Rows of all sequences lie one under another. B sequences, T tokens, C width,
//! F feed-forward width, V vocabulary; N of the `B*T` rows count in the loss.

use std::ops::Range;

use super::attention::Heads;
use super::passes;
use super::product::{Matrix, Products, Side, Start};
use super::workspace::{Workspace, sized};
use crate::data::Batch;
use crate::fused::slices;
use crate::model::{Dropout, ModelConfig};

/// Where the parameters stand in the order of `senselm_arch::tensors`: a weight or
/// a gain, and behind it its bias.
const TOKENS: usize = 0;
const POSITIONS: usize = 1;
const BEFORE: usize = 2;
const ATTENTION_NORM: usize = 0;
const QKV: usize = 2;
const ATTENTION_OUTPUT: usize = 4;
const FFN_NORM: usize = 6;
const FFN_UP: usize = 8;
const FFN_DOWN: usize = 10;
const IN_LAYER: usize = 12;

/// Rows that go through the row-wise parts of a layer together: their activations
/// stay in the second cache, and they are one block of the inner dimension where
/// gradients of weights add up.
const ROWS: usize = 120;

/// A model and a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pass<'a> {
    pub(crate) config: &'a ModelConfig,
    /// The parameters, in the order of `senselm_arch::tensors`.
    pub(crate) values: &'a [&'a [f32]],
    /// Those of them that are matrices, transposed.
    pub(crate) turned: &'a [Vec<f32>],
    pub(crate) batch: &'a Batch,
    pub(crate) smoothing: f64,
}

impl Pass<'_> {
    /// The loss; its gradient is added to that of the workspace.
    pub(crate) fn run(&self, dropout: &mut Dropout, workspace: &mut Workspace) -> f64 {
        self.forward(dropout, workspace);
        let loss = self.head(workspace);
        self.backward(workspace);
        loss
    }

    fn heads(&self) -> Heads {
        let [b, t] = self.batch.shape;
        let h = self.config.heads;
        let d = self.config.width / h;
        Heads { b, t, h, d }
    }

    fn layer(&self, index: usize) -> usize {
        BEFORE + index * IN_LAYER
    }

    /// Where the last norm stands, behind the layers; an untied head is next.
    fn norm(&self) -> usize {
        self.layer(self.config.layers)
    }

    fn head_at(&self) -> usize {
        match self.config.tied {
            true => TOKENS,
            false => self.norm() + 2,
        }
    }

    fn forward(&self, dropout: &mut Dropout, workspace: &mut Workspace) {
        let c = self.config.width;
        let [b, t] = self.batch.shape;
        let n = b * t;
        let Workspace {
            products,
            streams,
            layers,
            embedding_mask,
            change,
            ..
        } = workspace;
        let stream = sized(&mut streams[0], n * c);
        let (tokens, positions) = (self.values[TOKENS], self.values[POSITIONS]);
        for (at, (row, &id)) in stream.chunks_exact_mut(c).zip(&self.batch.ids).enumerate() {
            let token = &tokens[id as usize * c..][..c];
            let position = &positions[at % t * c..][..c];
            for ((x, token), position) in row.iter_mut().zip(token).zip(position) {
                *x = token + position;
            }
        }
        dropout.draw(n * c, embedding_mask);
        passes::scale(embedding_mask, stream);
        let (f, heads) = (self.config.ff_width, self.heads());
        for (index, saved) in layers.iter_mut().enumerate() {
            let at = self.layer(index);
            let (before, after) = streams.split_at_mut(index + 1);
            let x = &before[index];
            let normed = sized(&mut saved.normed, n * c);
            let qkv = sized(&mut saved.qkv, n * 3 * c);
            for Block { rows, c: part } in blocks(n, c) {
                let normed = &mut normed[part.clone()];
                self.normed(at + ATTENTION_NORM, &x[part], normed);
                let qkv = &mut qkv[rows.start * 3 * c..rows.end * 3 * c];
                self.linear(products, at + QKV, normed, qkv);
            }
            let mixed = sized(&mut saved.mixed, n * c);
            let share = sized(&mut saved.share, b * heads.h * t * t);
            heads.forward(products, qkv, share, mixed);
            dropout.draw(n * c, &mut saved.attended_mask);
            dropout.draw(n * c, &mut saved.outer_mask);
            let middle = sized(&mut saved.middle, n * c);
            let ffn_normed = sized(&mut saved.ffn_normed, n * c);
            let bent = sized(&mut saved.bent, n * f);
            let slope = sized(&mut saved.slope, n * f);
            let next = sized(&mut after[0], n * c);
            for Block { rows, c: part } in blocks(n, c) {
                let inner = rows.start * f..rows.end * f;
                let change = sized(change, part.len());
                let mask = |mask| masked_part(mask, &part);
                self.linear(
                    products,
                    at + ATTENTION_OUTPUT,
                    &mixed[part.clone()],
                    change,
                );
                let middle = &mut middle[part.clone()];
                passes::add_scaled(&x[part.clone()], change, mask(&saved.attended_mask), middle);
                let ffn_normed = &mut ffn_normed[part.clone()];
                self.normed(at + FFN_NORM, middle, ffn_normed);
                let (bent, slope) = (&mut bent[inner.clone()], &mut slope[inner]);
                self.linear(products, at + FFN_UP, ffn_normed, slope);
                slices::gelu_and_slope(slope, bent);
                self.linear(products, at + FFN_DOWN, bent, change);
                let next = &mut next[part.clone()];
                passes::add_scaled(middle, change, mask(&saved.outer_mask), next);
            }
        }
    }

    /// The loss of the rows that count, and the gradient of the last stream.
    fn head(&self, workspace: &mut Workspace) -> f64 {
        let (c, v) = (self.config.width, self.config.vocab);
        let n = self.batch.rows.len();
        let Workspace {
            products,
            streams,
            change,
            rows,
            rows_normed,
            logits,
            stream_grad,
            gradient,
            ..
        } = workspace;
        let stream = &streams[self.config.layers];
        rows.clear();
        for &row in &self.batch.rows {
            rows.extend_from_slice(&stream[row as usize * c..][..c]);
        }
        let rows_normed = sized(rows_normed, n * c);
        self.normed(self.norm(), rows, rows_normed);
        let head = self.values[self.head_at()];
        let logits = sized(logits, n * v);
        products.multiply(
            plain(rows_normed, c),
            plain(&self.turned[self.head_at()], v),
            (logits, v),
            [n, c, v],
            Start::Zero,
        );
        let targets: Vec<usize> = self.batch.targets.iter().map(|&id| id as usize).collect();
        let (weights, smoothing) = (&self.batch.weights, self.smoothing as f32);
        let loss = slices::token_loss_and_grad(logits, v, &targets, weights, smoothing);
        let head_grad = (gradient[self.head_at()].as_mut_slice(), c);
        let (grads, normed) = (turned(logits, v), plain(rows_normed, c));
        products.multiply(grads, normed, head_grad, [v, n, c], Start::Kept);
        let rows_grad = sized(change, n * c);
        let (grads, head) = (plain(logits, v), plain(head, c));
        products.multiply(grads, head, (rows_grad, c), [n, v, c], Start::Zero);
        self.norm_grad(self.norm(), rows, rows_grad, gradient);
        let stream_grad = sized(stream_grad, stream.len());
        stream_grad.fill(0.0);
        for (grad, &row) in rows_grad.chunks_exact(c).zip(&self.batch.rows) {
            stream_grad[row as usize * c..][..c].copy_from_slice(grad);
        }
        loss
    }

    fn backward(&self, workspace: &mut Workspace) {
        let (c, f, t) = (self.config.width, self.config.ff_width, self.batch.shape[1]);
        let Workspace {
            products,
            streams,
            layers,
            embedding_mask,
            change,
            stream_grad,
            mixed_grad,
            qkv_grad,
            scores_grad,
            inner_grad,
            gradient,
            ..
        } = workspace;
        let n = stream_grad.len() / c;
        let mixed_grad = sized(mixed_grad, n * c);
        let qkv_grad = sized(qkv_grad, n * 3 * c);
        let scores_grad = sized(scores_grad, t * t);
        for (index, saved) in layers.iter().enumerate().rev() {
            let at = self.layer(index);
            for Block { rows, c: part } in blocks(n, c) {
                let inner = rows.start * f..rows.end * f;
                let stream_grad = &mut stream_grad[part.clone()];
                let mask = |mask| masked_part(mask, &part);
                let (bent, slope) = (&saved.bent[inner.clone()], &saved.slope[inner.clone()]);
                let grad = masked(stream_grad, mask(&saved.outer_mask), change);
                self.linear_grad(products, at + FFN_DOWN, bent, grad, gradient);
                let inner_grad = sized(inner_grad, inner.len());
                self.input_grad(products, at + FFN_DOWN, grad, inner_grad);
                passes::scale(slope, inner_grad);
                let normed = &saved.ffn_normed[part.clone()];
                self.linear_grad(products, at + FFN_UP, normed, inner_grad, gradient);
                let grad = sized(change, part.len());
                self.input_grad(products, at + FFN_UP, inner_grad, grad);
                self.norm_grad(at + FFN_NORM, &saved.middle[part.clone()], grad, gradient);
                passes::add(grad, stream_grad);
                let grad = masked(stream_grad, mask(&saved.attended_mask), change);
                let mixed = &saved.mixed[part.clone()];
                self.linear_grad(products, at + ATTENTION_OUTPUT, mixed, grad, gradient);
                let mixed_grad = &mut mixed_grad[part];
                self.input_grad(products, at + ATTENTION_OUTPUT, grad, mixed_grad);
            }
            let heads = (saved.qkv.as_slice(), saved.share.as_slice());
            self.heads()
                .backward(products, heads, mixed_grad, scores_grad, qkv_grad);
            for Block { rows, c: part } in blocks(n, c) {
                let qkv_grad = &qkv_grad[rows.start * 3 * c..rows.end * 3 * c];
                let normed = &saved.normed[part.clone()];
                self.linear_grad(products, at + QKV, normed, qkv_grad, gradient);
                let grad = sized(change, part.len());
                self.input_grad(products, at + QKV, qkv_grad, grad);
                let x = &streams[index][part.clone()];
                self.norm_grad(at + ATTENTION_NORM, x, grad, gradient);
                passes::add(grad, &mut stream_grad[part]);
            }
        }
        passes::scale(embedding_mask, stream_grad);
        for (at, (grad, &id)) in stream_grad.chunks_exact(c).zip(&self.batch.ids).enumerate() {
            passes::add(grad, &mut gradient[TOKENS][id as usize * c..][..c]);
            passes::add(grad, &mut gradient[POSITIONS][at % t * c..][..c]);
        }
    }

    fn normed(&self, at: usize, x: &[f32], y: &mut [f32]) {
        let (gain, bias) = (self.values[at], self.values[at + 1]);
        slices::layer_norm(x, gain, bias, self.config.eps, y);
    }

    /// Replaces `grad` by the gradient of what went into the norm.
    fn norm_grad(&self, at: usize, x: &[f32], grad: &mut [f32], gradient: &mut [Vec<f32>]) {
        let [gain_grad, bias_grad] = &mut gradient[at..at + 2] else {
            return;
        };
        let (gain, eps) = (self.values[at], self.config.eps);
        slices::layer_norm_grad(x, gain, eps, grad, gain_grad, bias_grad);
    }

    /// Outputs and inputs of the linear layer at `at`.
    fn width(&self, at: usize) -> [usize; 2] {
        let outputs = self.values[at + 1].len();
        [outputs, self.values[at].len() / outputs]
    }

    fn linear(&self, products: &mut Products, at: usize, x: &[f32], y: &mut [f32]) {
        let [outputs, inputs] = self.width(at);
        let rows = x.len() / inputs;
        products.multiply(
            plain(x, inputs),
            plain(&self.turned[at], outputs),
            (y, outputs),
            [rows, inputs, outputs],
            Start::Bias(self.values[at + 1]),
        );
    }

    /// Adds the gradients of weight and bias.
    fn linear_grad(
        &self,
        products: &mut Products,
        at: usize,
        x: &[f32],
        grad: &[f32],
        gradient: &mut [Vec<f32>],
    ) {
        let [outputs, inputs] = self.width(at);
        let [weight_grad, bias_grad] = &mut gradient[at..at + 2] else {
            return;
        };
        passes::add_rows(grad, bias_grad);
        products.multiply(
            turned(grad, outputs),
            plain(x, inputs),
            (weight_grad, inputs),
            [outputs, grad.len() / outputs, inputs],
            Start::Kept,
        );
    }

    /// The gradient of what went into a linear layer.
    fn input_grad(&self, products: &mut Products, at: usize, grad: &[f32], found: &mut [f32]) {
        let [outputs, inputs] = self.width(at);
        let rows = grad.len() / outputs;
        products.multiply(
            plain(grad, outputs),
            plain(self.values[at], inputs),
            (found, inputs),
            [rows, outputs, inputs],
            Start::Zero,
        );
    }
}

fn plain(values: &[f32], stride: usize) -> Side<'_> {
    Side::Plain(Matrix { values, stride })
}

fn turned(values: &[f32], stride: usize) -> Side<'_> {
    Side::Transposed(Matrix { values, stride })
}

/// Some of the rows, and where they stand in `[B*T, C]`.
struct Block {
    rows: Range<usize>,
    c: Range<usize>,
}

/// `n` rows of `c` values, [`ROWS`] at a time.
fn blocks(n: usize, c: usize) -> impl Iterator<Item = Block> {
    (0..n).step_by(ROWS).map(move |start| {
        let rows = start..n.min(start + ROWS);
        let c = rows.start * c..rows.end * c;
        Block { rows, c }
    })
}

/// Those of the factors of a dropout that belong to a block; none stay none.
fn masked_part<'a>(mask: &'a [f32], part: &Range<usize>) -> &'a [f32] {
    mask.get(part.clone()).unwrap_or_default()
}

/// `grad` behind a dropout, which is `grad` itself where nothing was dropped.
fn masked<'a>(grad: &'a [f32], mask: &[f32], room: &'a mut Vec<f32>) -> &'a [f32] {
    if mask.is_empty() {
        return grad;
    }
    room.clear();
    room.extend_from_slice(grad);
    passes::scale(mask, room);
    room
}
