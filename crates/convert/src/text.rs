//! Reading the small files of a folder: bounded, as UTF-8, with or without a
//! byte order mark.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::ConvertError;

/// The most bytes of a file of settings.
pub(crate) const MAX_SETTINGS_BYTES: u64 = 16 << 20;
/// The most bytes of a file of a tokenizer.
pub(crate) const MAX_TOKENIZER_BYTES: u64 = 256 << 20;

/// What a file begins with that Git put in the place of a large one.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// A file as text, without its byte order mark.
pub(crate) fn read_text(path: &Path, max: u64) -> Result<String, ConvertError> {
    let failed = |source| ConvertError::Read {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    let said = file.metadata().map_err(failed)?.len();
    if said <= max {
        file.take(max + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    let found = said.max(bytes.len() as u64);
    if found > max {
        return Err(ConvertError::TooLarge {
            path: path.to_owned(),
            found,
            max,
        });
    }
    refuse_pointer(path, &bytes)?;
    let text = String::from_utf8(bytes).map_err(|_| ConvertError::NotUtf8 {
        path: path.to_owned(),
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// A file of JSON.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path, max: u64) -> Result<T, ConvertError> {
    serde_json::from_str(&read_text(path, max)?).map_err(|source| ConvertError::Json {
        path: path.to_owned(),
        source,
    })
}

/// Refuses what Git left where a large file was not fetched.
pub(crate) fn refuse_pointer(path: &Path, bytes: &[u8]) -> Result<(), ConvertError> {
    if bytes.starts_with(POINTER) {
        return Err(ConvertError::Pointer {
            path: path.to_owned(),
        });
    }
    Ok(())
}
