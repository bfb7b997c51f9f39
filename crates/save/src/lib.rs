//! Writes a file whole or not at all, wherever its name leads.
//!
//! Every file that the program or training leaves behind is written by
//! [`save`], or by a [`Folder`] where several belong together. What a name
//! leads to decides how:
//!
//! | there is | what happens |
//! |---|---|
//! | nothing, or a link to nothing | the file is made, with the mode that the umask leaves |
//! | a regular file | a new one takes its place, with its mode and where possible its owner |
//! | a link to a file | the same with that file; the link stays |
//! | a device, a FIFO | it is written through |
//! | an open descriptor (`/dev/stdout`, `/dev/fd/3`, `>(wc -c)`) | it is written to |
//! | a folder, a socket, a file that must not be written | an error that says what to do |
//!
//! Bytes meant for a regular file go to a file with a name of its own in the
//! same folder, are handed to the disk, and then take the name that was asked
//! for; whatever fails before leaves things as they were. There are two
//! exceptions, where the folder takes no new file or the name cannot be given
//! away (a mount point): such a file is written in place.

mod error;
mod folder;
mod lock;
mod place;
mod staged;

use std::path::Path;

pub use error::SaveError;
pub use folder::Folder;
pub use lock::Lock;
pub use place::is_stdout;

use crate::staged::Staged;

/// Writes `bytes` to where `path` leads; the crate's documentation says how.
///
/// # Errors
/// [`SaveError`] says what is in the way. What was there before is still
/// there, whole, and no other file is left behind, unless bytes went through a
/// device, a FIFO or a descriptor.
///
/// # Example
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("reading.txt");
/// senselm_save::save(&path, b"21.5")?;
/// assert_eq!(std::fs::read(&path)?, b"21.5");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn save(path: &Path, bytes: &[u8]) -> Result<(), SaveError> {
    Staged::new(path, bytes)?.commit()
}
