//! Models cut into shards: read together, or refused with what to do.

use std::path::Path;

use senselm_gguf::{
    GgmlType, Gguf, GgufError, OwnedValue, Shard, ValueType, Whole, Writer, keys, merge,
};

/// A shard of a model with one tensor a shard.
fn shard(number: u16, count: u16, tensors: i32) -> Vec<u8> {
    let mut writer = Writer::new();
    if number == 1 {
        writer.set(keys::GENERAL_ARCHITECTURE, "gpt2").expect("set");
    }
    for (key, value) in [
        ("split.no", OwnedValue::U16(number.wrapping_sub(1))),
        ("split.count", OwnedValue::U16(count)),
        ("split.tensors.count", OwnedValue::I32(tensors)),
    ] {
        writer.set(key, value).expect("set");
    }
    let name = format!("blk.{number}.ffn_norm.bias");
    let data = f32::from(number).to_le_bytes().repeat(3);
    writer
        .tensor(name, &[3], GgmlType::F32, data)
        .expect("a tensor");
    writer.to_bytes().expect("valid")
}

fn name(number: u16, count: u16) -> String {
    format!("tiny-{number:05}-of-{count:05}.gguf")
}

fn write(dir: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(dir.join(name), bytes).expect("written");
}

/// A folder with the three shards of a model.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    for number in 1..=3 {
        write(dir.path(), &name(number, 3), &shard(number, 3, 3));
    }
    dir
}

#[test]
fn any_shard_opens_the_whole_model() {
    let dir = folder();
    for number in 1..=3 {
        let whole = Whole::open(dir.path().join(name(number, 3))).expect("whole");
        let file = Gguf::parse(whole.as_ref()).expect("valid");
        assert_eq!(file.tensors().len(), 3);
        assert_eq!(
            file.metadata().str(keys::GENERAL_ARCHITECTURE).ok(),
            Some("gpt2")
        );
        assert_eq!(file.metadata().len(), 1);
        assert_eq!(Shard::of(file.metadata()).ok(), Some(None));
        let last = file.tensor("blk.3.ffn_norm.bias").expect("a tensor");
        let bytes = file.tensor_bytes(last);
        assert_eq!(bytes, 3_f32.to_le_bytes().repeat(3));
    }
}

#[test]
fn a_shard_without_the_others_says_what_to_do() {
    let dir = folder();
    std::fs::remove_file(dir.path().join(name(3, 3))).expect("removed");
    let error = Whole::open(dir.path().join(name(1, 3))).expect_err("refused");
    let GgufError::Shard {
        number: 1,
        count: 3,
        missing: Some(missing),
    } = &error
    else {
        panic!("{error}");
    };
    assert!(missing.ends_with(name(3, 3)));
    for what in ["shard 1 of 3", "llama-gguf-split --merge", &name(3, 3)] {
        assert!(error.to_string().contains(what), "{error}");
    }
    // Under another name its siblings cannot be known.
    write(dir.path(), "model.gguf", &shard(2, 3, 3));
    let error = Whole::open(dir.path().join("model.gguf")).expect_err("refused");
    assert!(matches!(
        error,
        GgufError::Shard {
            number: 2,
            count: 3,
            missing: None
        }
    ));
}

#[test]
fn shards_of_other_models_are_refused() {
    let dir = folder();
    write(dir.path(), &name(2, 3), &shard(3, 3, 3));
    let open = || Whole::open(dir.path().join(name(1, 3))).expect_err("refused");
    assert!(matches!(
        open(),
        GgufError::WrongShard {
            number: 2,
            found: (3, 3),
            ..
        }
    ));
    write(dir.path(), &name(2, 3), &shard(2, 4, 3));
    assert!(matches!(open(), GgufError::WrongShard { .. }));
    write(dir.path(), &name(2, 3), &shard(2, 3, 3)[..50]);
    assert!(matches!(open(), GgufError::Truncated { .. }));
    write(dir.path(), &name(2, 3), &shard(2, 3, 3));
    write(dir.path(), &name(1, 3), &shard(1, 3, 4));
    assert!(matches!(
        open(),
        GgufError::ShardTensors {
            expected: 4,
            found: 3
        }
    ));
    let (first, second) = (shard(1, 2, 2), shard(2, 2, 2));
    let mut twice = Writer::new();
    let file = Gguf::parse(&second).expect("valid");
    for (key, value) in file.metadata().iter() {
        twice.set(key, OwnedValue::from(value)).expect("set");
    }
    let name = "blk.1.ffn_norm.bias";
    twice
        .tensor(name, &[1], GgmlType::F32, vec![0; 4])
        .expect("a tensor");
    let twice = twice.to_bytes().expect("valid");
    assert!(matches!(
        merge(&[&first, &twice]),
        Err(GgufError::DuplicateTensor { .. })
    ));
    assert!(matches!(
        merge(&[&second]),
        Err(GgufError::WrongShard { .. })
    ));
}

#[test]
fn keys_that_make_no_sense() {
    let with = |no: OwnedValue, count: OwnedValue| {
        let mut writer = Writer::new();
        writer.set("split.no", no).expect("set");
        writer.set("split.count", count).expect("set");
        let bytes = writer.to_bytes().expect("valid");
        Shard::of(Gguf::parse(&bytes).expect("valid").metadata())
    };
    assert!(matches!(
        with(3_u32.into(), 3_u32.into()),
        Err(GgufError::BadShard { index: 3, count: 3 })
    ));
    assert!(matches!(
        with(0_u32.into(), u32::MAX.into()),
        Err(GgufError::BadShard { .. })
    ));
    assert!(matches!(
        with("0".into(), 3_u32.into()),
        Err(GgufError::WrongType {
            found: ValueType::Str,
            ..
        })
    ));
    assert!(matches!(
        with(OwnedValue::I32(-1), 3_u32.into()),
        Err(GgufError::WrongType { .. })
    ));
    for whole in [0_u32, 1] {
        assert!(matches!(with(0_u32.into(), whole.into()), Ok(None)));
    }
}

#[test]
fn files_joined_end_to_end_say_so() {
    let mut joined = shard(1, 2, 2);
    let offset = joined.len();
    joined.extend(shard(2, 2, 2));
    let error = Gguf::parse(&joined).expect_err("refused");
    assert!(matches!(error, GgufError::Joined { offset: at } if at == offset));
    assert!(error.to_string().contains("llama-gguf-split --merge"));
    joined.truncate(offset + 3);
    assert!(matches!(
        Gguf::parse(&joined),
        Err(GgufError::TrailingBytes { .. })
    ));
}

#[test]
fn a_pointer_of_git_says_so() {
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    assert!(matches!(Gguf::parse(pointer), Err(GgufError::Pointer)));
}
