//! Splits the bytes of a table into rows and fields, with their positions.
//!
//! Quotes are those of RFC 4180, lines end in LF, CRLF or CR. Blank rows, with
//! nothing in any field, are no rows. After a malformed row it goes on at the
//! next line, so that one stray quote does not swallow the rest.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::Problem;
use crate::limits::{MAX_CELL_BYTES, MAX_COLUMNS};

/// What stands between the fields of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
    /// `|`
    Pipe,
    /// Any number of spaces.
    Spaces,
}

impl Delimiter {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Comma,
        Self::Semicolon,
        Self::Tab,
        Self::Pipe,
        Self::Spaces,
    ];

    /// What a user calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Tab => "tab",
            Self::Pipe => "pipe",
            Self::Spaces => "space",
        }
    }

    /// The one with this name, or that is this character, or `None`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let is = |delimiter: &Self| {
            name == delimiter.name()
                || name.as_bytes() == [delimiter.byte()]
                || name == "\\t" && *delimiter == Self::Tab
        };
        Self::ALL.into_iter().find(is)
    }

    /// Its character.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
            Self::Spaces => b' ',
        }
    }
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row<'a> {
    /// The line it begins at, from 1.
    pub line: u64,
    /// Its fields.
    pub fields: Vec<Field<'a>>,
}

impl Row<'_> {
    /// Whether no field has anything in it. The end of file of old systems and
    /// the zeros of a file that was allocated ahead are nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.fields.iter().all(|field| is_blank(&field.bytes))
    }
}

/// One field of a row, without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<'a> {
    /// What is in it.
    pub bytes: Cow<'a, [u8]>,
    /// Whether it stood in quotes.
    pub quoted: bool,
    /// The line it begins at.
    pub line: u64,
    /// The byte of that line it begins at, from 1.
    pub column: u64,
}

/// Whether bytes are nothing but white space, or the end of a file.
#[must_use]
pub fn is_blank(bytes: &[u8]) -> bool {
    const END_OF_FILE: u8 = 0x1a;
    bytes
        .iter()
        .all(|byte| byte.is_ascii_whitespace() || matches!(*byte, 0 | END_OF_FILE))
}

/// A row that is none, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Malformed {
    /// Its line, from 1.
    pub line: u64,
    /// The byte of that line, from 1.
    pub column: u64,
    /// What is wrong.
    pub problem: Problem,
}

/// A position between two rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Bytes before it.
    pub offset: usize,
    /// The line it is on, from 1.
    pub line: u64,
    line_start: usize,
}

impl Position {
    /// The beginning of a line, which has this number.
    #[must_use]
    pub fn at_line(offset: usize, line: u64) -> Self {
        Self {
            offset,
            line,
            line_start: offset,
        }
    }

    fn column(self) -> u64 {
        (self.offset - self.line_start) as u64 + 1
    }
}

/// The rows of some bytes.
#[derive(Debug, Clone)]
pub struct Rows<'a> {
    bytes: &'a [u8],
    at: Position,
    delimiter: Delimiter,
    /// Whether the bytes end where the table does.
    complete: bool,
}

/// UTF-8's byte order mark.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a step over a row can meet.
enum Stop {
    Malformed(Malformed),
    /// The bytes end before the row does.
    More,
}

impl<'a> Rows<'a> {
    /// The rows of a whole table, behind its byte order mark.
    #[must_use]
    pub fn new(bytes: &'a [u8], delimiter: Delimiter) -> Self {
        let offset = match bytes.starts_with(BYTE_ORDER_MARK) {
            true => BYTE_ORDER_MARK.len(),
            false => 0,
        };
        Self::from_position(bytes, delimiter, Position::at_line(offset, 1))
    }

    /// The rows from a position on.
    #[must_use]
    pub fn from_position(bytes: &'a [u8], delimiter: Delimiter, at: Position) -> Self {
        Self {
            bytes,
            at,
            delimiter,
            complete: true,
        }
    }

    /// The same of a piece of a table that goes on: a row that the piece does
    /// not hold to its end is not given, and [`Rows::position`] is where it begins.
    #[must_use]
    pub fn of_piece(mut self) -> Self {
        self.complete = false;
        self
    }

    /// Where the next row begins.
    #[must_use]
    pub fn position(&self) -> Position {
        self.at
    }

    /// Reads the next row into one that is there already; `None` at the end.
    ///
    /// # Errors
    /// [`Malformed`] with [`Problem::OpenQuote`], [`Problem::AfterQuote`],
    /// [`Problem::LongCell`] or [`Problem::TooManyColumns`]; what comes behind
    /// its line can be read.
    pub fn read(&mut self, row: &mut Row<'a>) -> Option<Result<(), Malformed>> {
        loop {
            while matches!(self.peek(), Some(b'\r' | b'\n')) {
                // The other half of a line's end may be in the next piece.
                let is_last = self.at.offset + 1 == self.bytes.len();
                if !self.complete && is_last && self.peek() == Some(b'\r') {
                    return None;
                }
                self.step();
            }
            self.peek()?;
            let start = self.at;
            match self.record(row) {
                Ok(()) if row.is_blank() => {}
                Ok(()) => return Some(Ok(())),
                Err(Stop::More) => {
                    self.at = start;
                    return None;
                }
                Err(Stop::Malformed(malformed)) => {
                    self.at = start;
                    if !self.skip_line() {
                        self.at = start;
                        return None;
                    }
                    return Some(Err(malformed));
                }
            }
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

    /// Goes to the next line; false where the bytes of a piece end before it.
    fn skip_line(&mut self) -> bool {
        let line = self.at.line;
        while self.at.line == line && self.peek().is_some() {
            self.step();
        }
        self.complete || (self.at.line != line && self.peek().is_some())
    }

    fn malformed(at: Position, problem: Problem) -> Stop {
        Stop::Malformed(Malformed {
            line: at.line,
            column: at.column(),
            problem,
        })
    }

    fn record(&mut self, row: &mut Row<'a>) -> Result<(), Stop> {
        row.line = self.at.line;
        row.fields.clear();
        if self.delimiter == Delimiter::Spaces {
            self.skip_spaces();
        }
        loop {
            let at = self.at;
            if row.fields.len() == MAX_COLUMNS {
                let limit = MAX_COLUMNS;
                return Err(Self::malformed(at, Problem::TooManyColumns { limit }));
            }
            let quoted = self.skip_to_quote();
            let bytes = if quoted {
                self.quoted()?
            } else {
                self.unquoted()?
            };
            row.fields.push(Field {
                bytes,
                quoted,
                line: at.line,
                column: at.column(),
            });
            match self.peek() {
                Some(byte) if byte == self.delimiter.byte() => {
                    self.step();
                    if self.delimiter == Delimiter::Spaces {
                        self.skip_spaces();
                        if matches!(self.peek(), Some(b'\r' | b'\n')) {
                            return self.end_line();
                        }
                    }
                }
                Some(b'\r' | b'\n') => return self.end_line(),
                None if self.complete => return Ok(()),
                None => return Err(Stop::More),
                // A quote that closes lines below was opened by mistake.
                Some(_) => {
                    let place = if at.line == self.at.line { self.at } else { at };
                    return Err(Self::malformed(place, Problem::AfterQuote));
                }
            }
        }
    }

    fn end_line(&mut self) -> Result<(), Stop> {
        if self.peek() == Some(b'\r') {
            match self.bytes.get(self.at.offset + 1) {
                Some(b'\n') => self.step(),
                // The other half of the line's end may be in the next piece.
                None if !self.complete => return Err(Stop::More),
                _ => {}
            }
        }
        self.step();
        Ok(())
    }

    fn skip_spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.at.offset += 1;
        }
    }

    /// Goes to the quote that the field begins with, over spaces; stays where it
    /// begins with none.
    fn skip_to_quote(&mut self) -> bool {
        let start = self.at;
        self.skip_spaces();
        let found = self.peek() == Some(b'"');
        if !found {
            self.at = start;
        }
        found
    }

    fn unquoted(&mut self) -> Result<Cow<'a, [u8]>, Stop> {
        let rest = &self.bytes[self.at.offset..];
        let delimiter = self.delimiter.byte();
        let ends = |byte: &u8| *byte == delimiter || matches!(*byte, b'\r' | b'\n');
        let window = &rest[..rest.len().min(MAX_CELL_BYTES + 1)];
        let length = window.iter().position(ends).unwrap_or(window.len());
        if length > MAX_CELL_BYTES {
            return Err(Self::malformed(self.at, long_cell()));
        }
        self.at.offset += length;
        Ok(Cow::Borrowed(&rest[..length]))
    }

    fn quoted(&mut self) -> Result<Cow<'a, [u8]>, Stop> {
        let open = self.at;
        self.step();
        let start = self.at.offset;
        let mut escapes = false;
        loop {
            match self.peek() {
                None if self.complete => return Err(Self::malformed(open, Problem::OpenQuote)),
                None => return Err(Stop::More),
                Some(b'"') => match self.bytes.get(self.at.offset + 1) {
                    Some(b'"') => {
                        escapes = true;
                        self.step();
                    }
                    None if !self.complete => return Err(Stop::More),
                    _ => break,
                },
                Some(_) => {}
            }
            self.step();
            if self.at.offset - start > MAX_CELL_BYTES {
                return Err(Self::malformed(open, long_cell()));
            }
        }
        let inner = &self.bytes[start..self.at.offset];
        self.step();
        let end = self.at;
        self.skip_spaces();
        if matches!(self.peek(), Some(b'"')) || self.delimiter == Delimiter::Spaces {
            self.at = end;
        }
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

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Row<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut row = Row::default();
        self.read(&mut row).map(|read| read.map(|()| row))
    }
}

fn long_cell() -> Problem {
    Problem::LongCell {
        limit: MAX_CELL_BYTES,
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};
    use alloc::vec;
    use alloc::vec::Vec;

    use super::{Delimiter, Rows};

    fn texts(text: &str, delimiter: Delimiter) -> Vec<Vec<String>> {
        let rows = Rows::new(text.as_bytes(), delimiter);
        rows.map(|row| {
            let row = row.expect("a row");
            let text = |bytes| core::str::from_utf8(bytes).expect("text").to_string();
            row.fields.iter().map(|field| text(&field.bytes)).collect()
        })
        .collect()
    }

    #[test]
    fn quotes_spaces_and_blank_rows() {
        let text = "\u{feff}a,b\r\n\"1\", \"2 \"\"x\"\"\" \n ,\n,,\n\n3,4\r\0\0\n\u{1a}";
        let expected = vec![vec!["a", "b"], vec!["1", "2 \"x\""], vec!["3", "4"]];
        assert_eq!(texts(text, Delimiter::Comma), expected);
    }

    #[test]
    fn a_quote_that_closes_lines_below_is_said_where_it_opens() {
        let rows = Rows::new(b"a\n\"1\n2,\"x\" y\n3\n", Delimiter::Comma);
        let malformed = rows
            .filter_map(Result::err)
            .map(|bad| (bad.line, bad.column));
        assert_eq!(malformed.collect::<Vec<_>>(), [(2, 1), (3, 7)]);
    }

    #[test]
    fn spaces_separate_in_any_number() {
        let text = "  a   b \n 1  \"2 3\"\n4 5";
        let expected = vec![vec!["a", "b"], vec!["1", "2 3"], vec!["4", "5"]];
        assert_eq!(texts(text, Delimiter::Spaces), expected);
    }

    #[test]
    fn names_are_their_own() {
        for delimiter in Delimiter::ALL {
            assert_eq!(Delimiter::from_name(delimiter.name()), Some(delimiter));
        }
        assert_eq!(Delimiter::from_name(";"), Some(Delimiter::Semicolon));
        assert_eq!(Delimiter::from_name("x"), None);
    }
}
