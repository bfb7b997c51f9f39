//! Where a name leads: to a file, or to something that is written through.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::SaveError;

/// Links behind one another that are followed, as many as Linux follows.
const MOST_LINKS: usize = 40;

/// What a name leads to.
pub(crate) enum Place {
    /// Something that is open already, or that is no regular file.
    Through(File),
    /// A regular file that is there.
    Existing {
        /// The file itself, behind all links.
        file: PathBuf,
        data: Metadata,
    },
    /// A file to be made.
    New(PathBuf),
}

/// Where a chain of links ends.
enum End {
    /// A name that is no link.
    Name(PathBuf),
    /// An open descriptor of this process or another.
    Descriptor(Descriptor),
}

/// A name of an open descriptor, such as `/proc/self/fd/1`.
struct Descriptor {
    path: PathBuf,
    number: u32,
    own: bool,
}

impl Place {
    pub(crate) fn of(path: &Path) -> Result<Self, SaveError> {
        let failed = |source| SaveError::Write {
            path: path.to_owned(),
            source,
        };
        // The system follows links by its own rules first: it may refuse some.
        let found = match fs::metadata(path) {
            Ok(data) => Some(data),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        let folder = found.as_ref().is_some_and(Metadata::is_dir);
        if folder || ends_like_a_folder(path) {
            return Err(SaveError::IsFolder {
                path: path.to_owned(),
            });
        }
        let end = follow(path).map_err(failed)?;
        match (end, found) {
            (End::Descriptor(descriptor), _) => {
                descriptor.open().map(Self::Through).map_err(failed)
            }
            (End::Name(file), None) => Ok(Self::New(file)),
            (End::Name(file), Some(data)) if data.is_file() => Ok(Self::Existing { file, data }),
            (End::Name(_), Some(data)) if is_socket(&data) => Err(SaveError::Socket {
                path: path.to_owned(),
            }),
            (End::Name(file), Some(_)) => {
                let opened = File::options().write(true).open(file);
                opened.map(Self::Through).map_err(failed)
            }
        }
    }
}

/// Whether bytes saved to `path` go to this program's standard output, by
/// whatever name: messages belong elsewhere then.
#[must_use]
pub fn is_stdout(path: &Path) -> bool {
    match follow(path) {
        Ok(End::Descriptor(descriptor)) => descriptor.is_stdout(),
        _ => false,
    }
}

fn ends_like_a_folder(path: &Path) -> bool {
    let text = path.as_os_str().as_encoded_bytes();
    text.last()
        .is_some_and(|&byte| std::path::is_separator(char::from(byte)))
}

/// Follows links until there are none, or to an open descriptor: what a link
/// says there (`pipe:[9]`) is no name.
fn follow(path: &Path) -> io::Result<End> {
    let mut at = path.to_owned();
    for _ in 0..=MOST_LINKS {
        if let Some(descriptor) = Descriptor::named(&at) {
            return Ok(End::Descriptor(descriptor));
        }
        match fs::read_link(&at) {
            Ok(next) => at = at.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(End::Name(at)),
        }
    }
    Err(io::Error::other("its links lead in a circle"))
}

impl Descriptor {
    /// The descriptor of that name, where it is one: `/dev/fd/3`, which is
    /// `/proc/self/fd/3` on Linux.
    fn named(path: &Path) -> Option<Self> {
        let number: u32 = path.file_name()?.to_str()?.parse().ok()?;
        let folder = path.parent()?.canonicalize().ok()?;
        let mut parts = folder.to_str()?.split('/').skip(1);
        let own = match [parts.next(), parts.next(), parts.next()] {
            [Some("dev"), Some("fd"), None] => true,
            [Some("proc"), Some(process), Some("fd" | "task")] if folder.ends_with("fd") => {
                process.parse() == Ok(std::process::id())
            }
            _ => return None,
        };
        Some(Self {
            path: path.to_owned(),
            number,
            own,
        })
    }

    /// A file that writes where the descriptor stands.
    ///
    /// Opening its name anew would write over the beginning of a file that the
    /// shell has opened. The standard streams can be doubled instead; of the
    /// others the end of the file is where they stand.
    fn open(&self) -> io::Result<File> {
        match self.standard() {
            Some(file) => file,
            None => File::options().append(true).open(&self.path),
        }
    }

    fn is_stdout(&self) -> bool {
        if self.own && self.number == 1 {
            return true;
        }
        let stdout = Self {
            path: PathBuf::new(),
            number: 1,
            own: true,
        };
        let same = || -> io::Result<bool> {
            let there = stdout.open()?.metadata()?;
            Ok(is_same(&there, &fs::metadata(&self.path)?))
        };
        same().unwrap_or(false)
    }
}

#[cfg(unix)]
impl Descriptor {
    /// Standard output or standard error, doubled.
    fn standard(&self) -> Option<io::Result<File>> {
        use std::os::fd::AsFd as _;
        let descriptor = match (self.own, self.number) {
            (true, 1) => io::stdout().as_fd().try_clone_to_owned(),
            (true, 2) => io::stderr().as_fd().try_clone_to_owned(),
            _ => return None,
        };
        Some(descriptor.map(File::from))
    }
}

#[cfg(not(unix))]
impl Descriptor {
    /// Names of descriptors are a thing of Unix.
    fn standard(&self) -> Option<io::Result<File>> {
        None
    }
}

#[cfg(unix)]
fn is_socket(data: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    data.file_type().is_socket()
}

#[cfg(not(unix))]
fn is_socket(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    false
}
