//! One fixture for every way in which a vocabulary can be refused.

#![expect(
    clippy::unwrap_used,
    reason = "a fixture that cannot be built fails its test"
)]

use senselm_gguf::{Gguf, OwnedArray, OwnedValue, Writer};
use senselm_tokenize::{
    Ends, MAX_MERGES, MAX_TOKEN_BYTES, MAX_TOKENS, TokenKind, TokenizeError, Tokenizer,
    TokenizerBuilder,
};
use serde_json::{Value, json};

fn bytes_only() -> TokenizerBuilder {
    let mut builder = TokenizerBuilder::new();
    builder.push_byte_tokens().unwrap();
    builder
}

fn small() -> Tokenizer {
    let mut builder = bytes_only();
    builder.push_token("ab", TokenKind::Normal).unwrap();
    builder.push_merge("a", "b").unwrap();
    let end = builder
        .push_token("<|endoftext|>", TokenKind::Control)
        .unwrap();
    builder
        .finish(Ends {
            eos: Some(end),
            bos: None,
        })
        .unwrap()
}

/// `small` as tokenizer.json, with one change.
fn json_with(change: impl FnOnce(&mut Value)) -> Result<Tokenizer, TokenizeError> {
    let mut json: Value = serde_json::from_str(&small().to_json()).unwrap();
    change(&mut json);
    Tokenizer::from_json(&json.to_string())
}

/// `small` as a GGUF file, with some keys replaced (or left out: `None`).
fn gguf_with(changes: &[(&str, Option<OwnedValue>)]) -> Result<Tokenizer, TokenizeError> {
    let mut writer = Writer::new();
    for (key, value) in small().gguf_keys() {
        let value = match changes.iter().find(|(name, _)| *name == key) {
            Some((_, Some(other))) => other.clone(),
            Some((_, None)) => continue,
            None => value,
        };
        writer.set(key, value).unwrap();
    }
    let bytes = writer.to_bytes().unwrap();
    Tokenizer::from_gguf(&Gguf::parse(&bytes).unwrap())
}

macro_rules! refused {
    ($result:expr, $pattern:pat) => {
        match $result {
            Err(error) => {
                assert!(matches!(error, $pattern), "{error:?}");
                assert!(!error.to_string().is_empty());
            }
            Ok(_) => panic!("accepted"),
        }
    };
}

#[test]
fn tokens() {
    use TokenKind::{Control, Normal, UserDefined};
    refused!(
        bytes_only().push_token("", Normal),
        TokenizeError::EmptyToken { id: 256 }
    );
    refused!(
        bytes_only().push_token(&"a".repeat(MAX_TOKEN_BYTES + 1), Control),
        TokenizeError::TokenTooLong { id: 256, .. }
    );
    refused!(
        bytes_only().push_token("a b", Normal),
        TokenizeError::NotByteLevel { character: ' ', .. }
    );
    let mut twice = bytes_only();
    twice.push_token("a", Normal).unwrap();
    refused!(
        twice.finish(Ends::default()),
        TokenizeError::DuplicateToken { second: 256, .. }
    );
    let mut both_kinds = bytes_only();
    both_kinds.push_token("a", UserDefined).unwrap();
    refused!(
        both_kinds.finish(Ends::default()),
        TokenizeError::DuplicateToken { second: 256, .. }
    );
    refused!(
        TokenizerBuilder::new().finish(Ends::default()),
        TokenizeError::MissingByte { byte: 0 }
    );
}

#[test]
fn too_much_of_everything() {
    let mut builder = TokenizerBuilder::new();
    for _ in 0..MAX_TOKENS {
        builder.push_token("a", TokenKind::Normal).unwrap();
    }
    refused!(
        builder.push_token("a", TokenKind::Normal),
        TokenizeError::TooManyTokens { .. }
    );
    let mut builder = TokenizerBuilder::new();
    let long = "a".repeat(MAX_TOKEN_BYTES);
    let error = (0..MAX_TOKENS)
        .find_map(|_| builder.push_token(&long, TokenKind::Normal).err())
        .unwrap();
    assert!(
        matches!(error, TokenizeError::VocabularyTooLarge { .. }),
        "{error:?}"
    );
    let mut builder = TokenizerBuilder::new();
    for _ in 0..MAX_MERGES {
        builder.push_merge("a", "b").unwrap();
    }
    refused!(
        builder.push_merge("a", "b"),
        TokenizeError::TooManyMerges { .. }
    );
}

#[test]
fn merges() {
    for (left, right) in [("x", "y"), ("ab", "c"), ("€", "a")] {
        let mut builder = bytes_only();
        builder.push_merge(left, right).unwrap();
        refused!(
            builder.finish(Ends::default()),
            TokenizeError::MergeNotInVocabulary { index: 0, .. }
        );
    }
    let mut builder = bytes_only();
    builder.push_token("ab", TokenKind::Normal).unwrap();
    builder.push_merge("a", "b").unwrap();
    builder.push_merge("a", "b").unwrap();
    refused!(
        builder.finish(Ends::default()),
        TokenizeError::DuplicateMerge {
            first: 0,
            second: 1
        }
    );
}

#[test]
fn ends() {
    let far = Ends {
        eos: Some(9999),
        bos: None,
    };
    refused!(
        bytes_only().finish(far),
        TokenizeError::EndOutOfRange { which: "eos", .. }
    );
    refused!(small().with_ends(far), TokenizeError::EndOutOfRange { .. });
    let ordinary = Ends {
        eos: None,
        bos: Some(0),
    };
    refused!(
        small().with_ends(ordinary),
        TokenizeError::EndNotControl {
            which: "bos",
            id: 0
        }
    );
    refused!(
        small().decode(&[0, 9999]),
        TokenizeError::UnknownId { id: 9999, .. }
    );
}

#[test]
fn json_of_another_shape() {
    refused!(Tokenizer::from_json("{"), TokenizeError::Json { .. });
    refused!(Tokenizer::from_json("[]"), TokenizeError::Json { .. });
    refused!(
        json_with(|json| json["model"]["merges"] = json!(["a b c"])),
        TokenizeError::BadMerge { index: 0, .. }
    );
    refused!(
        json_with(|json| json["model"]["vocab"]["zz"] = json!(5000)),
        TokenizeError::MissingId { id: 258 }
    );
    refused!(
        json_with(|json| json["model"]["vocab"]["zz"] = json!(0)),
        TokenizeError::SharedId { id: 0, .. }
    );
}

#[test]
fn json_that_asks_for_another_tokenizer() {
    let settings: [(&str, Value); 12] = [
        ("/model/type", json!("WordPiece")),
        ("/model/dropout", json!(0.1)),
        ("/model/continuing_subword_prefix", json!("##")),
        ("/model/end_of_word_suffix", json!("</w>")),
        ("/model/byte_fallback", json!(true)),
        ("/model/ignore_merges", json!(true)),
        ("/normalizer", json!({"type": "NFC"})),
        ("/pre_tokenizer", json!(null)),
        ("/pre_tokenizer/add_prefix_space", json!(true)),
        ("/pre_tokenizer/use_regex", json!(false)),
        ("/added_tokens/0/lstrip", json!(true)),
        ("/added_tokens/0/single_word", json!(true)),
    ];
    for (path, value) in settings {
        refused!(
            json_with(|json| *json.pointer_mut(path).unwrap() = value),
            TokenizeError::UnsupportedSetting { .. }
        );
    }
}

#[test]
fn gguf_keys() {
    let text = |value: &str| Some(OwnedValue::Str(value.to_owned()));
    refused!(
        gguf_with(&[("tokenizer.ggml.model", text("llama"))]),
        TokenizeError::UnsupportedModel { .. }
    );
    refused!(
        gguf_with(&[("tokenizer.ggml.pre", text("llama-bpe"))]),
        TokenizeError::UnsupportedPreTokenizer { .. }
    );
    refused!(
        gguf_with(&[("tokenizer.ggml.tokens", None)]),
        TokenizeError::Gguf(_)
    );
    refused!(
        gguf_with(&[("tokenizer.ggml.tokens", text("!"))]),
        TokenizeError::Gguf(_)
    );
    refused!(
        gguf_with(&[("tokenizer.ggml.eos_token_id", Some(OwnedValue::U32(9999)))]),
        TokenizeError::EndOutOfRange { .. }
    );
    refused!(
        gguf_with(&[(
            "tokenizer.ggml.token_type",
            Some(OwnedValue::Array(OwnedArray::I32(vec![1])))
        )]),
        TokenizeError::LengthMismatch { .. }
    );
    refused!(
        gguf_with(&[(
            "tokenizer.ggml.token_type",
            Some(OwnedValue::Array(OwnedArray::I32(vec![7; 258])))
        )]),
        TokenizeError::UnknownTokenKind { id: 0, found: 7 }
    );
    refused!(
        gguf_with(&[(
            "tokenizer.ggml.merges",
            Some(OwnedValue::Array(OwnedArray::Str(vec!["ab".to_owned()])))
        )]),
        TokenizeError::BadMerge { index: 0, .. }
    );
    // Files from before the key existed are GPT-2's own.
    assert!(gguf_with(&[("tokenizer.ggml.pre", None)]).is_ok());
}
