//! Running the built program, and models for it to run.

#![allow(dead_code, reason = "each test binary uses some of what a run leaves")]

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use senselm_gguf::{Gguf, OwnedValue, Writer, keys};
use serde_json::Value;

/// What a run of the program left.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The run, which must have ended with `code`.
    #[track_caller]
    pub(crate) fn ended_with(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout: {}\nstderr: {}",
            self.stdout, self.stderr
        );
        self
    }

    /// Standard output as one object of JSON a line.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        let parse = |line: &str| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
        };
        self.stdout.lines().map(parse).collect()
    }

    /// Standard output as a single object of JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let mut lines = self.json_lines();
        assert_eq!(lines.len(), 1, "{}", self.stdout);
        lines.remove(0)
    }
}

/// Runs the program.
pub(crate) fn senselm<S: AsRef<OsStr>>(arguments: &[S]) -> Run {
    senselm_with("", arguments)
}

/// Runs the program with something on its standard input.
pub(crate) fn senselm_with<S: AsRef<OsStr>>(stdin: &str, arguments: &[S]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_senselm"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that refuses its arguments does not read: no matter.
    let _ = child
        .stdin
        .take()
        .map(|mut pipe| pipe.write_all(stdin.as_bytes()));
    let output = child.wait_with_output().expect("the program ends");
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a path of the test is UTF-8")
}

/// A plain language model with random weights.
pub(crate) fn plain_model(folder: &Path) -> PathBuf {
    let path = folder.join("plain.gguf");
    senselm(&[
        "init",
        "--preset",
        "tiny",
        "--seed",
        "1",
        "--type",
        "f32",
        "-o",
        text(&path),
    ])
    .ended_with(0);
    path
}

/// The same with a front end and a task: what it answers means nothing.
pub(crate) fn sensor_model(folder: &Path, name: &str, front_end: &str, task: &str) -> PathBuf {
    let plain = std::fs::read(plain_model(folder)).expect("the model was written");
    let gguf = Gguf::parse(&plain).expect("the model is GGUF");
    let mut writer = Writer::new();
    for (key, value) in gguf.metadata().iter() {
        writer.set(key, OwnedValue::from(value)).expect("a key");
    }
    writer
        .set(keys::SENSELM_SCHEMA_VERSION, 1_u32)
        .expect("a key");
    writer
        .set(keys::SENSELM_FRONT_END, front_end)
        .expect("a key");
    writer.set(keys::SENSELM_TASK, task).expect("a key");
    for tensor in gguf.tensors() {
        let bytes = gguf.tensor_bytes(tensor);
        let dims = tensor.dims.as_slice();
        writer
            .tensor(tensor.name, dims, tensor.ty, bytes)
            .expect("a tensor");
    }
    let path = folder.join(name);
    std::fs::write(&path, writer.to_bytes().expect("a file")).expect("it can be written");
    path
}
