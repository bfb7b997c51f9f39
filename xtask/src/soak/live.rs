//! The live view under 200 readings a second for two minutes, drawn at 30
//! frames a second at least: what the browser's own test does for ten seconds
//! and without a rate to hold.

use std::process::Command;

use anyhow::Context;
use serde_json::{Value, json};

use super::Setting;
use crate::stages::Tests;

const TEST: &str = "takes 200 readings a second";
const SECONDS: u32 = 120;
const FRAMES: u32 = 30;

pub(super) fn rounds(_: &Setting) -> anyhow::Result<Vec<String>> {
    Ok(vec!["two minutes".to_owned()])
}

pub(super) fn round(setting: &Setting, round: &str) -> anyhow::Result<Value> {
    let mut node = Command::new("node");
    node.current_dir(setting.root.join("tests/browser"));
    node.args([
        "--test",
        "--test-reporter=spec",
        "--test-name-pattern",
        TEST,
    ]);
    node.arg("live-mqtt.test.mjs");
    if !setting.short {
        node.env("SENSELM_LIVE_SECONDS", SECONDS.to_string());
        node.env("SENSELM_LIVE_FRAMES", FRAMES.to_string());
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
