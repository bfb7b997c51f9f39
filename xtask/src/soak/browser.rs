//! The browser's tests beside other work: what fails then waits for a time that
//! somebody guessed, or for an order that nobody promised.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;

use anyhow::Context;
use serde_json::{Value, json};

use super::{Setting, numbered};
use crate::stages::Tests;

/// Threads that do nothing, as fast as they can.
const BUSY_LOOPS: usize = 2;

pub(super) fn rounds(setting: &Setting) -> anyhow::Result<Vec<String>> {
    Ok(numbered(setting, 5))
}

pub(super) fn round(setting: &Setting, round: &str) -> anyhow::Result<Value> {
    let mut node = Command::new("node");
    node.current_dir(setting.root.join("tests/browser"));
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=2"]);
    if setting.short {
        node.arg("cache-tabs.test.mjs");
    } else {
        node.args(test_files(setting)?);
    }
    let busy = Busy::begin(BUSY_LOOPS);
    let begun = Instant::now();
    let output = node.output().context("start node")?;
    let seconds = begun.elapsed().as_secs_f64();
    drop(busy);
    let log = String::from_utf8_lossy(&output.stdout);
    // What a failure said is for whoever mends it.
    std::fs::write(setting.work.join(format!("{round}.log")), log.as_bytes())?;
    let tests = Tests::read(&log);
    Ok(json!({
        "busy_loops": BUSY_LOOPS,
        "seconds": seconds.round(),
        "passed": tests.passed,
        "skipped": tests.skipped,
        "failures": tests.failures,
        "failed": !output.status.success() || tests.passed == 0,
    }))
}

fn test_files(setting: &Setting) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(setting.root.join("tests/browser"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Busy loops, which end with this.
struct Busy {
    over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Busy {
    fn begin(count: usize) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let threads = (0..count)
            .map(|_| {
                let over = Arc::clone(&over);
                std::thread::spawn(move || {
                    while !over.load(Ordering::Relaxed) {
                        std::hint::spin_loop();
                    }
                })
            })
            .collect();
        Self { over, threads }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
