//! The text of a file, piece by piece where it is large.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use senselm_decode::{Encoding, ParquetText, decode, is_parquet};
use senselm_readings::Table;
use senselm_readings::rows::{Position, Row, Rows};

use crate::{LookError, Options};

/// A file up to this size is held in memory.
const SMALL: u64 = 32 << 20;
/// One that is not UTF-8 is held up to this size.
const LARGEST_HELD: u64 = 1 << 30;
/// What is read of a larger one at a time; a row is no longer than sixteen of it.
const PIECE: usize = 4 << 20;
const LONGEST_ROW: usize = PIECE * 16;

/// A text that was opened.
pub(crate) struct Text {
    path: PathBuf,
    kind: Kind,
    /// Its encoding, where that is not UTF-8 and nobody said so.
    pub(crate) encoding: Option<&'static str>,
}

enum Kind {
    Held(Vec<u8>),
    /// UTF-8 that is read as it is needed.
    Streamed,
    /// A Parquet file whose text is made as it is needed.
    Made,
}

impl Text {
    pub(crate) fn open(path: &Path, options: &Options) -> Result<Self, LookError> {
        Self::open_with(path, options.encoding, SMALL)
    }

    fn open_with(
        path: &Path,
        told: Option<&'static Encoding>,
        small: u64,
    ) -> Result<Self, LookError> {
        let refused = |source| LookError::Read {
            path: path.to_path_buf(),
            source,
        };
        let size = std::fs::metadata(path).map_err(refused)?.len();
        let mut begin = Vec::new();
        let file = File::open(path).map_err(refused)?;
        file.take(8).read_to_end(&mut begin).map_err(refused)?;
        if is_parquet(&begin) {
            return Ok(Self {
                path: path.to_path_buf(),
                kind: Kind::Made,
                encoding: None,
            });
        }
        let is_utf8 = told.is_none_or(|told| told.name() == "UTF-8");
        if size > small && is_utf8 && is_plain(path).map_err(refused)? {
            return Ok(Self {
                path: path.to_path_buf(),
                kind: Kind::Streamed,
                encoding: None,
            });
        }
        let mut bytes = Vec::new();
        let mut file = File::open(path).map_err(refused)?.take(LARGEST_HELD + 1);
        file.read_to_end(&mut bytes).map_err(refused)?;
        if bytes.len() as u64 > LARGEST_HELD {
            return Err(LookError::TooLarge {
                path: path.to_path_buf(),
                limit: LARGEST_HELD,
            });
        }
        let decoded = decode(bytes, told).map_err(|problem| LookError::Encoding {
            path: path.to_path_buf(),
            problem,
        })?;
        Ok(Self {
            path: path.to_path_buf(),
            kind: Kind::Held(decoded.text),
            encoding: decoded.encoding.filter(|_| told.is_none()),
        })
    }

    fn refused(&self, source: std::io::Error) -> LookError {
        let path = self.path.clone();
        match source.kind() {
            ErrorKind::InvalidData => LookError::Encoding {
                path,
                problem: senselm_decode::problem(source),
            },
            _ => LookError::Read { path, source },
        }
    }

    /// Reads it from its beginning.
    fn open_again(&self) -> Result<Box<dyn Read>, LookError> {
        let file = File::open(&self.path).map_err(|error| self.refused(error))?;
        if !matches!(self.kind, Kind::Made) {
            return Ok(Box::new(file));
        }
        let made = ParquetText::of_file(file).map_err(|problem| LookError::Encoding {
            path: self.path.clone(),
            problem,
        })?;
        Ok(Box::new(made))
    }

    /// Its first bytes, and whether they are all.
    pub(crate) fn beginning(&self, length: usize) -> Result<(Vec<u8>, bool), LookError> {
        match &self.kind {
            Kind::Held(text) => {
                let sample = text.get(..length).unwrap_or(text);
                Ok((sample.to_vec(), sample.len() == text.len()))
            }
            Kind::Streamed | Kind::Made => {
                let mut sample = Vec::new();
                let mut file = self.open_again()?.take(length as u64 + 1);
                let read = file.read_to_end(&mut sample);
                read.map_err(|error| self.refused(error))?;
                let complete = sample.len() <= length;
                sample.truncate(length);
                Ok((sample, complete))
            }
        }
    }

    /// Hands over each row behind the header; one that is none is counted.
    pub(crate) fn rows(
        &self,
        table: &Table,
        take: &mut dyn FnMut(&Row<'_>),
    ) -> Result<u64, LookError> {
        let mut malformed = 0;
        let mut row = Row::default();
        let text = match &self.kind {
            Kind::Held(text) => text,
            Kind::Streamed | Kind::Made => return self.streamed(table, take),
        };
        let mut rows = Rows::from_position(text, table.delimiter, table.body);
        while let Some(read) = rows.read(&mut row) {
            match read {
                Ok(()) => take(&row),
                Err(_) => malformed += 1,
            }
        }
        Ok(malformed)
    }

    fn streamed(&self, table: &Table, take: &mut dyn FnMut(&Row<'_>)) -> Result<u64, LookError> {
        let mut file = self.open_again()?;
        // The header is a few lines of it.
        let mut header = (&mut file).take(table.body.offset as u64);
        let passed = std::io::copy(&mut header, &mut std::io::sink());
        passed.map_err(|error| self.refused(error))?;
        let mut malformed = 0;
        let mut line = table.body.line;
        let mut buffer: Vec<u8> = Vec::new();
        loop {
            let piece = PIECE.max(buffer.len());
            let mut limited = (&mut file).take(piece as u64);
            let read = limited.read_to_end(&mut buffer);
            let complete = read.map_err(|error| self.refused(error))? < piece;
            let mut rows =
                Rows::from_position(&buffer, table.delimiter, Position::at_line(0, line));
            if !complete {
                rows = rows.of_piece();
            }
            let mut row = Row::default();
            while let Some(read) = rows.read(&mut row) {
                match read {
                    Ok(()) => take(&row),
                    Err(_) => malformed += 1,
                }
            }
            let at = rows.position();
            if complete {
                return Ok(malformed);
            }
            if at.offset == 0 && buffer.len() > LONGEST_ROW {
                return Err(LookError::TooMany {
                    what: "bytes in one row",
                    limit: LONGEST_ROW,
                });
            }
            line = at.line;
            buffer.drain(..at.offset);
        }
    }
}

/// Whether a whole file is UTF-8 without zeros.
fn is_plain(path: &Path) -> std::io::Result<bool> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0_u8; 1 << 20];
    let mut kept = 0;
    loop {
        let read = file.read(&mut buffer[kept..])?;
        if read == 0 {
            return Ok(kept == 0);
        }
        let filled = kept + read;
        let bytes = &buffer[..filled];
        if bytes.contains(&0) {
            return Ok(false);
        }
        let valid = match std::str::from_utf8(bytes) {
            Ok(_) => filled,
            // A letter may go on in the next piece.
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => return Ok(false),
        };
        buffer.copy_within(valid..filled, 0);
        kept = filled - valid;
    }
}

#[cfg(test)]
mod tests {
    use super::Text;
    use crate::Options;
    use senselm_readings::detect;

    #[test]
    fn a_large_file_has_the_rows_of_a_small_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("rows.csv");
        let mut text = String::from("a,b °C,state\n");
        for row in 0..600_000 {
            text.push_str(&format!("{row},{},on\r\n", row % 7));
        }
        std::fs::write(&path, &text).expect("written");
        let count = |small| {
            let text = Text::open_with(&path, None, small).expect("opened");
            let (sample, complete) = text.beginning(1 << 16).expect("read");
            let table = detect(&sample, complete, &Options::default().told, &[]).expect("a table");
            let (mut rows, mut sum, mut last) = (0, 0_u64, 0);
            let bad = text.rows(&table, &mut |row| {
                rows += 1;
                last = row.line;
                let text = std::str::from_utf8(&row.fields[0].bytes).expect("text");
                sum += text.parse::<u64>().expect("a number");
            });
            (rows, sum, last, bad.expect("rows"))
        };
        assert_eq!(count(u64::MAX), count(0));
        assert_eq!(count(0), (600_000, 599_999 * 300_000, 600_001, 0));
    }
}
