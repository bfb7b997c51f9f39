//! Writes a starting corpus for every target into `corpus/` beside this crate.

use std::path::{Path, PathBuf};

use senselm_arch::{ARCHITECTURE, Config, tensors};
use senselm_fuzz::{FILES, LAYOUTS};
use senselm_gguf::{GgmlType, OwnedArray, OwnedValue, Writer, keys};
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
    let config = Config {
        tied,
        ..Config::gpt2([1, 2, 4], 8, tokenizer.vocab_len())
    };
    let mut writer = Writer::new();
    writer.set(keys::GENERAL_ARCHITECTURE, ARCHITECTURE)?;
    for (key, value) in config.keys() {
        writer.set(key, value)?;
    }
    for (key, value) in tokenizer.gguf_keys() {
        writer.set(key, value)?;
    }
    for spec in tensors(&config) {
        let bytes: Vec<u8> = (0..spec.elements())
            .flat_map(|i| ((i % 7) as f32 * 0.1 - 0.3).to_le_bytes())
            .collect();
        writer.tensor(spec.id.gguf(), &spec.dims(), GgmlType::F32, bytes)?;
    }
    Ok(writer.to_bytes()?)
}
