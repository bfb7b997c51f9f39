//! Logits and greedy tokens of llama.cpp and transformers.

use std::path::Path;
use std::sync::Arc;

use libtest_mimic::{Failed, Trial};
use senselm_gguf::mapped::Mapped;
use senselm_gpt::gpu::{GpuOptions, block_on};
use senselm_gpt::{Bytes, KvType, Sampler, SamplerSpec};
use senselm_tests::golden::{Outputs, argmax, largest_difference};

use crate::{CORE, Pair, Variant, figure, within};

/// Activations stay f32 here, so a file is held to transformers' result on the
/// same dequantised weights, where tests/golden/README.md allows 0.002. Measured:
/// 1e-6, and up to 0.0005 against llama.cpp's float files.
const EXACT_WEIGHTS: f32 = 0.001;
/// A K-quant is rounded to 8 bits when it is loaded. Measured: 0.0055; twice
/// that is still half of what tests/golden/README.md allows.
const ROUNDED_WEIGHTS: f32 = 0.01;
/// llama.cpp on a quantised file, whose activations are rounded there:
/// tests/golden/README.md.
const ROUNDED_ACTIVATIONS: f32 = 0.02;
/// What keys and values in binary16 add at most. Measured: 0.0003.
const F16_CACHE: f32 = 0.001;

/// What passes of many rows in binary16 add at most. Each input and weight, each
/// sum of four products is off by 2^-12 of itself on average; sums of these are
/// f32, so errors do not grow with the width. Measured: 0.0012; twice that is an
/// eighth of what rounding activations to bytes may do.
pub(crate) const HALF_PRODUCTS: f32 = 0.0025;

const PROMPTS: usize = 5;
const STEPS: usize = 32;

#[derive(Clone, Copy)]
struct File {
    tag: &'static str,
    /// Against transformers on the same weights.
    tolerance: f32,
    /// Against llama.cpp.
    llama: f32,
}

const FILES: [File; 5] = [
    File {
        tag: "f32",
        tolerance: EXACT_WEIGHTS,
        llama: EXACT_WEIGHTS,
    },
    File {
        tag: "f16",
        tolerance: EXACT_WEIGHTS,
        llama: EXACT_WEIGHTS,
    },
    File {
        tag: "q8_0",
        tolerance: EXACT_WEIGHTS,
        llama: ROUNDED_ACTIVATIONS,
    },
    File {
        tag: "q4_0",
        tolerance: EXACT_WEIGHTS,
        llama: ROUNDED_ACTIVATIONS,
    },
    File {
        tag: "q4_k_m",
        tolerance: ROUNDED_WEIGHTS,
        llama: ROUNDED_ACTIVATIONS,
    },
];

/// A golden file on the GPU, with what others computed.
struct Case {
    file: File,
    pair: Pair,
    outputs: Outputs,
}

type Check = fn(&mut Case) -> Result<(), Failed>;

const CHECKS: [(&str, Check); 4] = [
    ("last_position", last_position),
    ("all_positions", all_positions),
    ("greedy_steps", greedy_steps),
    ("decoded_greedily", decoded_greedily),
];

pub(crate) fn trials(variant: Variant) -> Vec<Trial> {
    let folder = senselm_tests::golden::folder().join("tiny");
    let mut trials = Vec::new();
    for file in FILES {
        for kv in [KvType::F32, KvType::F16] {
            let core = variant.name == CORE.name;
            if !core && kv != KvType::F32 {
                continue;
            }
            // Step by step takes half a minute on a CPU that plays a GPU: the
            // others are decoded with anyway.
            let slow = core && kv == KvType::F32;
            // These round only where weights are quantised, or at least halves.
            let exact = match file.tag {
                "f32" => variant.rounds(),
                "f16" => variant.features.packed_dot,
                _ => false,
            };
            if exact {
                continue;
            }
            for (name, check) in CHECKS {
                let skipped = match name {
                    "greedy_steps" => !slow,
                    "decoded_greedily" => variant.rounds(),
                    _ => false,
                };
                if skipped {
                    continue;
                }
                let cache = kv.name();
                let named = format!(
                    "golden::{}::{}::{cache}_cache::{name}",
                    variant.name, file.tag
                );
                let folder = folder.clone();
                trials.push(Trial::test(named, move || {
                    check(&mut Case::load(&folder, file, kv, variant)?)
                }));
            }
        }
    }
    trials
}

impl Case {
    fn load(folder: &Path, mut file: File, kv: KvType, variant: Variant) -> Result<Self, Failed> {
        let outputs = Outputs::open(folder)?;
        let bytes: Bytes = Arc::new(Mapped::open(outputs.model(file.tag))?);
        if kv == KvType::F16 {
            file.tolerance += F16_CACHE;
            file.llama += F16_CACHE;
        }
        if variant.features.packed_dot {
            file.tolerance = ROUNDED_ACTIVATIONS;
        }
        if variant.features.shader_f16 {
            file.tolerance += HALF_PRODUCTS;
            file.llama += HALF_PRODUCTS;
        }
        let options = GpuOptions {
            kv,
            features: variant.features,
            ..GpuOptions::default()
        };
        Ok(Self {
            file,
            pair: Pair::load(&bytes, options)?,
            outputs,
        })
    }

    /// References, and how near to each the logits have to be.
    fn references(&self) -> [(String, f32); 2] {
        [
            (format!("hf_deq_{}", self.file.tag), self.file.tolerance),
            (format!("llama_f32kv_{}", self.file.tag), self.file.llama),
        ]
    }
}

fn last_position(case: &mut Case) -> Result<(), Failed> {
    for prompt in 0..PROMPTS {
        let ids = case.outputs.prompt(prompt);
        case.pair.gpu.truncate(0);
        let found = block_on(case.pair.gpu.next_logits(&ids))?;
        for (reference, bound) in case.references() {
            let name = format!("{reference}.p{prompt}.logits.f32");
            within(&name, &found, &case.outputs.stored(&name)?, bound)?;
        }
    }
    Ok(())
}

fn all_positions(case: &mut Case) -> Result<(), Failed> {
    let ids = case.outputs.prompt(1);
    let mut all = Vec::new();
    let mut show = |_: usize, row: &[f32]| all.extend_from_slice(row);
    block_on(case.pair.gpu.each_logits(&ids, &mut show))?;
    let name = format!("hf_deq_{}.p1.all.f32", case.file.tag);
    within(
        &name,
        &all,
        &case.outputs.stored(&name)?,
        case.file.tolerance,
    )
}

/// 32 steps along the stored tokens, one row each: a step whose margin is above
/// twice the tolerance agrees.
fn greedy_steps(case: &mut Case) -> Result<(), Failed> {
    for (reference, bound) in case.references() {
        // llama.cpp's tokens are mostly the same ones.
        let prompts = if reference.starts_with("llama") {
            1
        } else {
            PROMPTS
        };
        for prompt in 0..prompts {
            case.pair.gpu.truncate(0);
            let ids = case.outputs.prompt(prompt);
            let mut logits = block_on(case.pair.gpu.next_logits(&ids))?;
            let margins = case.outputs.margins(&reference, prompt);
            let greedy = case.outputs.greedy(&reference, prompt);
            assert_eq!((greedy.len(), margins.len()), (STEPS, STEPS));
            for (step, (&expected, margin)) in greedy.iter().zip(margins).enumerate() {
                let found = argmax(&logits);
                if margin > 2.0 * bound && found != expected {
                    return Err(format!(
                        "{reference}, prompt {prompt}, step {step}: {found}, not {expected}; \
                         margin {margin}"
                    )
                    .into());
                }
                logits = block_on(case.pair.gpu.next_logits(&[expected]))?;
            }
            let name = format!("{reference}.p{prompt}.final.f32");
            // Another 32 steps of llama.cpp's own rounding: errors of two
            // directions add as squares.
            let bound = bound
                * if reference.starts_with("llama") {
                    1.4143
                } else {
                    1.0
                };
            within(&name, &logits, &case.outputs.stored(&name)?, bound)?;
        }
    }
    Ok(())
}

/// Decoded on the device, eight tokens a submission: the stored tokens up to
/// the first step whose margin is too small to tell.
fn decoded_greedily(case: &mut Case) -> Result<(), Failed> {
    let mut decided = 0;
    for prompt in 0..PROMPTS {
        let (reference, bound) = &case.references()[0];
        let ids = case.outputs.prompt(prompt);
        case.pair.gpu.truncate(0);
        block_on(case.pair.gpu.prefill(&ids))?;
        let mut sampler = Sampler::new(SamplerSpec::default())?;
        let mut found = Vec::new();
        while found.len() < STEPS {
            found.extend(block_on(case.pair.gpu.decode(8, &mut sampler, None))?);
        }
        let expected = case.outputs.greedy(reference, prompt);
        let margins = case.outputs.margins(reference, prompt);
        let known = margins.iter().take_while(|&&margin| margin > 2.0 * bound);
        let known = known.count();
        decided += known;
        if found[..known] != expected[..known] {
            return Err(format!("prompt {prompt}: {found:?}, not {expected:?}").into());
        }
        let mut all = ids;
        all.extend(&found);
        assert_eq!(case.pair.gpu.tokens(), all);
    }
    figure("decided greedy steps of 160", decided as f32);
    // The logits that decoding left behind are those of a fresh pass.
    let ids = case.pair.gpu.tokens().to_vec();
    let (rest, last) = ids.split_at(ids.len() - 1);
    case.pair.gpu.truncate(rest.len());
    let stepped = block_on(case.pair.gpu.next_logits(last))?;
    case.pair.gpu.truncate(0);
    let fresh = block_on(case.pair.gpu.next_logits(&ids))?;
    let largest = largest_difference(&stepped, &fresh);
    assert!(
        largest <= EXACT_WEIGHTS,
        "step by step and at once differ by {largest}"
    );
    Ok(())
}
