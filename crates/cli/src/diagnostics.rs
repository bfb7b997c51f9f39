//! What goes to standard error: warnings, progress, why the work ended.
//!
//! A diagnostic that cannot be written is dropped. The reader of standard
//! error may have left (`2>&1 | head`) or its disk may be full; neither is a
//! reason to end the work, as `eprintln!` would by panicking.

use std::fmt;
use std::io::{self, Write as _};

/// One line on standard error, behind the name of the program.
///
/// Takes what `format!` takes.
macro_rules! note {
    ($($text:tt)*) => {
        $crate::diagnostics::line(format_args!($($text)*))
    };
}
pub(crate) use note;

/// One line on standard error, behind the name of the program.
pub(crate) fn line(text: fmt::Arguments<'_>) {
    raw(format_args!("senselm: {text}\n"));
}

/// Text on standard error as it is.
///
/// It is written in one piece, so that lines of several processes stay whole.
pub(crate) fn raw(text: fmt::Arguments<'_>) {
    let mut err = io::stderr().lock();
    let _ = err
        .write_all(text.to_string().as_bytes())
        .and_then(|()| err.flush());
}
