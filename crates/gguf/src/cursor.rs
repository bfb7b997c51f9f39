//! A reader over bytes that knows where it is and never reads past the end.

use crate::GgufError;

#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// The next `count` bytes.
    pub(crate) fn take(&mut self, count: u64, what: &'static str) -> Result<&'a [u8], GgufError> {
        let rest = &self.bytes[self.offset..];
        match usize::try_from(count)
            .ok()
            .and_then(|n| rest.split_at_checked(n))
        {
            Some((taken, _)) => {
                self.offset += taken.len();
                Ok(taken)
            }
            None => Err(GgufError::Truncated {
                what,
                offset: self.offset,
                needed: count,
                remaining: rest.len(),
            }),
        }
    }

    pub(crate) fn array<const N: usize>(
        &mut self,
        what: &'static str,
    ) -> Result<[u8; N], GgufError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N as u64, what)?);
        Ok(array)
    }

    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32, GgufError> {
        self.array(what).map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self, what: &'static str) -> Result<u64, GgufError> {
        self.array(what).map(u64::from_le_bytes)
    }

    /// A string: its length as `u64`, then UTF-8.
    pub(crate) fn str(&mut self, what: &'static str, max: u64) -> Result<&'a str, GgufError> {
        let offset = self.offset;
        let found = self.u64(what)?;
        if found > max {
            return Err(GgufError::StringTooLong {
                what,
                offset,
                found,
                max,
            });
        }
        let offset = self.offset;
        let bytes = self.take(found, what)?;
        core::str::from_utf8(bytes).map_err(|_| GgufError::NotUtf8 { what, offset })
    }
}
