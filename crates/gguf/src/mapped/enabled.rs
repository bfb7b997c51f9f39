#![expect(unsafe_code, reason = "memory-mapping a file is unsafe by nature")]

use std::fs::File;
use std::path::Path;

use crate::GgufError;

/// A file in memory, mapped read-only.
///
/// The file must not be changed or cut short while it is mapped: replace a model
/// by renaming a new file over it, never by writing into it.
#[derive(Debug)]
pub struct Mapped(Option<memmap2::Mmap>);

impl Mapped {
    /// Maps the file at `path`.
    ///
    /// # Errors
    /// [`GgufError::Open`] where it cannot be opened or mapped.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, GgufError> {
        let path = path.as_ref();
        let failed = |source| GgufError::Open {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(failed(std::io::ErrorKind::IsADirectory.into()));
        }
        // An empty file cannot be mapped; the parser says what is wrong with it.
        if metadata.len() == 0 {
            return Ok(Self(None));
        }
        // SAFETY: the mapping is read-only and private to this value. That
        // nobody changes the file meanwhile cannot be enforced; it is the
        // documented condition of `Mapped`, as of every memory-mapped model.
        let map = unsafe { memmap2::Mmap::map(&file) }.map_err(failed)?;
        Ok(Self(Some(map)))
    }
}

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}
