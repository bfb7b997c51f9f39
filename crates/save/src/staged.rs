//! Bytes that are on the disk, and not yet under the name that was asked for.

use std::fs::{File, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::SaveError;
use crate::place::Place;

/// How names of files that are being written begin and end.
const PREFIX: &str = ".senselm-";
const SUFFIX: &str = ".partial";

/// Bytes that only need their name. Dropped without [`Staged::commit`] they
/// are gone, and everything is as before.
pub(crate) struct Staged<'a> {
    path: &'a Path,
    bytes: &'a [u8],
    ready: Ready,
}

enum Ready {
    /// On the disk, beside the file to be.
    Beside {
        written: NamedTempFile,
        file: PathBuf,
        existing: bool,
    },
    /// Still to be written through something that is no regular file.
    Through(File),
    /// Still to be written over what is there.
    InPlace(PathBuf),
}

impl<'a> Staged<'a> {
    pub(crate) fn new(path: &'a Path, bytes: &'a [u8]) -> Result<Self, SaveError> {
        let ready = match Place::of(path)? {
            Place::Through(file) => Ready::Through(file),
            Place::New(file) => Ready::beside(path, file, None, bytes)?,
            Place::Existing { file, data } => {
                // A file that must not be written is not replaced either.
                writable(&file).map_err(|source| SaveError::ReadOnly {
                    path: path.to_owned(),
                    source,
                })?;
                match Ready::beside(path, file.clone(), Some(&data), bytes) {
                    Err(SaveError::Write { source, .. }) if is_refused(&source) => {
                        Ready::InPlace(file)
                    }
                    ready => ready?,
                }
            }
        };
        Ok(Self { path, bytes, ready })
    }

    /// Gives the bytes their name.
    pub(crate) fn commit(self) -> Result<(), SaveError> {
        let path = self.path;
        let failed = |source| SaveError::Write {
            path: path.to_owned(),
            source,
        };
        let opened = match self.ready {
            Ready::Through(open) => Ok(open),
            Ready::InPlace(file) => emptied(&file),
            Ready::Beside {
                written,
                file,
                existing,
            } => match written.persist(&file) {
                Ok(_) => return Ok(()),
                Err(error) if existing && is_refused(&error.error) => emptied(&file),
                Err(error) => Err(error.error),
            },
        };
        opened
            .and_then(|mut open| open.write_all(self.bytes))
            .map_err(failed)
    }
}

impl Ready {
    /// Writes the bytes beside `file`, with its mode and owner where it is
    /// there already.
    fn beside(
        path: &Path,
        file: PathBuf,
        existing: Option<&Metadata>,
        bytes: &[u8],
    ) -> Result<Self, SaveError> {
        let folder = match file.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let write = || -> io::Result<NamedTempFile> {
            let mut written = create(folder, existing.is_none())?;
            // The file says what is wrong without the name that nobody chose.
            written.as_file_mut().write_all(bytes)?;
            if let Some(existing) = existing {
                keep_owner_and_mode(written.as_file(), existing)?;
            }
            // Some systems find out here that a disk is full.
            written.as_file().sync_all()?;
            Ok(written)
        };
        match write() {
            Ok(written) => Ok(Self::Beside {
                written,
                file,
                existing: existing.is_some(),
            }),
            Err(_) if !folder.is_dir() => Err(SaveError::NoFolder {
                path: path.to_owned(),
                folder: folder.to_owned(),
            }),
            Err(source) => Err(SaveError::Write {
                path: path.to_owned(),
                source,
            }),
        }
    }
}

/// Whether the system would let us write to the file, which it does not change.
fn writable(file: &Path) -> io::Result<File> {
    File::options().write(true).open(file)
}

/// The file itself, emptied.
fn emptied(file: &Path) -> io::Result<File> {
    File::options().write(true).truncate(true).open(file)
}

/// Whether it is the folder, or the name in it, that the system keeps from us,
/// and not the disk that is full.
fn is_refused(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::ResourceBusy
            | io::ErrorKind::CrossesDevices
    )
}

/// A file of a name of its own. Until a file that replaces another is whole,
/// nobody else may read it.
#[cfg(unix)]
fn create(folder: &Path, public: bool) -> io::Result<NamedTempFile> {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;
    let mode = if public { 0o666 } else { 0o600 };
    Builder::new()
        .prefix(PREFIX)
        .suffix(SUFFIX)
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)
}

#[cfg(not(unix))]
fn create(folder: &Path, _public: bool) -> io::Result<NamedTempFile> {
    Builder::new()
        .prefix(PREFIX)
        .suffix(SUFFIX)
        .tempfile_in(folder)
}

/// Makes `file` belong to whom `existing` belongs to, and as open as it is.
///
/// Only root can give a file away. Where that fails the file is ours, and what
/// was for its group is not for ours.
#[cfg(unix)]
fn keep_owner_and_mode(file: &File, existing: &Metadata) -> io::Result<()> {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
    const GROUP: u32 = 0o070;
    let mine = file.metadata()?;
    let owner = (existing.uid() != mine.uid()).then(|| existing.uid());
    let group = (existing.gid() != mine.gid()).then(|| existing.gid());
    let mut mode = existing.mode() & 0o7777;
    let kept = (owner.is_none() && group.is_none()) || fchown(file, owner, group).is_ok();
    if !kept {
        // What runs as its owner must not run as another one.
        mode &= 0o777;
        if group.is_some() && fchown(file, None, group).is_err() {
            mode &= !GROUP;
        }
    }
    file.set_permissions(Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn keep_owner_and_mode(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}
