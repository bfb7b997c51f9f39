//! GPT-2's byte-level BPE: text to token ids and back, from the
//! `tokenizer.ggml.*` keys of a GGUF file or from the files of a Hugging Face
//! folder: `tokenizer.json`, or `vocab.json` with `merges.txt`.
//!
//! It exists beside the `tokenizers` crate because that one is half a
//! megabyte of compressed wasm. It does one kind of tokenizer, the `gpt-2`
//! pre-tokenizer with ranked merges over all 256 bytes, and is held to the
//! `tokenizers` crate by property tests. It trains nothing, adds no tokens at
//! the ends of a text, truncates nothing and pads nothing.
//!
//! A file by which a text would get other ids than the model was trained on is
//! refused; what was assumed or left out is in [`Tokenizer::warnings`].
//!
//! ```
//! use senselm_tokenize::{Ends, Special, Tokenizer, TokenizerBuilder, TokenKind};
//!
//! let mut builder = TokenizerBuilder::new();
//! builder.push_byte_tokens()?;
//! builder.push_token("ab", TokenKind::Normal)?;
//! let end = builder.push_token("<|endoftext|>", TokenKind::Control)?;
//! builder.push_merge("a", "b")?;
//! let tokenizer: Tokenizer = builder.finish(Ends { eos: Some(end), bos: None })?;
//!
//! let ids = tokenizer.encode("abc<|endoftext|>", Special::Parse);
//! assert_eq!(ids.len(), 3);
//! assert_eq!(ids[2], end);
//! assert_eq!(tokenizer.decode(&ids)?, b"abc<|endoftext|>");
//! # Ok::<(), senselm_tokenize::TokenizeError>(())
//! ```

mod alphabet;
mod beside;
mod builder;
mod error;
mod files;
mod from_gguf;
mod from_json;
mod index;
mod matcher;
mod merges;
mod numbered;
mod split;
mod stream;
mod to_gguf;
mod to_json;
mod tokenizer;
mod unicode;
mod vocabulary;
mod warning;

pub use builder::{Ends, TokenizerBuilder};
pub use error::TokenizeError;
pub use files::{EndIds, TokenizerFiles};
pub use split::Pieces;
pub use stream::StreamDecoder;
pub use tokenizer::{Special, Tokenizer};
pub use vocabulary::TokenKind;
pub use warning::TokenizeWarning;

/// The most tokens a vocabulary may hold.
pub const MAX_TOKENS: usize = 1 << 20;
/// The most merges a vocabulary may hold.
pub const MAX_MERGES: usize = 1 << 21;
/// The most bytes one token may have; GPT-2's longest has 128.
pub const MAX_TOKEN_BYTES: usize = 1024;
/// The most bytes all tokens together may have.
pub const MAX_VOCABULARY_BYTES: usize = 64 << 20;
