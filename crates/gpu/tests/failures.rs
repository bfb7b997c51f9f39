//! What goes wrong on a device is an error, never a panic.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use libtest_mimic::Failed;
use senselm_gpu::{BufferSpec, Dispatch, Extent, Gpu, GpuError, Read, Recording, block_on};
use support::{Case, score, smallest, step};

fn main() {
    let checks: [(&str, Check); 7] = [
        ("lost_device", lost_device),
        ("out_of_memory", out_of_memory),
        ("bounds", bounds),
        ("unbound", unbound),
        ("too_many_workgroups", too_many_workgroups),
        ("foreign_sequence", foreign_sequence),
        ("counters", counters),
    ];
    let cases = checks.map(|(name, check)| Case::new(name, check));
    support::main(cases.into());
}

type Check = fn(&mut Gpu) -> Result<(), Failed>;

fn lost_device(gpu: &mut Gpu) -> Result<(), Failed> {
    let (sequence, read) = score(gpu, 1)?;
    block_on(gpu.run(&[step(sequence, 1)], 1, &[read]))?;
    gpu.destroy();
    let run = block_on(gpu.run(&[step(sequence, 1)], 1, &[read]));
    assert!(matches!(run, Err(GpuError::Lost { .. })), "{run:?}");
    let allocated = block_on(gpu.allocate(&[BufferSpec::storage("more", 16)]));
    assert!(
        matches!(allocated, Err(GpuError::Lost { .. })),
        "{allocated:?}"
    );
    let written = gpu.write(read.buffer, 0, &[0; 4]);
    assert!(matches!(written, Err(GpuError::Lost { .. })), "{written:?}");
    // Another one works.
    let mut other = block_on(Gpu::open())?;
    let (sequence, read) = score(&mut other, 1)?;
    block_on(other.run(&[step(sequence, 1)], 1, &[read]))?;
    Ok(())
}

/// More than a device allows for one buffer, or more than it has.
fn out_of_memory(gpu: &mut Gpu) -> Result<(), Failed> {
    let huge = BufferSpec::storage("huge", 1 << 46);
    let refused = block_on(gpu.allocate(&[huge]));
    let known = matches!(
        refused,
        Err(GpuError::OutOfMemory { .. } | GpuError::Refused { .. })
    );
    assert!(known, "{refused:?}");
    // The device goes on.
    score(gpu, 1)?;
    Ok(())
}

fn bounds(gpu: &mut Gpu) -> Result<(), Failed> {
    let buffer = block_on(gpu.allocate(&[BufferSpec::storage("small", 16)]))?[0];
    for (offset, len) in [(0, 20), (16, 4), (2, 4), (0, 3), (u64::MAX - 3, 4)] {
        let refused = gpu.write(buffer, offset, &vec![0; len]);
        assert!(
            matches!(refused, Err(GpuError::Bounds { .. })),
            "{refused:?}"
        );
    }
    let read = Read {
        buffer,
        offset: 8,
        bytes: 12,
    };
    let refused = block_on(gpu.run(&[], 1, &[read]));
    assert!(
        matches!(refused, Err(GpuError::Bounds { .. })),
        "{refused:?}"
    );
    Ok(())
}

fn unbound(gpu: &mut Gpu) -> Result<(), Failed> {
    let recording = Recording {
        dispatches: vec![Dispatch {
            shader: smallest(),
            bound: Vec::new(),
            extent: [Extent::ONE; 3],
        }],
    };
    let refused = block_on(gpu.prepare(&[recording], &mut |_| ())).unwrap_err();
    let expected = GpuError::Unbound {
        shader: "score",
        binding: "params",
    };
    assert_eq!(refused, expected);
    Ok(())
}

fn too_many_workgroups(gpu: &mut Gpu) -> Result<(), Failed> {
    let most = gpu.limits().workgroups;
    let (sequence, _) = score(gpu, most + 1)?;
    let refused = block_on(gpu.run(&[step(sequence, 1)], 1, &[]));
    let expected = GpuError::Workgroups {
        shader: "score",
        found: most + 1,
        most,
    };
    assert_eq!(refused, Err(expected));
    Ok(())
}

fn foreign_sequence(gpu: &mut Gpu) -> Result<(), Failed> {
    let mut other = block_on(Gpu::open())?;
    let (sequence, _) = score(&mut other, 1)?;
    let refused = block_on(gpu.run(&[step(sequence, 1)], 1, &[]));
    assert_eq!(refused, Err(GpuError::UnknownSequence { sequence: 0 }));
    Ok(())
}

fn counters(gpu: &mut Gpu) -> Result<(), Failed> {
    let mut told = Vec::new();
    let (sequence, read) = score(gpu, 1)?;
    let recording = Recording::default();
    block_on(gpu.prepare(&[recording], &mut |p| told.push(p)))?;
    assert!(told.is_empty(), "nothing is compiled twice");
    let before = gpu.counters();
    block_on(gpu.run(&[step(sequence, 3), step(sequence, 0)], 5, &[read]))?;
    let after = gpu.counters();
    assert_eq!(after.submits - before.submits, 1);
    // A step without rows runs nothing.
    assert_eq!(after.dispatches - before.dispatches, 5);
    assert_eq!(after.readbacks - before.readbacks, 1);
    assert_eq!(after.read_bytes - before.read_bytes, 8);
    Ok(())
}
