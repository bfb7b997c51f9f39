//! `config.json` of a Hugging Face GPT-2 folder.

use serde::{Deserialize, Serialize};

use crate::{Architecture, ConvertError};

/// The settings that matter; the file has many more.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct HfConfig {
    #[serde(default, rename = "_name_or_path")]
    pub(crate) name_or_path: String,
    model_type: String,
    #[serde(default)]
    architectures: Vec<String>,
    #[serde(default = "gelu_new")]
    activation_function: String,
    n_layer: u64,
    n_head: u64,
    n_embd: u64,
    #[serde(default)]
    n_inner: Option<u64>,
    n_positions: u64,
    vocab_size: u64,
    #[serde(default = "default_eps")]
    layer_norm_epsilon: f64,
    #[serde(default = "yes")]
    tie_word_embeddings: bool,
    #[serde(default = "yes")]
    scale_attn_weights: bool,
    #[serde(default)]
    scale_attn_by_inverse_layer_idx: bool,
    #[serde(default)]
    add_cross_attention: bool,
    #[serde(default)]
    pub(crate) bos_token_id: Option<u32>,
    #[serde(default)]
    pub(crate) eos_token_id: Option<u32>,
    #[serde(default, rename = "torch_dtype")]
    dtype: Option<String>,
}

fn gelu_new() -> String {
    "gelu_new".to_owned()
}

fn default_eps() -> f64 {
    1e-5
}

fn yes() -> bool {
    true
}

impl HfConfig {
    pub(crate) fn new(
        name: &str,
        a: &Architecture,
        tied: bool,
        bos: Option<u32>,
        eos: Option<u32>,
    ) -> Self {
        Self {
            name_or_path: name.to_owned(),
            model_type: "gpt2".to_owned(),
            architectures: vec!["GPT2LMHeadModel".to_owned()],
            activation_function: gelu_new(),
            n_layer: a.layers,
            n_head: a.heads,
            n_embd: a.width,
            n_inner: (a.ff_width != 4 * a.width).then_some(a.ff_width),
            n_positions: a.context,
            vocab_size: a.vocab,
            layer_norm_epsilon: widen(a.eps),
            tie_word_embeddings: tied,
            scale_attn_weights: true,
            scale_attn_by_inverse_layer_idx: false,
            add_cross_attention: false,
            bos_token_id: bos,
            eos_token_id: eos,
            dtype: Some("float32".to_owned()),
        }
    }

    /// Whether the head is the embedding.
    pub(crate) fn tied(&self) -> bool {
        self.tie_word_embeddings
    }

    /// The sizes, where the model computes what our runtime computes.
    pub(crate) fn architecture(&self) -> Result<Architecture, ConvertError> {
        let unsupported = |field, found: &dyn std::fmt::Display, expected| {
            Err(ConvertError::Unsupported {
                field,
                found: found.to_string(),
                expected,
            })
        };
        if self.model_type != "gpt2" {
            return unsupported("model_type", &self.model_type, "gpt2");
        }
        let tanh = ["gelu_new", "gelu_pytorch_tanh", "gelu_fast"];
        if !tanh.contains(&self.activation_function.as_str()) {
            return unsupported("activation_function", &self.activation_function, "gelu_new");
        }
        if !self.scale_attn_weights {
            return unsupported("scale_attn_weights", &false, "true");
        }
        if self.scale_attn_by_inverse_layer_idx {
            return unsupported("scale_attn_by_inverse_layer_idx", &true, "false");
        }
        if self.add_cross_attention {
            return unsupported("add_cross_attention", &true, "false");
        }
        Architecture {
            layers: self.n_layer,
            heads: self.n_head,
            width: self.n_embd,
            ff_width: self.n_inner.unwrap_or(self.n_embd.saturating_mul(4)),
            context: self.n_positions,
            vocab: self.vocab_size,
            eps: self.layer_norm_epsilon as f32,
        }
        .checked()
    }
}

/// The shortest decimal that is this `f32`, so that 1e-5 stays 1e-5.
fn widen(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}
