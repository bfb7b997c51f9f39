//! Encoding, submitting, reading back.

use crate::recording::Prepared;
use crate::{BufferId, Gpu, GpuError, SIZES, SequenceId, wait};

/// A sequence to run, and how large its pass is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is run.
    pub sequence: SequenceId,
    /// What [`crate::Extent::Of`] refers to.
    pub sizes: [u32; SIZES],
}

/// Bytes to read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// From which buffer.
    pub buffer: BufferId,
    /// The first byte, a multiple of 4.
    pub offset: u64,
    /// How many, a multiple of 4.
    pub bytes: u64,
}

/// What a [`Gpu`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Command buffers.
    pub submits: u64,
    /// Shaders run.
    pub dispatches: u64,
    /// Waits for bytes from the device.
    pub readbacks: u64,
    /// Bytes that came back.
    pub read_bytes: u64,
    /// Bytes that were sent.
    pub written_bytes: u64,
}

impl Gpu {
    /// Runs steps one after another, and all of them `repeat` times, as one
    /// submission; then reads back the bytes asked for, if any, one behind the
    /// other.
    ///
    /// # Errors
    /// [`GpuError::UnknownSequence`], [`GpuError::Workgroups`],
    /// [`GpuError::Bounds`] before anything is run; [`GpuError::Lost`],
    /// [`GpuError::OutOfMemory`], [`GpuError::Refused`].
    pub async fn run(
        &mut self,
        steps: &[Step],
        repeat: u32,
        reads: &[Read],
    ) -> Result<Vec<u8>, GpuError> {
        for read in reads {
            self.bounded(read.buffer, read.offset, read.bytes)?;
        }
        let bytes: u64 = reads.iter().map(|read| read.bytes).sum();
        let submitted = self.scoped("a run", |gpu| gpu.submit(steps, repeat, reads, bytes));
        submitted.await?;
        match bytes {
            0 => Ok(Vec::new()),
            _ => self.staged(bytes).await,
        }
    }

    /// The first bytes of what is on its way into the staging buffer.
    pub(crate) async fn staged(&mut self, bytes: u64) -> Result<Vec<u8>, GpuError> {
        let staging = self.staging_of(bytes);
        self.counters.readbacks += 1;
        self.counters.read_bytes += bytes;
        let read = match wait::mapped(&self.device, &staging, bytes).await {
            Ok(()) => unmapped(&staging, bytes),
            Err(error) => Err(error),
        };
        self.check()?;
        read
    }

    /// Waits until everything submitted is done.
    ///
    /// # Errors
    /// [`GpuError::Lost`], and what the device refused meanwhile.
    pub async fn finish(&mut self) -> Result<(), GpuError> {
        self.check()?;
        wait::done(&self.device, &self.queue).await;
        self.check()
    }

    /// A staging buffer of so many bytes; the last one while it is large enough.
    pub(crate) fn staging_of(&mut self, bytes: u64) -> wgpu::Buffer {
        let large_enough = |staging: &&wgpu::Buffer| staging.size() >= bytes;
        if let Some(staging) = self.staging.as_ref().filter(large_enough) {
            return staging.clone();
        }
        let staging = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("staging"),
            size: bytes.next_power_of_two(),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.staging = Some(staging.clone());
        staging
    }

    fn submit(
        &mut self,
        steps: &[Step],
        repeat: u32,
        reads: &[Read],
        bytes: u64,
    ) -> Result<(), GpuError> {
        let mut encoder = self
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut dispatches = 0;
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for _ in 0..repeat {
                for step in steps {
                    self.each_dispatch(*step, &mut |dispatch, groups| {
                        dispatch.encode(&mut pass, groups);
                        dispatches += 1;
                    })?;
                }
            }
        }
        if bytes > 0 {
            let staging = self.staging_of(bytes);
            let mut at = 0;
            for read in reads.iter().filter(|read| read.bytes > 0) {
                let buffer = self.bounded(read.buffer, read.offset, read.bytes)?;
                encoder.copy_buffer_to_buffer(&buffer.inner, read.offset, &staging, at, read.bytes);
                at += read.bytes;
            }
        }
        self.queue.submit([encoder.finish()]);
        self.unsubmitted = 0;
        self.counters.submits += 1;
        self.counters.dispatches += dispatches;
        Ok(())
    }

    /// Shows the dispatches of a step that have anything to do, with their
    /// workgroups.
    pub(crate) fn each_dispatch<'a>(
        &'a self,
        step: Step,
        each: &mut dyn FnMut(&'a Prepared, [u32; 3]),
    ) -> Result<(), GpuError> {
        let id = step.sequence.0;
        let sequence = self.sequences.get(id);
        let sequence = sequence.ok_or(GpuError::UnknownSequence { sequence: id })?;
        let most = self.limits.workgroups;
        for dispatch in &sequence.dispatches {
            let groups = dispatch.extent.map(|extent| extent.count(step.sizes));
            if let Some(&found) = groups.iter().find(|&&count| count > most) {
                return Err(GpuError::Workgroups {
                    shader: dispatch.shader,
                    found,
                    most,
                });
            }
            if !groups.contains(&0) {
                each(dispatch, groups);
            }
        }
        Ok(())
    }
}

impl Prepared {
    pub(crate) fn encode(&self, pass: &mut wgpu::ComputePass<'_>, [x, y, z]: [u32; 3]) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.group, &[]);
        pass.dispatch_workgroups(x, y, z);
    }
}

/// The first `bytes` of a mapped buffer, which is unmapped again.
fn unmapped(staging: &wgpu::Buffer, bytes: u64) -> Result<Vec<u8>, GpuError> {
    let view = staging.get_mapped_range(0..bytes);
    let copied = view.map(|view| view.to_vec());
    staging.unmap();
    copied.map_err(|error| GpuError::Refused {
        what: "a readback".into(),
        reason: error.to_string(),
    })
}
