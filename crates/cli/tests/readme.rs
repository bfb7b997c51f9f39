//! Every command of README.md runs as it is written there.
//!
//! Only what a reader has to fill in is filled in: `DIR` and `HF_FOLDER`. And
//! the recipe is cut down to two steps, and a search to a second, because learning
//! is tested elsewhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use senselm_tests::workspace_root;
use tempfile::TempDir;

/// What the blocks hold beside the program: the two commands of `build.sh`,
/// and how the program is found.
const NOT_THE_PROGRAM: [&str; 3] = [
    "./build.sh run",
    "./build.sh test",
    r#"export PATH="$PWD/target/release:$PATH""#,
];

#[test]
fn every_command_of_the_readme_runs() {
    let folder = checkout();
    let readme = fs::read_to_string(workspace_root().join("README.md")).expect("README.md");
    let commands = commands(&readme);
    for expected in NOT_THE_PROGRAM {
        assert!(commands.contains(&expected), "README.md lacks {expected}");
    }
    let ours: Vec<Vec<&str>> = commands
        .iter()
        .filter(|command| !NOT_THE_PROGRAM.contains(*command))
        .map(|command| command.split_whitespace().collect())
        .collect();
    assert!(ours.len() >= 10, "{ours:?}");
    for words in ours {
        let (program, arguments) = words.split_first().expect("a word");
        assert_eq!(*program, "senselm", "what runs this? {words:?}");
        if let Some(reason) = cannot_run(arguments) {
            eprintln!("not run, {reason}: {}", words.join(" "));
            continue;
        }
        // How well it searches is tested elsewhere.
        let arguments: Vec<&str> = arguments
            .iter()
            .map(|word| match *word {
                "2m" => "1s",
                other => other,
            })
            .collect();
        run(folder.path(), &arguments);
    }
}

/// Runs the program in a folder, which must end well.
fn run(folder: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_senselm"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program starts");
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{arguments:?}\n{out}\n{err}");
}

/// The lines of the blocks of shell commands, without their comments.
fn commands(readme: &str) -> Vec<&str> {
    let mut inside = false;
    let mut commands = Vec::new();
    for line in readme.lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            _ if inside => commands.push(line.split(" # ").next().unwrap_or(line).trim()),
            _ => {}
        }
    }
    commands.retain(|command| !command.is_empty());
    commands
}

/// Why this build or this machine cannot run a command.
fn cannot_run(arguments: &[&str]) -> Option<&'static str> {
    let trains = ["train", "fit"].contains(&arguments[0]);
    let asks_what_was_trained = arguments.iter().any(|word| word.starts_with("out/"));
    if (trains || asks_what_was_trained) && !cfg!(feature = "train") {
        return Some("built without training");
    }
    if arguments.contains(&"wasmtime") {
        let built =
            Path::new(env!("CARGO_BIN_EXE_senselm")).with_file_name("../guest/senselm-guest.wasm");
        let guest = std::env::var_os("SENSELM_GUEST").map_or(built, PathBuf::from);
        if !cfg!(feature = "wasmtime") || !guest.is_file() {
            return Some("no guest, see `cargo xtask wasm`");
        }
    }
    None
}

/// A folder with what the commands read, where they may write.
fn checkout() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = workspace_root();
    let write = |name: &str, content: &[u8]| {
        let to = folder.path().join(name);
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::write(to, content).expect("a file");
    };
    for name in ["models/pump.gguf", "examples/pump.csv"] {
        write(
            name,
            &fs::read(root.join(name)).expect("a file of the repository"),
        );
    }
    for name in ["recipes/gesture.toml", "recipes/pump.toml"] {
        let recipe = fs::read_to_string(root.join(name)).expect("a recipe of the repository");
        write(name, shortened(&recipe).as_bytes());
    }
    for (name, count) in [("train.csv", 12), ("validation.csv", 3)] {
        write(&format!("DIR/gesture/{name}"), gestures(count).as_bytes());
    }
    run(
        folder.path(),
        &["convert", "models/pump.gguf", "-o", "HF_FOLDER"],
    );
    folder
}

/// A recipe that ends after two steps, with few of the windows that it simulates.
fn shortened(recipe: &str) -> String {
    let lines = recipe.lines().map(|line| match line.split_once(" = ") {
        Some(("steps", _)) => "steps = 2",
        Some(("warmup", _)) => "warmup = 1",
        _ => line,
    });
    let lines: Vec<&str> = lines.collect();
    assert!(
        lines.contains(&"steps = 2"),
        "the recipe has other settings"
    );
    let lines = lines.join("\n");
    lines.replace(
        "windows = 18000, validation_windows = 1200",
        "windows = 60, validation_windows = 12",
    )
}

/// Made-up gestures in the layout of the recordings that the recipe reads.
fn gestures(count: usize) -> String {
    let rows = (0..count).map(|row| {
        let label = ["Tap", "Double", "Hold"][row % 3];
        let samples: Vec<String> = (0..51)
            .map(|at| ((at * (row + 2) * 7) % 250).to_string())
            .collect();
        format!("detect,\"Proximity: [{}]\",{label}\n", samples.join(", "))
    });
    format!("instruction,input,output\n{}", rows.collect::<String>())
}
