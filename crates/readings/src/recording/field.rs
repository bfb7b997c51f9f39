//! The text of a field of a row.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::Problem;
use crate::limits::MAX_CELL_BYTES;
use crate::rows::Field;

/// The text of the field at a position, which comes back with what is wrong.
///
/// # Errors
/// [`Problem::LongCell`] and [`Problem::NotText`].
pub(super) fn text<'r>(
    fields: &'r [Field<'_>],
    at: usize,
) -> Result<Cow<'r, str>, (usize, Problem)> {
    let bytes = fields.get(at).map_or(&[][..], |field| &field.bytes);
    if bytes.len() > MAX_CELL_BYTES {
        let limit = MAX_CELL_BYTES;
        return Err((at, Problem::LongCell { limit }));
    }
    match core::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => Err((at, Problem::NotText)),
    }
}

/// The text of a field, as far as it is one.
pub(super) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
