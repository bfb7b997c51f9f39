//! Writing the `tokenizer.ggml.*` keys of a GGUF file.

use senselm_gguf::{OwnedArray, OwnedValue, keys};

use crate::Tokenizer;
use crate::to_json::token_text;

impl Tokenizer {
    /// The keys that llama.cpp and [`Tokenizer::from_gguf`] read, in the order
    /// in which llama.cpp's converter writes them.
    #[must_use]
    pub fn gguf_keys(&self) -> Vec<(String, OwnedValue)> {
        let vocabulary = &self.inner().vocabulary;
        let tokens = vocabulary
            .iter()
            .map(|(_, bytes, kind)| token_text(bytes, kind));
        let kinds = vocabulary.iter().map(|(_, _, kind)| kind.id());
        let merges = self.merge_texts().into_iter().map(|pair| pair.join(" "));
        let text = |text: &str| OwnedValue::Str(text.to_owned());
        let mut pairs = vec![
            (keys::TOKENIZER_MODEL, text("gpt2")),
            (keys::TOKENIZER_PRE, text("gpt-2")),
            (
                keys::TOKENIZER_TOKENS,
                OwnedValue::Array(OwnedArray::Str(tokens.collect())),
            ),
            (
                keys::TOKENIZER_TOKEN_TYPE,
                OwnedValue::Array(OwnedArray::I32(kinds.collect())),
            ),
            (
                keys::TOKENIZER_MERGES,
                OwnedValue::Array(OwnedArray::Str(merges.collect())),
            ),
        ];
        if let Some(id) = self.bos_id() {
            pairs.push((keys::TOKENIZER_BOS_ID, OwnedValue::U32(id)));
        }
        if let Some(id) = self.eos_id() {
            pairs.push((keys::TOKENIZER_EOS_ID, OwnedValue::U32(id)));
        }
        let begins = self.front_id().is_some();
        pairs.push((keys::TOKENIZER_ADD_BOS, OwnedValue::Bool(begins)));
        pairs.push((keys::TOKENIZER_ADD_EOS, OwnedValue::Bool(false)));
        pairs
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect()
    }
}
