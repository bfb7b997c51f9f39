//! The first pass: how each file is written, which columns all have in common, and
//! what their cells hold.

use std::path::{Path, PathBuf};

use senselm_readings::limits::{MAX_SAMPLE_BYTES, MAX_SAMPLE_ROWS};
use senselm_readings::names::plain;
use senselm_readings::recording::{Looks, Wants, find, looks};
use senselm_readings::rows::{Delimiter, Row, Rows};
use senselm_readings::{Decimal, HeaderLine, Problem, Table, Told};
use senselm_sensor::Source;

use crate::column::Column;
use crate::files::Found;
use crate::note::Note;
use crate::runs::Place;
use crate::text::Text;
use crate::{LookError, Options, Role};

/// All files, and their common columns.
pub(crate) struct Survey {
    pub(crate) files: Vec<Surveyed>,
    pub(crate) columns: Vec<Column>,
    /// Where the columns are in every file, or what they are called.
    pub(crate) sources: Vec<Source>,
    pub(crate) rows: u64,
    pub(crate) notes: Vec<Note>,
}

/// One file.
pub(crate) struct Surveyed {
    pub(crate) found: Found,
    pub(crate) table: Table,
    pub(crate) rows: u64,
    /// Where it has each of the common columns.
    at: Vec<usize>,
}

impl Survey {
    pub(crate) fn of(found: Vec<Found>, options: &Options) -> Result<Self, LookError> {
        let mut notes = Vec::new();
        let mut files = Vec::new();
        for found in found {
            let text = Text::open(&found.path, options)?;
            if let Some(encoding) = text.encoding {
                let path = found.path.clone();
                notes.push(Note::Encoding { path, encoding });
            }
            let table = table(&text, &found.path, options)?;
            for note in &table.notes {
                let (path, note) = (found.path.clone(), note.clone());
                notes.push(Note::Table { path, note });
            }
            files.push(Surveyed {
                found,
                table,
                rows: 0,
                at: Vec::new(),
            });
        }
        let (titles, sources) = common(&mut files, &mut notes)?;
        let mut survey = Self {
            columns: Vec::new(),
            files,
            sources,
            rows: 0,
            notes,
        };
        survey.columns = survey.first_looks(&titles, options)?;
        survey.read(options)?;
        if survey.rows == 0 {
            let path = survey.files.first().map(|file| file.found.path.clone());
            return Err(LookError::NoRows {
                path: path.unwrap_or_default(),
            });
        }
        Ok(survey)
    }

    /// What the columns look like in the first rows of the first file where they
    /// hold anything.
    fn first_looks(&self, titles: &[String], options: &Options) -> Result<Vec<Column>, LookError> {
        let mut columns: Vec<Column> = Vec::new();
        for title in titles {
            columns.push(Column::new(title, Looks::Empty));
        }
        for file in &self.files {
            if columns.iter().all(|column| column.looks != Looks::Empty) {
                break;
            }
            let text = Text::open(&file.found.path, options)?;
            let (sample, complete) = text.beginning(MAX_SAMPLE_BYTES * 16)?;
            let mut rows = Rows::from_position(&sample, file.table.delimiter, file.table.body);
            if !complete {
                rows = rows.of_piece();
            }
            let rows = rows.filter_map(Result::ok).take(MAX_SAMPLE_ROWS);
            let rows: Vec<Row<'_>> = rows.collect();
            for (column, &at) in columns.iter_mut().zip(&file.at) {
                let cells: Vec<String> = rows
                    .iter()
                    .filter_map(|row| file.fields(row)?.get(at))
                    .map(|field| String::from_utf8_lossy(&field.bytes).into_owned())
                    .collect();
                if column.looks == Looks::Empty {
                    column.looks = of_cells(&cells, file.table.decimal);
                }
            }
        }
        Ok(columns)
    }

    fn read(&mut self, options: &Options) -> Result<(), LookError> {
        for file in &mut self.files {
            // What is kept for the end is not looked at.
            let is_test = file.found.role == Role::Test;
            let text = Text::open(&file.found.path, options)?;
            self.columns.iter_mut().for_each(Column::start);
            let (mut rows, mut bad) = (0, 0);
            let columns = &mut self.columns;
            let seen: &Surveyed = file;
            let malformed = text.rows(&seen.table, &mut |row| {
                if seen.is_header(row) {
                    return;
                }
                let Some(fields) = seen.fields(row) else {
                    bad += 1;
                    return;
                };
                rows += 1;
                if is_test {
                    return;
                }
                for (column, &at) in columns.iter_mut().zip(&seen.at) {
                    let bytes = fields.get(at).map_or(&[][..], |field| &field.bytes);
                    column.add(bytes, seen.table.decimal);
                }
            })?;
            file.rows = rows;
            self.rows += if is_test { 0 } else { rows };
            bad += malformed;
            if bad > 0 {
                let path = file.found.path.clone();
                self.notes.push(Note::BadRows { path, rows: bad });
            }
        }
        Ok(())
    }

    /// What the place of a file says whose it is.
    pub(crate) fn place(&self, file: &Surveyed, place: Place) -> String {
        match place {
            Place::Nothing => String::new(),
            Place::Folder => file.found.folder.clone().unwrap_or_default(),
            Place::File => file.found.path.display().to_string(),
        }
    }

    /// The column that somebody means.
    pub(crate) fn named(&self, option: &'static str, name: &str) -> Result<usize, LookError> {
        let is = |test: &dyn Fn(&str) -> bool| {
            let mut found = self.columns.iter().enumerate();
            let found = found.find(|(_, column)| test(&column.title));
            found.map(|(at, _)| at)
        };
        let by_name = is(&|title| title == name.trim());
        let by_name = by_name.or_else(|| is(&|title| plain(title) == plain(name)));
        let position = || {
            name.trim()
                .parse()
                .ok()
                .filter(|at| *at < self.columns.len())
        };
        by_name.or_else(position).ok_or_else(|| {
            let titles = self.columns.iter().map(|column| column.title.as_str());
            LookError::NoSuchColumn {
                option,
                name: name.to_owned(),
                known: titles.collect::<Vec<_>>().join(", "),
            }
        })
    }
}

impl Surveyed {
    /// Where it has a common column, among those that its header names.
    pub(crate) fn at(&self, column: usize) -> Option<usize> {
        self.at.get(column).copied()
    }

    /// The fields of a row that the header names.
    pub(crate) fn fields<'r, 'a>(
        &self,
        row: &'r Row<'a>,
    ) -> Option<&'r [senselm_readings::rows::Field<'a>]> {
        self.table.shape.fields(row, self.table.width).ok()
    }

    /// Whether a row is the header once more.
    pub(crate) fn is_header(&self, row: &Row<'_>) -> bool {
        let titles = &self.table.titles;
        let same = |(title, field): (&String, &senselm_readings::rows::Field<'_>)| {
            field.bytes.trim_ascii() == title.trim().as_bytes()
        };
        !titles.is_empty()
            && titles.len() <= row.fields.len()
            && titles.iter().zip(&row.fields).all(same)
    }
}

/// What cells look like: as most of them do, where a few are odd.
fn of_cells(cells: &[String], decimal: Option<Decimal>) -> Looks {
    let all = looks(cells.iter().map(String::as_str), decimal);
    if all != Looks::Text {
        return all;
    }
    let one = |text: &String| looks(std::iter::once(text.as_str()), decimal);
    let each: Vec<Looks> = cells
        .iter()
        .map(one)
        .filter(|l| *l != Looks::Empty)
        .collect();
    let most = |wanted: Looks| {
        let alike = each.iter().filter(|looks| **looks == wanted).count();
        alike * 20 >= each.len() * 19
    };
    [Looks::Number, Looks::Time, Looks::List]
        .into_iter()
        .find(|wanted| most(*wanted))
        .unwrap_or(Looks::Text)
}

/// How a file is written, from its beginning: more of it where its rows are long.
fn table(text: &Text, path: &Path, options: &Options) -> Result<Table, LookError> {
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

/// The line of the first row, where it holds several texts and no reading.
fn title_line(sample: &[u8], complete: bool, table: &Table) -> Option<u64> {
    let mut rows = Rows::new(sample, table.delimiter);
    if !complete {
        rows = rows.of_piece();
    }
    let row = rows.find_map(Result::ok)?;
    let is_title = |field: &senselm_readings::rows::Field<'_>| {
        let text = String::from_utf8_lossy(&field.bytes);
        looks(std::iter::once(&*text), None) == Looks::Text
    };
    (row.fields.len() > 1 && row.fields.iter().all(is_title)).then_some(row.line)
}

/// The columns that all files have: their titles, and where they are.
fn common(
    files: &mut [Surveyed],
    notes: &mut Vec<Note>,
) -> Result<(Vec<String>, Vec<Source>), LookError> {
    let Some(first) = files.first() else {
        return Ok((Vec::new(), Vec::new()));
    };
    let named = !first.table.names.is_empty();
    let count = |table: &Table, name: &str| table.names.iter().filter(|n| *n == name).count();
    // A title that is none, or is there twice, says nothing: the position does.
    let by_name = |name: &str| {
        let once = |file: &Surveyed| count(&file.table, name) == 1;
        !name.is_empty() && files.iter().all(once)
    };
    let mut titles = Vec::new();
    let mut sources = Vec::new();
    let mut places: Vec<Vec<usize>> = vec![Vec::new(); files.len()];
    let mut only_first = Vec::new();
    for at in 0..first.table.width {
        let name = first.table.names.get(at).map_or("", String::as_str);
        let found: Option<Vec<usize>> = files
            .iter()
            .map(|file| match by_name(name) {
                true => file.table.names.iter().position(|known| known == name),
                false => {
                    let same = file.table.names.get(at).map_or("", String::as_str) == name;
                    let all = named == !file.table.names.is_empty();
                    (same && all && at < file.table.width).then_some(at)
                }
            })
            .collect();
        let Some(found) = found else {
            only_first.push(name.to_owned());
            continue;
        };
        let (title, source) = match by_name(name) {
            true => (name.to_owned(), Source::Name(name.to_owned())),
            false if name.is_empty() => (at.to_string(), Source::Index(at)),
            false => (format!("{name} ({at})"), Source::Index(at)),
        };
        titles.push(title);
        sources.push(source);
        places
            .iter_mut()
            .zip(found)
            .for_each(|(places, at)| places.push(at));
    }
    if titles.is_empty() {
        let path =
            |file: Option<&Surveyed>| file.map_or_else(PathBuf::new, |f| f.found.path.clone());
        return Err(LookError::NoCommonColumns {
            first: path(files.first()),
            second: path(files.iter().find(|f| f.table.names != first.table.names)),
        });
    }
    let mut others: Vec<String> = only_first;
    for file in files.iter() {
        let known =
            |name: &&String| !name.is_empty() && !titles.contains(name) && !others.contains(name);
        let new: Vec<String> = file.table.names.iter().filter(known).cloned().collect();
        others.extend(new);
    }
    others.retain(|name| {
        !titles
            .iter()
            .any(|title| title.starts_with(&format!("{name} (")))
    });
    if !others.is_empty() {
        notes.push(Note::NotInAll { columns: others });
    }
    for (file, places) in files.iter_mut().zip(places) {
        file.at = places;
    }
    Ok((titles, sources))
}
