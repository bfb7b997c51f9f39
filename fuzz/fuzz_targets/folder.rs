//! A folder is refused or converted; what it becomes is a file that loads.
//!
//! The input is three files, each behind its length as two bytes:
//! `config.json`, `model.safetensors.index.json` (none where it is empty), and
//! `model.safetensors`, which goes to the end. The tokenizer is one of bytes.

#![no_main]

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use senselm_convert::{Preset, Vocab, gguf_to_hf, hf_to_gguf, init};
use senselm_gguf::Gguf;
use senselm_gpt::{Kernels, Model};

/// A folder of this process, with the files of a tokenizer of bytes.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("senselm-fuzz-{}", std::process::id()));
    let preset = Preset::from_name("tiny").expect("a preset");
    let file = init(preset, &Vocab::Bytes(257), 1, "f32").expect("random weights");
    gguf_to_hf(&file, &folder).expect("a folder");
    folder
});

fn part<'a>(input: &mut &'a [u8]) -> &'a [u8] {
    let Some((len, rest)) = input.split_first_chunk() else {
        return &[];
    };
    let len = usize::from(u16::from_le_bytes(*len)).min(rest.len());
    let (part, rest) = rest.split_at(len);
    *input = rest;
    part
}

fuzz_target!(|input: &[u8]| {
    let mut rest = input;
    let (config, index) = (part(&mut rest), part(&mut rest));
    let write = |name: &str, bytes: &[u8]| {
        let path = FOLDER.join(name);
        if bytes.is_empty() {
            let _ = std::fs::remove_file(path);
        } else {
            std::fs::write(path, bytes).expect("written");
        }
    };
    write("config.json", config);
    write("model.safetensors.index.json", index);
    write("model.safetensors", rest);
    let Ok(converted) = hf_to_gguf(&*FOLDER, "f32") else {
        return;
    };
    assert!(Gguf::parse(&converted.file).is_ok());
    let _ = Model::load(Arc::new(converted.file), Kernels::scalar());
});
