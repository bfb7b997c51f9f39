//! GPU work as data: which shader, which buffers, how many workgroups.

use senselm_shaders::{Access, Shader, Slot};

use crate::{BufferId, Gpu, GpuError, Progress};

/// How many sizes a run may have, such as the rows of a pass.
pub const SIZES: usize = 2;

/// A part of a buffer that a shader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// What the shader uses it for.
    pub slot: Slot,
    /// The buffer.
    pub buffer: BufferId,
    /// The first byte, a multiple of [`crate::Limits::alignment`].
    pub offset: u64,
    /// How many; `None` for all from there on.
    pub bytes: Option<u64>,
}

impl Bound {
    /// A whole buffer.
    #[must_use]
    pub const fn all(slot: Slot, buffer: BufferId) -> Self {
        Self {
            slot,
            buffer,
            offset: 0,
            bytes: None,
        }
    }
}

/// Workgroups in one dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Always so many.
    Fixed(u32),
    /// One for every `per` of the run's size number `size`.
    Of {
        /// Which size.
        size: usize,
        /// How many share a workgroup.
        per: u32,
    },
}

impl Extent {
    /// One.
    pub const ONE: Self = Self::Fixed(1);

    pub(crate) fn count(self, sizes: [u32; SIZES]) -> u32 {
        match self {
            Self::Fixed(count) => count,
            Self::Of { size, per } => {
                let size = sizes.get(size).copied().unwrap_or(0);
                size.div_ceil(per.max(1))
            }
        }
    }
}

/// One run of a shader.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// What is run.
    pub shader: &'static Shader,
    /// A buffer for each of its bindings, in any order.
    pub bound: Vec<Bound>,
    /// Workgroups.
    pub extent: [Extent; 3],
}

/// Dispatches that run one after another.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// In their order.
    pub dispatches: Vec<Dispatch>,
}

/// A prepared recording's place on its [`Gpu`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SequenceId(pub(crate) usize);

/// A recording with everything made that it takes.
#[derive(Debug)]
pub(crate) struct Sequence {
    pub(crate) dispatches: Vec<Prepared>,
}

/// A dispatch with its pipeline and its bind group.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) shader: &'static str,
    pub(crate) pipeline: wgpu::ComputePipeline,
    pub(crate) group: wgpu::BindGroup,
    pub(crate) extent: [Extent; 3],
}

impl Gpu {
    /// Makes pipelines, as many at once as the system can, and bind groups.
    /// `progress` is told after every pipeline.
    ///
    /// # Errors
    /// [`GpuError::Unbound`] and [`GpuError::Bounds`] for a recording that does
    /// not fit its shaders, [`GpuError::Refused`], [`GpuError::OutOfMemory`],
    /// [`GpuError::Lost`].
    pub async fn prepare(
        &mut self,
        recordings: &[Recording],
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Vec<SequenceId>, GpuError> {
        let dispatches = recordings.iter().flat_map(|r| &r.dispatches);
        self.compile(dispatches.map(|d| d.shader), progress).await?;
        let first = self.sequences.len();
        let made = self.scoped("bind groups", |gpu| {
            recordings
                .iter()
                .map(|recording| gpu.sequence(recording))
                .collect::<Result<Vec<_>, _>>()
        });
        let made = made.await?;
        self.sequences.extend(made);
        Ok((first..self.sequences.len()).map(SequenceId).collect())
    }

    fn sequence(&self, recording: &Recording) -> Result<Sequence, GpuError> {
        let dispatches = recording.dispatches.iter();
        let prepared = dispatches.map(|dispatch| self.prepared(dispatch));
        Ok(Sequence {
            dispatches: prepared.collect::<Result<_, _>>()?,
        })
    }

    fn prepared(&self, dispatch: &Dispatch) -> Result<Prepared, GpuError> {
        let shader = dispatch.shader;
        let mut entries = Vec::with_capacity(shader.bindings.len());
        for binding in shader.bindings {
            let bound = dispatch.bound.iter().find(|b| b.slot == binding.slot);
            let bound = bound.ok_or(GpuError::Unbound {
                shader: shader.name,
                binding: binding.slot.name(),
            })?;
            // An open array may be shorter than one element says: nothing is.
            let least = match binding.access {
                Access::Uniform => binding.min_bytes,
                Access::Read | Access::ReadWrite => bound.bytes.unwrap_or(binding.min_bytes),
            };
            let buffer = self.bounded(bound.buffer, bound.offset, least.next_multiple_of(4))?;
            entries.push(wgpu::BindGroupEntry {
                binding: binding.binding,
                resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                    buffer: &buffer.inner,
                    offset: bound.offset,
                    size: bound.bytes.and_then(std::num::NonZeroU64::new),
                }),
            });
        }
        let pipeline = self
            .pipelines
            .get(shader.name)
            .ok_or_else(|| GpuError::Refused {
                what: shader.name.into(),
                reason: "it was not compiled".into(),
            })?;
        let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(shader.name),
            layout: &pipeline.layout,
            entries: &entries,
        });
        Ok(Prepared {
            shader: shader.name,
            pipeline: pipeline.inner.clone(),
            group,
            extent: dispatch.extent,
        })
    }
}
