//! What the page holds on a quiet machine. The browser's own tests do the same
//! with less, and with no figure to hold that depends on the machine.

use std::process::Command;

use anyhow::Context;
use serde_json::{Value, json};

use super::{Setting, numbered};
use crate::stages::Tests;

/// A test that runs longer, or is held to more, where the environment says so.
struct Held {
    file: &'static str,
    test: &'static str,
    /// What the chore sets.
    environment: &'static [(&'static str, &'static str)],
    /// Whether the test runs only where that is set; else the short form is
    /// without it.
    is_asked_for: bool,
}

/// 200 readings a second in the live view for two minutes, drawn at 30 frames a
/// second at least.
const RATE: Held = Held {
    file: "live-mqtt.test.mjs",
    test: "takes 200 readings a second",
    environment: &[
        ("SENSELM_LIVE_SECONDS", "120"),
        ("SENSELM_LIVE_FRAMES", "30"),
    ],
    is_asked_for: false,
};

/// No task of the page's thread takes the processor for more than 50 ms while
/// 100,000 rows are answered.
const TASKS: Held = Held {
    file: "batch-load.test.mjs",
    test: "does not hold up the page",
    environment: &[("SENSELM_LONGEST_TASK_MS", "50")],
    is_asked_for: true,
};

pub(super) fn rate_rounds(_: &Setting) -> anyhow::Result<Vec<String>> {
    Ok(vec!["two minutes".to_owned()])
}

pub(super) fn rate_round(setting: &Setting, round: &str) -> anyhow::Result<Value> {
    RATE.run(setting, round)
}

pub(super) fn task_rounds(setting: &Setting) -> anyhow::Result<Vec<String>> {
    Ok(numbered(setting, 5))
}

pub(super) fn task_round(setting: &Setting, round: &str) -> anyhow::Result<Value> {
    TASKS.run(setting, round)
}

impl Held {
    fn run(&self, setting: &Setting, round: &str) -> anyhow::Result<Value> {
        let mut node = Command::new("node");
        node.current_dir(setting.root.join("tests/browser"));
        node.args(["--test", "--test-reporter=spec"]);
        node.args(["--test-name-pattern", self.test, self.file]);
        if self.is_asked_for || !setting.short {
            node.envs(self.environment.iter().copied());
        }
        let output = node.output().context("start node")?;
        let log = String::from_utf8_lossy(&output.stdout);
        std::fs::write(setting.work.join(format!("{round}.log")), log.as_bytes())?;
        let tests = Tests::read(&log);
        Ok(json!({
            "said": tests.said,
            "failures": tests.failures,
            "failed": !output.status.success() || tests.passed != 1,
        }))
    }
}
