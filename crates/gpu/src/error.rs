//! Everything that can go wrong on a GPU.

/// Why a GPU could not be used, or stopped being usable.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
#[non_exhaustive]
pub enum GpuError {
    /// There is no GPU that this program can reach.
    #[error("no GPU adapter: {reason}; install a driver, or run on the CPU")]
    NoAdapter {
        /// What the system said.
        reason: String,
    },

    /// The adapter offers less than the shaders need.
    #[error("the adapter offers {found} of `{limit}`, {needed} are needed: run on the CPU")]
    Limit {
        /// WebGPU's name for it.
        limit: &'static str,
        /// What the shaders need.
        needed: u64,
        /// What the adapter offers.
        found: u64,
    },

    /// The adapter refused to open a device.
    #[error("the adapter gave no device: {reason}; run on the CPU")]
    NoDevice {
        /// What the system said.
        reason: String,
    },

    /// The GPU's memory is used up.
    #[error("out of GPU memory for {what}: close other programs, or run on the CPU")]
    OutOfMemory {
        /// What was being made.
        what: String,
    },

    /// The device is gone: a driver reset, a sleeping machine, a destroyed
    /// device. Everything on it is lost.
    #[error("the GPU device was lost ({reason}): open it again and load the model anew")]
    Lost {
        /// What the system said.
        reason: String,
    },

    /// A command that the device does not accept, which is a bug of this
    /// program or of the driver.
    #[error("the GPU refused {what}: {reason}")]
    Refused {
        /// What was being done.
        what: String,
        /// What the device said.
        reason: String,
    },

    /// A recording does not name a buffer that its shader reads or writes.
    #[error("shader `{shader}` needs a buffer for `{binding}`: bind one in the recording")]
    Unbound {
        /// The shader.
        shader: &'static str,
        /// Its binding.
        binding: &'static str,
    },

    /// A buffer is not on this device, or is shorter than what is asked of it.
    #[error("bytes {offset} to {end} are outside of buffer {buffer}, which has {bytes}")]
    Bounds {
        /// The number of the buffer.
        buffer: usize,
        /// The first byte.
        offset: u64,
        /// Behind the last byte.
        end: u64,
        /// How many there are.
        bytes: u64,
    },

    /// More workgroups than a device runs at once.
    #[error("shader `{shader}` would take {found} workgroups in a row, {most} are allowed")]
    Workgroups {
        /// The shader.
        shader: &'static str,
        /// How many it would take.
        found: u32,
        /// How many the device allows.
        most: u32,
    },

    /// The device has no clock that it would tell.
    #[error("the GPU offers no timestamps: profile on another one, or measure whole runs")]
    NoTimestamps,

    /// A sequence was prepared on another device.
    #[error("sequence {sequence} is not of this device: prepare it there first")]
    UnknownSequence {
        /// Its number.
        sequence: usize,
    },
}
