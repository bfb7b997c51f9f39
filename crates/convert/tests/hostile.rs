//! One folder or file per way to be wrong; none needs data from outside.

use std::path::Path;

use senselm_convert::{ConvertError, Preset, Vocab, gguf_to_hf, hf_to_gguf, init, requantize};
use senselm_gguf::{GgmlType, Gguf, GgufError, OwnedValue, Writer, keys};
use senselm_tokenize::TokenizeError;
use tempfile::TempDir;

fn tiny() -> Vec<u8> {
    let preset = Preset::from_name("tiny").expect("a preset");
    init(preset, &Vocab::Bytes(260), 5, "f32").expect("random weights")
}

/// A valid Hugging Face folder, to be damaged.
fn folder() -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    gguf_to_hf(&tiny(), dir.path()).expect("written");
    dir
}

fn refused(dir: &Path) -> ConvertError {
    let error = hf_to_gguf(dir, "f32").expect_err("the folder must be refused");
    assert!(!error.to_string().is_empty());
    error
}

/// The error after one setting of config.json was changed.
fn with_setting(key: &str, value: serde_json::Value) -> ConvertError {
    let dir = folder();
    let path = dir.path().join("config.json");
    let text = std::fs::read_to_string(&path).expect("read");
    let mut config: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    config[key] = value;
    std::fs::write(&path, config.to_string()).expect("written");
    refused(dir.path())
}

/// The file with tensors and keys passed through `edit`.
fn edited(edit: impl Fn(&mut Vec<Tensor>, &mut Vec<(String, OwnedValue)>)) -> Vec<u8> {
    let bytes = tiny();
    let file = Gguf::parse(&bytes).expect("valid");
    let mut tensors: Vec<Tensor> = file
        .tensors()
        .iter()
        .map(|t| {
            let data = file.tensor_bytes(t).to_vec();
            (t.name.to_owned(), t.dims.as_slice().to_vec(), data)
        })
        .collect();
    let mut keys: Vec<(String, OwnedValue)> = file
        .metadata()
        .iter()
        .map(|(key, value)| (key.to_owned(), OwnedValue::from(value)))
        .collect();
    edit(&mut tensors, &mut keys);
    let mut writer = Writer::new();
    for (key, value) in keys {
        writer.set(key, value).expect("a valid key");
    }
    for (name, dims, data) in tensors {
        writer
            .tensor(name, &dims, GgmlType::F32, data)
            .expect("a valid tensor");
    }
    writer.to_bytes().expect("valid")
}

type Tensor = (String, Vec<u64>, Vec<u8>);

#[test]
fn the_undamaged_folder_is_taken_back() {
    let dir = folder();
    let back = hf_to_gguf(dir.path(), "f32").expect("valid").file;
    let (ours, first) = (Gguf::parse(&back).expect("valid"), tiny());
    let first = Gguf::parse(&first).expect("valid");
    for tensor in first.tensors() {
        let found = ours.tensor(tensor.name).expect("the tensor");
        assert_eq!(ours.tensor_bytes(found), first.tensor_bytes(tensor));
    }
    let name = ours.metadata().str(keys::GENERAL_NAME).expect("a name");
    assert_eq!(name, "random tiny seed 5");
}

#[test]
fn a_separate_head_goes_there_and_back() {
    let separate = edited(|tensors, _| {
        let head = tensors.iter().find(|t| t.0 == "token_embd.weight").cloned();
        let (_, dims, mut data) = head.expect("an embedding");
        data[0] ^= 1;
        tensors.push(("output.weight".to_owned(), dims, data));
    });
    let dir = tempfile::tempdir().expect("a folder");
    gguf_to_hf(&separate, dir.path()).expect("written");
    let back = hf_to_gguf(dir.path(), "f32").expect("valid").file;
    let file = Gguf::parse(&back).expect("valid");
    let head = file.tensor("output.weight").expect("a head of its own");
    let embedding = file.tensor("token_embd.weight").expect("an embedding");
    assert_ne!(file.tensor_bytes(head), file.tensor_bytes(embedding));
}

#[test]
fn missing_files() {
    for (name, what) in [
        ("config.json", "config.json"),
        ("model.safetensors", "save_pretrained"),
        ("tokenizer.json", "vocab.json"),
    ] {
        let dir = folder();
        std::fs::remove_file(dir.path().join(name)).expect("removed");
        let error = refused(dir.path());
        assert!(error.to_string().contains(what), "{error}");
    }
    let dir = folder();
    let path = dir.path();
    std::fs::rename(
        path.join("model.safetensors"),
        path.join("pytorch_model.bin"),
    )
    .expect("moved");
    assert!(refused(path).to_string().contains("safe_serialization"));
    assert!(matches!(
        refused(Path::new("/nowhere")),
        ConvertError::Read { .. }
    ));
}

#[test]
fn settings_that_are_not_gpt2() {
    for (key, value) in [
        ("model_type", "llama".into()),
        ("activation_function", "relu".into()),
        ("scale_attn_weights", false.into()),
        ("scale_attn_by_inverse_layer_idx", true.into()),
        ("add_cross_attention", true.into()),
        ("n_head", 3.into()),
        ("layer_norm_epsilon", 0.0.into()),
    ] {
        let error = with_setting(key, value);
        assert!(
            matches!(error, ConvertError::Unsupported { .. }),
            "{key}: {error}"
        );
    }
}

#[test]
fn sizes_out_of_range() {
    for (key, value) in [
        ("n_layer", 0_u64),
        ("n_layer", 1 << 40),
        ("n_embd", 0),
        ("n_embd", u64::MAX),
        ("n_head", 0),
        ("n_head", 65),
        ("n_inner", 0),
        ("n_positions", 0),
        ("vocab_size", u64::MAX),
    ] {
        let error = with_setting(key, value.into());
        assert!(
            matches!(error, ConvertError::SizeOutOfRange { .. }),
            "{key}: {error}"
        );
    }
    assert!(matches!(
        with_setting("n_layer", (-1).into()),
        ConvertError::Json { .. }
    ));
    assert!(matches!(
        with_setting("n_layer", "2".into()),
        ConvertError::Json { .. }
    ));
}

#[test]
fn a_configuration_that_does_not_match_the_weights() {
    assert!(matches!(
        with_setting("n_layer", 3.into()),
        ConvertError::MissingTensor { name } if name == "transformer.h.2.attn.c_attn.bias"
    ));
    assert!(matches!(
        with_setting("n_layer", 1.into()),
        ConvertError::UnexpectedTensor { name } if name.starts_with("transformer.h.1.")
    ));
    assert!(matches!(
        with_setting("n_positions", 64.into()),
        ConvertError::WrongShape { name, expected, found }
            if name == "transformer.wpe.weight" && expected == [64, 64] && found == [128, 64]
    ));
    assert!(matches!(
        with_setting("tie_word_embeddings", false.into()),
        ConvertError::MissingTensor { name } if name == "lm_head.weight"
    ));
    assert!(matches!(
        with_setting("vocab_size", 259.into()),
        ConvertError::VocabularyTooLarge {
            tokens: 260,
            embeddings: 259
        }
    ));
}

#[test]
fn json_that_is_none() {
    for (name, text) in [
        ("config.json", "{"),
        ("tokenizer.json", "[]"),
        ("senselm.json", "{\"senselm.task\": [1]}"),
    ] {
        let dir = folder();
        std::fs::write(dir.path().join(name), text).expect("written");
        let error = refused(dir.path());
        assert!(
            matches!(
                error,
                ConvertError::Json { .. } | ConvertError::Tokenizer(_)
            ),
            "{name}: {error}"
        );
    }
    let dir = folder();
    std::fs::write(dir.path().join("senselm.json"), "{\"general.name\": \"x\"}").expect("written");
    assert!(matches!(
        refused(dir.path()),
        ConvertError::Unsupported { .. }
    ));
}

#[test]
fn weights_that_are_damaged() {
    let dir = folder();
    let path = dir.path().join("model.safetensors");
    let whole = std::fs::read(&path).expect("read");
    let header = 8 + u64::from_le_bytes(whole[..8].try_into().expect("8 bytes")) as usize;
    let mut lying = whole.clone();
    lying[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    for damaged in [
        &[][..],
        &whole[..7],
        &whole[..header - 1],
        &whole[..whole.len() - 1],
        &lying,
    ] {
        std::fs::write(&path, damaged).expect("written");
        assert!(matches!(
            refused(dir.path()),
            ConvertError::SafeTensors { .. }
        ));
    }
    let mut nan = whole;
    let end = nan.len();
    nan[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    std::fs::write(&path, nan).expect("written");
    assert!(matches!(
        refused(dir.path()),
        ConvertError::NotFinite { .. }
    ));
}

#[test]
fn gpt2_vocabularies_that_are_damaged() {
    let merges = "#version: 0.2\na b\n";
    let check = |vocab: &str, merges: &str| {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::write(dir.path().join("vocab.json"), vocab).expect("written");
        std::fs::write(dir.path().join("merges.txt"), merges).expect("written");
        let preset = Preset::from_name("tiny").expect("a preset");
        init(preset, &Vocab::Gpt2(dir.path().to_owned()), 1, "f32").expect_err("refused")
    };
    let of_tokenizer = |vocab: &str, merges: &str| match check(vocab, merges) {
        ConvertError::Tokenizer(error) => error,
        other => panic!("{other}"),
    };
    assert!(matches!(
        of_tokenizer("{", merges),
        TokenizeError::Json {
            file: "vocab.json",
            ..
        }
    ));
    assert!(matches!(
        of_tokenizer("{\"a\":0,\"b\":2}", merges),
        TokenizeError::MissingId { id: 1, next: 2, .. }
    ));
    assert!(matches!(
        of_tokenizer("{\"a\":0,\"b\":0}", merges),
        TokenizeError::SharedId { id: 0, .. }
    ));
    assert!(matches!(
        of_tokenizer("{\"a\":0}", "a b c\n"),
        TokenizeError::BadMergeLine { line: 1, .. }
    ));
    assert!(matches!(check("{\"a\":0}", ""), ConvertError::Tokenizer(_)));
}

#[test]
fn names_and_sizes_that_are_not_known() {
    let preset = Preset::from_name("tiny").expect("a preset");
    assert!(matches!(
        requantize(&tiny(), "q3_k"),
        Err(ConvertError::UnknownTarget { known, .. }) if known.contains("q4_k_m")
    ));
    assert!(matches!(
        Preset::from_name("7b"),
        Err(ConvertError::UnknownPreset { known, .. }) if known.contains("124m")
    ));
    assert!(matches!(
        init(preset, &Vocab::Bytes(256), 1, "f32"),
        Err(ConvertError::Unsupported { .. })
    ));
    assert!(matches!(
        init(preset, &Vocab::Bytes(u64::MAX), 1, "f32"),
        Err(ConvertError::SizeOutOfRange { .. })
    ));
    for given in ["gpt2:", "many", "-1", ""] {
        assert!(matches!(
            given.parse::<Vocab>(),
            Err(ConvertError::UnknownVocab { .. })
        ));
    }
    assert_eq!("300".parse::<Vocab>().ok(), Some(Vocab::Bytes(300)));
}

#[test]
fn gguf_files_that_are_no_whole_gpt2() {
    let dir = tempfile::tempdir().expect("a folder");
    let refused = |bytes: &[u8]| gguf_to_hf(bytes, dir.path()).expect_err("refused");
    assert!(matches!(
        refused(b"GGUF"),
        ConvertError::Gguf(GgufError::Truncated { .. })
    ));
    let other = edited(|_, keys| keys[0].1 = "llama".into());
    assert!(matches!(refused(&other), ConvertError::Unsupported { .. }));
    assert!(matches!(
        requantize(&other, "f16"),
        Err(ConvertError::Unsupported { .. })
    ));
    let empty = edited(|tensors, _| tensors.clear());
    assert!(matches!(
        refused(&empty),
        ConvertError::MissingTensor { .. }
    ));
    let missing = edited(|tensors, _| tensors.retain(|t| t.0 != "blk.1.ffn_up.weight"));
    assert!(matches!(
        refused(&missing),
        ConvertError::MissingTensor { name } if name == "blk.1.ffn_up.weight"
    ));
    let turned = edited(|tensors, _| {
        for (name, dims, _) in tensors {
            if name == "blk.0.attn_qkv.weight" {
                dims.reverse();
            }
        }
    });
    assert!(matches!(
        refused(&turned),
        ConvertError::WrongShape { found, .. } if found == [192, 64]
    ));
    let large = edited(|_, keys| {
        for (key, value) in keys {
            if key == keys::GPT2_BLOCK_COUNT {
                *value = u32::MAX.into();
            }
        }
    });
    assert!(matches!(
        refused(&large),
        ConvertError::SizeOutOfRange { .. }
    ));
    let untold = edited(|_, keys| keys.retain(|(key, _)| key != keys::GPT2_HEAD_COUNT));
    assert!(matches!(
        refused(&untold),
        ConvertError::Gguf(GgufError::MissingKey { .. })
    ));
}

#[test]
fn weights_that_the_type_cannot_hold() {
    let large = edited(|tensors, _| {
        for (name, _, data) in tensors {
            if name == "blk.0.ffn_up.weight" {
                data[4..8].copy_from_slice(&1e6_f32.to_le_bytes());
            }
        }
    });
    for target in ["f16", "q8_0", "q4_k_m"] {
        assert!(matches!(
            requantize(&large, target),
            Err(ConvertError::Quantize { name, .. }) if name == "blk.0.ffn_up.weight"
        ));
    }
    assert!(requantize(&large, "bf16").is_ok());
}

#[test]
fn every_preset_and_type_is_consistent() {
    let mut last = 0;
    for name in Preset::names() {
        let preset = Preset::from_name(name).expect("a preset");
        let Vocab::Bytes(vocab) = preset.default_vocab() else {
            panic!("a number of tokens");
        };
        let a = preset.architecture(vocab).expect("valid");
        let c = a.width;
        let weights = a.layers * (12 * c * c + 13 * c) + (a.context + vocab) * c + 2 * c;
        assert!(weights > last, "{name}");
        last = weights;
        if let Some(millions) = name.strip_suffix('m') {
            let millions: f64 = millions.parse().expect("a number");
            assert!(
                (weights as f64 / 1e6 / millions - 1.0).abs() < 0.08,
                "{name}: {weights}"
            );
        }
    }
    let preset = Preset::from_name("tiny").expect("a preset");
    let source = init(preset, &preset.default_vocab(), 9, "f32").expect("random weights");
    for target in senselm_convert::Target::names() {
        let direct = init(preset, &preset.default_vocab(), 9, target).expect("random weights");
        let (direct, requantized) = (
            Gguf::parse(&direct)
                .expect("valid")
                .tensors()
                .to_vec()
                .len(),
            requantize(&source, target).expect("valid").file,
        );
        assert_eq!(
            Gguf::parse(&requantized).expect("valid").tensors().len(),
            direct
        );
    }
}
