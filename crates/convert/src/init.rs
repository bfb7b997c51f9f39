//! Models with random weights, for benchmarks and as a start for training.

use std::path::PathBuf;
use std::str::FromStr;

use senselm_arch::{Config, Start};
use senselm_gguf::Writer;

use crate::random::Normal;
use crate::target::Context;
use crate::tensors::{Spec, tensors};
use crate::{Architecture, ConvertError, Target, encode, metadata, vocabulary};

/// A usual size, by name.
///
/// | name | layers | heads | width | context | default vocabulary |
/// |---|---|---|---|---|---|
/// | `tiny` | 2 | 2 | 64 | 128 | 512 |
/// | `1m` | 4 | 4 | 128 | 512 | 512 |
/// | `3m` | 6 | 6 | 192 | 512 | 512 |
/// | `5m` | 6 | 8 | 256 | 512 | 512 |
/// | `30m` | 6 | 6 | 384 | 1024 | 50257 |
/// | `51m` | 8 | 8 | 512 | 1024 | 50257 |
/// | `82m` | 10 | 10 | 640 | 1024 | 50257 |
/// | `101m` | 11 | 11 | 704 | 1024 | 50257 |
/// | `124m` | 12 | 12 | 768 | 1024 | 50257 |
///
/// The names are the numbers of parameters with the default vocabulary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Preset {
    name: &'static str,
    layers: u64,
    heads: u64,
    width: u64,
    context: u64,
    vocab: u64,
}

const fn preset(name: &'static str, [layers, heads, width]: [u64; 3], small: bool) -> Preset {
    let (context, vocab) = if small { (512, 512) } else { (1024, 50_257) };
    Preset {
        name,
        layers,
        heads,
        width,
        context,
        vocab,
    }
}

const PRESETS: [Preset; 9] = [
    Preset {
        context: 128,
        ..preset("tiny", [2, 2, 64], true)
    },
    preset("1m", [4, 4, 128], true),
    preset("3m", [6, 6, 192], true),
    preset("5m", [6, 8, 256], true),
    preset("30m", [6, 6, 384], false),
    preset("51m", [8, 8, 512], false),
    preset("82m", [10, 10, 640], false),
    preset("101m", [11, 11, 704], false),
    preset("124m", [12, 12, 768], false),
];

impl Preset {
    /// The preset of that name, in any case.
    ///
    /// # Errors
    /// [`ConvertError::UnknownPreset`], which lists the names.
    pub fn from_name(name: &str) -> Result<Self, ConvertError> {
        PRESETS
            .into_iter()
            .find(|preset| preset.name.eq_ignore_ascii_case(name))
            .ok_or_else(|| ConvertError::UnknownPreset {
                name: name.to_owned(),
                known: Self::names().collect::<Vec<_>>().join(", "),
            })
    }

    /// The names there are.
    pub fn names() -> impl Iterator<Item = &'static str> {
        PRESETS.iter().map(|preset| preset.name)
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The vocabulary it has where none is asked for.
    #[must_use]
    pub const fn default_vocab(self) -> Vocab {
        Vocab::Bytes(self.vocab)
    }

    /// Its sizes with `vocab` tokens.
    ///
    /// # Errors
    /// [`ConvertError::SizeOutOfRange`] for a vocabulary that is empty or too
    /// large.
    pub fn architecture(self, vocab: u64) -> Result<Architecture, ConvertError> {
        let size = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
        let sizes = [self.layers, self.heads, self.width].map(size);
        let config = Config::gpt2(sizes, size(self.context), size(vocab));
        Ok(config.checked()?.into())
    }
}

impl FromStr for Preset {
    type Err = ConvertError;

    fn from_str(name: &str) -> Result<Self, ConvertError> {
        Self::from_name(name)
    }
}

/// The vocabulary of a new model; written `N` or `gpt2:DIR`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Vocab {
    /// That many tokens, 257 or more: every byte, unused ones, end of text.
    Bytes(u64),
    /// The `vocab.json` and `merges.txt` of a folder.
    Gpt2(PathBuf),
}

impl FromStr for Vocab {
    type Err = ConvertError;

    fn from_str(given: &str) -> Result<Self, ConvertError> {
        if let Some(dir) = given.strip_prefix("gpt2:").filter(|dir| !dir.is_empty()) {
            return Ok(Self::Gpt2(PathBuf::from(dir)));
        }
        given
            .parse()
            .map(Self::Bytes)
            .map_err(|_| ConvertError::UnknownVocab {
                given: given.to_owned(),
            })
    }
}

/// A GPT-2 file with random weights, initialised as GPT-2 was: embeddings and
/// matrices normal with deviation 0.02, those that add to the residual stream
/// smaller by the square root of twice the layers, biases 0, gains 1.
///
/// The same arguments give the same bytes on every machine. `target` is a name
/// of [`Target`].
///
/// # Errors
/// [`ConvertError::UnknownTarget`], or what is wrong with the vocabulary.
pub fn init(
    preset: Preset,
    vocab: &Vocab,
    seed: u64,
    target: &str,
) -> Result<Vec<u8>, ConvertError> {
    let target = Target::from_name(target)?;
    let tokenizer = match vocab {
        Vocab::Gpt2(dir) => vocabulary::from_gpt2_folder(dir)?,
        Vocab::Bytes(tokens) => {
            preset.architecture(*tokens)?;
            if *tokens < 257 {
                return Err(ConvertError::Unsupported {
                    field: "the vocabulary size",
                    found: tokens.to_string(),
                    expected: "at least 257 (every byte and the end of text)",
                });
            }
            vocabulary::of_bytes(*tokens)?
        }
    };
    let architecture = preset.architecture(tokenizer.vocab_len() as u64)?;
    let specs = tensors(&architecture, true);
    let mut writer = Writer::new();
    let total = specs.iter().map(Spec::elements).sum();
    let name = format!("random {} seed {seed}", preset.name);
    metadata::set_model(&mut writer, &name, &architecture, total, target)?;
    metadata::set_tokenizer(&mut writer, &tokenizer, tokenizer.vocab_len())?;
    let context = Context {
        layers: architecture.layers,
        tied: true,
    };
    for (stream, spec) in specs.iter().enumerate() {
        let count = spec.elements() as usize;
        let values = match spec.start {
            Start::Zeros => vec![0.0; count],
            Start::Ones => vec![1.0; count],
            Start::Normal { deviation } => Normal::new(seed, stream as u64).take(count, deviation),
        };
        let ty = target.tensor_type(&spec.gguf, &spec.dims, context);
        encode::add(&mut writer, &spec.gguf, &spec.dims, ty, &values)?;
    }
    Ok(writer.to_bytes()?)
}
