//! The guest under wasmtime: golden logits, the native session's answers,
//! shared weights, limits, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod compare;

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use compare::{PROBABILITY_TOLERANCE, close, same, same_answer};
use libtest_mimic::{Arguments, Failed, Trial};
use senselm_gateway::{
    CompileCache, GatewayError, Limits, Program, ProgramOptions, Runtime, find_guest, pack,
};
use senselm_gguf::{Gguf, OwnedValue, Writer};
use senselm_session::{Bytes, GenerateOptions, LoadOptions, Session, StoppedBy, Window};
use senselm_tests::golden::folder;
use senselm_tests::models::{FRONT_END, Tiny};
use serde_json::Value;

/// As natively; see gpt's `tests/parity.rs`.
const FLOAT_TOLERANCE: f32 = 0.001;
/// As natively; see gpt's `tests/parity.rs`.
const QUANTIZED_TOLERANCE: f32 = 0.02;
/// Between hosts, for F32. The kernels agree to the bit; this is what the
/// project promises.
const HOSTS_TOLERANCE: f32 = 1e-3;

const TASKS: [&str; 4] = [
    r#"{"kind": "classify", "labels": ["Tap", "Tapping", "Hold", "dry running"]}"#,
    r#"{"kind": "number", "min": 3, "max": 40, "decimals": 1, "unit": "1/min"}"#,
    r#"{"kind": "generate", "max_tokens": 12}"#,
    r#"{"kind": "anomaly", "threshold": 4.5, "usual": 4.0}"#,
];

/// Large enough that a call takes a while and that a copy would show.
const LARGE: Tiny = Tiny {
    layers: 4,
    heads: 4,
    width: 256,
    ff_width: 1024,
    context: 1024,
    ty: senselm_gguf::GgmlType::F32,
    own_head: false,
    seed: 3,
    spread: 1.0,
    eps: 1e-5,
};

fn guest() -> Vec<u8> {
    std::fs::read(find_guest(None).unwrap()).unwrap()
}

/// Nothing is left in the user's cache.
fn uncached() -> ProgramOptions {
    ProgramOptions {
        cache: CompileCache::Off,
        ..ProgramOptions::default()
    }
}

fn program(model: &Bytes, options: ProgramOptions) -> Result<Program, GatewayError> {
    Program::new(&guest(), (**model).as_ref(), options)
}

fn runtime(model: &Bytes) -> Runtime {
    let program = program(model, uncached()).unwrap();
    program.start().unwrap()
}

fn window(seed: u32) -> Window {
    let sample = |i: u32| f64::from((seed * 31 + i * 17) % 23) / 7.0;
    Window {
        channels: vec![(0..8).map(sample).collect()],
    }
}

/// The logits behind each golden prompt, against other people's and our own.
fn golden(folder: &Path, tag: &str) -> Result<(), Failed> {
    let file = folder.join(format!("tiny-{tag}.gguf"));
    let bytes: Bytes = Arc::new(std::fs::read(&file)?);
    let mut native = Session::load(Arc::clone(&bytes), LoadOptions::default())?;
    let mut guest = Program::load(&find_guest(None)?, &file, uncached())?.start()?;
    let json: Value = serde_json::from_slice(&std::fs::read(folder.join("golden.json"))?)?;
    let float = tag.starts_with('f');
    let tolerance = if float {
        FLOAT_TOLERANCE
    } else {
        QUANTIZED_TOLERANCE
    };
    for (prompt, ids) in json["ids"].as_array().ok_or("no ids")?.iter().enumerate() {
        let ids: Vec<u32> = serde_json::from_value(ids.clone())?;
        let text = json["prompts"][prompt].as_str().ok_or("no prompt")?;
        same("tokens", &guest.tokenize(text)?, &ids)?;
        let found = guest.logits(&ids, false)?;
        for reference in ["llama_f32kv", "hf_deq"] {
            let name = format!("{reference}_{tag}.p{prompt}.logits.f32");
            let expected: Vec<f32> = std::fs::read(folder.join(&name))?
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect();
            close(&name, &found, &expected, tolerance)?;
        }
        close(
            "native",
            &found,
            &native.logits(&ids, false)?,
            HOSTS_TOLERANCE,
        )?;
    }
    Ok(())
}

/// Answers are the native session's, for every kind of task.
fn answers_are_the_native_ones() -> Result<(), Failed> {
    for task in TASKS {
        let bytes = Tiny::default().sensor_bytes(FRONT_END, task);
        let mut native = Session::load(Arc::clone(&bytes), LoadOptions::default())?;
        let mut guest = runtime(&bytes);
        let mut info: Value = serde_json::from_str(guest.info_json())?;
        let mut expected = serde_json::to_value(native.info())?;
        same("kernels", &info["kernels"], &Value::from("relaxed-simd"))?;
        info["kernels"].take();
        expected["kernels"].take();
        same("info", &info, &expected)?;
        for seed in 0..8 {
            let window = window(seed);
            same_answer(guest.answer(&window)?, native.answer(&window)?)?;
            let (found, expected) = (guest.score(&window)?, native.score(&window)?);
            if (found - expected).abs() > PROBABILITY_TOLERANCE {
                return Err(format!("score {found}, natively {expected}").into());
            }
        }
    }
    Ok(())
}

/// Texts stream, stop and cancel as natively, and errors keep their codes.
fn texts_and_errors_cross_the_boundary() -> Result<(), Failed> {
    let bytes = Tiny::default().bytes();
    let mut native = Session::load(Arc::clone(&bytes), LoadOptions::default())?;
    let mut guest = runtime(&bytes);
    let options = GenerateOptions {
        max_tokens: 20,
        ignore_end: true,
        ..GenerateOptions::default()
    };
    let expected = native.generate("A pump", &options, &mut |_| ControlFlow::Continue(()))?;
    let (sender, pieces) = std::sync::mpsc::channel();
    let on_piece = move |piece: &str| match sender.send(piece.to_owned()) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    };
    let found = guest.generate("A pump", &options, Box::new(on_piece))?;
    same("tokens", &found.tokens, &expected.tokens)?;
    same("pieces", &pieces.iter().collect::<String>(), &expected.text)?;

    let mut left = 3;
    let three = move |_: &str| {
        left -= 1;
        if left == 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let cut = guest.generate("A pump", &options, Box::new(three))?;
    same("reason", &cut.stopped_by, &StoppedBy::Cancelled)?;
    same("tokens", &cut.tokens[..], &expected.tokens[..3])?;

    let error = guest.answer(&window(0)).unwrap_err();
    same("code", error.code(), "no_task")?;
    let error = guest.logits(&[u32::MAX], false).unwrap_err();
    same("code", error.code(), "token_out_of_range")?;
    let error = guest.logits(&[0; 4096], false).unwrap_err();
    same("code", error.code(), "prompt_too_long")?;
    // A refused call leaves the instance as it was.
    same("tokens", &guest.tokenize("A")?.len(), &1)
}

/// Several instances map one copy of the weights.
fn instances_share_the_weights() -> Result<(), Failed> {
    let bytes = LARGE.bytes();
    let size = (*bytes).as_ref().len() as u64;
    let program = program(&bytes, uncached())?;
    let mut instances = vec![program.start()?];
    let ids: Vec<u32> = (0..16).collect();
    let expected = instances[0].logits(&ids, false)?;
    let before = private_bytes()?;
    for _ in 0..4 {
        let mut instance = program.start()?;
        same("logits", &instance.logits(&ids, false)?, &expected)?;
        instances.push(instance);
    }
    let each = private_bytes()?.saturating_sub(before) / 4;
    println!("an instance over {size} bytes of weights adds {each} private bytes");
    // Its own are stack, heap and KV cache: 4 layers of 2 * 1024 * 256 f32.
    let own = 4 * 2 * 1024 * 256 * 4 + (4 << 20);
    if each > own || own > size {
        return Err(format!("{each} private bytes an instance, the model has {size}").into());
    }
    Ok(())
}

/// Anonymous memory of this process: what is nobody else's and in no file.
fn private_bytes() -> Result<u64, Failed> {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup")?;
    let line = rollup
        .lines()
        .find_map(|line| line.strip_prefix("Anonymous:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB"));
    let kib: u64 = kib.ok_or("no Anonymous in smaps_rollup")?.trim().parse()?;
    Ok(kib * 1024)
}

/// A call ends when it is cancelled or takes too long; the next one works.
fn calls_are_bounded() -> Result<(), Failed> {
    let bytes = LARGE.bytes();
    let long: Vec<u32> = (0..1000).map(|id| id % 200).collect();
    // Loading takes a few milliseconds and this prompt a hundred times that.
    // How many on a busy machine nobody knows: the first limit that leaves
    // time to load must still be far too short for the prompt.
    let mut limit = Duration::from_millis(20);
    let mut hasty = loop {
        let options = ProgramOptions {
            limits: Limits {
                call: limit,
                ..Limits::default()
            },
            ..uncached()
        };
        match program(&bytes, options)?.start() {
            Err(error) if error.code() == "timed_out" => limit *= 2,
            started => break started?,
        }
    };
    let error = hasty.logits(&long, true).unwrap_err();
    same("code", error.code(), "timed_out")?;
    let mut tokens = hasty.tokenize("A");
    while tokens.as_ref().is_err_and(|e| e.code() == "timed_out") {
        // The fresh instance is loaded under the same limit.
        tokens = hasty.tokenize("A");
    }
    same("tokens", &tokens?.len(), &1)?;

    let mut guest = runtime(&bytes);
    let canceller = guest.canceller();
    let other = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        canceller.cancel();
    });
    let error = guest.logits(&long, true).unwrap_err();
    same("code", error.code(), "cancelled")?;
    other.join().map_err(|_| "the other thread failed")?;
    same("logits", &guest.logits(&[1], false)?.is_empty(), &false)?;

    let limits = Limits {
        memory_bytes: 1 << 16,
        ..Limits::default()
    };
    let options = ProgramOptions {
        limits,
        ..uncached()
    };
    let starved = program(&bytes, options)?.start();
    same("code", starved.err().unwrap().code(), "guest_failed")
}

/// Compiled code is kept and found again.
fn a_second_start_compiles_nothing() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let bytes = Tiny::default().sensor_bytes(FRONT_END, TASKS[0]);
    let options = || ProgramOptions {
        cache: CompileCache::Folder(folder.path().to_owned()),
        ..ProgramOptions::default()
    };
    let mut first = program(&bytes, options())?.start()?;
    let before = std::time::Instant::now();
    let mut second = program(&bytes, options())?.start()?;
    println!("a second start took {:?}", before.elapsed());
    same_answer(second.answer(&window(1))?, first.answer(&window(1))?)
}

/// What cannot be packed or started is refused with a reason.
fn hostile_files_are_refused() -> Result<(), Failed> {
    let guest = guest();
    let bytes = Tiny::default().bytes();
    let model = (*bytes).as_ref();
    let codes: [(&str, &[u8], &[u8], &str); 6] = [
        ("empty model", &guest, &[], "bad_model"),
        (
            "a model cut short",
            &guest,
            &model[..model.len() / 2],
            "bad_model",
        ),
        ("another file as a model", &guest, &guest, "bad_model"),
        ("empty guest", &[], model, "bad_guest"),
        (
            "a guest cut short",
            &guest[..guest.len() / 2],
            model,
            "bad_guest",
        ),
        ("another file as a guest", model, model, "bad_guest"),
    ];
    for (what, guest, model, code) in codes {
        let error = pack(guest, model).expect_err(what);
        same(what, error.code(), code)?;
    }
    let twice = pack(&pack(&guest, model)?, model).expect_err("is packed already");
    same("packed twice", twice.code(), "bad_guest")?;

    // A sound file that the runtime does not take.
    let untold = Tiny::default().sensor_bytes("{}", TASKS[0]);
    let error = program(&untold, uncached())?.start().err().unwrap();
    same("front end", error.code(), "bad_input")
}

/// A model in shards is the whole one.
fn shards_are_loaded_together() -> Result<(), Failed> {
    let bytes = Tiny::default().bytes();
    let file = Gguf::parse((*bytes).as_ref())?;
    let folder = tempfile::tempdir()?;
    let path = |number: u16| {
        folder
            .path()
            .join(format!("tiny-{number:05}-of-00002.gguf"))
    };
    for number in [1, 2_u16] {
        let mut writer = Writer::new();
        for (key, value) in file.metadata().iter().filter(|_| number == 1) {
            writer.set(key, OwnedValue::from(value))?;
        }
        let count = i32::try_from(file.tensors().len())?;
        for (key, value) in [
            ("split.no", OwnedValue::U16(number - 1)),
            ("split.count", OwnedValue::U16(2)),
            ("split.tensors.count", OwnedValue::I32(count)),
        ] {
            writer.set(key, value)?;
        }
        let tensors = file
            .tensors()
            .iter()
            .skip(usize::from(number - 1))
            .step_by(2);
        for tensor in tensors {
            let (dims, data) = (tensor.dims.as_slice(), file.tensor_bytes(tensor));
            writer.tensor(tensor.name, dims, tensor.ty, data)?;
        }
        std::fs::write(path(number), writer.to_bytes()?)?;
    }
    let ids = [3, 1, 4, 1, 5];
    let whole = runtime(&bytes).logits(&ids, false)?;
    let mut guest = Program::load(&find_guest(None)?, &path(2), uncached())?.start()?;
    same("logits", &guest.logits(&ids, false)?, &whole)
}

type Check = fn() -> Result<(), Failed>;

const CHECKS: [(&str, Check); 7] = [
    ("answers_are_the_native_ones", answers_are_the_native_ones),
    (
        "texts_and_errors_cross_the_boundary",
        texts_and_errors_cross_the_boundary,
    ),
    ("instances_share_the_weights", instances_share_the_weights),
    ("calls_are_bounded", calls_are_bounded),
    (
        "a_second_start_compiles_nothing",
        a_second_start_compiles_nothing,
    ),
    ("hostile_files_are_refused", hostile_files_are_refused),
    ("shards_are_loaded_together", shards_are_loaded_together),
];

const GOLDEN: [&str; 5] = ["f32", "f16", "q8_0", "q4_0", "q4_k_m"];

fn main() -> ExitCode {
    let built = find_guest(None).is_ok();
    let mut trials: Vec<Trial> = CHECKS
        .into_iter()
        .map(|(name, check)| {
            let linux_only = name == "instances_share_the_weights" && !cfg!(target_os = "linux");
            Trial::test(name, check).with_ignored_flag(!built || linux_only)
        })
        .collect();
    for tag in GOLDEN {
        let check = move || golden(&folder().join("tiny"), tag);
        trials.push(Trial::test(format!("golden::{tag}"), check).with_ignored_flag(!built));
    }
    if !built {
        println!("ignored: the guest is not built, run cargo xtask wasm");
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
