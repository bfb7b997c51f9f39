//! What training says before it begins: about the data, and about what the
//! folder holds of earlier runs.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the failure of the test"
)]

use std::path::Path;

use senselm_train::{Device, Evaluation, Event, Report, RunOptions, TrainError, run};
use tempfile::TempDir;

const RECIPE: &str = r#"
name = "tiny"
seed = 3
[data]
train = ["train.csv"]
validation = ["validation.csv"]
[front_end]
template = "t {t} p {p} is"
layout = { kind = "stream", length = 3, stride = 3, label = "last" }
[[front_end.channels]]
name = "t"
source = "t"
missing = { kind = "symbol", text = "?" }
scale = { kind = "global", min = 0.0, max = 10.0 }
encode = { kind = "levels", count = 10, alphabet = "0123456789" }
[[front_end.channels]]
name = "p"
source = "p"
missing = { kind = "symbol", text = "?" }
scale = { kind = "global", min = 0.0, max = 10.0 }
encode = { kind = "levels", count = 10, alphabet = "0123456789" }
[task]
kind = "classify"
labels = ["idle", "busy", "stuck"]
[model]
layers = 1
heads = 2
width = 8
[train]
steps = 4
batch = 4
learning_rate = 1e-2
checkpoint_every = 2
"#;

/// Rows of three to a window, with `t` and `p` by the row, and the label of
/// each window in turn.
fn rows(windows: usize, cell: impl Fn(usize) -> (String, String), labels: &[&str]) -> String {
    let mut text = String::from("t,p,output\n");
    for row in 0..3 * windows {
        let (t, p) = cell(row);
        text += &format!("{t},{p},{}\n", labels[row / 3 % labels.len()]);
    }
    text
}

fn plain(row: usize) -> (String, String) {
    (format!("{}", row * 7 % 10), format!("{}", row * 3 % 10))
}

const ALL: [&str; 3] = ["idle", "busy", "stuck"];

struct Case {
    folder: TempDir,
    options: RunOptions,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = RunOptions {
            recipe: folder.path().join("recipe.toml"),
            data: folder.path().to_path_buf(),
            out: folder.path().join("out"),
            device: Device::Cpu,
            seed: None,
            resume: false,
            evaluation: Evaluation::Once,
            stop_after: None,
        };
        let case = Self { folder, options };
        case.write("recipe.toml", RECIPE);
        case.write("train.csv", &rows(12, plain, &ALL));
        case.write("validation.csv", &rows(6, plain, &ALL));
        case
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// What was said, and how it ended.
    fn train(&self) -> (String, Result<Report, TrainError>) {
        let mut said = String::new();
        let done = run(&self.options, &mut |event| {
            if let Event::Note(note) = event {
                said += &format!("{note}\n");
            }
        });
        (said, done)
    }

    /// What was said by a run that went well.
    #[track_caller]
    fn said(&self) -> String {
        let (said, done) = self.train();
        done.unwrap();
        said
    }

    /// What was said, and the error.
    #[track_caller]
    fn refused(&self) -> String {
        let (said, done) = self.train();
        said + &done.unwrap_err().to_string()
    }
}

fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

#[track_caller]
fn has(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "no {part:?} in: {said}");
    }
}

#[test]
fn rows_that_are_no_whole_blocks() {
    let mut case = Case::new();
    assert!(!case.said().contains("blocks"), "F16 has no blocks");
    // Rows of 8 and of 32 weights, and blocks of 32.
    case.write(
        "recipe.toml",
        &format!("{RECIPE}[export]\ntype = \"Q8_0\"\n"),
    );
    case.options.evaluation = Evaluation::Seeds(2);
    let said = case.said();
    has(
        &said,
        &["4 matrices", "blocks of 32 values", "Q8_0", "stored as F16"],
    );
    assert_eq!(said.matches("blocks").count(), 1, "{said}");
    let mix = format!("{RECIPE}[export]\ntype = \"Q4_K_M\"\n");
    case.write("recipe.toml", &mix);
    has(
        &case.refused(),
        &["\"Q4_K_M\"", "Q4_K, ", "Q5_1", "senselm quantize"],
    );
}

/// As the program reads recordings, and with the settings that decide.
#[test]
fn files_in_other_encodings_and_of_two_readings() {
    let case = Case::new();
    let text = rows(12, plain, &ALL).replacen("t,p,output", "t,p,output,°C", 1);
    let text = text
        .replace("idle\n", "idle,1\n")
        .replace("busy\n", "busy,1\n");
    let text = text.replace("stuck\n", "stuck,1\n");
    let write = |bytes: Vec<u8>| std::fs::write(case.path("train.csv"), bytes).unwrap();
    write(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    has(&case.said(), &["train.csv: read as UTF-16LE"]);
    write(text.chars().map(|c| c as u8).collect());
    has(&case.said(), &["train.csv: read as windows-1252"]);
    write(vec![1, 0, 0, 0, 2, 0, 0, 0, 9]);
    has(&case.refused(), &["train.csv", "no text"]);
    let cyrillic =
        b"t,p,output,\xf2\xe5\xec\xef\xe5\xf0\xe0\xf2\xf3\xf0\xe0\n1,2,idle,3\n".to_vec();
    write(cyrillic);
    has(
        &case.refused(),
        &[r#"told = { encoding = "windows-1251" }"#],
    );
    let recipe = RECIPE.replace(
        "[front_end]",
        "told = { encoding = \"klingon\" }\n[front_end]",
    );
    case.write("recipe.toml", &recipe);
    has(&case.refused(), &["klingon", "no encoding"]);
    case.write("recipe.toml", RECIPE);
    case.write(
        "train.csv",
        &rows(12, plain, &ALL)
            .replace(',', ";")
            .replace('7', "7,000"),
    );
    has(
        &case.refused(),
        &[r#"told = { decimal = "point" } or told = { decimal = "comma" }"#],
    );
}

#[test]
fn what_a_base_brings_is_not_said_otherwise() {
    let case = Case::new();
    let recipe = RECIPE.replace(
        "[model]",
        "[tokenizer]\nvocabulary = 300\n[model]\nbase = \"b.gguf\"",
    );
    case.write("recipe.toml", &recipe);
    has(
        &case.refused(),
        &["the base brings its own layers, heads, width"],
    );
    let recipe = recipe.replace("layers = 1\nheads = 2\nwidth = 8\n", "");
    case.write("recipe.toml", &recipe);
    has(&case.refused(), &["tokenizer", "its own vocabulary"]);
}

#[test]
fn of_many_bad_rows_ten_are_named() {
    let case = Case::new();
    let bad = rows(12, |row| (format!("x{row}"), "1".into()), &ALL);
    let good = rows(12, plain, &ALL);
    let (_, bad) = bad.split_once('\n').unwrap();
    case.write("train.csv", &(good + bad));
    let said = case.said();
    assert_eq!(said.matches("left out: line").count(), 10, "{said}");
    has(&said, &["left out: 26 more"]);
}

#[test]
fn nothing_is_said_about_good_data() {
    assert_eq!(Case::new().said(), "");
}

#[test]
fn labels_on_one_side_only_are_named() {
    let case = Case::new();
    case.write("train.csv", &rows(12, plain, &["idle", "busy"]));
    has(
        &case.said(),
        &["2 windows to measure on are \"stuck\", and no window to train on is"],
    );

    let case = Case::new();
    case.write("validation.csv", &rows(6, plain, &["idle"]));
    has(
        &case.said(),
        &["no window to measure on is \"busy\", \"stuck\""],
    );

    let case = Case::new();
    for name in ["train.csv", "validation.csv"] {
        case.write(name, &rows(6, plain, &["idle", "busy"]));
    }
    has(&case.said(), &["no window is \"stuck\""]);
}

#[test]
fn a_single_answer_is_named() {
    let case = Case::new();
    case.write("train.csv", &rows(12, plain, &["busy"]));
    has(&case.said(), &["every window to train on is \"busy\""]);

    let case = Case::new();
    let number =
        "[task]\nkind = \"number\"\nmin = 0\nmax = 9\ndecimals = 0\nunit = \"bar\"\n[model]";
    let (before, after) = RECIPE.split_once("[task]").unwrap();
    let (_, after) = after.split_once("[model]").unwrap();
    case.write("recipe.toml", &format!("{before}{number}{after}"));
    case.write("train.csv", &rows(12, plain, &["5"]));
    case.write("validation.csv", &rows(6, plain, &["5", "6"]));
    has(&case.said(), &["every window to train on is \"5\""]);
}

#[test]
fn labels_that_a_fold_never_sees_are_named() {
    let mut case = Case::new();
    let rare = [["idle", "busy"].repeat(6), vec!["stuck"]].concat();
    case.write("train.csv", &rows(13, plain, &rare));
    case.write("validation.csv", &rows(2, plain, &["idle", "busy"]));
    case.options.evaluation = Evaluation::Folds(3);
    has(&case.said(), &["\"stuck\"", "in 1 of 3 runs"]);
}

#[test]
fn validation_without_an_answer_is_said() {
    let case = Case::new();
    case.write("validation.csv", &rows(6, plain, &[""]));
    let said = case.said();
    has(
        &said,
        &[
            "validation.csv: none of 6 windows has a right answer",
            "nothing is measured",
        ],
    );
}

#[test]
fn channels_without_a_use_are_named() {
    let cell = |p: &'static str| move |row: usize| (plain(row).0, p.to_owned());
    for (p, said) in [
        ("", "the channel \"p\" has no value in any window of train"),
        ("3.5", "the channel \"p\" is 3.5 in every window"),
        ("-0", "the channel \"p\" is 0 in every window"),
        ("9e29", "the channel \"p\" reaches 9e29"),
        ("-9e29", "the channel \"p\" reaches -9e29"),
        ("1e-35", "the channel \"p\" reaches 1e-35"),
    ] {
        let case = Case::new();
        case.write("train.csv", &rows(12, cell(p), &ALL));
        let found = case.said();
        has(&found, &[said]);
        assert!(!found.contains("channel \"t\""), "{found}");
    }
}

#[test]
fn a_channel_that_the_scale_flattens_is_named() {
    let case = Case::new();
    let hot = |row: usize| (plain(row).0, format!("{}", 300 + row));
    case.write("train.csv", &rows(12, hot, &ALL));
    has(
        &case.said(),
        &["the channel \"p\" goes from 3e2 to 3.35e2 and is written the same"],
    );
}

#[test]
fn a_channel_that_validation_lacks_is_named() {
    let case = Case::new();
    case.write(
        "validation.csv",
        &rows(6, |row| (plain(row).0, String::new()), &ALL),
    );
    has(
        &case.said(),
        &["the channel \"p\" has no value in any window of validation"],
    );
}

#[test]
fn recordings_without_any_value_are_refused() {
    let case = Case::new();
    case.write(
        "train.csv",
        &rows(12, |_| (String::new(), String::new()), &ALL),
    );
    has(
        &case.refused(),
        &["no window to train on has a value in any channel (t, p)"],
    );
    assert!(!case.options.out.exists());
}

#[test]
fn too_short_recordings_say_why_file_by_file() {
    let case = Case::new();
    let recipe = RECIPE
        .replace("length = 3, stride = 3", "length = 40, stride = 40")
        .replace("[\"train.csv\"]", "[\"train.csv\", \"other.csv\"]");
    case.write("recipe.toml", &recipe);
    case.write("other.csv", &rows(2, plain, &ALL));
    let refused = case.refused();
    has(
        &refused,
        &[
            "no window with a right answer to train on",
            "train.csv: 36 rows give no window; one takes 40 rows in a piece",
            "other.csv: 6 rows give no window",
        ],
    );
    assert!(!case.options.out.exists());

    // One file that is too short beside one that is not.
    let case = Case::new();
    case.write(
        "recipe.toml",
        &RECIPE.replace("[\"train.csv\"]", "[\"train.csv\", \"other.csv\"]"),
    );
    case.write("other.csv", "t,p,output\n1,2,idle\n");
    has(
        &case.said(),
        &["other.csv: 1 rows give no window; one takes 3 rows"],
    );
}

#[test]
fn resuming_needs_something_to_go_on_from() {
    let mut case = Case::new();
    case.options.resume = true;
    has(
        &case.refused(),
        &["there is no checkpoint to go on from", "leave --resume out"],
    );
    assert!(!case.options.out.exists());
    case.options.evaluation = Evaluation::Seeds(2);
    has(&case.refused(), &["there is no checkpoint to go on from"]);
}

/// Files of another run than [`Case::new`]'s, and what is said to have changed.
fn changes(of_recipe: &str) -> [(&'static str, String, &str); 3] {
    let recipe = RECIPE.replace("steps = 4", "steps = 8");
    let (train, validation) = (rows(13, plain, &ALL), rows(5, plain, &ALL));
    [
        ("recipe.toml", recipe, of_recipe),
        ("train.csv", train, "the training data"),
        ("validation.csv", validation, "the validation data"),
    ]
}

#[test]
fn a_finished_run_is_left_as_it_is() {
    let mut case = Case::new();
    case.said();
    let before = contents(&case.options.out);
    case.options.resume = true;
    let (said, done) = case.train();
    has(&said, &["finished: there is nothing to go on with"]);
    let report = done.unwrap();
    assert!(report.runs.is_empty());
    assert_eq!(report.finished.len(), 1);
    assert_eq!(contents(&case.options.out), before);

    for (name, text, changed) in changes("the recipe") {
        let old = std::fs::read_to_string(case.path(name)).unwrap();
        case.write(name, &text);
        has(&case.refused(), &["finished run", changed]);
        case.write(name, &old);
    }
    case.options.seed = Some(9);
    has(&case.refused(), &["the seed (it was 3)"]);
    assert_eq!(contents(&case.options.out), before);
}

#[test]
fn a_checkpoint_that_changed_on_the_disk_is_refused() {
    let mut case = Case::new();
    case.options.stop_after = Some(2);
    assert!(matches!(case.train().1, Err(TrainError::Stopped { .. })));
    case.options.stop_after = None;
    case.options.resume = true;
    let path = case.options.out.join("checkpoint.gguf");
    let whole = std::fs::read(&path).unwrap();
    for share in [4, 2, 1] {
        let mut bytes = whole.clone();
        let at = bytes.len() / share - 3;
        bytes[at] ^= 0x10;
        std::fs::write(&path, bytes).unwrap();
        has(&case.refused(), &["it is damaged", "without --resume"]);
    }
    std::fs::write(&path, whole).unwrap();
    case.said();
}

#[test]
fn a_checkpoint_of_another_run_says_what_changed() {
    let mut case = Case::new();
    case.options.stop_after = Some(2);
    assert!(matches!(case.train().1, Err(TrainError::Stopped { .. })));
    case.options.stop_after = None;
    case.options.resume = true;
    for (name, text, changed) in changes("in the recipe train.steps was 4 and is 8") {
        let old = std::fs::read_to_string(case.path(name)).unwrap();
        case.write(name, &text);
        let before = contents(&case.options.out);
        has(
            &case.refused(),
            &["checkpoint.gguf", changed, "without --resume"],
        );
        assert_eq!(contents(&case.options.out), before);
        case.write(name, &old);
    }
    case.options.seed = Some(9);
    has(&case.refused(), &["the seed (it was 3)"]);
    case.options.seed = None;
    has(&case.said(), &["going on from", "behind step 2 of train"]);
}

#[test]
fn a_damaged_checkpoint_is_refused() {
    let mut case = Case::new();
    case.options.stop_after = Some(2);
    assert!(case.train().1.is_err());
    let checkpoint = case.options.out.join("checkpoint.gguf");
    let bytes = std::fs::read(&checkpoint).unwrap();
    case.options.resume = true;
    case.options.stop_after = None;
    for cut in [0, 3, 100, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(&checkpoint, &bytes[..cut]).unwrap();
        has(&case.refused(), &["checkpoint.gguf", "damaged"]);
    }
}

#[test]
fn what_is_replaced_is_said() {
    let mut case = Case::new();
    case.options.stop_after = Some(2);
    assert!(case.train().1.is_err());
    case.options.stop_after = None;
    has(
        &case.said(),
        &[
            "checkpoint.gguf is of a run that was not finished",
            "--resume",
        ],
    );
    has(
        &case.said(),
        &["holds a finished run, which this one replaces"],
    );
}

#[test]
fn of_several_runs_the_unfinished_go_on() {
    let mut case = Case::new();
    case.options.evaluation = Evaluation::Seeds(2);
    case.options.stop_after = Some(3);
    assert!(matches!(case.train().1, Err(TrainError::Stopped { .. })));
    case.options.resume = true;
    case.options.stop_after = None;
    has(&case.said(), &["going on from"]);
    has(&case.said(), &["finished: there is nothing to go on with"]);
    std::fs::remove_file(case.options.out.join("report.json")).unwrap();
    has(&case.said(), &["done again for the figures of all runs"]);
}

#[test]
fn recipes_as_editors_save_them() {
    let case = Case::new();
    for text in [format!("\u{feff}{RECIPE}"), RECIPE.replace('\n', "\r\n")] {
        case.write("recipe.toml", &text);
        let (_, done) = case.train();
        done.unwrap();
    }
    let utf16: Vec<u8> = RECIPE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let with_mark = [&[0xff, 0xfe][..], &utf16].concat();
    let latin = [RECIPE.as_bytes(), b"# 5 \xb0C\n"].concat();
    for (bytes, part) in [
        (utf16, "UTF-16"),
        (with_mark, "UTF-16"),
        (latin, "is no UTF-8"),
    ] {
        std::fs::write(case.path("recipe.toml"), bytes).unwrap();
        has(&case.refused(), &["recipe.toml", part, "save it as UTF-8"]);
    }
}
