#![expect(
    unsafe_code,
    reason = "the packer places the weights where no Rust object is"
)]

use super::{EMBEDDED_DESCRIPTOR_BYTES, EMBEDDED_MAGIC};

const WASM_PAGE_BYTES: usize = 65_536;

/// What a packer overwrites; see [`EMBEDDED_MAGIC`].
#[used]
static DESCRIPTOR: [u8; EMBEDDED_DESCRIPTOR_BYTES] = {
    let mut descriptor = [0; EMBEDDED_DESCRIPTOR_BYTES];
    let (magic, _) = descriptor.split_at_mut(EMBEDDED_MAGIC.len());
    magic.copy_from_slice(&EMBEDDED_MAGIC);
    descriptor
};

/// The weights a packer appended to this module as a data segment, or `None`
/// where it has not been packed.
#[must_use]
pub fn embedded() -> Option<&'static [u8]> {
    // SAFETY: the pointer is to a live static. The volatile read keeps the
    // compiler from assuming the contents that it compiled in.
    let descriptor = unsafe { core::ptr::read_volatile(&raw const DESCRIPTOR) };
    let (_, place) = descriptor.split_first_chunk::<16>()?;
    let (address, len) = place.split_first_chunk::<8>()?;
    let address = usize::try_from(u64::from_le_bytes(*address)).ok()?;
    let len = usize::try_from(u64::from_le_bytes(*len.first_chunk()?)).ok()?;
    let memory = core::arch::wasm32::memory_size(0).checked_mul(WASM_PAGE_BYTES)?;
    if address == 0 || len == 0 || address.checked_add(len)? > memory {
        return None;
    }
    // SAFETY: the range lies inside the memory (checked above), is not null,
    // bytes need no alignment and any byte is a valid `u8`. The packer placed it
    // behind everything the module itself uses and raised the memory's initial
    // size, so the allocator never hands it out and nothing writes to it.
    Some(unsafe { core::slice::from_raw_parts(core::ptr::with_exposed_provenance(address), len) })
}
