//! The same weights in the ways in which people's folders hold them: each must
//! become the same file, or be refused by name.

mod folder;

use folder::{Folder, Tensor, key, safetensors_of, same_tensors, transposed};
use senselm_convert::{ConvertError, ConvertWarning, gguf_to_hf, requantize};
use senselm_gguf::{Gguf, OwnedValue, Writer, keys};
use serde_json::json;

/// A matrix that transformers keeps as `[inputs, outputs]`.
fn is_conv1d(name: &str) -> bool {
    name.contains(".attn.c_") && name.ends_with("weight")
        || name.contains(".mlp.c_") && name.ends_with("weight")
}

#[test]
fn wrappers_in_front_of_names_do_not_matter() {
    for prefix in [
        "",
        "transformer.",
        "model.",
        "module.transformer.",
        "_orig_mod.transformer.",
        "module._orig_mod.",
        "_orig_mod.module.model.transformer.",
    ] {
        let folder = Folder::new().renamed(|name| {
            let short = name.strip_prefix("transformer.").unwrap_or(name);
            format!("{prefix}{short}")
        });
        assert_eq!(folder.is_plain(), [], "{prefix}");
    }
}

#[test]
fn a_prefix_that_is_no_known_wrapper_is_said() {
    let folder = Folder::new().renamed(|name| format!("policy.{name}"));
    let prefix = "policy.transformer.".to_owned();
    assert_eq!(
        folder.is_plain(),
        [ConvertWarning::PrefixIgnored { prefix }]
    );
}

#[test]
fn two_tensors_of_one_name_are_refused() {
    let folder = Folder::new();
    let (_, shape, data) = folder.tensor("transformer.ln_f.bias").clone();
    let folder = folder.with("ema.transformer.ln_f.bias", &shape, data);
    let error = folder.refused();
    let ConvertError::TwoClaims { first, second, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(first, "ema.transformer.ln_f.bias");
    assert_eq!(second, "transformer.ln_f.bias");
}

#[test]
fn one_model_of_several_is_not_picked() {
    let folder = Folder::new().renamed(|name| format!("models.0.{name}"));
    assert!(matches!(
        folder.refused(),
        ConvertError::UnexpectedTensor { .. }
    ));
}

#[test]
fn a_tied_model_needs_its_embedding_or_its_head() {
    let folder = Folder::new().renamed(|name| match name {
        "transformer.wte.weight" => "lm_head.weight".to_owned(),
        _ => name.to_owned(),
    });
    assert_eq!(folder.is_plain(), []);
    let untied = folder.configured(|config| {
        config.insert("tie_word_embeddings".to_owned(), json!(false));
    });
    assert!(matches!(
        untied.refused(),
        ConvertError::MissingTensor { name } if name == "transformer.wte.weight"
    ));
    let neither = Folder::new().without(|name| name == "transformer.wte.weight");
    assert!(matches!(
        neither.refused(),
        ConvertError::MissingTensor { .. }
    ));
}

#[test]
fn a_head_that_a_tied_model_does_not_use_is_said() {
    let folder = Folder::new();
    let (_, shape, mut data) = folder.tensor("transformer.wte.weight").clone();
    let same = folder.with("lm_head.weight", &shape, data.clone());
    assert_eq!(same.is_plain(), []);
    data[0] ^= 1;
    let other = Folder::new().with("lm_head.weight", &shape, data);
    let name = "lm_head.weight".to_owned();
    assert_eq!(other.is_plain(), [ConvertWarning::HeadIgnored { name }]);
}

#[test]
fn biases_that_no_layer_has_are_zeros() {
    let zeros = Folder::new().edited(|(name, shape, data)| {
        let data = if name.ends_with(".bias") {
            vec![0; data.len()]
        } else {
            data
        };
        Some((name, shape, data))
    });
    let without = Folder::new().without(|name| name.ends_with(".bias"));
    let converted = without.convert();
    same_tensors(&converted.file, &zeros.convert().file);
    // Four matrices and two norms a layer, and the last norm.
    assert_eq!(
        converted.warnings,
        [ConvertWarning::BiasesAreZero { tensors: 13 }]
    );
}

#[test]
fn a_bias_that_some_layers_have_is_missed() {
    for gone in [
        "transformer.h.1.attn.c_attn.bias",
        "transformer.h.0.ln_2.bias",
        "transformer.ln_f.bias",
    ] {
        let folder = Folder::new().without(|name| name == gone);
        assert!(matches!(
            folder.refused(),
            ConvertError::MissingTensor { name } if name == gone
        ));
    }
    let norm = Folder::new().without(|name| name.contains("ln_") && name.ends_with("weight"));
    assert!(matches!(norm.refused(), ConvertError::MissingTensor { .. }));
}

#[test]
fn matrices_the_other_way_round_are_turned_the_square_ones_too() {
    let folder = Folder::new().edited(|tensor| {
        Some(if is_conv1d(&tensor.0) {
            transposed(tensor)
        } else {
            tensor
        })
    });
    assert_eq!(folder.is_plain(), []);
}

#[test]
fn matrices_both_ways_round_are_refused() {
    let folder = Folder::new().edited(|tensor| {
        Some(if tensor.0.ends_with("h.1.mlp.c_fc.weight") {
            transposed(tensor)
        } else {
            tensor
        })
    });
    let error = folder.refused();
    let ConvertError::TwoLayouts { conv1d, linear } = &error else {
        panic!("{error}");
    };
    assert!(conv1d.ends_with("attn.c_attn.weight"), "{conv1d}");
    assert_eq!(linear, "transformer.h.1.mlp.c_fc.weight");
}

#[test]
fn masks_are_left_out_and_nothing_else() {
    let four = |value: f32| value.to_le_bytes().to_vec();
    let folder = Folder::new()
        .with("transformer.h.0.attn.bias", &[1, 1, 2, 2], vec![0; 16])
        .with("transformer.h.0.attn.masked_bias", &[], four(-1e4));
    assert_eq!(folder.is_plain(), []);
    for (name, shape) in [
        ("transformer.h.0.attn.bias", &[2, 4][..]),
        ("transformer.h.0.attn.bias", &[8]),
        ("transformer.h.0.attn.masked_bias", &[8]),
        ("score.weight", &[2, 4]),
        ("transformer.h.0.attn.c_attn.lora_A.weight", &[2, 4]),
        ("transformer.h.2.ln_1.weight", &[8]),
    ] {
        let folder = Folder::new().with(name, shape, vec![0; 32]);
        assert!(matches!(
            folder.refused(),
            ConvertError::UnexpectedTensor { name: found } if found == name
        ));
    }
}

/// Cuts a model into two shards, with the index or without.
fn cut(folder: &Folder, index: bool) -> (Vec<Tensor>, Vec<Tensor>) {
    let (first, second) = folder.tensors.split_at(folder.tensors.len() / 2);
    folder.remove("model.safetensors");
    for (shard, tensors) in [(1, first), (2, second)] {
        folder.write(&shard_name(shard), safetensors_of(tensors));
    }
    if index {
        let places = [(1, first), (2, second)];
        let map: serde_json::Map<_, _> = places
            .iter()
            .flat_map(|(shard, tensors)| {
                let name = shard_name(*shard);
                tensors.iter().map(move |t| (t.0.clone(), json!(name)))
            })
            .collect();
        write_index(
            folder,
            json!({"metadata": {"total_size": 1}, "weight_map": map}),
        );
    }
    (first.to_vec(), second.to_vec())
}

fn shard_name(number: u32) -> String {
    format!("model-{number:05}-of-00002.safetensors")
}

fn write_index(folder: &Folder, index: serde_json::Value) {
    folder.write("model.safetensors.index.json", index.to_string());
}

#[test]
fn shards_are_one_model() {
    for index in [true, false] {
        let folder = Folder::new();
        cut(&folder, index);
        assert_eq!(folder.is_plain(), []);
    }
}

#[test]
fn a_shard_that_is_missing_is_named() {
    for index in [true, false] {
        let folder = Folder::new();
        cut(&folder, index);
        folder.remove(&shard_name(2));
        assert!(matches!(
            folder.refused(),
            ConvertError::MissingShard { shard, .. } if shard == shard_name(2)
        ));
    }
}

#[test]
fn a_tensor_in_two_shards_is_refused_with_both() {
    for index in [true, false] {
        let folder = Folder::new();
        let (first, mut second) = cut(&folder, index);
        second.push(first[0].clone());
        folder.write(&shard_name(2), safetensors_of(&second));
        let error = folder.refused();
        let ConvertError::DoubledTensor { first, second, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!((first, second), (&shard_name(1), &shard_name(2)));
    }
}

#[test]
fn a_shard_without_what_the_index_says_is_refused() {
    let folder = Folder::new();
    let (first, _) = cut(&folder, true);
    folder.write(&shard_name(1), safetensors_of(&first[1..]));
    assert!(matches!(
        folder.refused(),
        ConvertError::NotInShard { name, .. } if name == first[0].0
    ));
}

#[test]
fn a_shard_outside_the_folder_is_never_opened() {
    for name in [
        "../model.safetensors",
        "/etc/passwd",
        "sub/model.safetensors",
        "..\\model.safetensors",
        "C:model.safetensors",
        "..",
        ".",
        "",
    ] {
        let folder = Folder::new();
        folder.remove("model.safetensors");
        write_index(&folder, json!({"weight_map": {"wte.weight": name}}));
        assert!(
            matches!(folder.refused(), ConvertError::ShardOutside { .. }),
            "{name}"
        );
    }
}

#[test]
fn indexes_that_are_none() {
    for text in [
        "",
        "[]",
        "{}",
        "{\"weight_map\": []}",
        "{\"weight_map\": {\"a\": 1}}",
    ] {
        let folder = Folder::new();
        folder.remove("model.safetensors");
        folder.write("model.safetensors.index.json", text);
        assert!(
            matches!(folder.refused(), ConvertError::Json { .. }),
            "{text}"
        );
    }
    let folder = Folder::new();
    folder.remove("model.safetensors");
    write_index(&folder, json!({"weight_map": {}}));
    assert!(matches!(folder.refused(), ConvertError::NoWeights { .. }));
}

#[test]
fn two_sets_of_weights_are_refused_with_both() {
    let folder = Folder::new();
    cut(&folder, true);
    folder.save();
    assert!(matches!(
        folder.refused(),
        ConvertError::TwoWeights { second, .. } if second == "model.safetensors.index.json"
    ));
    let folder = Folder::new();
    cut(&folder, false);
    folder.write("model-00001-of-00003.safetensors", "");
    assert!(matches!(folder.refused(), ConvertError::TwoWeights { .. }));
    // An index of the whole file is no second set.
    let folder = Folder::new();
    let map: serde_json::Map<_, _> = folder
        .tensors
        .iter()
        .map(|t| (t.0.clone(), json!("model.safetensors")))
        .collect();
    write_index(&folder, json!({"weight_map": map}));
    assert_eq!(folder.is_plain(), []);
}

#[test]
fn damaged_shards_are_refused() {
    let folder = Folder::new();
    let (_, second) = cut(&folder, true);
    let whole = safetensors_of(&second);
    folder.write(&shard_name(2), &whole[..whole.len() - 1]);
    assert!(matches!(folder.refused(), ConvertError::SafeTensors { .. }));
    let mut nan = whole;
    let end = nan.len();
    nan[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    folder.write(&shard_name(2), &nan);
    assert!(matches!(folder.refused(), ConvertError::NotFinite { .. }));
    folder.write(
        &shard_name(2),
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    );
    assert!(matches!(folder.refused(), ConvertError::Pointer { .. }));
}

#[test]
fn what_stands_in_the_place_of_weights_is_said() {
    for (name, what) in [
        ("pytorch_model.bin", "safe_serialization"),
        ("pytorch_model-00001-of-00002.bin", "safe_serialization"),
        ("ckpt.pt", "save_file"),
        ("tf_model.h5", "safe_serialization"),
        ("adapter_model.safetensors", "merge_and_unload"),
        ("gpt2.safetensors", "rename"),
        ("model.gguf", "GGUF"),
    ] {
        let folder = Folder::new();
        folder.remove("model.safetensors");
        folder.write(name, "");
        let error = folder.refused().to_string();
        assert!(error.contains(name) && error.contains(what), "{error}");
    }
}

#[test]
fn a_model_without_biases_goes_there_and_back() {
    let file = Folder::new()
        .without(|name| name.ends_with(".bias"))
        .convert()
        .file;
    let dir = tempfile::tempdir().expect("a folder");
    gguf_to_hf(&file, dir.path()).expect("written");
    let back = senselm_convert::hf_to_gguf(dir.path(), "f32").expect("valid");
    same_tensors(&back.file, &file);
    assert_eq!(back.warnings, []);
    assert!(requantize(&file, "q8_0").is_ok());
    assert!(key(&file, keys::GPT2_BLOCK_COUNT).is_some());
}

#[test]
fn a_file_that_lacks_biases_gets_zeros_and_one_that_lost_some_is_refused() {
    let whole = Folder::new().convert().file;
    let kept = |keep: &dyn Fn(&str) -> bool| {
        let file = Gguf::parse(&whole).expect("valid");
        let mut writer = Writer::new();
        for (key, value) in file.metadata().iter() {
            writer.set(key, OwnedValue::from(value)).expect("a key");
        }
        for tensor in file.tensors().iter().filter(|tensor| keep(tensor.name)) {
            let (dims, bytes) = (tensor.dims.as_slice(), file.tensor_bytes(tensor));
            writer
                .tensor(tensor.name, dims, tensor.ty, bytes)
                .expect("a tensor");
        }
        writer.to_bytes().expect("a file")
    };
    let dir = tempfile::tempdir().expect("a folder");
    let without = kept(&|name| !name.ends_with(".bias"));
    assert_eq!(
        gguf_to_hf(&without, dir.path()).expect("written"),
        [ConvertWarning::BiasesAreZero { tensors: 13 }]
    );
    let back = senselm_convert::hf_to_gguf(dir.path(), "f32").expect("valid");
    let zeros = Folder::new()
        .without(|name| name.ends_with(".bias"))
        .convert();
    same_tensors(&back.file, &zeros.file);
    for gone in ["blk.1.ffn_down.bias", "blk.0.attn_norm.bias"] {
        let error = gguf_to_hf(&kept(&|name| name != gone), dir.path()).unwrap_err();
        assert!(
            matches!(&error, ConvertError::MissingTensor { name } if name == gone),
            "{error}"
        );
    }
}
