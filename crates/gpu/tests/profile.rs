//! How long dispatches take, where the device says so.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use libtest_mimic::Failed;
use senselm_gpu::{Gpu, GpuError, block_on};
use support::{Case, score, smallest, step};

fn main() {
    support::main(vec![
        Case::new("each_dispatch", each_dispatch).only_if(Gpu::has_timestamps),
        Case::new("more_than_one_set", more_than_one_set).only_if(Gpu::has_timestamps),
        Case::new("without_a_clock", without_a_clock).only_if(|gpu| !gpu.has_timestamps()),
    ]);
}

/// A step of many workgroups takes longer than one of few; one without any is
/// not there.
fn each_dispatch(gpu: &mut Gpu) -> Result<(), Failed> {
    let (few, _) = score(gpu, 1)?;
    let (many, _) = score(gpu, 2_000)?;
    let steps = [step(few, 1), step(few, 0), step(many, 1), step(few, 1)];
    // The first run of a shader may take longer than others.
    block_on(gpu.profile(&steps))?;
    let before = gpu.counters();
    let timings = block_on(gpu.profile(&steps))?;
    let after = gpu.counters();
    assert_eq!(after.dispatches - before.dispatches, 3);
    assert_eq!(after.submits - before.submits, 1);
    let of: Vec<usize> = timings.iter().map(|timing| timing.step).collect();
    assert_eq!(of, [0, 2, 3]);
    for timing in &timings {
        assert_eq!(timing.shader, smallest().name);
        assert!((0.0..60e6).contains(&timing.us), "{timings:?}");
    }
    assert!(timings[1].us > 2.0 * timings[0].us, "{timings:?}");
    assert!(timings[1].us > 2.0 * timings[2].us, "{timings:?}");
    Ok(())
}

/// More dispatches than a set of queries has room for.
fn more_than_one_set(gpu: &mut Gpu) -> Result<(), Failed> {
    const STEPS: usize = 2051;
    let (few, _) = score(gpu, 1)?;
    let timings = block_on(gpu.profile(&vec![step(few, 1); STEPS]))?;
    let of: Vec<usize> = timings.iter().map(|timing| timing.step).collect();
    assert_eq!(of, Vec::from_iter(0..STEPS));
    Ok(())
}

fn without_a_clock(gpu: &mut Gpu) -> Result<(), Failed> {
    let (few, _) = score(gpu, 1)?;
    let refused = block_on(gpu.profile(&[step(few, 1)]));
    assert_eq!(refused, Err(GpuError::NoTimestamps));
    Ok(())
}
