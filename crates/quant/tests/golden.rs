//! The encoders against files that llama.cpp quantized from the same weights.

use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};
use senselm_gguf::Gguf;
use senselm_gguf::mapped::Mapped;
use senselm_quant::{dequantize, quantize};

fn main() {
    let args = Arguments::from_args();
    let golden = senselm_tests::golden::folder().join("tiny");
    let trials = ["f16", "q8_0", "q4_0", "q4_k_m"]
        .into_iter()
        .map(|name| {
            let golden = golden.clone();
            Trial::test(format!("encodes_as_llama_cpp::{name}"), move || {
                encodes_as_llama_cpp(&golden, name)
            })
        })
        .collect();
    libtest_mimic::run(&args, trials).exit();
}

/// Encoding is deterministic and follows ggml step by step, so the bytes are
/// equal, for the K-quants' searches too.
fn encodes_as_llama_cpp(golden: &Path, name: &str) -> Result<(), Failed> {
    let weights = Mapped::open(golden.join("tiny-f32.gguf"))?;
    let theirs = Mapped::open(golden.join(format!("tiny-{name}.gguf")))?;
    let weights = Gguf::parse(weights.as_ref())?;
    let theirs = Gguf::parse(theirs.as_ref())?;
    for tensor in theirs.tensors() {
        let ty = tensor.ty;
        let original = weights.tensor(tensor.name).ok_or("a tensor is missing")?;
        let mut values = vec![0.0; original.dims.elements()];
        dequantize(original.ty, weights.tensor_bytes(original), &mut values)?;
        let theirs = theirs.tensor_bytes(tensor);
        let mut ours = vec![0; theirs.len()];
        quantize(ty, &values, &mut ours)?;
        let differing = ours
            .chunks(ty.block_bytes())
            .zip(theirs.chunks(ty.block_bytes()))
            .filter(|(a, b)| a != b)
            .count();
        if differing > 0 {
            return Err(format!("{}: {differing} {ty} blocks differ", tensor.name).into());
        }
    }
    Ok(())
}
