//! Writes one file of every kind this crate makes, for `tests/llama_cpp/check.py`
//! to load in llama.cpp.
//!
//! ```text
//! cargo run -p senselm-convert --example llama_cpp_files -- GOLDEN_DIR OUT_DIR
//! ```

use std::path::{Path, PathBuf};

use senselm_convert::{Preset, Vocab, hf_to_gguf, init, requantize};
use senselm_gguf::{Gguf, OwnedValue, Writer, keys};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(golden), Some(out)) = (args.next(), args.next()) else {
        return Err("give the folder golden/ and a folder to write to".into());
    };
    std::fs::create_dir_all(&out)?;
    let write = |name: String, bytes: Vec<u8>| std::fs::write(out.join(name), bytes);

    let f32 = hf_to_gguf(golden.join("tiny"), "f32")?.file;
    for ty in ["f32", "f16", "q8_0", "q4_0", "q4_k_m"] {
        let converted = hf_to_gguf(golden.join("tiny"), ty)?.file;
        write(format!("converted-{ty}.gguf"), converted)?;
        let requantized = requantize(&f32, ty)?.file;
        write(format!("requantized-{ty}.gguf"), requantized)?;
    }
    write("senselm_keys-f32.gguf".into(), with_senselm_keys(&f32)?)?;
    write("separate_head-f32.gguf".into(), separate_head(&f32)?)?;

    for preset in ["tiny", "1m", "5m"] {
        for ty in senselm_convert::Target::names() {
            let preset = Preset::from_name(preset)?;
            let name = preset.name();
            let bytes = init(preset, &preset.default_vocab(), 1, ty)?;
            write(format!("random-{name}-{ty}.gguf"), bytes)?;
            let source = init(preset, &preset.default_vocab(), 1, "f32")?;
            let bytes = requantize(&source, ty)?.file;
            write(format!("quantized-{name}-{ty}.gguf"), bytes)?;
        }
    }
    random_with_gpt2s_vocabulary(&golden, &out)
}

fn random_with_gpt2s_vocabulary(golden: &Path, out: &Path) -> Result<(), Failure> {
    let vocab = Vocab::Gpt2(golden.join("tokenizer"));
    let bytes = init(Preset::from_name("30m")?, &vocab, 1, "q8_0")?;
    std::fs::write(out.join("random-30m-q8_0.gguf"), bytes)?;
    Ok(())
}

/// The same model under every key of ours.
fn with_senselm_keys(model: &[u8]) -> Result<Vec<u8>, Failure> {
    rewritten(model, |writer| {
        writer.set(keys::SENSELM_SCHEMA_VERSION, keys::SCHEMA_VERSION)?;
        for key in [
            keys::SENSELM_FRONT_END,
            keys::SENSELM_PROMPT,
            keys::SENSELM_TASK,
            keys::SENSELM_METRICS,
            keys::SENSELM_CARD,
        ] {
            writer.set(key, "{\"example\": [1, 2.5, \"°C\"]}")?;
        }
        writer.set(keys::SENSELM_RECIPE_SHA256, "0".repeat(64))?;
        Ok(())
    })
}

/// The same model with its embedding copied to a head of its own.
fn separate_head(model: &[u8]) -> Result<Vec<u8>, Failure> {
    let file = Gguf::parse(model)?;
    let embedding = file.tensor("token_embd.weight").ok_or("no embedding")?;
    let data = file.tensor_bytes(embedding).to_vec();
    rewritten(model, |writer| {
        let dims = embedding.dims.as_slice();
        writer.tensor("output.weight", dims, embedding.ty, data.clone())?;
        Ok(())
    })
}

fn rewritten(
    model: &[u8],
    add: impl Fn(&mut Writer<'_>) -> Result<(), Failure>,
) -> Result<Vec<u8>, Failure> {
    let file = Gguf::parse(model)?;
    let mut writer = Writer::new();
    for (key, value) in file.metadata().iter() {
        writer.set(key, OwnedValue::from(value))?;
    }
    for tensor in file.tensors() {
        let data = file.tensor_bytes(tensor);
        writer.tensor(tensor.name, tensor.dims.as_slice(), tensor.ty, data)?;
    }
    add(&mut writer)?;
    Ok(writer.to_bytes()?)
}
