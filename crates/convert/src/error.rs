use std::path::PathBuf;

use senselm_gguf::GgufError;
use senselm_quant::QuantError;
use senselm_tokenize::TokenizeError;

/// Why a model could not be converted or made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// A GGUF file is wrong, or could not be built or opened.
    #[error("{0}")]
    Gguf(#[from] GgufError),
    /// A tokenizer is wrong.
    #[error("the tokenizer cannot be used: {0}")]
    Tokenizer(#[from] TokenizeError),
    /// The name of a target type is not known.
    #[error("unknown type {name:?}; use one of {known}")]
    UnknownTarget {
        /// The name given.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The name of a preset is not known.
    #[error("unknown preset {name:?}; use one of {known}")]
    UnknownPreset {
        /// The name given.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The vocabulary argument is neither a number nor `gpt2:DIR`.
    #[error(
        "unknown vocabulary {given:?}; give a number of tokens, or gpt2:DIR for a folder with vocab.json and merges.txt"
    )]
    UnknownVocab {
        /// The argument.
        given: String,
    },
    /// A file could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] senselm_save::SaveError),
    /// A file is larger than any of its kind.
    #[error("{} has {found} bytes, at most {max} are read; is it the file of another kind?", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        found: u64,
        /// The most that is read.
        max: u64,
    },
    /// A text is not UTF-8.
    #[error("{} is not UTF-8; save it as UTF-8 (some editors and PowerShell write UTF-16)", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
    },
    /// Git put a pointer where the file should be.
    #[error("{} is a pointer of Git LFS, not the file; fetch it with: git lfs pull", path.display())]
    Pointer {
        /// The file.
        path: PathBuf,
    },
    /// A folder lacks the weights in a form that is read.
    #[error("{} has no model.safetensors{hint}", dir.display())]
    NoWeights {
        /// The folder.
        dir: PathBuf,
        /// What is there instead, and what to do.
        hint: String,
    },
    /// A folder has two sets of weights.
    #[error("{} has weights as {first} and as {second}; move away those that are not meant", dir.display())]
    TwoWeights {
        /// The folder.
        dir: PathBuf,
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// An index names a shard that is not a file of its folder.
    #[error("{} names the shard {found:?}; a shard is a file in the same folder", path.display())]
    ShardOutside {
        /// The index.
        path: PathBuf,
        /// What it names.
        found: String,
    },
    /// A shard is not there.
    #[error("the shard {shard} is missing in {}; fetch all shards of the model", dir.display())]
    MissingShard {
        /// The folder.
        dir: PathBuf,
        /// The shard's name.
        shard: String,
    },
    /// Two shards hold the same tensor.
    #[error("the tensor {name:?} is in {first} and in {second}; one of them is not of this model")]
    DoubledTensor {
        /// The tensor.
        name: String,
        /// One shard.
        first: String,
        /// The other.
        second: String,
    },
    /// A tensor is not in the shard that the index names.
    #[error(
        "the index says that {shard} holds the tensor {name:?}, but it does not; fetch the index and the shards again"
    )]
    NotInShard {
        /// The tensor.
        name: String,
        /// The shard.
        shard: String,
    },
    /// A folder has no tokenizer.
    #[error("{} has neither tokenizer.json nor vocab.json and merges.txt; {hint}", dir.display())]
    NoTokenizer {
        /// The folder.
        dir: PathBuf,
        /// What is there instead, or what to do.
        hint: &'static str,
    },
    /// A JSON file is not what it should be.
    #[error("{} is not as expected: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What the JSON reader said, with line and column.
        #[source]
        source: serde_json::Error,
    },
    /// The model is not a GPT-2 as this project computes it.
    #[error("{field} is {found}, but {expected} is needed; only GPT-2 models can be converted")]
    Unsupported {
        /// The setting or key.
        field: &'static str,
        /// What it is.
        found: String,
        /// What would be accepted.
        expected: &'static str,
    },
    /// A setting is neither in the configuration nor to be seen in the weights.
    #[error("config.json does not say {field}, and the weights do not show it; add it")]
    MissingSetting {
        /// The setting.
        field: &'static str,
    },
    /// Two settings for one size contradict each other.
    #[error(
        "config.json says {first} {found} and {second} {other}, which are the same size; remove the wrong one"
    )]
    TwoSizes {
        /// One setting.
        first: &'static str,
        /// What it says.
        found: u64,
        /// The other setting.
        second: &'static str,
        /// What that says.
        other: u64,
    },
    /// A size of the model is outside what is accepted.
    #[error("{field} is {found}, but it must be between 1 and {max}")]
    SizeOutOfRange {
        /// The setting.
        field: &'static str,
        /// What it is.
        found: u64,
        /// The largest accepted.
        max: u64,
    },
    /// `model.safetensors` is damaged.
    #[error("{} is not a valid safetensors file: {source}", path.display())]
    SafeTensors {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: safetensors::SafeTensorError,
    },
    /// `model.safetensors` could not be built.
    #[error("the safetensors file cannot be built: {0}")]
    SafeTensorsWrite(#[source] safetensors::SafeTensorError),
    /// A tensor that every GPT-2 has is not there.
    #[error("the tensor {name:?} is missing; the file is not a whole GPT-2 model")]
    MissingTensor {
        /// Its name.
        name: String,
    },
    /// A tensor that no GPT-2 has.
    #[error("the tensor {name:?} belongs to no GPT-2; merge adapters and drop other heads first")]
    UnexpectedTensor {
        /// Its name.
        name: String,
    },
    /// Two tensors are the same one but for their prefixes.
    #[error(
        "the tensors {first:?} and {second:?} are both {short} of a GPT-2; keep one model in the file"
    )]
    TwoClaims {
        /// The name without prefix.
        short: String,
        /// One tensor.
        first: String,
        /// The other.
        second: String,
    },
    /// Matrices are kept both ways round, so that square ones could be either.
    #[error(
        "{conv1d:?} is kept as [inputs, outputs], as in transformers, and {linear:?} as [outputs, inputs], as in nanoGPT; square matrices could be either: store all the same way"
    )]
    TwoLayouts {
        /// A tensor as transformers keeps it.
        conv1d: String,
        /// A tensor as nanoGPT keeps it.
        linear: String,
    },
    /// A tensor has another shape than the configuration says.
    #[error("the tensor {name:?} has the shape {found:?}, but the configuration says {expected:?}")]
    WrongShape {
        /// Its name.
        name: String,
        /// What the configuration says.
        expected: Vec<u64>,
        /// What the file has.
        found: Vec<u64>,
    },
    /// A tensor is stored in a type that is not read.
    #[error(
        "the tensor {name:?} is stored as {found}; save the model as float32, float16 or bfloat16"
    )]
    UnsupportedDtype {
        /// Its name.
        name: String,
        /// The type.
        found: String,
    },
    /// The tokenizer has more tokens than the model has embeddings.
    #[error(
        "the tokenizer has {tokens} tokens, but the model has embeddings for {embeddings}; they do not belong together"
    )]
    VocabularyTooLarge {
        /// Tokens of the tokenizer.
        tokens: usize,
        /// Rows of the embedding.
        embeddings: usize,
    },
    /// A tensor could not be stored in the type asked for.
    #[error("the tensor {name:?} cannot be stored: {source}")]
    Quantize {
        /// Its name.
        name: String,
        /// Why.
        #[source]
        source: QuantError,
    },
    /// A weight is NaN or infinite.
    #[error(
        "weight {index} of the tensor {name:?} is {value}; the model is damaged or its training diverged"
    )]
    NotFinite {
        /// The tensor.
        name: String,
        /// The first such weight.
        index: usize,
        /// Its value.
        value: f32,
    },
}
