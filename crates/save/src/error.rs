//! Why a file cannot be written, and what to do about it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// A file or a folder that cannot be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SaveError {
    /// The name is that of a folder.
    #[error("{path} is a folder; name the file to write in it")]
    IsFolder {
        /// The name as given.
        path: PathBuf,
    },
    /// The name of a folder to be is that of something else.
    #[error("{path} is no folder; name a folder, or move what has that name away")]
    NotFolder {
        /// The name as given.
        path: PathBuf,
    },
    /// The name is that of a socket.
    #[error("{path} is a socket, which takes no files; write to standard output and pipe it there")]
    Socket {
        /// The name as given.
        path: PathBuf,
    },
    /// The folder of the file is missing.
    #[error("there is no folder {folder} to write {path} in; make it, or check the path")]
    NoFolder {
        /// The name as given.
        path: PathBuf,
        /// What is missing.
        folder: PathBuf,
    },
    /// The file is there and must not be written.
    #[error("{path} must not be written; change its permissions, or write to another file")]
    ReadOnly {
        /// The name as given.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another program works in the folder.
    #[error("another program is at work in {path}; wait until it is done, or name another folder")]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// Anything else that the system refuses.
    #[error("{path} cannot be written; is the folder yours to write in, and is there room?")]
    Write {
        /// The name as given.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}
