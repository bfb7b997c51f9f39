//! The tensors of a file under GPT-2's own names, whatever its training
//! wrapped the model in.

use std::collections::{BTreeMap, BTreeSet};

use safetensors::tensor::TensorView;
use senselm_arch::TensorId;
use senselm_arch::TensorKind::{Head, PositionEmbedding, TokenEmbedding};

use crate::weights::Tensors;
use crate::{ConvertError, ConvertWarning};

/// What wrappers are known to put in front of names: `transformer.` of
/// transformers, `_orig_mod.` of torch.compile, `module.` of data parallelism,
/// and what people call the model in a model.
const WRAPPERS: [&str; 10] = [
    "transformer",
    "_orig_mod",
    "module",
    "model",
    "base_model",
    "pretrained_model",
    "_fsdp_wrapped_module",
    "_forward_module",
    "gpt",
    "gpt2",
];

/// A tensor and its name in the file.
pub(crate) struct Found<'a> {
    pub(crate) name: String,
    pub(crate) view: TensorView<'a>,
}

/// The tensors of a model by their names without any prefix.
pub(crate) struct Named<'a>(BTreeMap<String, Found<'a>>);

impl<'a> Named<'a> {
    /// Names the tensors of a file. `known` are GPT-2's names without prefix.
    /// The causal masks that some files hold are left out.
    ///
    /// # Errors
    /// [`ConvertError::UnexpectedTensor`], or [`ConvertError::TwoClaims`]
    /// where prefixes make two tensors the same.
    pub(crate) fn new(
        tensors: Tensors<'a>,
        known: &BTreeSet<&str>,
        warnings: &mut Vec<ConvertWarning>,
    ) -> Result<Self, ConvertError> {
        let mut named: BTreeMap<String, Found<'a>> = BTreeMap::new();
        let mut strange = BTreeSet::new();
        for (name, view) in tensors {
            let Some((prefix, short)) = split(&name, |rest| known.contains(rest)) else {
                if is_mask(&name, view.shape()) {
                    continue;
                }
                return Err(ConvertError::UnexpectedTensor { name });
            };
            if prefix
                .split_terminator('.')
                .any(|part| !WRAPPERS.contains(&part))
            {
                strange.insert(prefix.to_owned());
            }
            let short = short.to_owned();
            if let Some(first) = named.get(&short) {
                return Err(ConvertError::TwoClaims {
                    first: first.name.clone(),
                    second: name,
                    short,
                });
            }
            named.insert(short, Found { name, view });
        }
        let ignored = strange.into_iter();
        warnings.extend(ignored.map(|prefix| ConvertWarning::PrefixIgnored { prefix }));
        Ok(Self(named))
    }

    /// The tensor of that name.
    pub(crate) fn get(&self, short: &str) -> Option<&Found<'a>> {
        self.0.get(short)
    }
}

/// The sizes that the weights show by themselves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shown {
    pub(crate) layers: Option<u64>,
    pub(crate) width: Option<u64>,
    pub(crate) context: Option<u64>,
    pub(crate) vocab: Option<u64>,
}

impl Shown {
    pub(crate) fn by(tensors: &Tensors<'_>) -> Self {
        let mut shown = Self::default();
        let [embedding, head, positions] =
            [TokenEmbedding, Head, PositionEmbedding].map(|kind| TensorId::weight(kind).hf_bare());
        for (name, view) in tensors {
            let outer = |wanted: &str| match *view.shape() {
                [rows, cols] if split(name, |rest| rest == wanted).is_some() => {
                    Some((rows as u64, cols as u64))
                }
                _ => None,
            };
            if let Some((rows, cols)) = outer(&embedding).or(outer(&head)) {
                (shown.vocab, shown.width) = (Some(rows), Some(cols));
            }
            if let Some((rows, _)) = outer(&positions) {
                shown.context = Some(rows);
            }
            if let Some((_, rest)) = split(name, |rest| layer(rest).is_some()) {
                let layers = layer(rest).map(|layer| layer.saturating_add(1));
                shown.layers = shown.layers.max(layers);
            }
        }
        shown
    }
}

/// The layer of a name such as `h.1.ln_1.weight`.
fn layer(short: &str) -> Option<u64> {
    short.strip_prefix("h.")?.split('.').next()?.parse().ok()
}

/// Cuts a name where the rest is `known`; what is in front must be words, not
/// the number of one model among several.
fn split(name: &str, known: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let starts = name.match_indices('.').map(|(at, _)| at + 1);
    let (prefix, rest) = std::iter::once(0)
        .chain(starts)
        .map(|at| name.split_at(at))
        .find(|(_, rest)| known(rest))?;
    let is_word = |part: &str| part.bytes().any(|byte| !byte.is_ascii_digit());
    prefix
        .split_terminator('.')
        .all(is_word)
        .then_some((prefix, rest))
}

/// Whether a tensor is the causal mask that older programs saved: a square
/// `[.., T, T]`, or the one number that stands for "masked".
fn is_mask(name: &str, shape: &[usize]) -> bool {
    if name.ends_with(".attn.masked_bias") {
        return shape.iter().product::<usize>() == 1;
    }
    let [outer @ .., rows, cols] = shape else {
        return false;
    };
    name.ends_with(".attn.bias") && rows == cols && outer.iter().all(|&size| size == 1)
}
