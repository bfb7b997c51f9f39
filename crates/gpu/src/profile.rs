//! How long each dispatch takes, by the device's own clock. Normal runs have
//! nothing of this.

use crate::recording::Prepared;
use crate::{Gpu, GpuError, Step};

/// What WebGPU allows in a set of queries, in pairs.
const MOST_PAIRS: usize = 2048;

/// One dispatch of a profiled run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// The number of its step.
    pub step: usize,
    /// The shader.
    pub shader: &'static str,
    /// Microseconds from its beginning to its end.
    pub us: f64,
}

/// A dispatch to be timed.
struct Timed<'a> {
    step: usize,
    dispatch: &'a Prepared,
    groups: [u32; 3],
}

impl Gpu {
    /// Whether [`Gpu::profile`] can tell anything here.
    #[must_use]
    pub fn has_timestamps(&self) -> bool {
        let granted = self.device.features();
        granted.contains(wgpu::Features::TIMESTAMP_QUERY)
    }

    /// Runs steps one after another, and says how long each of their dispatches
    /// took. Each is a pass of its own, so the whole takes longer than
    /// [`Gpu::run`] does. Browsers may round what they say to 100 us.
    ///
    /// # Errors
    /// [`GpuError::NoTimestamps`], and as [`Gpu::run`].
    pub async fn profile(&mut self, steps: &[Step]) -> Result<Vec<Timing>, GpuError> {
        if !self.has_timestamps() {
            return Err(GpuError::NoTimestamps);
        }
        let mut timed = 0;
        for step in steps {
            self.each_dispatch(*step, &mut |_, _| timed += 1)?;
        }
        let mut timings = Vec::with_capacity(timed);
        for first in (0..timed).step_by(MOST_PAIRS) {
            let count = MOST_PAIRS.min(timed - first);
            timings.extend(self.profile_part(steps, first, count).await?);
        }
        Ok(timings)
    }

    /// Runs `count` of the steps' dispatches, from number `first` on.
    async fn profile_part(
        &mut self,
        steps: &[Step],
        first: usize,
        count: usize,
    ) -> Result<Vec<Timing>, GpuError> {
        let bytes = 16 * count as u64;
        let submitted = self.scoped("a profiled run", |gpu| {
            let staging = gpu.staging_of(bytes);
            let timed = gpu.timed(steps)?;
            let part = &timed[first..first + count];
            gpu.submit_timed(part, &staging);
            Ok(part.iter().map(|t| (t.step, t.dispatch.shader)).collect())
        });
        let shaders: Vec<(usize, &'static str)> = submitted.await?;
        self.unsubmitted = 0;
        self.counters.submits += 1;
        self.counters.dispatches += count as u64;
        let read = self.staged(bytes).await?;
        let period = f64::from(self.queue.get_timestamp_period());
        let pairs = read.as_chunks::<16>().0.iter();
        let us = pairs.map(|pair| {
            let (words, _) = pair.as_chunks::<8>();
            let [begin, end] = [words[0], words[1]].map(u64::from_le_bytes);
            end.saturating_sub(begin) as f64 * period / 1000.0
        });
        let timings = shaders.into_iter().zip(us);
        Ok(timings
            .map(|((step, shader), us)| Timing { step, shader, us })
            .collect())
    }

    fn timed(&self, steps: &[Step]) -> Result<Vec<Timed<'_>>, GpuError> {
        let mut timed = Vec::new();
        for (step, of) in steps.iter().enumerate() {
            self.each_dispatch(*of, &mut |dispatch, groups| {
                timed.push(Timed {
                    step,
                    dispatch,
                    groups,
                });
            })?;
        }
        Ok(timed)
    }

    /// Each in a pass between two timestamps, which end up in `staging`.
    fn submit_timed(&self, timed: &[Timed<'_>], staging: &wgpu::Buffer) {
        let queries = 2 * timed.len() as u32;
        let set = self.device.create_query_set(&wgpu::QuerySetDescriptor {
            label: Some("timestamps"),
            ty: wgpu::QueryType::Timestamp,
            count: queries,
        });
        let bytes = 8 * u64::from(queries);
        let resolved = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("timestamps"),
            size: bytes,
            usage: wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        });
        let mut encoder = self
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        for (query, timed) in (0..).step_by(2).zip(timed) {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some(timed.dispatch.shader),
                timestamp_writes: Some(wgpu::ComputePassTimestampWrites {
                    query_set: &set,
                    beginning_of_pass_write_index: Some(query),
                    end_of_pass_write_index: Some(query + 1),
                }),
            });
            timed.dispatch.encode(&mut pass, timed.groups);
        }
        encoder.resolve_query_set(&set, 0..queries, &resolved, 0);
        encoder.copy_buffer_to_buffer(&resolved, 0, staging, 0, bytes);
        self.queue.submit([encoder.finish()]);
    }
}
