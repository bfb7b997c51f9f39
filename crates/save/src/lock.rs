//! A folder in which one program at a time works.

use std::fs::{self, File, Metadata, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::SaveError;

/// The folder is this program's until this is dropped, or the program ends however it
/// does: the system holds the lock, and gives it back. What says so is an empty file,
/// which goes with it; one that is left behind by a program that was killed locks
/// nothing.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Takes the lock of this name in a folder that is there.
    ///
    /// # Errors
    /// [`SaveError::Locked`] where another program has it, and [`SaveError::Write`].
    pub fn take(folder: &Path, name: &str) -> Result<Self, SaveError> {
        let path = folder.join(name);
        let failed = |source| SaveError::Write {
            path: path.clone(),
            source,
        };
        loop {
            let mut options = File::options();
            let options = options.create(true).truncate(false).write(true);
            let file = options.open(&path).map_err(failed)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(SaveError::Locked {
                        path: folder.to_owned(),
                    });
                }
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
            // Who had it before may have taken the file away between the two.
            let there = match fs::metadata(&path) {
                Ok(there) => there,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(failed(error)),
            };
            if is_same(&file.metadata().map_err(failed)?, &there) {
                return Ok(Self { path, _file: file });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is still ours, so that nobody else's goes.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Elsewhere a file that somebody has open keeps its name.
#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_of_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path(), "work.lock").unwrap();
        let second = Lock::take(folder.path(), "work.lock").unwrap_err();
        assert!(matches!(second, SaveError::Locked { .. }), "{second}");
        // Another name is another lock.
        let other = Lock::take(folder.path(), "other.lock").unwrap();
        drop((first, other));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        Lock::take(folder.path(), "work.lock").unwrap();
    }

    #[test]
    fn what_was_left_behind_locks_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("work.lock"), "").unwrap();
        Lock::take(folder.path(), "work.lock").unwrap();
        let missing = folder.path().join("missing");
        let found = Lock::take(&missing, "work.lock").unwrap_err();
        assert!(matches!(found, SaveError::Write { .. }), "{found}");
    }
}
