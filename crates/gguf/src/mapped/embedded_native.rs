/// The weights a packer appended to this program: none, outside wasm.
#[must_use]
pub fn embedded() -> Option<&'static [u8]> {
    None
}
