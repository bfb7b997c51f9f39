//! Opening a device, and knowing when it is gone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use senselm_shaders::Features;

use crate::buffers::Buffer;
use crate::compile::Pipeline;
use crate::recording::Sequence;
use crate::{Counters, GpuError};

/// The most bytes that are ever bound at once, so that shaders can count
/// weights in 32 bits.
const LARGEST_BINDING: u64 = 1 << 30;

/// What the shaders need, by WebGPU's name: each is what every WebGPU device
/// has to offer.
type Needed = (&'static str, fn(&wgpu::Limits) -> u64, u64);
const NEEDED: [Needed; 6] = [
    (
        "maxStorageBuffersPerShaderStage",
        |l| l.max_storage_buffers_per_shader_stage.into(),
        8,
    ),
    (
        "maxComputeInvocationsPerWorkgroup",
        |l| l.max_compute_invocations_per_workgroup.into(),
        256,
    ),
    (
        "maxComputeWorkgroupStorageSize",
        |l| l.max_compute_workgroup_storage_size.into(),
        16 << 10,
    ),
    (
        "maxComputeWorkgroupsPerDimension",
        |l| l.max_compute_workgroups_per_dimension.into(),
        65535,
    ),
    (
        "maxStorageBufferBindingSize",
        |l| l.max_storage_buffer_binding_size,
        128 << 20,
    ),
    ("maxBufferSize", |l| l.max_buffer_size, 128 << 20),
];

/// Optional features that are asked for where they are offered. In browsers
/// wgpu offers no subgroups.
const USED: wgpu::Features = wgpu::Features::SHADER_F16
    .union(wgpu::Features::SUBGROUP)
    .union(wgpu::Features::TIMESTAMP_QUERY);

/// A GPU, and everything that was made on it.
///
/// Dropping it frees all of that.
pub struct Gpu {
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    pub(crate) buffers: Vec<Buffer>,
    pub(crate) pipelines: HashMap<&'static str, Pipeline>,
    pub(crate) sequences: Vec<Sequence>,
    /// Where bytes are read back through.
    pub(crate) staging: Option<wgpu::Buffer>,
    /// Bytes written since the last submission.
    pub(crate) unsubmitted: u64,
    pub(crate) counters: Counters,
    pub(crate) limits: Limits,
    features: Features,
    adapter: Adapter,
    trouble: Trouble,
}

/// What runs the shaders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// The device's name, as its driver has it; a browser may keep it secret.
    pub name: String,
    /// `vulkan`, `metal`, `dx12` or `webgpu`.
    pub backend: String,
    /// The driver and its version, where it says so.
    pub driver: String,
    /// Whether a CPU plays the GPU.
    pub software: bool,
}

impl std::fmt::Display for Adapter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            name,
            backend,
            driver,
            software,
        } = self;
        let name = if name.is_empty() { "a GPU" } else { name };
        write!(f, "{name} ({backend}")?;
        if !driver.is_empty() {
            write!(f, ", {driver}")?;
        }
        if *software {
            f.write_str(", played by a CPU")?;
        }
        f.write_str(")")
    }
}

/// What one device allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a buffer that a shader sees at once.
    pub binding_bytes: u64,
    /// Workgroups of a dispatch in one dimension.
    pub workgroups: u32,
    /// A binding starts at a multiple of this many bytes.
    pub alignment: u64,
}

/// What the device reported by itself.
#[derive(Clone, Debug, Default)]
struct Trouble {
    lost: Arc<Mutex<Option<String>>>,
    refused: Arc<Mutex<Option<GpuError>>>,
}

impl Gpu {
    /// Opens the fastest GPU there is, with the optional features that it has
    /// of those that shaders here make use of.
    ///
    /// # Errors
    /// [`GpuError::NoAdapter`], [`GpuError::Limit`] for one that offers too
    /// little, [`GpuError::NoDevice`].
    pub async fn open() -> Result<Self, GpuError> {
        if wgpu::Instance::enabled_backend_features().is_empty() {
            let reason = "this program was built without a GPU backend".into();
            return Err(GpuError::NoAdapter { reason });
        }
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        let options = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..wgpu::RequestAdapterOptions::default()
        };
        let adapter =
            instance
                .request_adapter(&options)
                .await
                .map_err(|error| GpuError::NoAdapter {
                    reason: error.to_string(),
                })?;
        let required_limits = limits(&adapter.limits())?;
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("senselm"),
            required_features: adapter.features() & USED,
            required_limits,
            memory_hints: wgpu::MemoryHints::MemoryUsage,
            ..wgpu::DeviceDescriptor::default()
        };
        let (device, queue) =
            adapter
                .request_device(&descriptor)
                .await
                .map_err(|error| GpuError::NoDevice {
                    reason: error.to_string(),
                })?;
        let granted = device.limits();
        let language = instance.wgsl_language_features();
        let info = adapter.get_info();
        Ok(Self {
            trouble: Trouble::watch(&device),
            limits: Limits {
                binding_bytes: granted
                    .max_storage_buffer_binding_size
                    .min(granted.max_buffer_size),
                workgroups: granted.max_compute_workgroups_per_dimension,
                alignment: granted
                    .min_storage_buffer_offset_alignment
                    .max(granted.min_uniform_buffer_offset_alignment)
                    .into(),
            },
            adapter: Adapter {
                name: info.name,
                backend: info.backend.to_str().into(),
                driver: format!("{} {}", info.driver, info.driver_info)
                    .trim()
                    .into(),
                software: info.device_type == wgpu::DeviceType::Cpu,
            },
            features: Features {
                shader_f16: device.features().contains(wgpu::Features::SHADER_F16),
                subgroups: device.features().contains(wgpu::Features::SUBGROUP),
                packed_dot: language
                    .contains(wgpu::WgslLanguageFeatures::Packed4x8IntegerDotProduct),
            },
            device,
            queue,
            buffers: Vec::new(),
            pipelines: HashMap::new(),
            sequences: Vec::new(),
            staging: None,
            unsubmitted: 0,
            counters: Counters::default(),
        })
    }

    /// What runs the shaders.
    #[must_use]
    pub fn adapter(&self) -> &Adapter {
        &self.adapter
    }

    /// What the device allows.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The optional features of shaders that the device has.
    #[must_use]
    pub fn features(&self) -> Features {
        self.features
    }

    /// What was done so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Gives the device up, as a driver that is reset does. Everything that is
    /// asked of it afterwards fails with [`GpuError::Lost`].
    pub fn destroy(&self) {
        self.handle().destroy();
    }

    /// A handle to the device, which can destroy it while it works.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle {
            device: self.device.clone(),
            trouble: self.trouble.clone(),
        }
    }

    /// Fails where the device is lost, or has refused something meanwhile.
    pub(crate) fn check(&self) -> Result<(), GpuError> {
        let lost = self.trouble.lost.lock();
        if let Some(reason) = &*lost.unwrap_or_else(PoisonError::into_inner) {
            return Err(GpuError::Lost {
                reason: reason.clone(),
            });
        }
        let refused = self.trouble.refused.lock();
        match refused.unwrap_or_else(PoisonError::into_inner).take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Does some work and fails with what the device had against it.
    pub(crate) async fn scoped<T>(
        &mut self,
        what: &str,
        work: impl FnOnce(&mut Self) -> Result<T, GpuError>,
    ) -> Result<T, GpuError> {
        self.check()?;
        let scopes = Scopes::push(&self.device);
        let done = work(self);
        let refused = scopes.pop(what).await;
        self.check()?;
        match refused {
            Some(error) => Err(error),
            None => done,
        }
    }
}

/// A handle to a device, which does not keep anything on it.
#[derive(Clone)]
pub struct Handle {
    device: wgpu::Device,
    trouble: Trouble,
}

impl Handle {
    /// As [`Gpu::destroy`].
    pub fn destroy(&self) {
        self.device.destroy();
        Trouble::note(&self.trouble.lost, "it was destroyed".into());
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handle").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Gpu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gpu")
            .field("adapter", &self.adapter)
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}

/// The limits to ask for: the usual ones, and as large bindings as there are.
fn limits(offered: &wgpu::Limits) -> Result<wgpu::Limits, GpuError> {
    for (limit, of, needed) in NEEDED {
        let found = of(offered);
        if found < needed {
            return Err(GpuError::Limit {
                limit,
                needed,
                found,
            });
        }
    }
    let usual = wgpu::Limits {
        max_storage_buffer_binding_size: LARGEST_BINDING,
        max_buffer_size: LARGEST_BINDING,
        ..wgpu::Limits::default()
    };
    Ok(usual.or_worse_values_from(offered))
}

impl Trouble {
    fn watch(device: &wgpu::Device) -> Self {
        let trouble = Self::default();
        let lost = Arc::clone(&trouble.lost);
        device.set_device_lost_callback(move |reason, message| {
            Self::note(&lost, format!("{reason:?}: {message}"));
        });
        let refused = Arc::clone(&trouble.refused);
        // Without a handler of ours, wgpu panics.
        device.on_uncaptured_error(Arc::new(move |error| {
            Self::note(&refused, describe(error, "a command"));
        }));
        trouble
    }

    /// Keeps the first of several.
    fn note<T>(place: &Mutex<Option<T>>, what: T) {
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        place.get_or_insert(what);
    }
}

/// What a device has against everything between push and pop, on this thread.
pub(crate) struct Scopes {
    memory: wgpu::ErrorScopeGuard,
    internal: wgpu::ErrorScopeGuard,
    validation: wgpu::ErrorScopeGuard,
}

impl Scopes {
    pub(crate) fn push(device: &wgpu::Device) -> Self {
        Self {
            memory: device.push_error_scope(wgpu::ErrorFilter::OutOfMemory),
            internal: device.push_error_scope(wgpu::ErrorFilter::Internal),
            validation: device.push_error_scope(wgpu::ErrorFilter::Validation),
        }
    }

    /// The first error, out of memory before others: they follow from it.
    pub(crate) fn pop(self, what: &str) -> impl Future<Output = Option<GpuError>> {
        let validation = self.validation.pop();
        let internal = self.internal.pop();
        let memory = self.memory.pop();
        async move {
            let error = match memory.await {
                Some(error) => Some(error),
                None => internal.await.or(validation.await),
            };
            error.map(|error| describe(error, what))
        }
    }
}

fn describe(error: wgpu::Error, what: &str) -> GpuError {
    let what = what.to_owned();
    match error {
        wgpu::Error::OutOfMemory { .. } => GpuError::OutOfMemory { what },
        other => GpuError::Refused {
            what,
            reason: other.to_string(),
        },
    }
}

#[cfg(test)]
mod tests;
