//! Memory on the device.

use crate::{Gpu, GpuError};

/// Writes are handed to the device once this many bytes wait, so that a whole
/// model does not lie in memory twice.
const MOST_UNSUBMITTED: u64 = 32 << 20;

/// A buffer's place on its [`Gpu`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BufferId(pub(crate) usize);

/// What a shader sees in a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BufferKind {
    /// Anything.
    Storage,
    /// Parameters.
    Uniform,
}

/// A buffer to be made. It starts as zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BufferSpec {
    /// For messages.
    pub label: String,
    /// Its size; rounded up to whole quads of 16 bytes.
    pub bytes: u64,
    /// What it is for.
    pub kind: BufferKind,
}

impl BufferSpec {
    /// A storage buffer.
    #[must_use]
    pub fn storage(label: impl Into<String>, bytes: u64) -> Self {
        Self {
            label: label.into(),
            bytes,
            kind: BufferKind::Storage,
        }
    }

    /// A uniform buffer.
    #[must_use]
    pub fn uniform(label: impl Into<String>, bytes: u64) -> Self {
        Self {
            label: label.into(),
            bytes,
            kind: BufferKind::Uniform,
        }
    }
}

/// A buffer on the device.
#[derive(Debug)]
pub(crate) struct Buffer {
    pub(crate) inner: wgpu::Buffer,
    pub(crate) bytes: u64,
}

impl Gpu {
    /// Makes buffers of zeros.
    ///
    /// # Errors
    /// [`GpuError::OutOfMemory`], [`GpuError::Lost`].
    pub async fn allocate(&mut self, specs: &[BufferSpec]) -> Result<Vec<BufferId>, GpuError> {
        let first = self.buffers.len();
        let what = specs.first().map_or("nothing", |spec| spec.label.as_str());
        let made = self.scoped(what, |gpu| {
            for spec in specs {
                let buffer = gpu.create(spec);
                gpu.buffers.push(buffer);
            }
            Ok(())
        });
        match made.await {
            Ok(()) => Ok((first..self.buffers.len()).map(BufferId).collect()),
            Err(error) => {
                self.buffers.truncate(first);
                Err(error)
            }
        }
    }

    fn create(&self, spec: &BufferSpec) -> Buffer {
        let kind = match spec.kind {
            BufferKind::Storage => wgpu::BufferUsages::STORAGE,
            BufferKind::Uniform => wgpu::BufferUsages::UNIFORM,
        };
        let bytes = spec.bytes.max(16).next_multiple_of(16);
        let inner = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(&spec.label),
            size: bytes,
            usage: kind | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        });
        Buffer { inner, bytes }
    }

    /// Writes into a buffer, before whatever is run next.
    ///
    /// # Errors
    /// [`GpuError::Bounds`], also where offset or length are no multiples of 4;
    /// [`GpuError::Lost`].
    pub fn write(&mut self, buffer: BufferId, offset: u64, bytes: &[u8]) -> Result<(), GpuError> {
        self.check()?;
        let len = bytes.len() as u64;
        let found = self.bounded(buffer, offset, len)?;
        if bytes.is_empty() {
            return Ok(());
        }
        self.queue.write_buffer(&found.inner, offset, bytes);
        self.counters.written_bytes += len;
        self.unsubmitted += len;
        if self.unsubmitted >= MOST_UNSUBMITTED {
            self.queue.submit([]);
            self.unsubmitted = 0;
        }
        Ok(())
    }

    /// The buffer, if it has these bytes and copies may begin and end there.
    pub(crate) fn bounded(
        &self,
        buffer: BufferId,
        offset: u64,
        len: u64,
    ) -> Result<&Buffer, GpuError> {
        let found = self.buffers.get(buffer.0);
        let end = offset.saturating_add(len);
        let whole = offset.is_multiple_of(4) && len.is_multiple_of(4);
        found
            .filter(|found| whole && end <= found.bytes)
            .ok_or(GpuError::Bounds {
                buffer: buffer.0,
                offset,
                end,
                bytes: found.map_or(0, |found| found.bytes),
            })
    }
}
