//! Tracked files: where `unsafe` stands, which names must not appear, and how
//! long a file is.

use std::path::Path;

use anyhow::{Context, ensure};

use super::{Report, once};

/// Where hand-written `unsafe` may stand: the kernels, memory mapping, and the
/// loops that measure what a machine can do, which ship nowhere.
const UNSAFE_HOMES: &[&str] = &[
    "crates/kernels/src/arch",
    "crates/gguf/src/mapped",
    "bench/crates/roofline/src/machine/loops",
];

/// Files that let a generator put `unsafe` into them, with the generator.
const GENERATED: &[(&str, &str)] = &[("crates/guest/src/bindings.rs", "wit_bindgen::generate!")];

/// What a crate may keep beside what it is given: what depends on the program or
/// on the machine alone. The helpers' host and team, and the parity check's team;
/// when the clock began; the letters of Unicode, unpacked.
const GLOBAL_HOMES: &[&str] = &[
    "crates/kernels/src/arch/wasm32/helpers.rs",
    "crates/kernels/src/parity.rs",
    "crates/session/src/clock/monotonic.rs",
    "crates/tokenize/src/unicode/mod.rs",
];

/// Types by which a `static` can change, and what makes one for each thread.
const CHANGING: &[&str] = &[
    "Cell<",
    "OnceLock<",
    "LazyLock<",
    "Mutex<",
    "RwLock<",
    "Atomic",
];

/// Names of one machine or one download server. Split so that this file does
/// not contain them.
const UNWANTED: &[&str] = &[
    concat!("registry.npmjs", ".org"),
    concat!("static.crates", ".io"),
    concat!("index.crates", ".io"),
    concat!("files.pythonhosted", ".org"),
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/tm", "p/"),
];

/// Past this a file should say at its top why it is one idea.
const LONG_FILE_LINES: usize = 400;

pub(super) fn check(root: &Path, report: &mut Report) -> anyhow::Result<()> {
    for path in tracked_files(root)? {
        // A file deleted in the working tree is still listed.
        let Ok(bytes) = std::fs::read(root.join(&path)) else {
            continue;
        };
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        check_names(&path, &text, report);
        if path.ends_with(".rs") {
            check_unsafe(&path, &text, report);
            check_global_state(&path, &text, report);
        }
        once::check(&path, &text, report);
        note_length(&path, &text, report);
    }
    Ok(())
}

fn tracked_files(root: &Path) -> anyhow::Result<Vec<String>> {
    let output = std::process::Command::new("git")
        .current_dir(root)
        .args(["ls-files", "-z"])
        .output()
        .context("start git ls-files")?;
    ensure!(
        output.status.success(),
        "git ls-files: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?
        .split_terminator('\0')
        .map(Into::into)
        .collect())
}

fn check_names(path: &str, text: &str, report: &mut Report) {
    for name in UNWANTED {
        let line = text.lines().position(|line| line.contains(name));
        report.check(line.is_none(), || {
            let line = line.map_or(0, |index| index + 1);
            format!("{path}:{line}: names {name}, which exists on one machine only")
        });
    }
}

fn check_unsafe(path: &str, text: &str, report: &mut Report) {
    let home = UNSAFE_HOMES.iter().any(|home| path.starts_with(home));
    if home {
        return;
    }
    let line = text.lines().position(uses_unsafe);
    report.check(line.is_none(), || {
        let line = line.map_or(0, |index| index + 1);
        format!(
            "{path}:{line}: unsafe belongs in {}",
            UNSAFE_HOMES.join(" or ")
        )
    });
    let lifts = text.lines().any(|line| lifts_lint(line.trim_start()));
    let generated = GENERATED
        .iter()
        .any(|(file, generator)| path == *file && text.contains(generator));
    let declares_home = UNSAFE_HOMES
        .iter()
        .any(|home| home.starts_with(path.trim_end_matches("lib.rs")));
    report.check(!lifts || generated || declares_home, || {
        format!("{path}: lifts the unsafe_code lint where no unsafe code may stand")
    });
}

fn check_global_state(path: &str, text: &str, report: &mut Report) {
    if !path.starts_with("crates/") || !path.contains("/src/") || GLOBAL_HOMES.contains(&path) {
        return;
    }
    let line = text.lines().position(changes_globally);
    report.check(line.is_none(), || {
        let line = line.map_or(0, |index| index + 1);
        format!(
            "{path}:{line}: global state: keep it in a value that somebody owns, or say in \
             xtask/src/tidy/sources.rs why it is the machine's"
        )
    });
}

/// Whether a line declares a `static` that can change, or one a thread.
fn changes_globally(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default().trim_start();
    let declared = [
        "static ",
        "pub static ",
        "pub(crate) static ",
        "pub(super) static ",
    ];
    let is_static = declared.iter().any(|word| code.starts_with(word));
    let changes = CHANGING.iter().any(|word| code.contains(word));
    (is_static && (changes || code.contains("static mut "))) || code.starts_with("thread_local!")
}

/// Whether a line of Rust has the keyword outside comments and lint names.
fn uses_unsafe(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    [
        "unsafe {",
        "unsafe fn ",
        "unsafe impl ",
        "unsafe extern",
        "unsafe trait ",
        "#[unsafe(",
    ]
    .iter()
    .any(|form| code.contains(form) && !code.contains(&format!("\"{form}")))
}

fn lifts_lint(line: &str) -> bool {
    line.starts_with("#")
        && line.contains("unsafe_code")
        && (line.contains("allow(") || line.contains("expect("))
}

fn note_length(path: &str, text: &str, report: &mut Report) {
    let source = [".rs", ".ts", ".css", ".wgsl"]
        .iter()
        .any(|extension| path.ends_with(extension));
    let lines = text.lines().count();
    if source && lines > LONG_FILE_LINES {
        report
            .notes
            .push(format!("{path} has {lines} lines: is it one idea?"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(path: &str, text: &str) -> Vec<String> {
        let mut report = Report::default();
        check_names(path, text, &mut report);
        check_unsafe(path, text, &mut report);
        report.violations
    }

    #[test]
    fn global_state_outside_its_homes_is_found() {
        let found = |path: &str, text: &str| {
            let mut report = Report::default();
            check_global_state(path, text, &mut report);
            report.violations.len()
        };
        for text in [
            "static SEEN: Mutex<Vec<u32>> = Mutex::new(Vec::new());\n",
            "    static START: OnceLock<Instant> = OnceLock::new();\n",
            "pub(crate) static COUNT: AtomicUsize = AtomicUsize::new(0);\n",
            "thread_local! {\n",
        ] {
            assert_eq!(found("crates/gpt/src/lib.rs", text), 1, "{text}");
        }
        let clock = "    static START: OnceLock<Instant> = OnceLock::new();\n";
        assert_eq!(found("crates/session/src/clock/monotonic.rs", clock), 0);
        let constant = "pub(crate) static TABLE: Table = table!();\nfn f(x: &'static str) {}\n";
        assert_eq!(found("crates/gpt/src/lib.rs", constant), 0);
    }

    #[test]
    fn unsafe_outside_its_homes_is_found() {
        let block = format!("fn f() {{\n    {} {{ g() }}\n}}\n", "unsafe");
        assert_eq!(violations("crates/gpt/src/cpu.rs", &block).len(), 1);
        assert_eq!(
            violations("crates/kernels/src/arch/x86.rs", &block).len(),
            0
        );
        assert_eq!(violations("crates/gguf/src/mapped.rs", &block).len(), 0);
    }

    #[test]
    fn a_comment_is_not_code() {
        let comment = "// an unsafe { block } in words\n";
        assert_eq!(violations("crates/gpt/src/cpu.rs", comment).len(), 0);
    }

    #[test]
    fn lifting_the_lint_is_found() {
        let lift = "#[allow(unsafe_code, reason = \"why\")]\nmod x;\n";
        assert_eq!(violations("crates/gpt/src/cpu.rs", lift).len(), 1);
        assert_eq!(violations("crates/kernels/src/lib.rs", lift).len(), 0);
    }

    #[test]
    fn machine_names_are_found() {
        let text = format!("see {}{}\n", "/wo", "rk/main");
        assert_eq!(violations("README.md", &text).len(), 1);
    }
}
