//! The settings and tokenizers of people's folders: optional things stay
//! optional, two readings are refused, and what is ignored is said.

mod folder;

use folder::{Folder, key};
use senselm_convert::{ConvertError, ConvertWarning};
use senselm_gguf::{OwnedArray, OwnedValue, keys};
use senselm_tokenize::{TokenizeError, TokenizeWarning};
use serde_json::{Value, json};

fn configured(changes: &[(&str, Value)]) -> Folder {
    Folder::new().configured(|config| {
        for (name, value) in changes {
            config.insert((*name).to_owned(), value.clone());
        }
    })
}

fn without(names: &[&str]) -> Folder {
    Folder::new().configured(|config| config.retain(|name, _| !names.contains(&name.as_str())))
}

#[test]
fn null_means_the_default() {
    let optional = [
        "_name_or_path",
        "model_type",
        "architectures",
        "activation_function",
        "n_inner",
        "layer_norm_epsilon",
        "tie_word_embeddings",
        "scale_attn_weights",
        "scale_attn_by_inverse_layer_idx",
        "add_cross_attention",
        "bos_token_id",
        "eos_token_id",
        "torch_dtype",
    ];
    let nulls: Vec<(&str, Value)> = optional.map(|name| (name, Value::Null)).to_vec();
    assert_eq!(configured(&nulls).is_plain(), []);
    assert_eq!(without(&optional).is_plain(), []);
}

#[test]
fn sizes_that_the_weights_show_need_not_be_said() {
    let sizes = ["n_layer", "n_embd", "n_positions", "vocab_size"];
    let folder = without(&sizes);
    assert_eq!(folder.is_plain(), []);
    let plain = Folder::new().convert().file;
    let found = folder.convert().file;
    for size in [
        keys::GPT2_BLOCK_COUNT,
        keys::GPT2_EMBEDDING_LENGTH,
        keys::GPT2_CONTEXT_LENGTH,
        keys::GPT2_FEED_FORWARD_LENGTH,
    ] {
        assert_eq!(key(&found, size), key(&plain, size), "{size}");
    }
    let blind = without(&sizes).without(|name| name == "transformer.wpe.weight");
    assert!(matches!(
        blind.refused(),
        ConvertError::MissingSetting {
            field: "n_positions"
        }
    ));
}

#[test]
fn heads_cannot_be_seen_and_are_said_to_be_assumed() {
    // 64 is no multiple of 12.
    let folder = without(&["n_head"]);
    assert!(matches!(folder.refused(), ConvertError::Unsupported { .. }));
}

#[test]
fn other_names_of_sizes_are_taken_and_contradictions_refused() {
    let folder = Folder::new().configured(|config| {
        for (name, other) in [
            ("n_layer", "num_hidden_layers"),
            ("n_head", "num_attention_heads"),
            ("n_embd", "hidden_size"),
            ("n_positions", "block_size"),
        ] {
            let value = config.remove(name).expect("a size");
            config.insert(other.to_owned(), value);
        }
    });
    assert_eq!(folder.is_plain(), []);
    assert_eq!(configured(&[("hidden_size", json!(64))]).is_plain(), []);
    assert!(matches!(
        configured(&[("hidden_size", json!(32))]).refused(),
        ConvertError::TwoSizes {
            first: "n_embd",
            found: 64,
            second: "hidden_size",
            other: 32
        }
    ));
}

#[test]
fn the_first_of_several_ends_is_taken() {
    let folder = configured(&[("eos_token_id", json!([259, 10]))]);
    let warning = TokenizeWarning::OnlyFirstEnd {
        which: "eos",
        taken: 259,
        count: 2,
    };
    assert_eq!(folder.is_plain(), [ConvertWarning::Tokenizer(warning)]);
    let end = key(&folder.convert().file, keys::TOKENIZER_EOS_ID);
    assert_eq!(end, Some(OwnedValue::U32(259)));
    assert_eq!(configured(&[("eos_token_id", json!([]))]).is_plain(), []);
}

#[test]
fn an_end_outside_the_vocabulary_is_said_and_ignored() {
    for found in [50256, -1, i64::from(u32::MAX), i64::MAX] {
        let folder = configured(&[("eos_token_id", json!(found))]);
        let warning = TokenizeWarning::EndIgnored {
            which: "eos",
            found,
            vocab_len: 260,
        };
        assert_eq!(folder.is_plain(), [ConvertWarning::Tokenizer(warning)]);
        // The tokenizer names its own.
        let end = key(&folder.convert().file, keys::TOKENIZER_EOS_ID);
        assert_eq!(end, Some(OwnedValue::U32(259)));
    }
    for value in [json!("<|endoftext|>"), json!(1.5), json!([[1]]), json!({})] {
        let folder = configured(&[("eos_token_id", value)]);
        assert!(matches!(folder.refused(), ConvertError::Json { .. }));
    }
}

#[test]
fn byte_order_marks_are_left_out() {
    let folder = Folder::new();
    for name in ["config.json", "tokenizer.json", "tokenizer_config.json"] {
        let text = std::fs::read_to_string(folder.file(name)).expect("read");
        folder.write(name, format!("\u{feff}{text}"));
    }
    assert_eq!(folder.is_plain(), []);
    let slow = slow();
    for name in ["vocab.json", "merges.txt", "added_tokens.json"] {
        let text = std::fs::read_to_string(slow.file(name)).expect("read");
        slow.write(name, format!("\u{feff}{}", text.replace('\n', "\r\n")));
    }
    assert_eq!(slow.is_plain(), []);
}

#[test]
fn texts_that_are_not_read() {
    let folder = Folder::new();
    let text = std::fs::read_to_string(folder.file("config.json")).expect("read");
    let wide: Vec<u8> = std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    folder.write("config.json", wide);
    assert!(matches!(folder.refused(), ConvertError::NotUtf8 { .. }));
    folder.write("config.json", "[".repeat(100_000));
    assert!(matches!(folder.refused(), ConvertError::Json { .. }));
    let deep = format!("{{\"n_embd\": {}1{}}}", "[".repeat(9999), "]".repeat(9999));
    folder.write("config.json", deep);
    assert!(matches!(folder.refused(), ConvertError::Json { .. }));
    for (name, size) in [("config.json", 1_u64 << 40), ("tokenizer.json", 1 << 33)] {
        let folder = Folder::new();
        let file = std::fs::File::create(folder.file(name)).expect("created");
        // Holes: nothing of this size is on the disk.
        if file.set_len(size).is_ok() {
            let error = folder.refused();
            let large = matches!(error, ConvertError::TooLarge { found, .. } if found == size);
            assert!(large, "{error}");
        }
    }
    let folder = Folder::new();
    folder.write(
        "tokenizer.json",
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    );
    assert!(matches!(folder.refused(), ConvertError::Pointer { .. }));
}

/// The folder with vocab.json, merges.txt and added_tokens.json: the 256
/// bytes, "ab", two added tokens and the end of text.
fn slow() -> Folder {
    let folder = Folder::new();
    let text = std::fs::read_to_string(folder.file("tokenizer.json")).expect("read");
    let whole: Value = serde_json::from_str(&text).expect("JSON");
    let mut vocab = whole["model"]["vocab"].clone();
    let vocab = vocab.as_object_mut().expect("an object");
    vocab.retain(|_, id| id.as_u64() < Some(256));
    vocab.insert("ab".to_owned(), json!(256));
    folder.write("vocab.json", json!(vocab).to_string());
    folder.write("merges.txt", "#version: 0.2\na b\n");
    folder.write(
        "added_tokens.json",
        "{\"<|sep|>\": 257, \"<|pad|>\": 258, \"<|endoftext|>\": 259}",
    );
    folder.remove("tokenizer.json");
    folder.remove("tokenizer_config.json");
    folder
}

fn tokens(folder: &Folder) -> (Vec<String>, Vec<i32>) {
    let file = folder.convert().file;
    match (
        key(&file, keys::TOKENIZER_TOKENS),
        key(&file, keys::TOKENIZER_TOKEN_TYPE),
    ) {
        (
            Some(OwnedValue::Array(OwnedArray::Str(tokens))),
            Some(OwnedValue::Array(OwnedArray::I32(kinds))),
        ) => (tokens, kinds),
        other => panic!("{other:?}"),
    }
}

#[test]
fn added_tokens_beside_a_vocabulary_are_read() {
    let folder = slow();
    assert_eq!(folder.is_plain(), []);
    let (texts, kinds) = tokens(&folder);
    assert_eq!(texts[256..], ["ab", "<|sep|>", "<|pad|>", "<|endoftext|>"]);
    assert_eq!(kinds[256..], [1, 4, 4, 3]);
    let ended = folder.configured(|config| {
        config.insert("bos_token_id".to_owned(), json!(257));
    });
    let file = ended.convert().file;
    assert_eq!(
        key(&file, keys::TOKENIZER_BOS_ID),
        Some(OwnedValue::U32(257))
    );
    assert_eq!(tokens(&ended).1[256..], [1, 3, 4, 3]);
}

#[test]
fn special_tokens_are_known_from_the_files_that_name_them() {
    let map = json!({
        "eos_token": "<|sep|>",
        "pad_token": {"content": "<|pad|>", "lstrip": false, "rstrip": false},
        "unk_token": null,
        "additional_special_tokens": ["<|nowhere|>"],
    });
    let folder = slow().configured(|config| {
        config.insert("eos_token_id".to_owned(), Value::Null);
        config.insert("bos_token_id".to_owned(), Value::Null);
    });
    for name in ["special_tokens_map.json", "tokenizer_config.json"] {
        folder.write(name, map.to_string());
        let warning = TokenizeWarning::NoId {
            name: "additional_special_tokens".to_owned(),
            token: "<|nowhere|>".to_owned(),
        };
        assert_eq!(folder.is_plain(), [ConvertWarning::Tokenizer(warning)]);
        assert_eq!(tokens(&folder).1[256..], [1, 3, 3, 3]);
        let end = key(&folder.convert().file, keys::TOKENIZER_EOS_ID);
        assert_eq!(end, Some(OwnedValue::U32(257)));
    }
    folder.write("tokenizer_config.json", "{\"eos_token\": \"<|pad|>\"}");
    assert!(matches!(
        folder.refused(),
        ConvertError::Tokenizer(TokenizeError::Disagree {
            what: "eos_token",
            ..
        })
    ));
}

#[test]
fn added_tokens_of_the_tokenizers_settings_are_read() {
    let folder = slow();
    folder.remove("added_tokens.json");
    folder.write(
        "tokenizer_config.json",
        json!({"added_tokens_decoder": {
            "257": {"content": "<|sep|>", "special": true},
            "258": {"content": " wide ", "special": false},
            "259": {"content": "<|endoftext|>", "special": true},
        }})
        .to_string(),
    );
    assert_eq!(folder.is_plain(), []);
    let (texts, kinds) = tokens(&folder);
    assert_eq!(texts[257..], ["<|sep|>", " wide ", "<|endoftext|>"]);
    assert_eq!(kinds[257..], [3, 4, 3]);
}

#[test]
fn ids_with_gaps_or_twice_are_refused_by_name() {
    let check = |added: &str| {
        let folder = slow();
        folder.write("added_tokens.json", added);
        match folder.refused() {
            ConvertError::Tokenizer(error) => error,
            other => panic!("{other}"),
        }
    };
    assert!(matches!(
        check("{\"<|sep|>\": 258, \"<|endoftext|>\": 259}"),
        TokenizeError::MissingId { id: 257, next: 258, token } if token == "<|sep|>"
    ));
    assert!(matches!(
        check("{\"<|sep|>\": 4294967295}"),
        TokenizeError::MissingId {
            id: 257,
            next: u32::MAX,
            ..
        }
    ));
    assert!(matches!(
        check("{\"<|sep|>\": 256}"),
        TokenizeError::SharedId { id: 256, first, second } if first == "ab" && second == "<|sep|>"
    ));
    assert!(matches!(
        check("{\"ab\": 257}"),
        TokenizeError::DuplicateToken { first: 256, second: 257, token } if token == "ab"
    ));
    for added in [
        "{\"a\": 4294967296}",
        "{\"a\": -1}",
        "{\"a\": \"1\"}",
        "[1]",
    ] {
        assert!(matches!(
            check(added),
            TokenizeError::Json {
                file: "added_tokens.json",
                ..
            }
        ));
    }
}

#[test]
fn an_end_that_texts_can_hold_is_refused() {
    let folder = slow().configured(|config| {
        config.insert("eos_token_id".to_owned(), json!(256));
    });
    assert!(matches!(
        folder.refused(),
        ConvertError::Tokenizer(TokenizeError::EndNotControl {
            which: "eos",
            id: 256
        })
    ));
}

#[test]
fn half_a_tokenizer_and_other_kinds_are_said() {
    for (gone, there, what) in [
        ("merges.txt", None, "needs merges.txt"),
        ("vocab.json", None, "needs vocab.json"),
        ("vocab.json", Some("meta.pkl"), "needs vocab.json"),
    ] {
        let folder = slow();
        folder.remove(gone);
        if let Some(name) = there {
            folder.write(name, "");
        }
        let error = folder.refused().to_string();
        assert!(error.contains(what), "{error}");
    }
    for name in ["meta.pkl", "tokenizer.model", "vocab.txt", "vocab.bpe"] {
        let folder = slow();
        folder.remove("vocab.json");
        folder.remove("merges.txt");
        folder.write(name, "");
        let error = folder.refused().to_string();
        assert!(error.contains(name), "{error}");
    }
}
