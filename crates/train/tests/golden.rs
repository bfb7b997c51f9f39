//! The forward pass on the weights of a file that other software made gives
//! the logits that other software computed.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use libtest_mimic::{Arguments, Failed, Trial};
use senselm_train::import::Imported;
use senselm_train::model::logits_of;

/// burn and PyTorch add in another order; the logits have a standard deviation
/// of 0.5.
const TOLERANCE: f32 = 1e-3;

/// The ids of prompt 1 of `golden.json`.
const IDS: [u32; 17] = [
    46, 77, 344, 510, 261, 257, 256, 320, 68, 262, 260, 373, 257, 300, 270, 83, 293,
];

fn main() {
    let arguments = Arguments::from_args();
    let golden = senselm_tests::golden::folder().join("tiny");
    let trials = ["f32", "f16", "q8_0", "q4_0", "q4_k_m"]
        .map(|ty| {
            let golden: PathBuf = golden.clone();
            Trial::test(format!("logits_of_every_position::{ty}"), move || {
                logits_of_every_position(&golden, ty)
            })
        })
        .into();
    libtest_mimic::run(&arguments, trials).exit();
}

fn logits_of_every_position(golden: &Path, ty: &str) -> Result<(), Failed> {
    let device = Device::flex();
    let model = Imported::read(&golden.join(format!("tiny-{ty}.gguf")), &device)?;
    let found = logits_of(&model.config, &model.parameters, &IDS, &device)?;
    let bytes = std::fs::read(golden.join(format!("hf_deq_{ty}.p1.all.f32")))?;
    let (chunks, _) = bytes.as_chunks::<4>();
    let expected: Vec<f32> = chunks
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect();
    if found.len() != expected.len() {
        return Err(format!("{} logits, expected {}", found.len(), expected.len()).into());
    }
    let far = found
        .iter()
        .zip(&expected)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0_f32, f32::max);
    if far > TOLERANCE {
        return Err(format!("logits differ by up to {far}").into());
    }
    Ok(())
}
