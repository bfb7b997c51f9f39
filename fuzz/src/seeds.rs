//! Writes a starting corpus for every target into `corpus/` beside this crate.

use std::path::{Path, PathBuf};

use senselm_fuzz::{FILES, LAYOUTS};
use senselm_gguf::{GgmlType, OwnedArray, OwnedValue, Writer};
use senselm_sensor::{BadRows, FrontEnd, Task, read_csv};
use senselm_tokenize::{Ends, TokenKind, Tokenizer, TokenizerBuilder};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let write = |target: &str, name: &str, bytes: &[u8]| -> Result<PathBuf, Failure> {
        let dir = corpus.join(target);
        std::fs::create_dir_all(&dir)?;
        let path = dir.join(name);
        std::fs::write(&path, bytes)?;
        Ok(path)
    };
    let tokenizer = tokenizer()?;
    write("gguf", "every_type", &every_type()?)?;
    for tied in [true, false] {
        let model = model(&tokenizer, tied)?;
        write("gguf", &format!("model_{tied}"), &model)?;
        write("model", &format!("model_{tied}"), &model)?;
    }
    write("tokenizer_json", "bytes", tokenizer.to_json().as_bytes())?;
    let vocab = tokenizer.to_json();
    let vocab: serde_json::Value = serde_json::from_str(&vocab)?;
    let added = "{\"<|sep|>\": 259}\0{\"pad_token\": \"<|sep|>\"}\0{\"add_bos_token\": true}";
    let files = format!("{}\0#version: 0.2\na b\nab c\n\0{added}", vocab["model"]["vocab"]);
    write("tokenizer_files", "bytes", files.as_bytes())?;
    write("folder", "plain", &folder()?)?;
    for ty in GgmlType::ALL {
        let mut block = vec![ty.id() as u8];
        block.extend((0..ty.block_bytes()).map(|i| (i * 37) as u8));
        write("quant", ty.name(), &block)?;
    }
    for (index, (spec, task)) in LAYOUTS.iter().enumerate() {
        let name = index.to_string();
        write("front_end", &name, spec.as_bytes())?;
        write("number", &name, Task::from_json(task)?.to_json().as_bytes())?;
        let read = read_csv(
            &FrontEnd::from_json(spec)?,
            &Task::from_json(task)?,
            FILES[index].as_bytes(),
            BadRows::Skip,
        )?;
        assert!(!read.records.is_empty(), "file {index} shows its layout");
        let mut file = vec![index as u8];
        file.extend(FILES[index].as_bytes());
        write("csv", &name, &file)?;
    }
    Ok(())
}

/// The smallest folder: its configuration, no index, its weights.
fn folder() -> Result<Vec<u8>, Failure> {
    let mut builder = TokenizerBuilder::new();
    builder.push_byte_tokens()?;
    let end = Some(builder.push_token("<|endoftext|>", TokenKind::Control)?);
    let tokenizer = builder.finish(Ends { eos: end, bos: end })?;
    let dir = std::env::temp_dir().join(format!("senselm-seeds-{}", std::process::id()));
    senselm_convert::gguf_to_hf(&model(&tokenizer, true)?, &dir)?;
    let config = std::fs::read(dir.join("config.json"))?;
    let mut folder = Vec::new();
    folder.extend((config.len() as u16).to_le_bytes());
    folder.extend(config);
    folder.extend(0_u16.to_le_bytes());
    folder.extend(std::fs::read(dir.join("model.safetensors"))?);
    std::fs::remove_dir_all(dir)?;
    Ok(folder)
}

fn tokenizer() -> Result<Tokenizer, Failure> {
    let mut builder = TokenizerBuilder::new();
    builder.push_byte_tokens()?;
    builder.push_token("ab", TokenKind::Normal)?;
    builder.push_token("abc", TokenKind::Normal)?;
    let end = builder.push_token("<|endoftext|>", TokenKind::Control)?;
    builder.push_merge("a", "b")?;
    builder.push_merge("ab", "c")?;
    let end = Some(end);
    Ok(builder.finish(Ends { eos: end, bos: end })?)
}

/// A file with a key of every type and a tensor of every type.
fn every_type() -> Result<Vec<u8>, Failure> {
    let mut writer = Writer::new();
    let arrays = [
        OwnedArray::U8(vec![1]),
        OwnedArray::I16(vec![-2]),
        OwnedArray::F32(vec![0.5]),
        OwnedArray::Bool(vec![true, false]),
        OwnedArray::Str(vec!["a".into(), "é".into()]),
        OwnedArray::U64(vec![1 << 40]),
    ];
    for (index, array) in arrays.into_iter().enumerate() {
        writer.set(format!("array.{index}"), array)?;
    }
    writer.set("i8", OwnedValue::I8(-1))?;
    writer.set("f64", OwnedValue::F64(0.25))?;
    writer.set("bool", true)?;
    writer.set("string", "text")?;
    for ty in GgmlType::ALL {
        let bytes = vec![0; ty.block_bytes()];
        writer.tensor(ty.name(), &[ty.block_len() as u64], ty, bytes)?;
    }
    Ok(writer.to_bytes()?)
}

/// The smallest GPT-2: one layer of width 4, a context of 8.
fn model(tokenizer: &Tokenizer, tied: bool) -> Result<Vec<u8>, Failure> {
    let vocab = tokenizer.vocab_len() as u64;
    let mut writer = Writer::new();
    writer.set("general.architecture", "gpt2")?;
    for (key, value) in [
        ("gpt2.block_count", 1_u32),
        ("gpt2.context_length", 8),
        ("gpt2.embedding_length", 4),
        ("gpt2.feed_forward_length", 16),
        ("gpt2.attention.head_count", 2),
    ] {
        writer.set(key, value)?;
    }
    writer.set("gpt2.attention.layer_norm_epsilon", 1e-5_f32)?;
    for (key, value) in tokenizer.gguf_keys() {
        writer.set(key, value)?;
    }
    let mut tensor = |name: &str, dims: &[u64]| {
        let count = dims.iter().product::<u64>();
        let bytes: Vec<u8> = (0..count)
            .flat_map(|i| ((i % 7) as f32 * 0.1 - 0.3).to_le_bytes())
            .collect();
        writer.tensor(name, dims, GgmlType::F32, bytes).map(|_| ())
    };
    for (name, dims) in [
        ("token_embd.weight", &[4, vocab][..]),
        ("position_embd.weight", &[4, 8]),
        ("blk.0.attn_norm.weight", &[4]),
        ("blk.0.attn_norm.bias", &[4]),
        ("blk.0.attn_qkv.weight", &[4, 12]),
        ("blk.0.attn_qkv.bias", &[12]),
        ("blk.0.attn_output.weight", &[4, 4]),
        ("blk.0.attn_output.bias", &[4]),
        ("blk.0.ffn_norm.weight", &[4]),
        ("blk.0.ffn_norm.bias", &[4]),
        ("blk.0.ffn_up.weight", &[4, 16]),
        ("blk.0.ffn_up.bias", &[16]),
        ("blk.0.ffn_down.weight", &[16, 4]),
        ("blk.0.ffn_down.bias", &[4]),
        ("output_norm.weight", &[4]),
        ("output_norm.bias", &[4]),
    ] {
        tensor(name, dims)?;
    }
    if !tied {
        tensor("output.weight", &[4, vocab])?;
    }
    Ok(writer.to_bytes()?)
}
