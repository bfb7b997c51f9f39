//! The first pass: how each file is written, which columns all have in common, and
//! what their cells hold.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use senselm_readings::limits::{MAX_SAMPLE_BYTES, MAX_SAMPLE_FIELDS, MAX_SAMPLE_ROWS};
use senselm_readings::names::plain;
use senselm_readings::recording::Looks;
use senselm_readings::rows::{Field, Row, Rows};
use senselm_readings::series::{numbered, series};
use senselm_readings::{Cell, Problem, Table, cell};
use senselm_sensor::Source;

use crate::column::Column;
use crate::files::Found;
use crate::note::Note;
use crate::runs::Place;
use crate::side_by_side::{self, Beginning, Channel, SideBySide};
use crate::spread::Spread;
use crate::text::Text;
use crate::title::split_unit;
use crate::{LookError, Options, Role};

mod cells;
mod common;
mod table;
mod units;

use cells::of_cells;
use common::{common, without_answers};
use table::table;

/// All files, and their common columns.
pub(crate) struct Survey {
    pub(crate) files: Vec<Surveyed>,
    pub(crate) columns: Vec<Column>,
    /// Where the columns are in every file, or what they are called.
    pub(crate) sources: Vec<Source>,
    /// The windows, where a row is one and each of its samples has a column.
    pub(crate) windows: Option<SideBySide>,
    pub(crate) rows: u64,
    pub(crate) notes: Vec<Note>,
    /// For each column the first file whose cells say a unit.
    first_units: HashMap<usize, PathBuf>,
}

/// One file.
pub(crate) struct Surveyed {
    pub(crate) found: Found,
    pub(crate) table: Table,
    pub(crate) rows: u64,
    /// Where it has each of the common columns.
    pub(crate) at: Vec<usize>,
    /// Where it has the samples of each channel, if a row is a window.
    samples: Vec<Vec<usize>>,
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
            let table = match table(&text, &found.path, options) {
                Ok(table) => table,
                // Nothing is lost with it, and the others are read.
                Err(LookError::Table {
                    path,
                    problem: Problem::Empty,
                }) => {
                    notes.push(Note::EmptyFile { path });
                    continue;
                }
                Err(error) => return Err(error),
            };
            for note in &table.notes {
                let (path, note) = (found.path.clone(), note.clone());
                notes.push(Note::Table { path, note });
            }
            files.push(Surveyed {
                found,
                table,
                rows: 0,
                at: Vec::new(),
                samples: Vec::new(),
            });
        }
        if let (true, Some(Note::EmptyFile { path })) = (files.is_empty(), notes.first()) {
            return Err(LookError::Table {
                path: path.clone(),
                problem: Problem::Empty,
            });
        }
        without_answers(&mut files, &mut notes, options)?;
        let (titles, sources) = common(&mut files, &mut notes, options)?;
        let mut survey = Self {
            columns: Vec::new(),
            files,
            sources,
            windows: None,
            rows: 0,
            notes,
            first_units: HashMap::new(),
        };
        survey.columns = survey.first_looks(&titles, options)?;
        survey.find_windows(options)?;
        survey.read(options)?;
        survey.columns.iter_mut().for_each(Column::settle);
        units::in_all_or_none(&survey.columns, options)?;
        survey.without_rows();
        if survey.rows == 0 {
            let path = survey.files.first().map(|file| file.found.path.clone());
            return Err(LookError::NoRows {
                path: path.unwrap_or_default(),
            });
        }
        Ok(survey)
    }

    /// Leaves out files that have a header alone, where others have rows.
    fn without_rows(&mut self) {
        if self.files.iter().all(|file| file.rows == 0) {
            return;
        }
        let notes = &mut self.notes;
        self.files.retain(|file| {
            if file.rows == 0 {
                let path = file.found.path.clone();
                notes.push(Note::EmptyFile { path });
            }
            file.rows > 0
        });
    }

    /// What the columns look like in the first rows of the first file where they
    /// hold anything.
    fn first_looks(&self, titles: &[String], options: &Options) -> Result<Vec<Column>, LookError> {
        let mut columns: Vec<Column> = Vec::new();
        for title in titles {
            columns.push(Column::new(title, Looks::Empty, &options.missing));
        }
        for file in &self.files {
            if columns.iter().all(|column| column.looks != Looks::Empty) {
                break;
            }
            let rows = file.beginning(options)?;
            for (column, &at) in columns.iter_mut().zip(&file.at) {
                let cells = rows.iter().filter_map(|row| row.get(at).cloned());
                let cells: Vec<String> = cells.collect();
                if column.looks == Looks::Empty {
                    column.looks = of_cells(&cells, file.table.decimal);
                }
            }
        }
        Ok(columns)
    }

    /// Finds the columns that are the samples of windows, and takes them out of the
    /// others.
    fn find_windows(&mut self, options: &Options) -> Result<(), LookError> {
        let is_test = |file: &&Surveyed| file.found.role == Role::Test;
        let Some(first) = self.files.iter().find(|file| !is_test(file)) else {
            return Ok(());
        };
        let decimal = first.table.decimal;
        let number = |text: &String| match cell(text, decimal) {
            Ok(Cell::Number { value, .. }) => value,
            _ => f64::NAN,
        };
        let rows = first.beginning(options)?;
        let rows = rows.iter().map(|row| {
            let cells = first
                .at
                .iter()
                .map(|at| row.get(*at).map_or(f64::NAN, number));
            cells.collect::<Vec<f64>>()
        });
        let beginning = Beginning {
            columns: &self.columns,
            named: !first.table.names.is_empty(),
            rows: &rows.collect::<Vec<_>>(),
        };
        let Some(found) = side_by_side::find(&beginning, options)? else {
            return Ok(());
        };
        let mut channels = Vec::new();
        let mut most = 0;
        for columns in &found {
            let Some(&column) = columns.first() else {
                continue;
            };
            let title = self.columns[column].title.clone();
            let named = numbered(&title).filter(|_| beginning.named);
            channels.push(Channel {
                title: named.map_or_else(String::new, |(stem, _)| stem.to_owned()),
                first: title,
                source: self.sources[column].clone(),
                spread: Spread::new(&options.missing),
            });
            for file in &mut self.files {
                let samples = file.samples_of(column, columns.len());
                most = most.max(samples.len());
                file.samples.push(samples);
            }
        }
        let titles = self.files.iter().map(|file| {
            let titles = |at: &usize| file.table.names.get(*at).cloned();
            file.samples
                .iter()
                .flatten()
                .filter_map(titles)
                .collect::<Vec<String>>()
        });
        let titles: HashSet<String> = titles.flatten().collect();
        for note in &mut self.notes {
            if let Note::NotInAll { columns } = note {
                columns.retain(|column| !titles.contains(column));
            }
        }
        let none = |note: &Note| matches!(note, Note::NotInAll { columns } if columns.is_empty());
        self.notes.retain(|note| !none(note));
        let mut windows = SideBySide::new(channels);
        windows.columns = most;
        self.windows = Some(windows);
        let sample = |at: usize| found.iter().flatten().any(|column| *column == at);
        let kept: Vec<usize> = (0..self.columns.len()).filter(|at| !sample(*at)).collect();
        self.columns = kept.iter().map(|at| self.columns[*at].clone()).collect();
        self.sources = kept.iter().map(|at| self.sources[*at].clone()).collect();
        for file in &mut self.files {
            file.at = kept
                .iter()
                .filter_map(|at| file.at.get(*at).copied())
                .collect();
        }
        Ok(())
    }

    fn read(&mut self, options: &Options) -> Result<(), LookError> {
        for file in &mut self.files {
            // What is kept for the end is not looked at.
            let is_test = file.found.role == Role::Test;
            let text = Text::open(&file.found.path, options)?;
            self.columns.iter_mut().for_each(Column::start);
            let (mut rows, mut bad) = (0, 0);
            let (columns, windows) = (&mut self.columns, &mut self.windows);
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
                if let Some(windows) = windows {
                    let cell = |at: &usize| fields.get(*at).map_or(&[][..], |field| &field.bytes);
                    let cells = |at: &Vec<usize>| at.iter().map(cell).collect();
                    windows.add(seen.table.decimal, seen.samples.iter().map(cells));
                }
            })?;
            units::in_cells(
                &self.columns,
                &mut self.first_units,
                file,
                &mut self.notes,
                options,
            )?;
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

    /// Whether some files have a column with this title, with or without its unit.
    pub(crate) fn is_in_some(&self, title: &str) -> bool {
        let is = |name: &String| name == title.trim() || split_unit(name).0 == title.trim();
        let mut files = self.files.iter();
        files.any(|file| file.table.names.iter().any(is))
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
    /// The cells of its first rows.
    fn beginning(&self, options: &Options) -> Result<Vec<Vec<String>>, LookError> {
        let text = Text::open(&self.found.path, options)?;
        let (sample, complete) = text.beginning(MAX_SAMPLE_BYTES * 16)?;
        let mut rows = Rows::from_position(&sample, self.table.delimiter, self.table.body);
        if !complete {
            rows = rows.of_piece();
        }
        let mut cells = Vec::new();
        let mut count = 0;
        for row in rows.filter_map(Result::ok).take(MAX_SAMPLE_ROWS) {
            let Some(fields) = self.fields(&row) else {
                continue;
            };
            count += fields.len();
            let text = |field: &Field<'_>| String::from_utf8_lossy(&field.bytes).into_owned();
            cells.push(fields.iter().map(text).collect());
            if count > MAX_SAMPLE_FIELDS {
                break;
            }
        }
        Ok(cells)
    }

    /// Where it has the samples of a channel whose first are in this common column:
    /// those whose titles go on counting, or without titles so many.
    fn samples_of(&self, column: usize, count: usize) -> Vec<usize> {
        let first = self.at.get(column).copied().unwrap_or_default();
        match self.table.titles.is_empty() {
            true => (first..first + count).collect(),
            false => series(&self.table.titles, first),
        }
    }

    /// Where it has a common column, among those that its header names.
    pub(crate) fn at(&self, column: usize) -> Option<usize> {
        self.at.get(column).copied()
    }

    /// The fields of a row that the header names.
    pub(crate) fn fields<'r, 'a>(&self, row: &'r Row<'a>) -> Option<&'r [Field<'a>]> {
        self.table.shape.fields(row, self.table.width).ok()
    }

    /// Whether a row is the header once more.
    pub(crate) fn is_header(&self, row: &Row<'_>) -> bool {
        let titles = &self.table.titles;
        let same = |(title, field): (&String, &Field<'_>)| {
            field.bytes.trim_ascii() == title.trim().as_bytes()
        };
        !titles.is_empty()
            && titles.len() <= row.fields.len()
            && titles.iter().zip(&row.fields).all(same)
    }
}
