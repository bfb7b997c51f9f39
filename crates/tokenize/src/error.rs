//! Everything that can be wrong with a tokenizer that came from outside.

use thiserror::Error;

/// Why a tokenizer was refused, or an id could not be decoded.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TokenizeError {
    /// The GGUF keys could not be read.
    #[error("the tokenizer keys of the GGUF file cannot be read: {0}")]
    Gguf(#[from] senselm_gguf::GgufError),
    /// `tokenizer.ggml.model` names something else than byte-level BPE.
    #[error(
        "tokenizer.ggml.model is {found:?}; only \"gpt2\" (byte-level BPE) is supported: convert a GPT-2 style model"
    )]
    UnsupportedModel {
        /// The value found.
        found: String,
    },
    /// `tokenizer.ggml.pre` names another pre-tokenizer.
    #[error(
        "tokenizer.ggml.pre is {found:?}; only \"gpt-2\" is supported: convert a model that uses the GPT-2 pre-tokenizer"
    )]
    UnsupportedPreTokenizer {
        /// The value found.
        found: String,
    },
    /// A setting of `tokenizer.json` asks for something this crate does not do.
    #[error(
        "tokenizer.json: {field} is {found}, expected {expected}: only GPT-2's byte-level BPE is supported"
    )]
    UnsupportedSetting {
        /// The path of the setting.
        field: &'static str,
        /// What it holds.
        found: String,
        /// What would be accepted.
        expected: &'static str,
    },
    /// `tokenizer.json` is not JSON of the expected shape.
    #[error(
        "tokenizer.json cannot be read at line {line}, column {column}: {reason}; write it again with the tokenizers library"
    )]
    Json {
        /// 1-based line.
        line: usize,
        /// 1-based column.
        column: usize,
        /// What the JSON reader said.
        reason: String,
    },
    /// `token_type` and `tokens` differ in length.
    #[error("the file has {tokens} tokens but {kinds} token types: the file is damaged")]
    LengthMismatch {
        /// Number of tokens.
        tokens: usize,
        /// Number of token types.
        kinds: usize,
    },
    /// More tokens than [`crate::MAX_TOKENS`].
    #[error("the vocabulary has {found} tokens, at most {limit} are accepted")]
    TooManyTokens {
        /// The number found.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// More merges than [`crate::MAX_MERGES`].
    #[error("the vocabulary has {found} merges, at most {limit} are accepted")]
    TooManyMerges {
        /// The number found.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// A token longer than [`crate::MAX_TOKEN_BYTES`].
    #[error("token {id} has {bytes} bytes, at most {limit} are accepted")]
    TokenTooLong {
        /// The token's id.
        id: u32,
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// All tokens together exceed [`crate::MAX_VOCABULARY_BYTES`].
    #[error("the tokens hold more than {limit} bytes together")]
    VocabularyTooLarge {
        /// The limit.
        limit: usize,
    },
    /// A token without text.
    #[error("token {id} is empty: the vocabulary is damaged")]
    EmptyToken {
        /// The token's id.
        id: u32,
    },
    /// A normal token uses a character that stands for no byte.
    #[error(
        "token {id} ({token:?}) holds {character:?}, which stands for no byte in the byte-level alphabet: the vocabulary is not byte-level"
    )]
    NotByteLevel {
        /// The token's id.
        id: u32,
        /// Its text in the file.
        token: String,
        /// The offending character.
        character: char,
    },
    /// Two ids have the same text.
    #[error("tokens {first} and {second} are both {token:?}: a text would have two encodings")]
    DuplicateToken {
        /// The lower id.
        first: u32,
        /// The higher id.
        second: u32,
        /// The text they share.
        token: String,
    },
    /// A byte has no token of its own, so some texts could not be encoded.
    #[error(
        "no token stands for the byte 0x{byte:02x} alone: train the vocabulary with the whole byte-level alphabet"
    )]
    MissingByte {
        /// The byte.
        byte: u8,
    },
    /// A token type outside 1 to 5.
    #[error(
        "token {id} has type {found}; 1 (normal), 2 (unknown), 3 (control), 4 (user-defined) and 5 (unused) are accepted"
    )]
    UnknownTokenKind {
        /// The token's id.
        id: u32,
        /// The type found.
        found: i32,
    },
    /// A merge that is not two tokens with a space between.
    #[error("merge {index} ({merge:?}) is not two tokens separated by one space")]
    BadMerge {
        /// 0-based rank.
        index: usize,
        /// The text found.
        merge: String,
    },
    /// A merge of, or into, a token that the vocabulary lacks.
    #[error("merge {index} needs the token {token:?}, which the vocabulary does not hold")]
    MergeNotInVocabulary {
        /// 0-based rank.
        index: usize,
        /// The missing token, in the byte-level alphabet where it can be written so.
        token: String,
    },
    /// The same pair twice; the reference implementations disagree about its rank.
    #[error("merges {first} and {second} join the same two tokens: remove one")]
    DuplicateMerge {
        /// The lower rank.
        first: u32,
        /// The higher rank.
        second: u32,
    },
    /// The ids of a `tokenizer.json` have a gap.
    #[error("no token has id {id}: ids must run from 0 without a gap")]
    MissingId {
        /// The first id without a token.
        id: u32,
    },
    /// Two tokens of a `tokenizer.json` have the same id.
    #[error("tokens {first:?} and {second:?} both have id {id}")]
    SharedId {
        /// The id.
        id: u32,
        /// One of the tokens.
        first: String,
        /// The other one.
        second: String,
    },
    /// An end or beginning of text beyond the vocabulary.
    #[error("the {which} token is {id}, but the vocabulary holds {vocab_len} tokens")]
    EndOutOfRange {
        /// `eos` or `bos`.
        which: &'static str,
        /// The id found.
        id: u32,
        /// The size of the vocabulary.
        vocab_len: usize,
    },
    /// An end or beginning of text that is an ordinary token.
    #[error("the {which} token {id} is not a control token: mark it as special in the vocabulary")]
    EndNotControl {
        /// `eos` or `bos`.
        which: &'static str,
        /// The id found.
        id: u32,
    },
    /// An id to decode that the vocabulary lacks.
    #[error("token id {id} is outside the vocabulary of {vocab_len} tokens")]
    UnknownId {
        /// The id.
        id: u32,
        /// The size of the vocabulary.
        vocab_len: usize,
    },
}
