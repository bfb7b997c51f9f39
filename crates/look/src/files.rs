//! Which files are looked at, and what their names and folders say.

use std::path::{Path, PathBuf};

use crate::LookError;

/// Files that are looked at together.
const MAX_FILES: usize = 10_000;
/// Folders below the one that was named.
const DEPTH: usize = 4;
/// How recordings end.
const ENDINGS: [&str; 6] = ["csv", "tsv", "txt", "dat", "parquet", "pq"];

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// To learn from.
    Train,
    /// To measure on while something is chosen: its name says so.
    Validation,
    /// To measure on once, at the end: its name says so.
    Test,
}

/// A file, and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// What it is for.
    pub role: Role,
    /// The folder that it is in, where a folder above that was named.
    pub folder: Option<String>,
}

/// The recordings that paths lead to, each folder's in the order of their names.
///
/// # Errors
/// [`LookError::NoFiles`], [`LookError::TooMany`] and [`LookError::Read`].
pub fn find(paths: &[PathBuf]) -> Result<Vec<Found>, LookError> {
    let mut found = Vec::new();
    for path in paths {
        let before = found.len();
        if is_folder(path)? {
            walk(path, &Inside::default(), 0, &mut found)?;
        } else {
            found.push((path.clone(), Inside::default()));
        }
        if found.len() == before {
            return Err(LookError::NoFiles { path: path.clone() });
        }
    }
    let role_of = |(path, inside): &(PathBuf, Inside)| {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy());
        inside.role.or_else(|| role(&stem?)).unwrap_or(Role::Train)
    };
    let stems: Vec<Role> = found.iter().map(role_of).collect();
    // Without anything to learn from, names say nothing.
    let kept = stems.contains(&Role::Train)
        || found.len() > 1 && stems.iter().any(|role| *role != Role::Test);
    let files = found.into_iter().zip(stems);
    Ok(files
        .map(|((path, inside), role)| Found {
            path,
            role: if kept { role } else { Role::Train },
            folder: inside.folder,
        })
        .collect())
}

/// What the folders say that a file is in.
#[derive(Debug, Clone, Default)]
struct Inside {
    folder: Option<String>,
    role: Option<Role>,
}

fn read_error(path: &Path) -> impl Fn(std::io::Error) -> LookError + '_ {
    move |source| LookError::Read {
        path: path.to_path_buf(),
        source,
    }
}

fn is_folder(path: &Path) -> Result<bool, LookError> {
    Ok(std::fs::metadata(path).map_err(read_error(path))?.is_dir())
}

fn walk(
    folder: &Path,
    inside: &Inside,
    depth: usize,
    found: &mut Vec<(PathBuf, Inside)>,
) -> Result<(), LookError> {
    let entries = std::fs::read_dir(folder).map_err(read_error(folder))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(read_error(folder))?.path();
        let hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
        if !path.file_name().is_none_or(hidden) {
            paths.push(path);
        }
        many(paths.len())?;
    }
    paths.sort();
    for path in paths {
        if path.is_dir() {
            let name = path.file_name().map(|name| name.to_string_lossy());
            let name = name.unwrap_or_default();
            let mut inner = inside.clone();
            match role(&name) {
                Some(role) => inner.role = Some(role),
                None => inner.folder = Some(name.into_owned()),
            }
            if depth < DEPTH {
                walk(&path, &inner, depth + 1, found)?;
            }
        } else if is_recording(&path) {
            found.push((path, inside.clone()));
            many(found.len())?;
        }
    }
    Ok(())
}

fn many(count: usize) -> Result<(), LookError> {
    if count > MAX_FILES {
        return Err(LookError::TooMany {
            what: "files",
            limit: MAX_FILES,
        });
    }
    Ok(())
}

fn is_recording(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy());
    let ending = ending.map(|ending| ending.to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()) && !is_about(path))
}

/// Whether a text is about recordings, and is none.
fn is_about(path: &Path) -> bool {
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().to_lowercase());
    stem.is_some_and(|stem| stem.starts_with("readme") || stem.starts_with("licen"))
}

/// What the name of a file or folder says that it is for.
fn role(name: &str) -> Option<Role> {
    let name = name.to_lowercase();
    let mut words = name.split(|letter: char| !letter.is_ascii_alphabetic());
    words.find_map(|word| match word {
        "train" | "training" => Some(Role::Train),
        "validation" | "valid" | "val" | "dev" => Some(Role::Validation),
        "test" | "testing" => Some(Role::Test),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Role, role};

    #[test]
    fn names_say_what_files_are_for() {
        for (name, expected) in [
            ("train", Some(Role::Train)),
            ("GunPoint_TEST", Some(Role::Test)),
            ("val-2", Some(Role::Validation)),
            ("pump7", None),
            ("latest", None),
            ("valve", None),
        ] {
            assert_eq!(role(name), expected, "{name}");
        }
    }
}
