//! The table at the end of `./build.sh test`: what each stage took, how many
//! tests ran, and what was skipped and why.
//!
//! `build.sh` keeps the output of a stage in `<stage>.log` and a line for it in
//! `stages.tsv`: its name, seconds, exit status. A test that cannot run says so
//! in one of the forms that [`Tests::read`] knows; nothing else is understood.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use anyhow::Context;

/// What node's reporter counts at its end.
const COUNTS: [&str; 8] = [
    "tests ",
    "suites ",
    "pass ",
    "fail ",
    "cancelled ",
    "skipped ",
    "todo ",
    "duration_ms ",
];

/// What the output of a stage says about its tests.
#[derive(Debug, Default, PartialEq)]
pub struct Tests {
    /// Tests that passed.
    pub passed: usize,
    /// Tests, or suites of them, that could not run.
    pub skipped: usize,
    /// Why, each with how often it was said.
    pub reasons: BTreeMap<String, usize>,
    /// What failed by node's account: tests, and the suites around them.
    pub failures: Vec<String>,
    /// What tests of node said of themselves: figures, most of them.
    pub said: Vec<String>,
}

impl Tests {
    /// Reads what Rust's test harnesses, node's spec reporter and `build.sh`
    /// print.
    #[must_use]
    pub fn read(log: &str) -> Self {
        let mut tests = Self::default();
        for line in log.lines() {
            let line = plain(line);
            let line = line.trim();
            if let Some(counts) = line.strip_prefix("test result: ") {
                tests.passed += count(counts, "passed");
                tests.skipped += count(counts, "ignored");
            } else if let Some(number) = line.strip_prefix("ℹ pass ") {
                tests.passed += number.parse().unwrap_or(0);
            } else if let Some(said) = line.strip_prefix("ℹ ") {
                if !COUNTS.iter().any(|count| said.starts_with(count)) {
                    tests.said.push(said.to_owned());
                }
            } else if let Some(failed) = line.strip_prefix("✖ ") {
                tests.failed(failed);
            } else if let Some(suite) = line.strip_prefix("﹣ ") {
                tests.skipped += 1;
                let reason = suite.rsplit_once(" # ").map(|(_, reason)| reason);
                tests.because(reason.unwrap_or("no reason is given"));
            } else if let Some(reason) = line.strip_prefix("skipped: ") {
                tests.skipped += 1;
                tests.because(reason);
            } else if let Some(reason) = line.strip_prefix("ignored: ") {
                tests.because(reason);
            } else if let Some(reason) = attribute(line) {
                tests.because(reason);
            }
        }
        tests
    }

    /// Notes the name of a failed test. The reporter says it where it happened
    /// and once more at the end.
    fn failed(&mut self, line: &str) {
        let name = line.rsplit_once(" (").map_or(line, |(name, _)| name);
        let known = self.failures.iter().any(|failure| failure == name);
        if !known && name != "failing tests:" {
            self.failures.push(name.to_owned());
        }
    }

    fn because(&mut self, reason: &str) {
        *self.reasons.entry(reason.to_owned()).or_default() += 1;
    }
}

/// The reason of `#[ignore = "reason"]`.
fn attribute(line: &str) -> Option<&str> {
    let (_, reason) = line.strip_prefix("test ")?.split_once(" ... ignored, ")?;
    Some(reason)
}

/// The number before a word, as in `3 passed; 1 ignored`.
fn count(counts: &str, word: &str) -> usize {
    let parts = counts.split([';', '.']).map(str::trim);
    let numbers = parts.filter_map(|part| part.strip_suffix(word)?.trim().parse::<usize>().ok());
    numbers.sum()
}

/// A line without a terminal's colours.
fn plain(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or("", |(_, text)| text));
    }
    plain
}

/// How a stage ended.
enum Ended {
    /// Every check held.
    Well,
    /// One did not.
    Badly,
    /// A stage before it failed.
    NotRun,
}

struct Stage {
    name: String,
    seconds: u64,
    ended: Ended,
    tests: Tests,
}

/// What the stages of one run took and skipped.
pub struct Table(Vec<Stage>);

impl Table {
    /// Reads the folder that `build.sh` wrote.
    ///
    /// # Errors
    /// Where `stages.tsv` is missing, or a log is.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let list = folder.join("stages.tsv");
        let list = std::fs::read_to_string(&list)
            .with_context(|| format!("{}: run ./build.sh test", list.display()))?;
        let stages = list.lines().map(|line| {
            let mut fields = line.split('\t');
            let mut next = || fields.next().unwrap_or_default();
            let (name, seconds, status) = (next(), next(), next());
            let ended = match status {
                "0" => Ended::Well,
                "-" => Ended::NotRun,
                _ => Ended::Badly,
            };
            let tests = if let Ended::NotRun = ended {
                Tests::default()
            } else {
                let log = folder.join(format!("{name}.log"));
                let log = std::fs::read(&log).with_context(|| log.display().to_string())?;
                Tests::read(&String::from_utf8_lossy(&log))
            };
            Ok(Stage {
                name: name.to_owned(),
                seconds: seconds.parse().unwrap_or(0),
                ended,
                tests,
            })
        });
        Ok(Self(stages.collect::<anyhow::Result<_>>()?))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = |seconds: u64| seconds as f64 / 60.0;
        writeln!(f, "stage    minutes   passed  skipped")?;
        for stage in &self.0 {
            let Tests {
                passed,
                skipped,
                reasons,
                ..
            } = &stage.tests;
            if let Ended::NotRun = stage.ended {
                writeln!(f, "{:<8} not run, a stage before it failed", stage.name)?;
                continue;
            }
            let failed = if let Ended::Badly = stage.ended {
                "  FAILED"
            } else {
                ""
            };
            let minutes = minutes(stage.seconds);
            let name = &stage.name;
            writeln!(
                f,
                "{name:<8} {minutes:>7.1} {passed:>8} {skipped:>8}{failed}"
            )?;
            for (reason, times) in reasons {
                let times = match times {
                    1 => String::new(),
                    times => format!(" ({times} times)"),
                };
                writeln!(f, "         skipped: {reason}{times}")?;
            }
        }
        let total = self.0.iter().map(|stage| stage.seconds).sum();
        writeln!(f, "total    {:>7.1}", minutes(total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_skipped_test_is_read() {
        let log = "\
ignored: no recordings: set SENSELM_DATA
test eval_of_gesture ... ignored
test slow ... ignored, takes an hour
test result: ok. 12 passed; 0 failed; 2 ignored; 0 measured; 1 filtered out; finished in 0.1s
\u{1b}[32mtest result: \u{1b}[0mok. 3 passed; 0 failed; 0 ignored; 0 measured
skipped: licences: cargo-deny is missing
    \u{1b}[90m﹣ readings from a broker (0.08ms) # mosquitto is missing\u{1b}[39m
    ﹣ what brokers ask for (0.02ms) # mosquitto is missing
✖ cannot remove what one is reading (63.5ms)
    ℹ 2000 readings in 10.0 s
ℹ pass 420
ℹ skipped 0
✖ failing tests:
✖ cannot remove what one is reading (63.5ms)
";
        let tests = Tests::read(log);
        assert_eq!((tests.passed, tests.skipped), (435, 5));
        assert_eq!(tests.said, ["2000 readings in 10.0 s"]);
        assert_eq!(tests.failures, ["cannot remove what one is reading"]);
        let reasons: Vec<(&str, usize)> = tests
            .reasons
            .iter()
            .map(|(reason, times)| (reason.as_str(), *times))
            .collect();
        let expected = [
            ("licences: cargo-deny is missing", 1),
            ("mosquitto is missing", 2),
            ("no recordings: set SENSELM_DATA", 1),
            ("takes an hour", 1),
        ];
        assert_eq!(reasons, expected);
    }

    #[test]
    fn what_did_not_run_is_in_the_table() {
        let folder = std::env::temp_dir().join(format!("xtask-stages-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(
            folder.join("stages.tsv"),
            "lint\t90\t0\nrust\t30\t101\nweb\t-\t-\n",
        )
        .expect("written");
        std::fs::write(folder.join("lint.log"), "skipped: x\n").expect("written");
        std::fs::write(folder.join("rust.log"), "").expect("written");
        let table = Table::read(&folder).expect("a table").to_string();
        std::fs::remove_dir_all(&folder).expect("removed");
        let expected = "\
stage    minutes   passed  skipped
lint         1.5        0        1
         skipped: x
rust         0.5        0        0  FAILED
web      not run, a stage before it failed
total        2.0
";
        assert_eq!(table, expected);
    }
}
