//! What goes wrong leaves a sequence that can be continued elsewhere.

use std::sync::Arc;

use libtest_mimic::{Failed, Trial};
use senselm_convert::{Preset, Vocab, init};
use senselm_gpt::gpu::{GpuError, GpuModelError, GpuOptions, block_on};
use senselm_gpt::{Bytes, GptError, KvType, Sampler, SamplerSpec};

use crate::{Pair, on_gpu};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("failures::lost_device", lost_device),
        Trial::test("failures::refused_tokens", refused_tokens),
        Trial::test("failures::unsupported", unsupported),
    ]
}

fn pair() -> Result<Pair, Failed> {
    let bytes = init(Preset::from_name("tiny")?, &Vocab::Bytes(300), 3, "q8_0")?;
    let bytes: Bytes = Arc::new(bytes);
    Pair::load(&bytes, GpuOptions::default())
}

/// A device is destroyed in the middle of a generation. On another one, the
/// tokens so far are appended, and the generation goes on as if nothing had
/// happened.
fn lost_device() -> Result<(), Failed> {
    let spec = SamplerSpec {
        temperature: 0.9,
        top_k: 50,
        seed: 99,
        ..SamplerSpec::default()
    };
    let prompt = [5, 6, 7, 8, 9];
    let mut pair = pair()?;
    let mut sampler = Sampler::new(spec.clone())?;
    block_on(pair.gpu.prefill(&prompt))?;
    block_on(pair.gpu.decode(20, &mut sampler, None))?;
    let expected = pair.gpu.tokens().to_vec();

    pair.gpu.truncate(0);
    let mut sampler = Sampler::new(spec)?;
    block_on(pair.gpu.prefill(&prompt))?;
    block_on(pair.gpu.decode(8, &mut sampler, None))?;
    pair.gpu.gpu().destroy();
    let lost = block_on(pair.gpu.decode(8, &mut sampler, None));
    let known = matches!(lost, Err(GpuModelError::Gpu(GpuError::Lost { .. })));
    assert!(known, "{lost:?}");
    assert_eq!(pair.gpu.len(), 13, "what was decoded is still known");
    assert_eq!(sampler.step(), 8);

    let mut other = on_gpu(&pair.cpu, GpuOptions::default())?;
    block_on(other.prefill(pair.gpu.tokens()))?;
    block_on(other.decode(12, &mut sampler, None))?;
    assert_eq!(other.tokens(), expected);
    Ok(())
}

fn refused_tokens() -> Result<(), Failed> {
    let mut pair = pair()?;
    let gpt = |error: GpuModelError| match error {
        GpuModelError::Gpt(error) => error.to_string(),
        other => panic!("{other}"),
    };
    let mut sampler = Sampler::new(SamplerSpec::default())?;
    let early = block_on(pair.gpu.decode(1, &mut sampler, None));
    assert!(matches!(early, Err(GpuModelError::NoLogits)));
    let none = block_on(pair.gpu.next_logits(&[])).unwrap_err();
    assert_eq!(gpt(none), GptError::NoTokens.to_string());
    let foreign = block_on(pair.gpu.append(&[1, 300])).unwrap_err();
    assert!(gpt(foreign).contains("300"));
    let long = block_on(pair.gpu.append(&[1; 129])).unwrap_err();
    assert!(gpt(long).contains("128"));
    assert!(pair.gpu.is_empty());
    // Decoding stops at the context.
    block_on(pair.gpu.prefill(&[1; 125]))?;
    let found = block_on(pair.gpu.decode(8, &mut sampler, None))?;
    assert_eq!((found.len(), pair.gpu.len()), (3, 128));
    let full = block_on(pair.gpu.decode(1, &mut sampler, None)).unwrap_err();
    assert!(gpt(full).contains("128"));
    Ok(())
}

fn unsupported() -> Result<(), Failed> {
    let pair = pair()?;
    let options = GpuOptions {
        kv: KvType::Q8_0,
        ..GpuOptions::default()
    };
    let refused = on_gpu(&pair.cpu, options).unwrap_err();
    assert!(
        matches!(refused, GpuModelError::Unsupported { .. }),
        "{refused}"
    );
    Ok(())
}
