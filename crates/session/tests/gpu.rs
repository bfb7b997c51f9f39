//! Sessions on a GPU, on whatever adapter is here: they answer as on the CPU,
//! also where the device is lost in between.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::ops::ControlFlow;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use senselm_gguf::GgmlType;
use senselm_gpt::gpu::{Gpu, block_on};
use senselm_session::{
    Answer, Backend, Bytes, GenerateOptions, Generated, GpuMath, KvType, LoadOptions, SamplerSpec,
    Session, StoppedBy, Window,
};
use senselm_tests::models::{FRONT_END, Tiny};

const LABELS: &str = r#"{"kind": "classify", "labels": ["Tap", "Tapping", "Hold", "dry running"]}"#;
const NUMBER: &str = r#"{"kind": "number", "min": 3, "max": 40, "decimals": 1, "unit": "1/min"}"#;
const TEXT: &str = r#"{"kind": "generate", "max_tokens": 12}"#;

/// Probabilities of the same weights, whose sums are taken in another order.
const CLOSE: f64 = 1e-4;
/// How often a session opens a lost GPU again.
const REOPENED: usize = 3;

fn main() {
    let mut probe = asking(LABELS);
    let found = probe.use_backend(Backend::Gpu, &mut |_| ());
    match &found {
        Ok(()) => println!("adapter: {:?}", probe.adapter()),
        Err(error) => println!("ignored: {error}"),
    }
    let trials = [
        Trial::test("labels", || same_answers(LABELS)),
        Trial::test("numbers", || same_answers(NUMBER)),
        Trial::test("texts", || same_answers(TEXT)),
        Trial::test("rounded", rounded),
        Trial::test("generated_tokens", generated_tokens),
        Trial::test("a_full_context", full_context),
        Trial::test("a_lost_device", lost_device),
        Trial::test("a_device_lost_too_often", lost_too_often),
        Trial::test("a_device_lost_between_windows", lost_between_windows),
        Trial::test("moving_the_sequence", moving),
        Trial::test("a_cache_it_does_not_have", unsupported),
    ];
    let trials = trials.map(|trial| trial.with_ignored_flag(found.is_err()));
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit();
}

fn load(bytes: Bytes) -> Session {
    Session::load(bytes, LoadOptions::default()).unwrap()
}

fn asking(task: &str) -> Session {
    load(Tiny::default().sensor_bytes(FRONT_END, task))
}

/// The same model on the CPU and on the GPU.
fn both(task: &str) -> Result<(Session, Session), Failed> {
    let cpu = asking(task);
    let mut gpu = cpu.fork();
    let mut compiled = Vec::new();
    gpu.use_backend(Backend::Gpu, &mut |progress| compiled.push(progress))?;
    let last = compiled.last().ok_or("no progress was told")?;
    assert_eq!((last.done, last.total), (compiled.len(), compiled.len()));
    assert_eq!(gpu.backend(), Backend::Gpu);
    assert!(gpu.adapter().is_some());
    Ok((cpu, gpu))
}

fn window(seed: u32) -> Window {
    let sample = |i: u32| f64::from((seed * 31 + i * 17) % 23) / 7.0;
    Window {
        channels: vec![(0..8).map(sample).collect()],
    }
}

fn close(what: &str, found: f64, expected: f64) {
    let difference = (found - expected).abs();
    assert!(difference <= CLOSE, "{what}: {found} instead of {expected}");
}

fn alike(found: &Answer, expected: &Answer) {
    close(
        "anomaly",
        found.anomaly().unwrap(),
        expected.anomaly().unwrap(),
    );
    assert_eq!(found.text(), expected.text());
    match (found, expected) {
        (Answer::Classification(found), Answer::Classification(expected)) => {
            let pairs = found.probabilities.iter().zip(&expected.probabilities);
            for (found, expected) in pairs {
                close(&found.label, found.probability, expected.probability);
            }
        }
        (Answer::Number(found), Answer::Number(expected)) => {
            close("probability", found.probability, expected.probability);
            close("expected", found.expected, expected.expected);
            assert_eq!(found.candidates.len(), expected.candidates.len());
        }
        (Answer::Text(found), Answer::Text(expected)) => {
            assert_eq!(found.stopped_by, expected.stopped_by);
        }
        (Answer::Anomaly(found), Answer::Anomaly(expected)) => {
            let pairs = found
                .surprise
                .iter()
                .flatten()
                .zip(expected.surprise.iter().flatten());
            for (found, expected) in pairs {
                close("surprise", *found, *expected);
            }
        }
        _ => panic!("{found:?} instead of {expected:?}"),
    }
}

/// One window after the other, then all at once, scores and vectors.
fn same_answers(task: &str) -> Result<(), Failed> {
    let (mut cpu, mut gpu) = both(task)?;
    let windows: Vec<Window> = (0..5).map(window).collect();
    for window in &windows {
        alike(&gpu.answer(window)?, &cpu.answer(window)?);
        close("score", gpu.score(window)?, cpu.score(window)?);
        assert_eq!(gpu.embed(window)?, cpu.embed(window)?);
    }
    let (found, expected) = (gpu.answer_all(&windows)?, cpu.answer_all(&windows)?);
    for (found, expected) in found.into_iter().zip(expected) {
        alike(&found?, &expected?);
    }
    assert!(gpu.take_changes().is_empty());
    assert_eq!(gpu.backend(), Backend::Gpu);
    Ok(())
}

/// Rounded activations are about as far off as the CPU's, which rounds them to
/// bytes too.
fn rounded() -> Result<(), Failed> {
    let tiny = Tiny {
        width: 64,
        ty: GgmlType::Q8_0,
        ..Tiny::default()
    };
    let bytes = tiny.sensor_bytes(FRONT_END, LABELS);
    let run = |backend, gpu_math| -> Result<Vec<f32>, Failed> {
        let options = LoadOptions {
            gpu_math,
            ..LoadOptions::default()
        };
        let mut session = Session::load(Arc::clone(&bytes), options)?;
        session.use_backend(backend, &mut |_| ())?;
        let ids: Vec<u32> = (0..40).collect();
        Ok(session.logits(&ids, true)?)
    };
    let exact = run(Backend::Gpu, GpuMath::Exact)?;
    let off = |found: Vec<f32>| {
        let apart = exact.iter().zip(&found).map(|(a, b)| (a - b).abs());
        apart.fold(0.0, f32::max)
    };
    let on_cpu = off(run(Backend::Cpu, GpuMath::Exact)?);
    let on_gpu = off(run(Backend::Gpu, GpuMath::Rounded)?);
    assert!(on_gpu < 2.0 * on_cpu, "{on_gpu}, on the CPU {on_cpu}");
    if block_on(Gpu::open())?.features().packed_dot {
        assert!(on_gpu > 0.0, "nothing was rounded");
    }
    Ok(())
}

fn options(max_tokens: usize, seed: u64) -> GenerateOptions {
    GenerateOptions {
        max_tokens,
        ignore_end: true,
        sampler: SamplerSpec {
            temperature: 0.8,
            top_k: 20,
            repetition_penalty: 1.1,
            seed,
            ..SamplerSpec::default()
        },
        ..GenerateOptions::default()
    }
}

fn generate(
    session: &mut Session,
    options: &GenerateOptions,
    mut on_piece: impl FnMut(usize),
) -> Result<Generated, Failed> {
    let mut pieces = 0;
    Ok(session.generate("A pump", options, &mut |_| {
        pieces += 1;
        on_piece(pieces);
        ControlFlow::Continue(())
    })?)
}

fn generated_tokens() -> Result<(), Failed> {
    let (mut cpu, mut gpu) = both(TEXT)?;
    for seed in 0..4 {
        let options = options(40, seed);
        let expected = generate(&mut cpu, &options, |_| ())?;
        let found = generate(&mut gpu, &options, |_| ())?;
        assert_eq!(found.tokens, expected.tokens, "seed {seed}");
        assert_eq!(found.text, expected.text);
    }
    // Cancelled in the middle of a batch: what was shown is what is returned.
    let mut shown = 0;
    let cancelled = gpu.generate("A pump", &options(40, 0), &mut |_| {
        shown += 1;
        match shown {
            10 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    })?;
    assert_eq!(cancelled.stopped_by, StoppedBy::Cancelled);
    assert_eq!(cancelled.tokens.len(), 10);
    Ok(())
}

/// Behind the last place of a context one more token is chosen.
fn full_context() -> Result<(), Failed> {
    let (mut cpu, mut gpu) = both(TEXT)?;
    let options = options(10_000, 3);
    let expected = generate(&mut cpu, &options, |_| ())?;
    let found = generate(&mut gpu, &options, |_| ())?;
    assert_eq!(expected.stopped_by, StoppedBy::Context);
    assert_eq!(found.stopped_by, StoppedBy::Context);
    assert_eq!(found.tokens, expected.tokens);
    Ok(())
}

/// The device is destroyed while it decodes: the same tokens, one event.
fn lost_device() -> Result<(), Failed> {
    let (mut cpu, mut gpu) = both(TEXT)?;
    let options = options(40, 7);
    let expected = generate(&mut cpu, &options, |_| ())?;
    let handle = gpu.gpu().unwrap();
    let found = generate(&mut gpu, &options, |pieces| {
        if pieces == 5 {
            handle.destroy();
        }
    })?;
    assert_eq!(found.tokens, expected.tokens);
    let changes = gpu.take_changes();
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0].backend, Backend::Gpu);
    assert!(changes[0].reason.contains("lost"), "{changes:?}");
    assert!(gpu.take_changes().is_empty(), "told once");
    alike(&gpu.answer(&window(1))?, &cpu.answer(&window(1))?);
    Ok(())
}

/// After a few times the CPU goes on.
fn lost_too_often() -> Result<(), Failed> {
    let (mut cpu, mut gpu) = both(LABELS)?;
    for lost in 0..=REOPENED {
        gpu.gpu().unwrap().destroy();
        alike(
            &gpu.answer(&window(lost as u32))?,
            &cpu.answer(&window(lost as u32))?,
        );
        let changes = gpu.take_changes();
        assert_eq!(changes.len(), 1, "{changes:?}");
        let expected = if lost < REOPENED {
            Backend::Gpu
        } else {
            Backend::Cpu
        };
        assert_eq!(changes[0].backend, expected, "lost {} times", lost + 1);
        assert_eq!(gpu.backend(), expected);
    }
    assert!(gpu.gpu().is_none());
    Ok(())
}

/// Labels and anomaly are not counted twice where a pass is done again.
fn lost_between_windows() -> Result<(), Failed> {
    for task in [LABELS, NUMBER, TEXT] {
        let (mut cpu, mut gpu) = both(task)?;
        let windows: Vec<Window> = (0..4).map(window).collect();
        gpu.answer(&windows[0])?;
        gpu.gpu().unwrap().destroy();
        let (found, expected) = (gpu.answer_all(&windows)?, cpu.answer_all(&windows)?);
        for (found, expected) in found.into_iter().zip(expected) {
            alike(&found?, &expected?);
        }
        assert_eq!(gpu.take_changes().len(), 1);
    }
    Ok(())
}

/// From one backend to the other and back, measured on both.
fn moving() -> Result<(), Failed> {
    let (mut cpu, mut gpu) = both(LABELS)?;
    let expected = cpu.answer(&window(2))?;
    alike(&gpu.answer(&window(2))?, &expected);
    for backend in [Backend::Cpu, Backend::Gpu, Backend::Gpu] {
        gpu.use_backend(backend, &mut |_| ())?;
        assert_eq!(gpu.backend(), backend);
        let answer = gpu.answer(&window(2))?;
        alike(&answer, &expected);
        let speed = gpu.measure()?;
        assert!(speed.prompt_ms > 0.0 && speed.token_ms > 0.0, "{speed:?}");
        assert!(speed.question_ms >= speed.prompt_ms, "{speed:?}");
    }
    assert!(gpu.take_changes().is_empty(), "nothing failed");
    Ok(())
}

/// It stays on the CPU, and works there.
fn unsupported() -> Result<(), Failed> {
    let tiny = Tiny {
        width: 64,
        ..Tiny::default()
    };
    let options = LoadOptions {
        kv: KvType::Q8_0,
        ..LoadOptions::default()
    };
    let mut session = Session::load(tiny.sensor_bytes(FRONT_END, LABELS), options)?;
    let error = session.use_backend(Backend::Gpu, &mut |_| ()).unwrap_err();
    assert_eq!(error.code(), "no_gpu");
    assert!(error.to_string().contains("CPU"), "{error}");
    assert_eq!(session.backend(), Backend::Cpu);
    session.answer(&window(1))?;
    Ok(())
}
