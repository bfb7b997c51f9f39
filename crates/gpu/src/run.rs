//! Encoding, submitting, reading back.

use crate::recording::Sequence;
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
        let submitted = self.scoped("a run", |gpu| {
            if bytes > 0 {
                gpu.grow_staging(bytes);
            }
            gpu.submit(steps, repeat, reads)
        });
        submitted.await?;
        if bytes == 0 {
            return Ok(Vec::new());
        }
        let staging = self.staging.clone().ok_or(GpuError::Bounds {
            buffer: usize::MAX,
            offset: 0,
            end: bytes,
            bytes: 0,
        })?;
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

    fn grow_staging(&mut self, bytes: u64) {
        let large_enough = |staging: &wgpu::Buffer| staging.size() >= bytes;
        if self.staging.as_ref().is_some_and(large_enough) {
            return;
        }
        self.staging = Some(self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("staging"),
            size: bytes.next_power_of_two(),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        }));
    }

    fn submit(&mut self, steps: &[Step], repeat: u32, reads: &[Read]) -> Result<(), GpuError> {
        let mut encoder = self
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut dispatches = 0;
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for _ in 0..repeat {
                for step in steps {
                    let sequence = self.sequence_of(step.sequence)?;
                    dispatches += self.encode(&mut pass, sequence, step.sizes)?;
                }
            }
        }
        if let Some(staging) = &self.staging {
            let mut at = 0;
            for read in reads.iter().filter(|read| read.bytes > 0) {
                let buffer = self.bounded(read.buffer, read.offset, read.bytes)?;
                encoder.copy_buffer_to_buffer(&buffer.inner, read.offset, staging, at, read.bytes);
                at += read.bytes;
            }
        }
        self.queue.submit([encoder.finish()]);
        self.unsubmitted = 0;
        self.counters.submits += 1;
        self.counters.dispatches += dispatches;
        Ok(())
    }

    fn sequence_of(&self, id: SequenceId) -> Result<&Sequence, GpuError> {
        let found = self.sequences.get(id.0);
        found.ok_or(GpuError::UnknownSequence { sequence: id.0 })
    }

    fn encode(
        &self,
        pass: &mut wgpu::ComputePass<'_>,
        sequence: &Sequence,
        sizes: [u32; SIZES],
    ) -> Result<u64, GpuError> {
        let most = self.limits.workgroups;
        let mut dispatches = 0;
        for dispatch in &sequence.dispatches {
            let [x, y, z] = dispatch.extent.map(|extent| extent.count(sizes));
            let found = x.max(y).max(z);
            if found > most {
                return Err(GpuError::Workgroups {
                    shader: dispatch.shader,
                    found,
                    most,
                });
            }
            if x == 0 || y == 0 || z == 0 {
                continue;
            }
            pass.set_pipeline(&dispatch.pipeline);
            pass.set_bind_group(0, &dispatch.group, &[]);
            pass.dispatch_workgroups(x, y, z);
            dispatches += 1;
        }
        Ok(dispatches)
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
