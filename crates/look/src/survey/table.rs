//! How a file is written.

use std::path::Path;

use senselm_readings::limits::MAX_SAMPLE_BYTES;
use senselm_readings::recording::{Looks, Wants, find, looks};
use senselm_readings::rows::{Delimiter, Field, Rows};
use senselm_readings::{HeaderLine, Problem, Table, Told};

use crate::text::Text;
use crate::{LookError, Options};

/// How a file is written, from its beginning: more of it where its rows are long.
pub(super) fn table(text: &Text, path: &Path, options: &Options) -> Result<Table, LookError> {
    let refused = |problem: Problem| LookError::Table {
        path: path.to_path_buf(),
        problem,
    };
    let nothing = Wants {
        columns: Vec::new(),
        rows: senselm_readings::recording::Rows::Readings,
        number: false,
    };
    let mut length = MAX_SAMPLE_BYTES;
    let (sample, complete, found) = loop {
        let (sample, complete) = text.beginning(length)?;
        match find(&sample, complete, &options.told, &nothing) {
            Ok(None) if complete => return Err(refused(Problem::Empty)),
            Ok(None) => length = length.saturating_mul(16),
            Ok(Some(table)) => break (sample, complete, Ok(table)),
            Err(problem) => break (sample, complete, Err(problem)),
        }
    };
    // Nothing below titles shows what separates them.
    if complete && is_only_titles(&sample) {
        return Err(refused(Problem::Empty));
    }
    let named = |table: &Table| !table.names.is_empty();
    if options.told.delimiter.is_some()
        || options.told.header_line.is_some()
        || found.as_ref().is_ok_and(named)
    {
        return found.map_err(refused);
    }
    // Lists in the cells have delimiters of their own, and more of them: only the
    // one between the titles separates both titles and cells.
    let with = |delimiter| Told {
        delimiter: Some(delimiter),
        ..options.told
    };
    let tables = Delimiter::ALL.into_iter().filter_map(|delimiter| {
        let table = find(&sample, complete, &with(delimiter), &nothing).ok()??;
        (named(&table) && table.width > 1).then_some(table)
    });
    let mut tables: Vec<Table> = tables.collect();
    if tables.len() == 1 {
        return Ok(tables.remove(0));
    }
    let table = found.map_err(refused)?;
    // Titles may be one fewer than the fields of a row.
    let told = title_line(&sample, complete, &table).map(|line| Told {
        header_line: Some(HeaderLine::Line(line)),
        ..options.told
    });
    let titled = told.map(|told| find(&sample, complete, &told, &nothing).map_err(refused));
    match titled.transpose()?.flatten() {
        Some(titled) if titled.width + 1 == table.width => Ok(titled),
        _ => Ok(table),
    }
}

/// Whether a text is one row that holds no reading, whatever separates its fields.
fn is_only_titles(text: &[u8]) -> bool {
    Delimiter::ALL.into_iter().any(|delimiter| {
        let mut rows = Rows::new(text, delimiter);
        let (first, second) = (rows.next(), rows.next());
        matches!((first, second), (Some(Ok(only)), None) if only.fields.iter().all(is_title))
    })
}

/// Whether a field holds a text.
fn is_title(field: &Field<'_>) -> bool {
    let text = String::from_utf8_lossy(&field.bytes);
    looks(std::iter::once(&*text), None) == Looks::Text
}

/// The line of the first row, where it holds several texts and no reading.
fn title_line(sample: &[u8], complete: bool, table: &Table) -> Option<u64> {
    let mut rows = Rows::new(sample, table.delimiter);
    if !complete {
        rows = rows.of_piece();
    }
    let row = rows.find_map(Result::ok)?;
    (row.fields.len() > 1 && row.fields.iter().all(is_title)).then_some(row.line)
}
