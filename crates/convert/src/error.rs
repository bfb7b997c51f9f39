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
    /// A folder lacks the weights in the one form that is read.
    #[error("{} has no model.safetensors{hint}", dir.display())]
    NoWeights {
        /// The folder.
        dir: PathBuf,
        /// What is there instead, and what to do.
        hint: &'static str,
    },
    /// A folder has no tokenizer.
    #[error("{} has neither tokenizer.json nor vocab.json and merges.txt; copy the tokenizer of the model into it", dir.display())]
    NoTokenizer {
        /// The folder.
        dir: PathBuf,
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
    /// A line of `merges.txt` is not two tokens.
    #[error("{} line {line}: {text:?} is not two tokens with a space between", path.display())]
    BadMergeLine {
        /// The file.
        path: PathBuf,
        /// 1-based.
        line: usize,
        /// The line.
        text: String,
    },
    /// The ids of `vocab.json` are not 0, 1, 2, … each once.
    #[error("{} must number its tokens 0, 1, 2, …, each once; {found} of {tokens} breaks that", path.display())]
    BadVocabId {
        /// The file.
        path: PathBuf,
        /// The first id out of order.
        found: u64,
        /// How many tokens there are.
        tokens: usize,
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
