//! `config.json` of a Hugging Face GPT-2 folder.
//!
//! Every setting may be left out or null, which means its default; a size that
//! the weights show may be left out too.

use serde::{Deserialize, Serialize};

use crate::names::Shown;
use crate::{Architecture, ConvertError, ConvertWarning};

/// The heads of transformers' GPT-2 where the configuration does not say.
const DEFAULT_HEADS: u64 = 12;

/// The settings that matter; the file has many more. The second names of
/// sizes are those that transformers accepts as well, and nanoGPT's.
#[derive(Debug, Deserialize)]
pub(crate) struct HfConfig {
    #[serde(rename = "_name_or_path")]
    name_or_path: Option<String>,
    model_type: Option<String>,
    activation_function: Option<String>,
    n_layer: Option<u64>,
    num_hidden_layers: Option<u64>,
    n_head: Option<u64>,
    num_attention_heads: Option<u64>,
    n_embd: Option<u64>,
    hidden_size: Option<u64>,
    n_inner: Option<u64>,
    n_positions: Option<u64>,
    max_position_embeddings: Option<u64>,
    n_ctx: Option<u64>,
    block_size: Option<u64>,
    vocab_size: Option<u64>,
    layer_norm_epsilon: Option<f64>,
    tie_word_embeddings: Option<bool>,
    scale_attn_weights: Option<bool>,
    scale_attn_by_inverse_layer_idx: Option<bool>,
    add_cross_attention: Option<bool>,
    bos_token_id: Option<Ids>,
    eos_token_id: Option<Ids>,
}

/// One token, or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected a token id or a list of them")]
enum Ids {
    One(i64),
    Many(Vec<i64>),
}

impl Ids {
    fn list(ids: Option<&Self>) -> Vec<i64> {
        match ids {
            None => Vec::new(),
            Some(Self::One(id)) => vec![*id],
            Some(Self::Many(ids)) => ids.clone(),
        }
    }
}

impl HfConfig {
    /// Where the model came from; empty where that is not said.
    pub(crate) fn name_or_path(&self) -> &str {
        self.name_or_path.as_deref().unwrap_or_default()
    }

    /// Whether the head is the embedding.
    pub(crate) fn tied(&self) -> bool {
        self.tie_word_embeddings.unwrap_or(true)
    }

    /// The tokens that end and begin a text, as far as they are said.
    pub(crate) fn ends(&self) -> senselm_tokenize::EndIds {
        senselm_tokenize::EndIds {
            eos: Ids::list(self.eos_token_id.as_ref()),
            bos: Ids::list(self.bos_token_id.as_ref()),
        }
    }

    /// The sizes, where the model computes what our runtime computes.
    pub(crate) fn architecture(
        &self,
        shown: &Shown,
        warnings: &mut Vec<ConvertWarning>,
    ) -> Result<Architecture, ConvertError> {
        self.check()?;
        let layers = said(
            ("n_layer", self.n_layer),
            ("num_hidden_layers", self.num_hidden_layers),
        )?;
        let heads = said(
            ("n_head", self.n_head),
            ("num_attention_heads", self.num_attention_heads),
        )?;
        let width = said(("n_embd", self.n_embd), ("hidden_size", self.hidden_size))?;
        let context = said(
            ("n_positions", self.n_positions),
            ("max_position_embeddings", self.max_position_embeddings),
        )?;
        let context = context.or(self.n_ctx).or(self.block_size);
        let size = |field, said: Option<u64>, shown: Option<u64>| {
            said.or(shown).ok_or(ConvertError::MissingSetting { field })
        };
        let width = size("n_embd", width, shown.width)?;
        let heads = heads.unwrap_or_else(|| {
            warnings.push(ConvertWarning::Assumed {
                field: "n_head",
                value: DEFAULT_HEADS,
            });
            DEFAULT_HEADS
        });
        Architecture {
            layers: size("n_layer", layers, shown.layers)?,
            heads,
            width,
            ff_width: self.n_inner.unwrap_or(width.saturating_mul(4)),
            context: size("n_positions", context, shown.context)?,
            vocab: size("vocab_size", self.vocab_size, shown.vocab)?,
            eps: self.layer_norm_epsilon.unwrap_or(1e-5) as f32,
        }
        .checked()
    }

    /// Refuses what our runtime does not compute.
    fn check(&self) -> Result<(), ConvertError> {
        let unsupported = |field, found: &dyn std::fmt::Display, expected| {
            Err(ConvertError::Unsupported {
                field,
                found: found.to_string().chars().take(200).collect(),
                expected,
            })
        };
        let other = |found: Option<&String>, known: &[&str]| {
            found
                .cloned()
                .filter(|found| !known.contains(&found.as_str()))
        };
        if let Some(found) = other(self.model_type.as_ref(), &["gpt2"]) {
            return unsupported("model_type", &found, "gpt2");
        }
        let tanh = ["gelu_new", "gelu_pytorch_tanh", "gelu_fast"];
        if let Some(found) = other(self.activation_function.as_ref(), &tanh) {
            return unsupported("activation_function", &found, "gelu_new");
        }
        if self.scale_attn_weights == Some(false) {
            return unsupported("scale_attn_weights", &false, "true");
        }
        if self.scale_attn_by_inverse_layer_idx == Some(true) {
            return unsupported("scale_attn_by_inverse_layer_idx", &true, "false");
        }
        if self.add_cross_attention == Some(true) {
            return unsupported("add_cross_attention", &true, "false");
        }
        Ok(())
    }
}

/// The size that two settings may give.
fn said(
    first: (&'static str, Option<u64>),
    second: (&'static str, Option<u64>),
) -> Result<Option<u64>, ConvertError> {
    match (first, second) {
        ((field, Some(found)), (other, Some(value))) if found != value => {
            Err(ConvertError::TwoSizes {
                first: field,
                found,
                second: other,
                other: value,
            })
        }
        ((_, found), (_, value)) => Ok(found.or(value)),
    }
}

/// The `config.json` of a model that is written.
#[derive(Debug, Serialize)]
pub(crate) struct WrittenConfig {
    #[serde(rename = "_name_or_path")]
    name_or_path: String,
    model_type: &'static str,
    architectures: [&'static str; 1],
    activation_function: &'static str,
    n_layer: u64,
    n_head: u64,
    n_embd: u64,
    n_inner: Option<u64>,
    n_positions: u64,
    vocab_size: u64,
    layer_norm_epsilon: f64,
    tie_word_embeddings: bool,
    scale_attn_weights: bool,
    scale_attn_by_inverse_layer_idx: bool,
    add_cross_attention: bool,
    bos_token_id: Option<u32>,
    eos_token_id: Option<u32>,
    torch_dtype: &'static str,
}

impl WrittenConfig {
    pub(crate) fn new(
        name: &str,
        a: &Architecture,
        tied: bool,
        bos: Option<u32>,
        eos: Option<u32>,
    ) -> Self {
        Self {
            name_or_path: name.to_owned(),
            model_type: "gpt2",
            architectures: ["GPT2LMHeadModel"],
            activation_function: "gelu_new",
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
            torch_dtype: "float32",
        }
    }
}

/// The shortest decimal that is this `f32`, so that 1e-5 stays 1e-5.
fn widen(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}
