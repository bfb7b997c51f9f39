//! Where training runs.

use std::str::FromStr;

use crate::TrainError;

/// A kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Device {
    /// The CPU, through burn-flex.
    #[default]
    Cpu,
    /// A GPU, or llvmpipe, through burn-wgpu. Needs the cargo feature `wgpu`.
    Wgpu,
}

impl Device {
    /// The name that [`Device::from_str`] takes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Wgpu => "wgpu",
        }
    }

    /// burn's device.
    ///
    /// # Errors
    /// [`TrainError::Device`] where this build has no wgpu.
    pub(crate) fn open(self) -> Result<burn::tensor::Device, TrainError> {
        match self {
            Self::Cpu => Ok(burn::tensor::Device::flex()),
            Self::Wgpu => wgpu(),
        }
    }

    /// How many parts of a batch run side by side. On the CPU each has a
    /// thread of its own, because most operations of a small model are too
    /// small to be split; the number is fixed, so that a result does not
    /// depend on the cores of the machine.
    pub(crate) const fn shards(self) -> usize {
        match self {
            Self::Cpu => 2,
            Self::Wgpu => 1,
        }
    }
}

#[cfg(feature = "wgpu")]
fn wgpu() -> Result<burn::tensor::Device, TrainError> {
    // burn opens the adapter on first use and panics where there is none.
    let opened = std::panic::catch_unwind(|| {
        let device = burn::tensor::Device::wgpu(burn::tensor::DeviceKind::DefaultDevice);
        let probe = burn::Tensor::<1>::zeros([1], &device);
        probe.try_into_data().map(|_| device)
    });
    match opened {
        Ok(Ok(device)) => Ok(device),
        _ => Err(TrainError::device(
            "wgpu finds no adapter; install a Vulkan driver (Debian: mesa-vulkan-drivers for \
             llvmpipe), or use --device cpu",
        )),
    }
}

#[cfg(not(feature = "wgpu"))]
fn wgpu() -> Result<burn::tensor::Device, TrainError> {
    Err(TrainError::device(
        "this build trains on the CPU only; build with `--features wgpu`, or use --device cpu",
    ))
}

impl FromStr for Device {
    type Err = TrainError;

    fn from_str(name: &str) -> Result<Self, TrainError> {
        match name {
            "cpu" => Ok(Self::Cpu),
            "wgpu" => Ok(Self::Wgpu),
            other => Err(TrainError::device(format!(
                "there is no device {other:?}; use cpu or wgpu"
            ))),
        }
    }
}
