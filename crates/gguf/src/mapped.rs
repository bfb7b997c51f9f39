//! Bringing a file into memory: mapped where the system can, and the weights
//! that a packer appended to a wasm guest.
//!
//! This is the only module of the crate with unsafe code.

#[cfg_attr(all(feature = "mmap", any(unix, windows)), path = "mapped/enabled.rs")]
#[cfg_attr(
    not(all(feature = "mmap", any(unix, windows))),
    path = "mapped/disabled.rs"
)]
mod file;

#[cfg_attr(target_family = "wasm", path = "mapped/embedded_wasm.rs")]
#[cfg_attr(not(target_family = "wasm"), path = "mapped/embedded_native.rs")]
mod appended;

pub use appended::embedded;
pub use file::Mapped;

/// The first 16 bytes of the descriptor that a packer looks for in a guest.
///
/// The descriptor is 32 bytes: this magic, then the address and the length of
/// the weights in the guest's memory, each `u64` little-endian and zero until
/// the packer has written them.
pub const EMBEDDED_MAGIC: [u8; 16] = *b"senselm-weights\0";

/// Bytes of the descriptor.
pub const EMBEDDED_DESCRIPTOR_BYTES: usize = 32;
