//! One fixture for every way in which a vocabulary can be refused.

#![expect(
    clippy::unwrap_used,
    reason = "a fixture that cannot be built fails its test"
)]

use senselm_gguf::{Gguf, OwnedArray, OwnedValue, Writer};
use senselm_tokenize::{
    EndIds, Ends, MAX_MERGES, MAX_TOKEN_BYTES, MAX_TOKENS, Special, TokenKind, TokenizeError,
    TokenizeWarning, Tokenizer, TokenizerBuilder, TokenizerFiles,
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
    ($result:expr, $pattern:pat $(if $guard:expr)?) => {
        match $result {
            Err(error) => {
                assert!(!error.to_string().is_empty());
                assert!(matches!(&error, $pattern $(if $guard)?), "{error:?}");
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
        TokenizeError::MissingId {
            id: 258,
            next: 5000,
            ..
        }
    );
    refused!(
        json_with(|json| json["model"]["vocab"]["zz"] = json!(0)),
        TokenizeError::SharedId { id: 0, .. }
    );
}

#[test]
fn json_that_asks_for_another_tokenizer() {
    let settings: [(&str, Value); 22] = [
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
        ("/added_tokens/0/rstrip", json!(true)),
        (
            "/normalizer",
            json!({"type": "Sequence", "normalizers": [{"type": "NFKC"}]}),
        ),
        (
            "/pre_tokenizer",
            json!({"type": "Sequence", "pretokenizers": [
                {"type": "Digits", "individual_digits": true},
                {"type": "ByteLevel", "add_prefix_space": false},
            ]}),
        ),
        (
            "/pre_tokenizer",
            json!({"type": "Sequence", "pretokenizers": []}),
        ),
        ("/decoder", json!({"type": "Metaspace"})),
        (
            "/post_processor",
            json!({"type": "RobertaProcessing", "sep": ["a", 0]}),
        ),
        (
            "/post_processor",
            json!({"type": "TemplateProcessing", "single": [
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}},
            ]}),
        ),
        // A template whose token has another id than the vocabulary's.
        ("/post_processor", template("<|endoftext|>", 3)),
        ("/post_processor", template("<s>", 257)),
        ("/model/type", json!("Unigram")),
    ];
    for (path, value) in settings {
        refused!(
            json_with(|json| *json.pointer_mut(path).unwrap() = value),
            TokenizeError::UnsupportedSetting { .. }
        );
    }
}

/// A post-processor that puts one token in front of a text.
fn template(token: &str, id: u32) -> Value {
    json!({
        "type": "TemplateProcessing",
        "single": [
            {"SpecialToken": {"id": token, "type_id": 0}},
            {"Sequence": {"id": "A", "type_id": 0}},
        ],
        "pair": [],
        "special_tokens": {token: {"id": token, "ids": [id], "tokens": [token]}},
    })
}

#[test]
fn settings_that_change_nothing_are_accepted() {
    let byte_level = json!({"type": "ByteLevel", "add_prefix_space": false});
    let settings: [(&str, Value); 8] = [
        (
            "/normalizer",
            json!({"type": "Sequence", "normalizers": []}),
        ),
        (
            "/pre_tokenizer",
            json!({"type": "Sequence", "pretokenizers": [byte_level]}),
        ),
        ("/decoder", json!(null)),
        (
            "/decoder",
            json!({"type": "Sequence", "decoders": [byte_level]}),
        ),
        ("/post_processor", json!(null)),
        ("/model/type", json!(null)),
        ("/model/ignore_merges", json!(null)),
        ("/model/continuing_subword_prefix", json!("")),
    ];
    for (path, value) in settings {
        let read = json_with(|json| *json.pointer_mut(path).unwrap() = value).unwrap();
        assert_eq!(read.warnings(), [], "{path}");
        assert_eq!(read.front_id(), None);
    }
}

#[test]
fn a_vocabulary_of_another_shape_is_named_by_its_model() {
    let read = json_with(|json| {
        json["model"] = json!({"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0]]});
    });
    let Err(TokenizeError::UnsupportedSetting { field, found, .. }) = read else {
        panic!("{read:?}");
    };
    assert_eq!((field, found.as_str()), ("model.type", "Unigram"));
}

#[test]
fn merges_that_are_missing() {
    refused!(
        json_with(|json| json["model"]["merges"] = json!([])),
        TokenizeError::NoMerges { count: 1, .. }
    );
    refused!(
        json_with(|json| {
            json["model"].as_object_mut().unwrap().remove("merges");
        }),
        TokenizeError::NoMerges { .. }
    );
    let merges = "tokenizer.ggml.merges";
    let none = OwnedValue::Array(OwnedArray::Str(Vec::new()));
    refused!(
        gguf_with(&[(merges, None)]),
        TokenizeError::NoMerges { token, count: 1 } if token == "ab"
    );
    refused!(
        gguf_with(&[(merges, Some(none))]),
        TokenizeError::NoMerges { .. }
    );
    // Bytes alone need none, nor do fillers.
    let mut bytes = bytes_only();
    bytes.push_token("[PAD256]", TokenKind::Normal).unwrap();
    bytes.push_token("<|a|>", TokenKind::Control).unwrap();
    let tokenizer = bytes.finish(Ends::default()).unwrap();
    assert_eq!(tokenizer.warnings(), []);
}

#[test]
fn ordinary_tokens_that_no_merge_makes_are_said() {
    // Without types the control token is an ordinary one; the end is known.
    let kinds = ("tokenizer.ggml.token_type", None);
    assert_eq!(
        gguf_with(std::slice::from_ref(&kinds)).unwrap().warnings(),
        []
    );
    let read = gguf_with(&[kinds, ("tokenizer.ggml.eos_token_id", None)]).unwrap();
    assert_eq!(
        read.warnings(),
        [TokenizeWarning::Unmerged {
            count: 1,
            id: 257,
            token: "<|endoftext|>".to_owned(),
        }]
    );
}

#[test]
fn ends_outside_the_vocabulary_are_said_and_ignored() {
    let eos = "tokenizer.ggml.eos_token_id";
    for (value, found) in [
        (OwnedValue::U32(9999), 9999),
        (OwnedValue::U32(u32::MAX), i64::from(u32::MAX)),
        (OwnedValue::I32(-1), -1),
        (OwnedValue::I64(-1), -1),
        (OwnedValue::U64(u64::MAX), i64::MAX),
        (OwnedValue::U32(258), 258),
    ] {
        let read = gguf_with(&[(eos, Some(value))]).unwrap();
        assert_eq!(read.eos_id(), None);
        assert_eq!(
            read.warnings(),
            [TokenizeWarning::EndIgnored {
                which: "eos",
                found,
                vocab_len: 258,
            }]
        );
    }
    let read = gguf_with(&[(eos, Some(OwnedValue::U64(257)))]).unwrap();
    assert_eq!((read.eos_id(), read.warnings()), (Some(257), &[][..]));
    refused!(
        gguf_with(&[(eos, Some(OwnedValue::F32(1.0)))]),
        TokenizeError::Gguf(_)
    );
    // What a text can hold ends none: it would no longer be text.
    for id in [64, 256] {
        refused!(
            gguf_with(&[(eos, Some(OwnedValue::U32(id)))]),
            TokenizeError::EndNotControl { which: "eos", .. }
        );
    }
}

#[test]
fn a_beginning_in_front_of_every_text_is_known() {
    let add = "tokenizer.ggml.add_bos_token";
    let yes = || Some(OwnedValue::Bool(true));
    let read = gguf_with(&[(add, yes())]).unwrap();
    assert_eq!(read.front_id(), None);
    assert_eq!(read.warnings(), [TokenizeWarning::NoBeginning]);
    let end = ("tokenizer.ggml.add_eos_token", yes());
    assert_eq!(
        gguf_with(&[end]).unwrap().warnings(),
        [TokenizeWarning::EndNotAdded]
    );

    let read = json_with(|json| json["post_processor"] = template("<|endoftext|>", 257)).unwrap();
    assert_eq!(read.front_id(), Some(257));
    assert_eq!(read.encode("a", Special::AsText), [64]);
    let again = Tokenizer::from_json(&read.to_json()).unwrap();
    assert_eq!(again.front_id(), Some(257));
    let mut writer = Writer::new();
    for (key, value) in read.gguf_keys() {
        writer.set(key, value).unwrap();
    }
    let bytes = writer.to_bytes().unwrap();
    let again = Tokenizer::from_gguf(&Gguf::parse(&bytes).unwrap()).unwrap();
    assert_eq!(again.front_id(), Some(257));
}

#[test]
fn types_of_tokens_may_be_integers_of_any_width() {
    let kinds = "tokenizer.ggml.token_type";
    let mut wide = vec![1; 257];
    wide.push(3);
    for array in [
        OwnedArray::U64(wide.iter().map(|&kind| kind as u64).collect()),
        OwnedArray::I64(wide.clone()),
        OwnedArray::U32(wide.iter().map(|&kind| kind as u32).collect()),
        OwnedArray::U8(wide.iter().map(|&kind| kind as u8).collect()),
    ] {
        let read = gguf_with(&[(kinds, Some(OwnedValue::Array(array)))]).unwrap();
        assert_eq!(read.token_kind(257), Some(TokenKind::Control));
    }
    refused!(
        gguf_with(&[(
            kinds,
            Some(OwnedValue::Array(OwnedArray::U64(vec![u64::MAX; 258])))
        )]),
        TokenizeError::Gguf(_)
    );
    refused!(
        gguf_with(&[(
            kinds,
            Some(OwnedValue::Array(OwnedArray::F32(vec![1.0; 258])))
        )]),
        TokenizeError::Gguf(_)
    );
}

#[test]
fn a_byte_order_mark_is_left_out() {
    let marked = format!("\u{feff}{}", small().to_json());
    assert!(Tokenizer::from_json(&marked).is_ok());
}

/// The files of a folder without `tokenizer.json`: bytes, "ab", the end.
fn from_files(
    change: impl FnOnce(&mut Value),
    merges: &str,
    config: &str,
) -> Result<Tokenizer, TokenizeError> {
    let json: Value = serde_json::from_str(&small().to_json()).unwrap();
    let mut vocab = json["model"]["vocab"].clone();
    change(&mut vocab);
    let files = TokenizerFiles {
        vocab_json: Some(&vocab.to_string()),
        merges_txt: Some(merges),
        tokenizer_config_json: Some(config),
        ..TokenizerFiles::default()
    };
    Tokenizer::from_files(&files, &EndIds::default())
}

#[test]
fn files_without_tokenizer_json() {
    let read = from_files(|_| {}, "#version: 0.2\r\na b\r\n", "{}").unwrap();
    assert_eq!((read.eos_id(), read.bos_id()), (Some(257), Some(257)));
    assert_eq!(read.warnings(), []);
    // GPT-2 begins a text with what ends one.
    let begun = from_files(|_| {}, "a b", "{\"add_bos_token\": true}").unwrap();
    assert_eq!(begun.front_id(), Some(257));
    let config = json!({"add_bos_token": true, "bos_token": "<|endoftext|>"});
    let begun = from_files(|_| {}, "a b", &config.to_string()).unwrap();
    assert_eq!(begun.front_id(), Some(257));
    for merges in ["a b c", "ab", " ab", "ab ", "a  b"] {
        refused!(
            from_files(|_| {}, merges, "{}"),
            TokenizeError::BadMergeLine { line: 1, .. }
        );
    }
    refused!(from_files(|_| {}, "", "{}"), TokenizeError::NoMerges { .. });
    refused!(
        from_files(|vocab| vocab["zz"] = json!(0), "a b", "{}"),
        TokenizeError::SharedId { id: 0, .. }
    );
    for config in [
        "{\"add_prefix_space\": true}",
        "{\"tokenizer_class\": \"CLIPTokenizer\"}",
        "{\"bos_token\": 3}",
        "{\"pad_token\": {\"content\": \"<|endoftext|>\", \"lstrip\": true}}",
        "{\"added_tokens_decoder\": {\"x\": {\"content\": \"a\"}}}",
    ] {
        refused!(
            from_files(|_| {}, "a b", config),
            TokenizeError::UnsupportedSetting { .. }
        );
    }
    refused!(
        Tokenizer::from_files(&TokenizerFiles::default(), &EndIds::default()),
        TokenizeError::NoFiles
    );
}

#[test]
fn two_beginnings_are_refused() {
    let mut json: Value = serde_json::from_str(&small().to_json()).unwrap();
    let check = |json: &Value, config: &str| {
        let files = TokenizerFiles {
            tokenizer_json: Some(&json.to_string()),
            tokenizer_config_json: Some(config),
            ..TokenizerFiles::default()
        };
        Tokenizer::from_files(&files, &EndIds::default())
    };
    let adds = "{\"add_bos_token\": true, \"bos_token\": \"<|endoftext|>\"}";
    refused!(check(&json, adds), TokenizeError::Disagree { .. });
    json["post_processor"] = template("<|endoftext|>", 257);
    assert_eq!(check(&json, adds).unwrap().front_id(), Some(257));
    refused!(
        check(&json, "{\"add_bos_token\": false}"),
        TokenizeError::Disagree { .. }
    );
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
    assert_eq!(
        gguf_with(&[("tokenizer.ggml.pre", None)])
            .unwrap()
            .warnings(),
        [TokenizeWarning::PreTokenizerAssumed]
    );
}
