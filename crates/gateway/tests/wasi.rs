//! The WASI-only programs under a plain WASI host: what `wasmtime run` does,
//! without anything of the gateway but its engine's features.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use senselm_gateway::pack;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};
use wasmtime_wasi::{FsPerms, I32Exit, WasiCtx, WasiCtxView, WasiView};

const OUTPUT_BYTES: usize = 16 << 20;

struct Host {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

/// What a program left behind.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

/// Runs a command component, with `folder` opened under its own name.
fn run(
    component: &[u8],
    arguments: &[&str],
    stdin: Vec<u8>,
    folder: Option<&Path>,
) -> wasmtime::Result<Ran> {
    let mut config = Config::new();
    config.wasm_component_model(true);
    let engine = Engine::new(&config)?;
    let component = Component::from_binary(&engine, component)?;
    let mut linker = Linker::<Host>::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;

    let stdout = MemoryOutputPipe::new(OUTPUT_BYTES);
    let stderr = MemoryOutputPipe::new(OUTPUT_BYTES);
    let mut wasi = WasiCtx::builder();
    wasi.arg("program")
        .args(arguments)
        .stdin(MemoryInputPipe::new(stdin))
        .stdout(stdout.clone())
        .stderr(stderr.clone());
    if let Some(folder) = folder {
        wasi.preopened_dir(folder, "models", FsPerms::ReadOnly)?;
    }
    let host = Host {
        wasi: wasi.build(),
        table: ResourceTable::new(),
    };
    let mut store = Store::new(&engine, host);
    let command = Command::instantiate(&mut store, &component, &linker)?;
    let code = match command.wasi_cli_run().call_run(&mut store) {
        Ok(Ok(())) => 0,
        Ok(Err(())) => 1,
        Err(error) => match error.downcast_ref::<I32Exit>() {
            Some(exit) => exit.0,
            None => return Err(error),
        },
    };
    let text = |pipe: &MemoryOutputPipe| String::from_utf8_lossy(&pipe.contents()).into_owned();
    Ok(Ran {
        code,
        stdout: text(&stdout),
        stderr: text(&stderr),
    })
}

/// The kernels of this build, under wasmtime, give the oracle's bits.
fn kernels_match_the_oracle(guests: &Path) -> Result<(), Failed> {
    let program = std::fs::read(guests.join("kernels-parity.wasm"))?;
    let ran = run(&program, &["60"], Vec::new(), None)?;
    if ran.code != 0 {
        return Err(ran.stderr.into());
    }
    for name in ["simd128", "relaxed-simd"] {
        if !ran.stdout.contains(&format!("{name}: 60 cases")) {
            return Err(format!("{name} did not run: {}", ran.stdout).into());
        }
    }
    Ok(())
}

/// The command answers the bundled recording, with the model in a folder and
/// with the model packed into it, alike.
fn command_answers_a_recording(guests: &Path) -> Result<(), Failed> {
    let root = workspace_root();
    let recording = std::fs::read(root.join("examples/pump.csv"))?;
    let command = std::fs::read(guests.join("senselm-command.wasm"))?;
    let arguments = ["--model", "models/pump.gguf"];
    let models = root.join("models");
    let from_folder = run(&command, &arguments, recording.clone(), Some(&models))?;
    if from_folder.code != 0 {
        return Err(from_folder.stderr.into());
    }
    let packed = pack(&command, &std::fs::read(models.join("pump.gguf"))?)?;
    let from_segment = run(&packed, &[], recording, None)?;
    let answers = answers(&from_folder.stdout)?;
    if answers.is_empty() || answers != self::answers(&from_segment.stdout)? {
        return Err("the packed command answers otherwise".into());
    }
    Ok(())
}

/// Without a model, or with a wrong argument, it says what to do.
fn command_explains_itself(guests: &Path) -> Result<(), Failed> {
    let command = std::fs::read(guests.join("senselm-command.wasm"))?;
    let ran = run(&command, &[], Vec::new(), None)?;
    if ran.code != 1 || !ran.stderr.contains("--model FILE") {
        return Err(format!("{}: {}", ran.code, ran.stderr).into());
    }
    let ran = run(&command, &["--modle"], Vec::new(), None)?;
    if ran.code != 1 || !ran.stderr.contains("usage:") {
        return Err(format!("{}: {}", ran.code, ran.stderr).into());
    }
    Ok(())
}

/// The answers of JSON lines without the times, which differ from run to run.
fn answers(lines: &str) -> Result<Vec<serde_json::Value>, Failed> {
    lines
        .lines()
        .map(|line| {
            let mut line: serde_json::Value = serde_json::from_str(line)?;
            let answer = line["answer"].as_object_mut();
            answer.ok_or("a line without an answer")?.remove("timings");
            Ok(line)
        })
        .collect()
}

fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

type Check = fn(&Path) -> Result<(), Failed>;

fn main() -> ExitCode {
    let guest = senselm_gateway::find_guest(None).ok();
    let guests = guest.as_deref().and_then(Path::parent).map(Path::to_owned);
    let models = workspace_root().join("models/pump.gguf").is_file();
    let checks: [(&str, Check, bool); 3] = [
        ("kernels_match_the_oracle", kernels_match_the_oracle, true),
        (
            "command_answers_a_recording",
            command_answers_a_recording,
            models,
        ),
        ("command_explains_itself", command_explains_itself, true),
    ];
    let trials = checks.map(|(name, check, possible)| {
        let guests = guests.clone();
        let ignored = guests.is_none() || !possible;
        Trial::test(name, move || check(&guests.unwrap_or_default())).with_ignored_flag(ignored)
    });
    if guests.is_none() {
        println!("ignored: the guest is not built, run cargo xtask wasm");
    }
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}
