//! Splits the bytes of a CSV file into rows and fields, with their places.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::limits::{MAX_CELL_BYTES, MAX_COLUMNS};

/// One row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    /// The line it begins at, from 1.
    pub(crate) line: u64,
    pub(crate) fields: Vec<Field<'a>>,
}

/// One field of a row, without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    pub(crate) bytes: Cow<'a, [u8]>,
    /// The line it begins at.
    pub(crate) line: u64,
    /// The byte of that line it begins at, from 1.
    pub(crate) column: u64,
}

/// A row that is not CSV, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) line: u64,
    pub(crate) column: u64,
    pub(crate) reason: String,
}

/// The rows of a file. Blank lines are no rows. After a malformed row it goes
/// on at the next line, so that one stray quote does not swallow the rest.
#[derive(Debug, Clone)]
pub(crate) struct Records<'a> {
    bytes: &'a [u8],
    at: Place,
}

/// A position, with the line it is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    offset: usize,
    line: u64,
    line_start: usize,
}

impl Place {
    fn column(self) -> u64 {
        (self.offset - self.line_start) as u64 + 1
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl<'a> Records<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let offset = if bytes.starts_with(BYTE_ORDER_MARK) {
            BYTE_ORDER_MARK.len()
        } else {
            0
        };
        Self {
            bytes,
            at: Place {
                offset,
                line: 1,
                line_start: offset,
            },
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at.offset).copied()
    }

    /// Steps over one byte, which may end a line.
    fn step(&mut self) {
        let byte = self.peek();
        self.at.offset += 1;
        let ends = match byte {
            Some(b'\n') => true,
            Some(b'\r') => self.peek() != Some(b'\n'),
            _ => false,
        };
        if ends {
            self.at.line += 1;
            self.at.line_start = self.at.offset;
        }
    }

    fn skip_line(&mut self) {
        let line = self.at.line;
        while self.at.line == line && self.peek().is_some() {
            self.step();
        }
    }

    fn malformed(at: Place, reason: impl Into<String>) -> Malformed {
        Malformed {
            line: at.line,
            column: at.column(),
            reason: reason.into(),
        }
    }

    fn record(&mut self) -> Result<Record<'a>, Malformed> {
        let start = self.at;
        let mut fields = Vec::new();
        loop {
            let at = self.at;
            if fields.len() == MAX_COLUMNS {
                let reason = format!("more than {MAX_COLUMNS} columns");
                return Err(Self::malformed(at, reason));
            }
            let bytes = if self.peek() == Some(b'"') {
                self.quoted()?
            } else {
                self.unquoted()?
            };
            fields.push(Field {
                bytes,
                line: at.line,
                column: at.column(),
            });
            match self.peek() {
                Some(b',') => self.step(),
                Some(b'\r') if self.bytes.get(self.at.offset + 1) == Some(&b'\n') => {
                    self.step();
                    self.step();
                    break;
                }
                Some(b'\r' | b'\n') => {
                    self.step();
                    break;
                }
                None => break,
                Some(_) => {
                    let reason =
                        "text after the closing quote; write quotes inside a quoted cell twice";
                    return Err(Self::malformed(self.at, reason));
                }
            }
        }
        Ok(Record {
            line: start.line,
            fields,
        })
    }

    fn unquoted(&mut self) -> Result<Cow<'a, [u8]>, Malformed> {
        let rest = &self.bytes[self.at.offset..];
        let ends = |byte: &u8| matches!(byte, b',' | b'\r' | b'\n');
        let window = &rest[..rest.len().min(MAX_CELL_BYTES + 1)];
        let length = window.iter().position(ends).unwrap_or(window.len());
        if length > MAX_CELL_BYTES {
            return Err(Self::malformed(self.at, too_long()));
        }
        self.at.offset += length;
        Ok(Cow::Borrowed(&rest[..length]))
    }

    fn quoted(&mut self) -> Result<Cow<'a, [u8]>, Malformed> {
        let open = self.at;
        self.step();
        let start = self.at.offset;
        let mut escapes = false;
        loop {
            match self.peek() {
                None => {
                    let reason = "a quote is opened here and never closed";
                    return Err(Self::malformed(open, reason));
                }
                Some(b'"') if self.bytes.get(self.at.offset + 1) == Some(&b'"') => {
                    escapes = true;
                    self.step();
                }
                Some(b'"') => break,
                Some(_) => {}
            }
            self.step();
            if self.at.offset - start > MAX_CELL_BYTES {
                return Err(Self::malformed(open, too_long()));
            }
        }
        let inner = &self.bytes[start..self.at.offset];
        self.step();
        if !escapes {
            return Ok(Cow::Borrowed(inner));
        }
        let mut unescaped = Vec::with_capacity(inner.len());
        let mut skip = false;
        for &byte in inner {
            skip = byte == b'"' && !skip;
            if !skip {
                unescaped.push(byte);
            }
        }
        Ok(Cow::Owned(unescaped))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        while matches!(self.peek(), Some(b'\r' | b'\n')) {
            self.step();
        }
        self.peek()?;
        let start = self.at;
        let record = self.record();
        if record.is_err() {
            self.at = start;
            self.skip_line();
        }
        Some(record)
    }
}

fn too_long() -> String {
    format!("a cell of more than {MAX_CELL_BYTES} bytes; is a quote missing?")
}
