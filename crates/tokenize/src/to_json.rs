//! Writing the `tokenizer.json` that the `tokenizers` library reads.

use serde_json::{Map, Value, json};

use crate::{TokenKind, Tokenizer, alphabet};

impl Tokenizer {
    /// This tokenizer as a `tokenizer.json`. The file has no place for the
    /// ends of a text, and unused tokens become ordinary ones that no merge
    /// produces.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut vocab = Map::new();
        let mut added = Vec::new();
        for (id, bytes, kind) in self.inner().vocabulary.iter() {
            let text = token_text(bytes, kind);
            if matches!(kind, TokenKind::Control | TokenKind::UserDefined) {
                added.push(json!({
                    "id": id,
                    "content": text,
                    "single_word": false,
                    "lstrip": false,
                    "rstrip": false,
                    "normalized": false,
                    "special": kind == TokenKind::Control,
                }));
            }
            vocab.insert(text, id.into());
        }
        let byte_level = |add_prefix_space: bool, trim_offsets: bool| {
            json!({
                "type": "ByteLevel",
                "add_prefix_space": add_prefix_space,
                "trim_offsets": trim_offsets,
                "use_regex": true,
            })
        };
        json!({
            "version": "1.0",
            "truncation": null,
            "padding": null,
            "added_tokens": added,
            "normalizer": null,
            "pre_tokenizer": byte_level(false, true),
            "post_processor": self.front_id().map_or(byte_level(true, false), |id| self.template(id)),
            "decoder": byte_level(true, true),
            "model": {
                "type": "BPE",
                "dropout": null,
                "unk_token": null,
                "continuing_subword_prefix": null,
                "end_of_word_suffix": null,
                "fuse_unk": false,
                "byte_fallback": false,
                "ignore_merges": false,
                "vocab": Value::Object(vocab),
                "merges": self.merge_texts(),
            },
        })
        .to_string()
    }

    /// The post-processor that puts `id` in front of a text.
    fn template(&self, id: u32) -> Value {
        let text = String::from_utf8_lossy(self.token_bytes(id).unwrap_or_default());
        let special = json!({"SpecialToken": {"id": text, "type_id": 0}});
        let sequence = |id: &str, type_id: u32| json!({"Sequence": {"id": id, "type_id": type_id}});
        json!({
            "type": "TemplateProcessing",
            "single": [special, sequence("A", 0)],
            "pair": [special, sequence("A", 0), sequence("B", 1)],
            "special_tokens": {text.clone(): {"id": text, "ids": [id], "tokens": [text]}},
        })
    }

    /// The merges by rank, as pairs in the byte-level alphabet.
    pub(crate) fn merge_texts(&self) -> Vec<[String; 2]> {
        let text = |id| alphabet::text(self.token_bytes(id).unwrap_or_default());
        self.inner()
            .merges
            .by_rank()
            .iter()
            .map(|merge| [text(merge.left), text(merge.right)])
            .collect()
    }
}

/// A token as files write it: normal and unused ones in the byte-level
/// alphabet, the others as they are.
pub(crate) fn token_text(bytes: &[u8], kind: TokenKind) -> String {
    match kind {
        TokenKind::Normal | TokenKind::Unused => alphabet::text(bytes),
        TokenKind::Control | TokenKind::UserDefined => String::from_utf8_lossy(bytes).into_owned(),
    }
}
