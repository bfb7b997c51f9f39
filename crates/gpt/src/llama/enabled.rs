//! A model of Llama's shape, in the tests only: RMS norms, rotated queries and
//! keys, fewer heads of keys and values, a gated feed-forward part, no biases.
//!
//! It shows what another architecture takes: a table of tensors, a plan, and
//! the operations that it alone has. Cache, attention, residual maps, head and
//! everything around a pass are GPT-2's. Scalar, and clear rather than quick.
//!
//! # Source
//! Touvron et al., "LLaMA: Open and efficient foundation language models",
//! 2023; the file's names and its order of rotated pairs are llama.cpp's.

mod load;

use senselm_kernels::Finish;

use crate::GptError;
use crate::cpu::Pass;
use crate::plan::Buffer;
use crate::tensors::{MatrixId, VectorId};
use crate::workspace::{Token, make_room};

pub(crate) use load::load;

/// The operations that GPT-2 does not have. Each reads the residual stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op {
    /// Queries, keys and values, `qkv = maps(rms_norm(residual))`, of which the
    /// first two are rotated by their positions.
    Qkv {
        /// The norm's factors. `[C]`
        gain: VectorId,
        /// `[C, C]`, `[Ckv, C]` and `[Ckv, C]`
        maps: [MatrixId; 3],
        /// A pair number i of a head turns by `base^(-2 i / D)` a position.
        rope_base: f32,
    },
    /// `hidden = silu(gate(normed)) * up(normed)`
    Gated {
        /// The norm's factors. `[C]`
        gain: VectorId,
        /// `[F, C]`
        gate: MatrixId,
        /// `[F, C]`
        up: MatrixId,
    },
    /// `normed = rms_norm(residual)`, the last thing before the head.
    FinalNorm {
        /// The norm's factors. `[C]`
        gain: VectorId,
    },
}

pub(crate) fn run(
    op: Op,
    pass: &mut Pass<'_>,
    tokens: &[Token],
    rows: usize,
) -> Result<(), GptError> {
    match op {
        Op::Qkv {
            gain,
            maps,
            rope_base,
        } => {
            norm(pass, gain, rows);
            qkv(pass, maps, rope_base, tokens)
        }
        Op::Gated { gain, gate, up } => {
            norm(pass, gain, rows);
            let gate = linear(pass, gate, rows)?;
            let up = linear(pass, up, rows)?;
            let gated: Vec<f32> = gate.iter().zip(up).map(|(g, u)| silu(*g) * u).collect();
            put(pass, Buffer::Hidden, gated);
            Ok(())
        }
        Op::FinalNorm { gain } => {
            norm(pass, gain, rows);
            let width = pass.model.config().width;
            let normed = pass.workspace.between[..rows * width].to_vec();
            put(pass, Buffer::Normed, normed);
            Ok(())
        }
    }
}

/// `x / sqrt(mean(x²) + eps) * gain` of each row of `gain.len()`.
fn rms_norm(x: &[f32], gain: &[f32], eps: f32, y: &mut [f32]) {
    let width = gain.len();
    for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
        let square = x.iter().map(|x| x * x).sum::<f32>() / width as f32;
        let inverse = 1.0 / (square + eps).sqrt();
        for ((y, x), gain) in y.iter_mut().zip(x).zip(gain) {
            *y = x * inverse * gain;
        }
    }
}

/// Turns neighbouring pairs of each head of a row.
///
/// # Source
/// Su et al., "RoFormer", 2021, equation 34.
fn rope(row: &mut [f32], head_width: usize, position: usize, base: f32) {
    for head in row.chunks_exact_mut(head_width) {
        for (i, [a, b]) in head.as_chunks_mut().0.iter_mut().enumerate() {
            let speed = base.powf(-2.0 * i as f32 / head_width as f32);
            let (sin, cos) = (position as f32 * speed).sin_cos();
            (*a, *b) = (*a * cos - *b * sin, *a * sin + *b * cos);
        }
    }
}

fn silu(x: f32) -> f32 {
    x / (1.0 + (-x).exp())
}

/// `between = rms_norm(residual)`
fn norm(pass: &mut Pass<'_>, gain: VectorId, rows: usize) {
    let config = pass.model.config();
    let mut between = std::mem::take(&mut pass.workspace.between);
    let x = pass.workspace.rows(config, Buffer::Residual, rows);
    make_room(&mut between, x.len());
    let gain = pass.model.tensors().vector(gain);
    rms_norm(x, gain, config.eps, &mut between[..x.len()]);
    pass.workspace.between = between;
}

/// `map(between)`
fn linear(pass: &mut Pass<'_>, map: MatrixId, rows: usize) -> Result<Vec<f32>, GptError> {
    let weights = pass.model.tensors().weights(map, pass.bytes)?;
    let x = &pass.workspace.between[..rows * weights.cols()];
    let mut y = vec![0.0; rows * weights.rows()];
    let scratch = &mut pass.workspace.scratch;
    let kernels = pass.model.kernels();
    kernels.matmul(&weights, x, None, Finish::Store, &mut y, scratch);
    Ok(y)
}

fn qkv(
    pass: &mut Pass<'_>,
    maps: [MatrixId; 3],
    rope_base: f32,
    tokens: &[Token],
) -> Result<(), GptError> {
    let config = pass.model.config();
    let (width, kv_width) = (config.width, config.kv_width());
    let mut parts = Vec::new();
    for map in maps {
        parts.push(linear(pass, map, tokens.len())?);
    }
    for (part, width) in parts.iter_mut().zip([width, kv_width]) {
        for (row, token) in part.chunks_exact_mut(width).zip(tokens) {
            rope(row, config.head_width(), token.position, rope_base);
        }
    }
    let widths = [width, kv_width, kv_width];
    let rows = (0..tokens.len()).flat_map(|row| {
        let parts = parts.iter().zip(widths);
        parts.flat_map(move |(part, width)| &part[row * width..][..width])
    });
    let rows = rows.copied().collect();
    put(pass, Buffer::Qkv, rows);
    Ok(())
}

/// Fills the first rows of a buffer.
fn put(pass: &mut Pass<'_>, buffer: Buffer, values: Vec<f32>) {
    let config = pass.model.config();
    let rows = values.len() / buffer.width(config);
    let mut filled = pass.workspace.take(config, buffer, rows);
    filled[..values.len()].copy_from_slice(&values);
    pass.workspace.put(buffer, filled);
}

#[cfg(test)]
mod tests;
