//! `senselm train` seen from outside: what it says, how it ends, and what it
//! leaves behind. What is said about data is tested in `crates/train`.
//!
//! A disk that fills up is one of our own, which needs root: those tests report
//! themselves ignored without.

mod program;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use program::{Run, senselm, text};

const RECIPE: &str = senselm_tests::recipe_of_levels!(
    r#"
name = "tiny"
seed = 3
[data]
train = ["train.csv"]
validation = ["train.csv"]
"#,
    r#"[task]
kind = "classify"
labels = ["low", "high"]
[model]
layers = 1
heads = 2
width = 16
[train]
steps = 8
batch = 8
learning_rate = 1e-2
checkpoint_every = 2
"#
);

type Test = fn(&Path) -> Result<(), Failed>;

const TESTS: [(&str, Test); 3] = [
    ("resuming_ends_as_documented", resuming),
    ("a_folder_that_cannot_be_is_said", no_folder),
    ("progress_that_nobody_reads_is_dropped", unread),
];

const AS_ROOT: [(&str, Test); 2] = [
    ("a_full_disk_leaves_nothing_behind", full_disk),
    ("a_full_disk_leaves_an_earlier_run_as_it_is", full_later),
];

fn main() {
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|id| id.stdout == b"0\n");
    let disks = root && cfg!(target_os = "linux");
    let trial = |(name, test): (&str, Test), runs: bool| {
        Trial::test(name, move || {
            let folder = tempfile::tempdir()?;
            let rows: String = (0..40)
                .map(|row| {
                    let x = f64::from(row * 37 % 40) / 40.0;
                    format!("{x},{}\n", if x < 0.5 { "low" } else { "high" })
                })
                .collect();
            std::fs::write(folder.path().join("recipe.toml"), RECIPE)?;
            std::fs::write(folder.path().join("train.csv"), format!("x,output\n{rows}"))?;
            test(folder.path())
        })
        .with_kind(if runs { "" } else { "needs root on Linux" })
        .with_ignored_flag(!runs)
    };
    let anyone = TESTS.into_iter().map(|test| trial(test, true));
    let trials = anyone.chain(AS_ROOT.into_iter().map(|test| trial(test, disks)));
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

fn train(folder: &Path, out: &Path, more: &[&str]) -> Run {
    let recipe = folder.join("recipe.toml");
    let fixed = [
        "train",
        "--recipe",
        text(&recipe),
        "--data",
        text(folder),
        "--out",
        text(out),
    ];
    senselm(&[&fixed[..], more].concat())
}

fn names(folder: &Path) -> Result<Vec<String>, Failed> {
    let mut names: Vec<String> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<std::io::Result<_>>()?;
    names.sort();
    Ok(names)
}

fn resuming(folder: &Path) -> Result<(), Failed> {
    let out = folder.join("out");
    let none = train(folder, &out, &["--resume"]).ended_with(3);
    assert!(none.stderr.contains("no checkpoint"), "{}", none.stderr);
    assert!(!out.exists());
    train(folder, &out, &["--stop-after", "3"]).ended_with(1);
    let other = train(folder, &out, &["--resume", "--seed", "5"]).ended_with(3);
    assert!(
        other.stderr.contains("the seed (it was 3)"),
        "{}",
        other.stderr
    );
    let on = train(folder, &out, &["--resume"]).ended_with(0);
    assert!(on.stderr.contains("going on from"), "{}", on.stderr);
    let finished = train(folder, &out, &["--resume", "--json"]).ended_with(0);
    assert!(finished.stderr.contains("finished"), "{}", finished.stderr);
    let report = finished.json();
    assert_eq!(report["runs"].as_array().map(Vec::len), Some(0));
    assert_eq!(report["finished"][0]["steps"], 8);
    let again = train(folder, &out, &[]).ended_with(0);
    assert!(
        again.stderr.contains("this one replaces"),
        "{}",
        again.stderr
    );
    Ok(())
}

fn no_folder(folder: &Path) -> Result<(), Failed> {
    let file = folder.join("train.csv");
    let taken = train(folder, &file, &[]).ended_with(1);
    assert!(taken.stderr.contains("is no folder"), "{}", taken.stderr);
    let below = train(folder, &file.join("out"), &[]).ended_with(1);
    assert!(below.stderr.contains("is no folder"), "{}", below.stderr);
    let stdout = train(folder, Path::new("-"), &[]).ended_with(2);
    assert!(stdout.stderr.contains("--out"), "{}", stdout.stderr);
    assert!(!Path::new("-").exists());
    Ok(())
}

fn unread(folder: &Path) -> Result<(), Failed> {
    let (reader, writer) = std::io::pipe()?;
    drop(reader);
    let out = folder.join("out");
    let recipe = folder.join("recipe.toml");
    let ended = Command::new(env!("CARGO_BIN_EXE_senselm"))
        .args(["train", "--recipe", text(&recipe), "--data", text(folder)])
        .args(["--out", text(&out)])
        .stderr(writer)
        .output()?;
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(
        names(&out)?,
        ["log.jsonl", "loss.svg", "metrics.json", "model.gguf"]
    );
    Ok(())
}

/// A disk, mounted for as long as this lives.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: PathBuf, size: &str) -> Result<Self, Failed> {
        std::fs::create_dir(&at)?;
        let disk = Self(at);
        disk.run("mount", &["-t", "tmpfs", "-o", size, "tmpfs"])?;
        Ok(disk)
    }

    fn resize(&self, size: &str) -> Result<(), Failed> {
        self.run("mount", &["-o", &format!("remount,{size}")])
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), Failed> {
        let output = Command::new(program)
            .args(arguments.iter().map(OsStr::new))
            .arg(&self.0)
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        output.status.success().then_some(()).ok_or(said.into())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.run("umount", &[]);
    }
}

fn full_disk(folder: &Path) -> Result<(), Failed> {
    let disk = Disk::mount(folder.join("disk"), "size=32k")?;
    let full = train(folder, &disk.0.join("a/out"), &[]).ended_with(1);
    assert!(full.stderr.contains("is there room"), "{}", full.stderr);
    assert_eq!(names(&disk.0)?, Vec::<String>::new());
    let model = disk.0.join("model.gguf");
    senselm(&["init", "--preset", "tiny", "-o", text(&model)]).ended_with(1);
    assert_eq!(names(&disk.0)?, Vec::<String>::new());
    Ok(())
}

fn full_later(folder: &Path) -> Result<(), Failed> {
    let disk = Disk::mount(folder.join("disk"), "size=4m")?;
    let out = disk.0.join("out");
    train(folder, &out, &[]).ended_with(0);
    let model = std::fs::read(out.join("model.gguf"))?;
    let metrics = std::fs::read(out.join("metrics.json"))?;
    disk.resize("size=100k")?;
    train(folder, &out, &["--seed", "4"]).ended_with(1);
    assert_eq!(std::fs::read(out.join("model.gguf"))?, model);
    assert_eq!(std::fs::read(out.join("metrics.json"))?, metrics);
    assert!(names(&out)?.iter().all(|name| !name.contains("partial")));
    disk.resize("size=4m")?;
    train(folder, &out, &["--stop-after", "3"]).ended_with(1);
    let checkpoint = std::fs::read(out.join("checkpoint.gguf"))?;
    disk.resize("size=200k")?;
    train(folder, &out, &["--resume"]).ended_with(1);
    assert_eq!(std::fs::read(out.join("checkpoint.gguf"))?, checkpoint);
    disk.resize("size=4m")?;
    train(folder, &out, &["--resume"]).ended_with(0);
    Ok(())
}
