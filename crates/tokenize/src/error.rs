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
    /// A setting of a tokenizer's file asks for something this crate does not
    /// do, so that texts would get other ids.
    #[error(
        "{file}: {field} is {found}, expected {expected}: only GPT-2's byte-level BPE is supported"
    )]
    UnsupportedSetting {
        /// The file.
        file: &'static str,
        /// The path of the setting.
        field: &'static str,
        /// What it holds.
        found: String,
        /// What would be accepted.
        expected: &'static str,
    },
    /// A tokenizer's file is not JSON of the expected shape.
    #[error(
        "{file} cannot be read at line {line}, column {column}: {reason}; save the tokenizer again"
    )]
    Json {
        /// The file.
        file: &'static str,
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
        found: i64,
    },
    /// There are tokens that only merges make, and no merges.
    #[error(
        "the tokenizer has no merges, but {count} tokens, {token:?} among them, are made by merges: every text would become other ids than the model was trained on; convert the model again from a folder with tokenizer.json, or with vocab.json and merges.txt"
    )]
    NoMerges {
        /// How many such tokens there are.
        count: usize,
        /// The first of them.
        token: String,
    },
    /// A line of `merges.txt` is not two tokens.
    #[error("merges.txt line {line}: {text:?} is not two tokens with one space between")]
    BadMergeLine {
        /// 1-based.
        line: usize,
        /// The line.
        text: String,
    },
    /// A folder's files hold no tokenizer.
    #[error("there is neither tokenizer.json nor vocab.json with merges.txt")]
    NoFiles,
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
    /// The ids of a tokenizer's files have a gap.
    #[error(
        "no token has id {id}, but {token:?} has id {next}: ids must run from 0 without a gap; is a file with added tokens missing?"
    )]
    MissingId {
        /// The first id without a token.
        id: u32,
        /// The next id that has one.
        next: u32,
        /// Its token.
        token: String,
    },
    /// Two files say different things of one token.
    #[error(
        "{what} is {first} by {first_file} and {second} by {second_file}: make the files agree"
    )]
    Disagree {
        /// What they speak of.
        what: &'static str,
        /// One file.
        first_file: &'static str,
        /// What it says.
        first: String,
        /// The other file.
        second_file: &'static str,
        /// What that says.
        second: String,
    },
    /// Two tokens of a tokenizer's files have the same id.
    #[error("tokens {first:?} and {second:?} both have id {id}: make the files agree")]
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

/// A text or a piece of JSON, short enough for a message.
pub(crate) fn excerpt(found: &dyn std::fmt::Display) -> String {
    const LONGEST: usize = 200;
    let mut text = found.to_string();
    if let Some((at, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(at);
        text.push('…');
    }
    text
}
