//! How the weights of a whole file are stored: llama.cpp's file types.
//!
//! A file type is a default tensor type and a few exceptions. The names, the
//! exceptions and the fallbacks are those of `llama-quantize`, so that a file
//! requantized here has the tensor types it would have there.

use std::collections::BTreeSet;
use std::str::FromStr;

use senselm_arch::{TensorId, TensorKind};
use senselm_quant::GgmlType;

use crate::{ConvertError, ConvertWarning};

/// A file type, such as `q8_0` or `q4_k_m`.
///
/// # Source
/// `llama-quant.cpp` of llama.cpp (`llama_tensor_get_type`), for GPT-2 and
/// without an importance matrix.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Target {
    name: &'static str,
    id: u32,
    default: GgmlType,
    more: More,
}

/// Which tensors of a mix get more bits than its default type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum More {
    /// None.
    No,
    /// Attention and feed-forward output of the outer and of every third layer.
    SomeLayers,
    /// Attention of the first four layers, feed-forward output of the first eighth.
    FirstLayers,
}

const fn plain(name: &'static str, id: u32, default: GgmlType) -> Target {
    mix(name, id, default, More::No)
}

const fn mix(name: &'static str, id: u32, default: GgmlType, more: More) -> Target {
    Target {
        name,
        id,
        default,
        more,
    }
}

const TARGETS: [Target; 13] = [
    plain("f32", 0, GgmlType::F32),
    plain("f16", 1, GgmlType::F16),
    plain("bf16", 32, GgmlType::Bf16),
    plain("q8_0", 7, GgmlType::Q8_0),
    plain("q4_0", 2, GgmlType::Q4_0),
    plain("q4_1", 3, GgmlType::Q4_1),
    plain("q5_0", 8, GgmlType::Q5_0),
    plain("q5_1", 9, GgmlType::Q5_1),
    mix("q4_k_s", 14, GgmlType::Q4K, More::FirstLayers),
    mix("q4_k_m", 15, GgmlType::Q4K, More::SomeLayers),
    plain("q5_k_s", 16, GgmlType::Q5K),
    mix("q5_k_m", 17, GgmlType::Q5K, More::SomeLayers),
    plain("q6_k", 18, GgmlType::Q6K),
];

/// What a tensor's type depends on besides its name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    /// Layers L of the model.
    pub(crate) layers: u64,
    /// Whether the embedding is the output head too.
    pub(crate) tied: bool,
}

impl Target {
    /// The file type of that name, in any case. `q4_k` and `q5_k` mean the
    /// `_m` mixes, as in llama.cpp.
    ///
    /// # Errors
    /// [`ConvertError::UnknownTarget`], which lists the names.
    pub fn from_name(name: &str) -> Result<Self, ConvertError> {
        let wanted = match name.to_ascii_lowercase().as_str() {
            "q4_k" => String::from("q4_k_m"),
            "q5_k" => String::from("q5_k_m"),
            other => other.to_owned(),
        };
        TARGETS
            .into_iter()
            .find(|target| target.name == wanted)
            .ok_or_else(|| ConvertError::UnknownTarget {
                name: name.to_owned(),
                known: Self::names().collect::<Vec<_>>().join(", "),
            })
    }

    /// The names there are.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TARGETS.iter().map(|target| target.name)
    }

    /// Its name, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The number that stands for it under `general.file_type`.
    #[must_use]
    pub const fn id(self) -> u32 {
        self.id
    }

    /// The type most tensors get.
    #[must_use]
    pub const fn default_type(self) -> GgmlType {
        self.default
    }

    /// The type of one tensor: matrices as the mix says, everything else
    /// (norms, biases, positions) F32.
    pub(crate) fn tensor_type(self, name: &str, dims: &[u64], context: Context) -> GgmlType {
        let cols = dims.first().copied().unwrap_or_default();
        fall_back(self.wanted_type(name, dims, context), cols)
    }

    /// The type of one tensor if its rows are whole blocks of it.
    fn wanted_type(self, name: &str, dims: &[u64], context: Context) -> GgmlType {
        if !is_quantized(name, dims) {
            return GgmlType::F32;
        }
        if matches!(self.default, GgmlType::F32 | GgmlType::F16 | GgmlType::Bf16) {
            return self.default;
        }
        let cols = dims.first().copied().unwrap_or_default();
        self.mixed(name, cols, context)
    }

    fn mixed(self, name: &str, cols: u64, context: Context) -> GgmlType {
        let id = TensorId::from_gguf(name);
        let kind = id.map(|id| id.kind);
        let is_head = match kind {
            Some(TensorKind::Head) => true,
            Some(TensorKind::TokenEmbedding) => context.tied,
            _ => false,
        };
        if is_head {
            let fits = divides(self.default, cols);
            return match self.default {
                GgmlType::Q8_0 => GgmlType::Q8_0,
                _ if !fits => GgmlType::Q8_0,
                _ => GgmlType::Q6K,
            };
        }
        let layer = id.and_then(|id| id.layer).unwrap_or_default() as u64;
        let layers = context.layers;
        let is_attention = kind == Some(TensorKind::Qkv);
        let is_down = kind == Some(TensorKind::FfDown);
        match self.more {
            More::SomeLayers if (is_attention || is_down) && uses_more_bits(layer, layers) => {
                GgmlType::Q6K
            }
            More::FirstLayers if is_attention && layer < 4 => GgmlType::Q5K,
            More::FirstLayers if is_down && layer < layers / 8 => GgmlType::Q5K,
            _ => self.default,
        }
    }
}

impl FromStr for Target {
    type Err = ConvertError;

    fn from_str(name: &str) -> Result<Self, ConvertError> {
        Self::from_name(name)
    }
}

/// The types of the tensors of a file, one after the other, and how many got
/// another than the target says.
#[derive(Debug)]
pub(crate) struct Types {
    target: Target,
    context: Context,
    matrices: usize,
    stored_as: BTreeSet<&'static str>,
}

impl Types {
    pub(crate) const fn new(target: Target, context: Context) -> Self {
        Self {
            target,
            context,
            matrices: 0,
            stored_as: BTreeSet::new(),
        }
    }

    /// The type of the next tensor.
    pub(crate) fn of(&mut self, name: &str, dims: &[u64]) -> GgmlType {
        let ty = self.target.tensor_type(name, dims, self.context);
        if ty != self.target.wanted_type(name, dims, self.context) {
            self.matrices += 1;
            self.stored_as.insert(ty.name());
        }
        ty
    }

    /// What is to be said about them.
    pub(crate) fn warning(self) -> Option<ConvertWarning> {
        (self.matrices > 0).then(|| ConvertWarning::NoWholeBlocks {
            target: self.target.name,
            matrices: self.matrices,
            stored_as: self.stored_as.into_iter().collect(),
        })
    }
}

fn is_quantized(name: &str, dims: &[u64]) -> bool {
    let is_matrix = dims.iter().skip(1).any(|&dim| dim > 1);
    is_matrix
        && name.ends_with("weight")
        && !name.contains("_norm.weight")
        && name != TensorId::weight(TensorKind::PositionEmbedding).gguf()
}

/// The layer N of `blk.N.…`.
pub(crate) fn layer(name: &str) -> Option<u64> {
    name.strip_prefix("blk.")?.split('.').next()?.parse().ok()
}

fn uses_more_bits(layer: u64, layers: u64) -> bool {
    let eighth = layers / 8;
    layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2
}

fn divides(ty: GgmlType, cols: u64) -> bool {
    cols.is_multiple_of(ty.block_len() as u64)
}

/// The type for rows that are not whole blocks of the one wanted.
fn fall_back(wanted: GgmlType, cols: u64) -> GgmlType {
    if divides(wanted, cols) {
        return wanted;
    }
    let smaller = match wanted {
        GgmlType::Q4K => GgmlType::Q5_0,
        GgmlType::Q5K => GgmlType::Q5_1,
        GgmlType::Q6K => GgmlType::Q8_0,
        other => other,
    };
    if divides(smaller, cols) {
        smaller
    } else {
        GgmlType::F16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(target: &str, layers: u64, name: &str, cols: u64) -> Vec<GgmlType> {
        let target = Target::from_name(target).expect("a known name");
        let context = Context { layers, tied: true };
        (0..layers)
            .map(|i| target.tensor_type(&format!("blk.{i}.{name}"), &[cols, 8], context))
            .collect()
    }

    #[test]
    fn names_are_found_in_any_case() {
        for name in Target::names() {
            let target = Target::from_name(&name.to_uppercase()).expect("a known name");
            assert_eq!(target.name(), name);
        }
        assert_eq!(Target::from_name("Q4_K").map(Target::id).ok(), Some(15));
        let error = Target::from_name("q3_k").expect_err("not known");
        assert!(error.to_string().contains("q4_k_m"));
    }

    #[test]
    fn the_medium_mix_gives_more_bits_to_some_layers() {
        use GgmlType::{Q4K, Q6K};
        let expected = [Q6K, Q4K, Q4K, Q6K, Q4K, Q4K, Q6K, Q4K, Q4K, Q6K, Q6K, Q6K];
        assert_eq!(types("q4_k_m", 12, "ffn_down.weight", 256), expected);
        assert_eq!(types("q4_k_m", 12, "attn_qkv.weight", 256), expected);
        assert_eq!(types("q4_k_m", 12, "ffn_up.weight", 256), [Q4K; 12]);
    }

    #[test]
    fn rows_that_do_not_divide_fall_back() {
        use GgmlType::{F16, Q5_0, Q8_0};
        assert_eq!(types("q4_k_m", 2, "attn_qkv.weight", 64), [Q5_0, Q8_0]);
        assert_eq!(types("q4_k_m", 2, "attn_qkv.weight", 24), [F16, F16]);
        assert_eq!(types("q8_0", 1, "attn_qkv.weight", 48), [F16]);
    }

    #[test]
    fn norms_biases_and_positions_stay_f32() {
        let target = Target::from_name("q4_0").expect("a known name");
        let context = Context {
            layers: 1,
            tied: true,
        };
        for (name, dims) in [
            ("blk.0.attn_norm.weight", &[64][..]),
            ("blk.0.attn_qkv.bias", &[192]),
            ("position_embd.weight", &[64, 128]),
            ("blk.0.attn_qkv.weight", &[64, 1]),
        ] {
            assert_eq!(target.tensor_type(name, dims, context), GgmlType::F32);
        }
    }
}
