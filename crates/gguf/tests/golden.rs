//! Files that llama.cpp and its Python package wrote: they parse, and writing
//! them again gives the same bytes.

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use senselm_gguf::mapped::Mapped;
use senselm_gguf::{GgmlType, Gguf, OwnedValue, Writer, keys};

const TINY: [&str; 5] = ["f32", "f16", "q8_0", "q4_0", "q4_k_m"];

fn main() {
    let args = Arguments::from_args();
    let golden = senselm_tests::golden::folder();
    let mut files: Vec<PathBuf> = TINY
        .iter()
        .map(|ty| golden.join(format!("tiny/tiny-{ty}.gguf")))
        .collect();
    files.push(golden.join("tokenizer/ggml-vocab-gpt-2.gguf"));
    let mut trials: Vec<Trial> = files
        .into_iter()
        .map(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            Trial::test(format!("written_again_equals::{name}"), move || {
                written_again_equals(&file)
            })
        })
        .collect();
    trials.push(Trial::test("says_what_llama_cpp_wrote", move || {
        says_what_llama_cpp_wrote(&golden)
    }));
    libtest_mimic::run(&args, trials).exit();
}

fn written_again_equals(file: &Path) -> Result<(), Failed> {
    let bytes = Mapped::open(file)?;
    let parsed = Gguf::parse(bytes.as_ref())?;
    let mut writer = Writer::new();
    for (key, value) in parsed.metadata().iter() {
        writer.set(key, OwnedValue::from(value))?;
    }
    for tensor in parsed.tensors() {
        let data = parsed.tensor_bytes(tensor);
        writer.tensor(tensor.name, tensor.dims.as_slice(), tensor.ty, data)?;
    }
    if writer.to_bytes()? != bytes.as_ref() {
        return Err("the written file differs".into());
    }
    Ok(())
}

fn says_what_llama_cpp_wrote(golden: &Path) -> Result<(), Failed> {
    let bytes = Mapped::open(golden.join("tiny/tiny-q4_k_m.gguf"))?;
    let file = Gguf::parse(bytes.as_ref())?;
    let metadata = file.metadata();
    assert_eq!(file.version(), 3);
    assert_eq!(metadata.str(keys::GENERAL_ARCHITECTURE)?, keys::GPT2);
    assert_eq!(metadata.u32(keys::GPT2_BLOCK_COUNT)?, 2);
    assert_eq!(metadata.f32(keys::GPT2_LAYER_NORM_EPSILON)?, 1e-5);
    assert!(!metadata.bool(keys::TOKENIZER_ADD_BOS)?);
    let tokens = metadata.array(keys::TOKENIZER_TOKENS)?.strings()?;
    assert_eq!(tokens.len(), 512);
    assert_eq!(tokens.last(), Some("<|endoftext|>"));
    let types = metadata.array(keys::TOKENIZER_TOKEN_TYPE)?.i32s()?;
    assert_eq!(types.sum::<i32>(), 511 + 3);
    let of = |name| file.tensor(name).ok_or("a tensor is missing");
    assert_eq!(of("blk.0.ffn_down.weight")?.ty, GgmlType::Q4K);
    assert_eq!(of("blk.1.ffn_down.weight")?.ty, GgmlType::Q6K);
    assert_eq!(of("blk.0.attn_qkv.weight")?.dims.as_slice(), [64, 192]);
    assert_eq!(of("token_embd.weight")?.dims.rows(), 512);
    Ok(())
}
