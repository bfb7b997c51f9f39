//! What standard error and standard output do to the work: a diagnostic that
//! cannot be written never ends it, a result that cannot be written does.

#![cfg(unix)]

mod program;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use program::{senselm, sensor_model, text};
use tempfile::TempDir;

const FRONT_END: &str = r#"{
    "layout": {"kind": "rows"},
    "channels": [{"name": "flow", "source": "flow", "encode": {"kind": "decimal", "decimals": 1}}],
    "template": "flow {flow} state"
}"#;
const TASK: &str = r#"{"kind": "classify", "labels": ["ok", "worn"]}"#;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_senselm"))
}

/// A model, and a recording with five good rows and many bad ones.
fn files(folder: &TempDir) -> (PathBuf, PathBuf) {
    let model = sensor_model(folder.path(), "model.gguf", FRONT_END, TASK);
    let good: String = (0..5).map(|i| format!("{i}.5\n")).collect();
    let bad = "none of this\n".repeat(5000);
    let recording = folder.path().join("recording.csv");
    std::fs::write(&recording, format!("flow\n{good}{bad}")).expect("a recording");
    (model, recording)
}

fn answer(model: &Path, recording: &Path) -> Command {
    let mut command = program();
    command
        .args(["answer", "--model", text(model), "--input", text(recording)])
        .stdin(Stdio::null());
    command
}

/// A pipe whose reader has left.
fn nobody() -> std::io::PipeWriter {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer
}

/// A device without room.
fn full() -> File {
    File::options()
        .write(true)
        .open("/dev/full")
        .expect("/dev/full is there")
}

fn answers(stdout: &[u8]) -> usize {
    let text = String::from_utf8_lossy(stdout);
    text.lines().filter(|l| l.contains("probability")).count()
}

#[test]
fn diagnostics_that_nobody_reads_are_dropped() {
    let folder = tempfile::tempdir().expect("a folder");
    let (model, recording) = files(&folder);
    let heard = answer(&model, &recording).output().expect("it runs");
    assert_eq!(heard.status.code(), Some(4));
    assert_eq!(answers(&heard.stdout), 5);
    let targets: [Stdio; 2] = [nobody().into(), full().into()];
    for stderr in targets {
        let child = answer(&model, &recording)
            .stderr(stderr)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let unheard = child.wait_with_output().expect("it ends");
        assert_eq!(unheard.status.code(), Some(4));
        assert_eq!(answers(&unheard.stdout), 5);
    }
}

#[test]
fn one_reader_of_both_streams_may_leave_early() {
    let folder = tempfile::tempdir().expect("a folder");
    let (model, recording) = files(&folder);
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let mut child = answer(&model, &recording)
        .stdout(writer.try_clone().expect("the same pipe"))
        .stderr(writer)
        .spawn()
        .expect("it starts");
    let mut few = [0; 64];
    reader.read_exact(&mut few).expect("it says something");
    drop(reader);
    let ended = child.wait().expect("it ends").code();
    assert!(matches!(ended, Some(0 | 4)), "{ended:?}");
}

#[test]
fn an_error_that_cannot_be_said_keeps_its_exit_code() {
    for stderr in [Stdio::from(nobody()), Stdio::from(full())] {
        let ended = program()
            .args(["inspect", "no-such-file.gguf"])
            .stderr(stderr)
            .status()
            .expect("it runs");
        assert_eq!(ended.code(), Some(3));
    }
    for stderr in [Stdio::from(nobody()), Stdio::from(full())] {
        let ended = program()
            .args(["inspect", "--no-such-option"])
            .stderr(stderr)
            .status()
            .expect("it runs");
        assert_eq!(ended.code(), Some(2));
    }
}

/// What a program answered and said whose standard output is `out`, with a
/// command of each kind.
fn each_result<T: Into<Stdio>>(out: fn() -> T, check: impl Fn(&[&str], Option<i32>, &str)) {
    let folder = tempfile::tempdir().expect("a folder");
    let (model, recording) = files(&folder);
    let (model, recording) = (text(&model), text(&recording));
    let generated = ["--prompt", "a", "--max-tokens", "3"];
    let generate = [&["generate", "--model", model], &generated[..]].concat();
    let commands: [&[&str]; 8] = [
        &["--help"],
        &["train", "--help"],
        &["--version"],
        &["simulate", "--episodes", "1"],
        &["inspect", model],
        &["inspect", model, "--json"],
        &["answer", "--model", model, "--input", recording],
        &generate,
    ];
    for arguments in commands {
        let output = program()
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(out())
            .stderr(Stdio::piped())
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        check(arguments, output.status.code(), &said);
    }
}

#[test]
fn results_without_room_are_an_error() {
    each_result(full, |arguments, code, said| {
        assert_eq!(code, Some(1), "{arguments:?}: {said}");
        assert!(said.contains("standard output"), "{arguments:?}: {said}");
    });
}

#[test]
fn results_that_nobody_reads_are_no_error() {
    each_result(nobody, |arguments, code, said| {
        assert_eq!(code, Some(0), "{arguments:?}: {said}");
        // What is said of a recording has nothing to do with who reads the results.
        let said = if arguments[0] == "answer" { "" } else { said };
        assert_eq!(said, "", "{arguments:?}");
    });
}

/// The system gives a closed descriptor to the next file that is opened: no
/// message may land in a file that was asked for.
#[test]
fn closed_streams_are_as_good_as_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = folder.path().join("told.csv");
    let silent = folder.path().join("silent.csv");
    let seed = ["--episodes", "2", "-o"];
    let all = [["simulate"].as_slice(), &seed, &[text(&told)]].concat();
    senselm(&all).ended_with(0);
    for closed in [">&-", "2>&-", "<&- >&- 2>&-"] {
        let script = format!("exec \"$0\" simulate --episodes 2 -o \"$1\" {closed}");
        let ended = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_senselm"), text(&silent)])
            .status()
            .expect("a shell");
        assert_eq!(ended.code(), Some(0), "{closed}");
        let (told, silent) = (std::fs::read(&told), std::fs::read(&silent));
        assert_eq!(told.expect("a file"), silent.expect("a file"), "{closed}");
    }
    let script = "exec \"$0\" inspect no-such-file.gguf 2>&-";
    let ended = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_senselm")])
        .status()
        .expect("a shell");
    assert_eq!(ended.code(), Some(3));
}
