//! The shape of a GPT-2, and the names and shapes of its parameters.

use serde::{Deserialize, Serialize};

use crate::TrainError;

/// The epsilon of every layer norm of a model that begins here, as in GPT-2.
pub const EPSILON: f32 = 1e-5;

/// The shape of a model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ModelConfig {
    /// Tokens of the vocabulary, V.
    pub vocab: usize,
    /// The longest sequence, T.
    pub context: usize,
    /// Blocks, L.
    pub layers: usize,
    /// Attention heads, H.
    pub heads: usize,
    /// Embedding width, C.
    pub width: usize,
    /// Width of the hidden layer of a block, usually 4 C.
    pub ff_width: usize,
    /// Whether the output head is the token embedding.
    pub tied: bool,
    /// The epsilon under the root of every layer norm.
    pub eps: f32,
}

/// What a parameter is, which decides how it starts and whether it decays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Embedding,
    Matrix,
    /// A matrix whose output is added to the residual stream.
    Residual,
    Gain,
    Bias,
}

/// The name (as in GGUF), shape (rows, columns; one entry for a vector) and
/// role of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) role: Role,
}

/// Slots before the first block and in one block.
pub(crate) const SLOTS_BEFORE: usize = 2;
pub(crate) const SLOTS_PER_LAYER: usize = 12;

impl ModelConfig {
    /// Checks that the widths fit together.
    ///
    /// # Errors
    /// [`TrainError::Recipe`] naming what does not.
    pub fn check(&self) -> Result<(), TrainError> {
        let wrong = |reason: String| Err(TrainError::recipe("model", reason));
        if self.layers == 0 || self.heads == 0 || self.width == 0 || self.ff_width == 0 {
            return wrong("layers, heads and widths must be at least 1".into());
        }
        if !self.width.is_multiple_of(self.heads) {
            return wrong(format!(
                "width {} is not a multiple of heads {}",
                self.width, self.heads
            ));
        }
        if !(self.eps > 0.0 && self.eps <= 1.0) {
            return wrong(format!(
                "the layer norms' epsilon is {}, expected a number above 0 and at most 1",
                self.eps
            ));
        }
        if self.context < 2 || self.vocab < 2 {
            return wrong("context and vocabulary must be at least 2".into());
        }
        if self.layers > 256 || self.width > 16_384 || self.context > 65_536 {
            return wrong("at most 256 layers, width 16384 and context 65536".into());
        }
        Ok(())
    }

    /// Every parameter in the order in which they are kept.
    pub(crate) fn slots(&self) -> Vec<Slot> {
        let (c, f) = (self.width, self.ff_width);
        let slot = |name: String, shape: &[usize], role| Slot {
            name,
            shape: shape.to_vec(),
            role,
        };
        let mut slots = vec![
            slot(
                "token_embd.weight".into(),
                &[self.vocab, c],
                Role::Embedding,
            ),
            slot(
                "position_embd.weight".into(),
                &[self.context, c],
                Role::Embedding,
            ),
        ];
        for layer in 0..self.layers {
            let at = |part: &str| format!("blk.{layer}.{part}");
            slots.extend([
                slot(at("attn_norm.weight"), &[c], Role::Gain),
                slot(at("attn_norm.bias"), &[c], Role::Bias),
                slot(at("attn_qkv.weight"), &[3 * c, c], Role::Matrix),
                slot(at("attn_qkv.bias"), &[3 * c], Role::Bias),
                slot(at("attn_output.weight"), &[c, c], Role::Residual),
                slot(at("attn_output.bias"), &[c], Role::Bias),
                slot(at("ffn_norm.weight"), &[c], Role::Gain),
                slot(at("ffn_norm.bias"), &[c], Role::Bias),
                slot(at("ffn_up.weight"), &[f, c], Role::Matrix),
                slot(at("ffn_up.bias"), &[f], Role::Bias),
                slot(at("ffn_down.weight"), &[c, f], Role::Residual),
                slot(at("ffn_down.bias"), &[c], Role::Bias),
            ]);
        }
        slots.push(slot("output_norm.weight".into(), &[c], Role::Gain));
        slots.push(slot("output_norm.bias".into(), &[c], Role::Bias));
        if !self.tied {
            slots.push(slot("output.weight".into(), &[self.vocab, c], Role::Matrix));
        }
        slots
    }

    /// The number of parameters.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.slots()
            .iter()
            .map(|slot| slot.shape.iter().product::<usize>())
            .sum()
    }
}
