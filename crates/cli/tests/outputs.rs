//! Where `-o` leads, for every command that has it. What a name may lead to,
//! devices among it, is tested in `crates/save`.

#![cfg(unix)]

mod program;

use std::fs::{self, Permissions};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use program::{plain_model, senselm, text};
use senselm_gguf::Gguf;

/// The arguments of each command that writes a file, before `-o`.
fn writers(model: &Path) -> Vec<Vec<&str>> {
    let model = text(model);
    vec![
        vec!["simulate", "--episodes", "1"],
        vec!["init", "--preset", "tiny"],
        vec!["quantize", model, "--type", "q8_0"],
        vec!["logits", "--model", model, "--ids", "1,2"],
    ]
}

/// Runs the program and keeps its bytes as they are.
fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_senselm"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("it runs")
}

#[test]
fn standard_output_holds_the_file_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let model = plain_model(folder.path());
    let file = folder.path().join("file");
    for arguments in writers(&model) {
        let to_file = run(&[&arguments[..], &["-o", text(&file)]].concat());
        assert_eq!(to_file.status.code(), Some(0), "{arguments:?}");
        let wanted = fs::read(&file).expect("the file");
        for name in ["-", "/dev/stdout", "/dev/fd/1"] {
            for json in [&[][..], &["--json"]] {
                let piped = run(&[&arguments[..], &["-o", name], json].concat());
                let said = String::from_utf8_lossy(&piped.stderr);
                assert_eq!(piped.status.code(), Some(0), "{arguments:?}: {said}");
                assert!(piped.stdout == wanted, "{arguments:?} {name} {json:?}");
                assert!(!said.is_empty(), "{arguments:?} {name} {json:?}");
            }
        }
    }
    assert!(!Path::new("-").exists());
    let model = fs::read(&model).expect("the model");
    assert!(Gguf::parse(&model).is_ok());
}

#[test]
fn a_file_of_the_shell_is_continued() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    fs::write(&log, "before\n").expect("a file");
    let script =
        "\"$0\" simulate --episodes 1 -o /dev/stdout >> \"$1\" 2>/dev/null; echo after >> \"$1\"";
    let ended = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_senselm"), text(&log)])
        .status()
        .expect("a shell");
    assert!(ended.success());
    let found = fs::read_to_string(&log).expect("the file");
    let simulated = senselm(&["simulate", "--episodes", "1"]).ended_with(0);
    assert_eq!(found, format!("before\n{}after\n", simulated.stdout));
}

#[test]
fn links_and_modes_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let model = plain_model(folder.path());
    let (real, link) = (folder.path().join("real"), folder.path().join("link"));
    symlink("real", &link).expect("a link");
    for arguments in writers(&model) {
        fs::write(&real, "old").expect("a file");
        fs::set_permissions(&real, Permissions::from_mode(0o600)).expect("a mode");
        senselm(&[&arguments[..], &["-o", text(&link)]].concat()).ended_with(0);
        assert!(
            fs::symlink_metadata(&link)
                .expect("it is there")
                .is_symlink()
        );
        let data = fs::symlink_metadata(&real).expect("it is there");
        assert!(data.is_file() && data.len() > 3, "{arguments:?}");
        assert_eq!(data.permissions().mode() & 0o777, 0o600, "{arguments:?}");
    }
}

#[test]
fn a_fifo_is_written_through() {
    let folder = tempfile::tempdir().expect("a folder");
    let fifo = folder.path().join("fifo");
    let made = Command::new("mkfifo").arg(&fifo).status();
    assert!(made.expect("mkfifo").success());
    let reads = fifo.clone();
    let reader = std::thread::spawn(move || fs::read(reads));
    senselm(&["simulate", "--episodes", "1", "-o", text(&fifo)]).ended_with(0);
    let read = reader.join().expect("it reads").expect("bytes");
    let simulated = senselm(&["simulate", "--episodes", "1"]).ended_with(0);
    assert_eq!(read, simulated.stdout.as_bytes());
    let data = fs::symlink_metadata(&fifo).expect("it is there");
    assert!(data.file_type().is_fifo());
}

#[test]
fn what_cannot_be_written_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let model = plain_model(folder.path());
    let missing = folder.path().join("nowhere/file");
    for arguments in writers(&model) {
        for (name, said) in [(folder.path(), "name the file"), (&missing, "make it")] {
            let all = [&arguments[..], &["-o", text(name)]].concat();
            let refused = senselm(&all).ended_with(1);
            assert!(refused.stderr.contains(said), "{}", refused.stderr);
            assert_eq!(refused.stdout, "");
        }
    }
    let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_folder_of_files_is_written_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let model = plain_model(folder.path());
    let model = text(&model);
    let usage = senselm(&["convert", model, "-o", "-"]).ended_with(2);
    assert!(usage.stderr.contains("FOLDER"), "{}", usage.stderr);
    let file = folder.path().join("file");
    fs::write(&file, "mine").expect("a file");
    let refused = senselm(&["convert", model, "-o", text(&file)]).ended_with(1);
    assert!(refused.stderr.contains("no folder"), "{}", refused.stderr);
    assert_eq!(fs::read(&file).expect("the file"), b"mine");

    let hf = folder.path().join("hf");
    senselm(&["convert", model, "-o", text(&hf)]).ended_with(0);
    let piped = run(&["convert", text(&hf), "--type", "f32", "-o", "-"]);
    assert_eq!(piped.status.code(), Some(0));
    assert!(Gguf::parse(&piped.stdout).is_ok());
}
