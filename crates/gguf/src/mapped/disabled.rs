use std::path::Path;

use crate::GgufError;

/// A file in memory; read as a whole, since this build cannot map one.
#[derive(Debug)]
pub struct Mapped(Vec<u8>);

impl Mapped {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`GgufError::Open`] where it cannot be opened or read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, GgufError> {
        let path = path.as_ref();
        std::fs::read(path)
            .map(Self)
            .map_err(|source| GgufError::Open {
                path: path.to_owned(),
                source,
            })
    }
}

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
