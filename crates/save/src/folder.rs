//! Files that belong together: all of them are written, or none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::SaveError;
use crate::staged::Staged;

/// A folder for results, made where it is missing.
///
/// One that was made and is still empty when this is dropped goes again:
/// what fails leaves nothing behind.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// The folders that were made, the deepest first.
    made: Vec<PathBuf>,
}

impl Folder {
    /// Opens a folder, and makes it and those above it where they are missing.
    ///
    /// # Errors
    /// [`SaveError::NotFolder`] and [`SaveError::Write`].
    pub fn create(path: &Path) -> Result<Self, SaveError> {
        let failed = |source: io::Error| SaveError::Write {
            path: path.to_owned(),
            source,
        };
        let missing: Vec<PathBuf> = path
            .ancestors()
            .filter(|at| !at.as_os_str().is_empty())
            .take_while(|at| !at.exists())
            .map(Path::to_owned)
            .collect();
        match fs::create_dir_all(path) {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                made: missing,
            }),
            Err(_) if path.exists() && !path.is_dir() => Err(SaveError::NotFolder {
                path: path.to_owned(),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                let file = path.ancestors().find(|at| at.exists() && !at.is_dir());
                Err(SaveError::NotFolder {
                    path: file.unwrap_or(path).to_owned(),
                })
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes files of these names into the folder: all of them, or where one
    /// cannot be written, none.
    ///
    /// # Errors
    /// As [`crate::save`].
    pub fn save_all(&self, files: &[(&str, &[u8])]) -> Result<(), SaveError> {
        let paths: Vec<PathBuf> = files.iter().map(|(name, _)| self.path.join(name)).collect();
        let staged = paths
            .iter()
            .zip(files)
            .map(|(path, (_, bytes))| Staged::new(path, bytes))
            .collect::<Result<Vec<Staged<'_>>, SaveError>>()?;
        staged.into_iter().try_for_each(Staged::commit)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder with something in it stays, which the system sees to.
        for made in &self.made {
            let _ = fs::remove_dir(made);
        }
    }
}
