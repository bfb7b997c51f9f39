//! What a page says of its size is held to a limit before memory is set aside for it.
//!
//! The library believes a page's header: it makes room for as many bytes as that says,
//! up to 2 GiB, whatever the page turns out to hold. It asks for the header of a page
//! and then for its bytes, so that whoever hands out both can look at the one before
//! the other.
//!
//! # Source
//! `PageHeader` of the Parquet format in Thrift's compact protocol: its first fields are
//! the type, the size once it is unpacked, and the size in the file, each an `i32`.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// Bytes of a page: writers make pages of one to a few MiB.
pub(super) const MAX_PAGE: i64 = 1 << 28;
/// The first three fields of a header have no more bytes.
const HEADER: usize = 18;
/// A field that follows the one before it, of type `i32`.
const NEXT_I32: u8 = 0x15;

/// A file whose pages are no larger than [`MAX_PAGE`].
pub(super) struct Bounded<R> {
    inner: R,
    header: Header,
}

/// What was read of the last header; nothing is noted before pages are read.
#[derive(Clone, Default)]
pub(super) struct Header(Arc<Mutex<Option<Vec<u8>>>>);

impl Header {
    fn lock(&self) -> MutexGuard<'_, Option<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pages are read from here on.
    pub(super) fn pages_begin(&self) {
        *self.lock() = Some(Vec::new());
    }
}

impl<R> Bounded<R> {
    /// The file, and what is to be told when the footer was read.
    pub(super) fn new(inner: R) -> (Self, Header) {
        let header = Header::default();
        let bounded = Self {
            inner,
            header: header.clone(),
        };
        (bounded, header)
    }
}

impl<R: Length> Length for Bounded<R> {
    fn len(&self) -> u64 {
        self.inner.len()
    }
}

impl<R: ChunkReader> ChunkReader for Bounded<R> {
    type T = Noted<R::T>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(Noted {
            inner: self.inner.get_read(start)?,
            header: self.header.clone(),
            begins: true,
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        if let Some(header) = self.header.lock().as_deref() {
            check(header)?;
        }
        self.inner.get_bytes(start, length)
    }
}

/// A reader of which the first bytes are noted.
pub(super) struct Noted<T> {
    inner: T,
    header: Header,
    /// Whether nothing was read yet.
    begins: bool,
}

impl<T: Read> Read for Noted<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if let Some(header) = self.header.lock().as_mut() {
            if self.begins {
                header.clear();
                self.begins = false;
            }
            let more = HEADER.saturating_sub(header.len()).min(read);
            header.extend_from_slice(buffer.get(..more).unwrap_or_default());
        }
        Ok(read)
    }
}

/// Checks the beginning of a header; before the first there is none.
fn check(header: &[u8]) -> Result<()> {
    if header.is_empty() {
        return Ok(());
    }
    let mut rest = header;
    let (_, Some(unpacked), Some(packed)) = (next(&mut rest), next(&mut rest), next(&mut rest))
    else {
        return Err(ParquetError::General(
            "the header of a page does not begin with its sizes".to_owned(),
        ));
    };
    match unpacked.max(packed) {
        0..=MAX_PAGE => Ok(()),
        size => Err(ParquetError::General(format!(
            "a page says that it has {size} bytes, where {MAX_PAGE} are read at most: write \
             the file again with smaller pages or groups of rows"
        ))),
    }
}

/// The number of the next field.
fn next(rest: &mut &[u8]) -> Option<i64> {
    let (NEXT_I32, mut behind) = rest.split_first().map(|(first, rest)| (*first, rest))? else {
        return None;
    };
    let mut value = 0_u64;
    for shift in (0..35).step_by(7) {
        let (byte, more) = behind.split_first()?;
        behind = more;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            *rest = behind;
            // Zigzag: the sign is the lowest bit.
            return Some((value >> 1) as i64 ^ -((value & 1) as i64));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{MAX_PAGE, check};

    /// A header with these sizes, as writers have it.
    fn header(unpacked: i64, packed: i64) -> Vec<u8> {
        let mut bytes = Vec::new();
        for value in [0, unpacked, packed] {
            bytes.push(0x15);
            let mut zigzag = ((value << 1) ^ (value >> 63)) as u64;
            while zigzag > 0x7f {
                bytes.push(zigzag as u8 | 0x80);
                zigzag >>= 7;
            }
            bytes.push(zigzag as u8);
        }
        bytes
    }

    #[test]
    fn sizes_are_held_to_the_limit() {
        for (unpacked, packed, fits) in [
            (0, 0, true),
            (1 << 20, 1 << 10, true),
            (MAX_PAGE, 7, true),
            (MAX_PAGE + 1, 7, false),
            (i64::from(i32::MAX), 7, false),
            (7, MAX_PAGE + 1, false),
            (-1, -1, false),
        ] {
            let found = check(&header(unpacked, packed));
            assert_eq!(found.is_ok(), fits, "{unpacked} {packed}");
        }
        check(&[]).expect("no page yet");
        for other in [
            &[0x15][..],
            &[0x25, 0, 0x15, 0],
            &[0x15, 0, 0x15, 0xff, 0xff],
        ] {
            assert!(check(other).is_err(), "{other:?}");
        }
    }
}
