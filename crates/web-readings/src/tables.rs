//! Tables: how they are written, and the numbers in their rows.

use std::borrow::Cow;

use senselm_readings::limits::MAX_SAMPLE_ROWS;
use senselm_readings::recording::{
    ColumnRole, ExpectedColumn, InCell, Reader, Rows as Holds, Source, Wants, find, looks, suggest,
};
use senselm_readings::rows::{Delimiter, Field, Malformed, Position, Row, Rows};
use senselm_readings::{Decimal, HeaderLine, Problem, Table, TimeForm};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsError, JsValue};

use crate::batch::Batch;
use crate::texts;

/// The most columns that somebody wants.
const MAX_WANTED: usize = 512;

/// What somebody wants of a recording; nothing in particular at first.
#[wasm_bindgen]
pub struct Wanted {
    wants: Wants,
}

#[wasm_bindgen]
impl Wanted {
    /// Nothing in particular: a reading in each row.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::new_without_default, reason = "it is for JavaScript")]
    pub fn new() -> Self {
        Self {
            wants: Wants {
                columns: Vec::new(),
                rows: Holds::Readings,
                number: false,
            },
        }
    }

    /// A column; `title` is what it is called, or `at` its position from 0.
    ///
    /// # Errors
    /// Where there is no such role, or there are too many.
    pub fn column(
        &mut self,
        role: &str,
        name: String,
        title: Option<String>,
        at: f64,
        unit: String,
        required: bool,
    ) -> Result<(), JsError> {
        if self.wants.columns.len() == MAX_WANTED {
            return Err(JsError::new("at most 512 columns"));
        }
        let role = match role {
            "channel" => ColumnRole::Channel,
            "window" => ColumnRole::Window,
            "time" => ColumnRole::Time,
            "truth" => ColumnRole::Truth,
            _ => return Err(JsError::new("there is no such role of a column")),
        };
        self.wants.columns.push(ExpectedColumn {
            role,
            name,
            source: source(title, at)?,
            unit,
            sample_rate_hz: None,
            required,
        });
        Ok(())
    }

    /// Whole windows in one cell, as arrays, or as a list of one reading.
    #[wasm_bindgen(js_name = inCells)]
    pub fn in_cells(&mut self, list: bool) {
        let channels = Vec::new();
        self.wants.rows = match list {
            true => Holds::List { channels },
            false => Holds::Arrays { channels },
        };
    }

    /// A channel in a cell, by the title or the position of its array.
    ///
    /// # Errors
    /// Where rows do not hold several channels in a cell.
    #[wasm_bindgen(js_name = inCell)]
    pub fn in_cell(&mut self, name: String, title: Option<String>, at: f64) -> Result<(), JsError> {
        let source = source(title, at)?;
        match &mut self.wants.rows {
            Holds::Arrays { channels } | Holds::List { channels }
                if channels.len() < MAX_WANTED =>
            {
                channels.push(InCell { name, source });
                Ok(())
            }
            _ => Err(JsError::new("rows do not hold so many channels in a cell")),
        }
    }

    /// Whole windows, as a list for each channel.
    pub fn lists(&mut self) {
        self.wants.rows = Holds::Lists;
    }

    /// Whole windows of at least and at most so many samples, each in a field.
    #[wasm_bindgen(js_name = sideBySide)]
    pub fn side_by_side(&mut self, least: usize, most: usize) {
        self.wants.rows = Holds::SideBySide { least, most };
    }

    /// Readings of a stream; NaN where a rate or a longest gap is not known.
    pub fn stream(&mut self, several: bool, rate_hz: f64, longest_s: f64) {
        let known = |value: f64| (value > 0.0 && value.is_finite()).then_some(value);
        self.wants.rows = Holds::Stream {
            several,
            rate_hz: known(rate_hz),
            longest_s: known(longest_s),
        };
    }

    /// Truths are numbers.
    #[wasm_bindgen(js_name = numberTruths)]
    pub fn number_truths(&mut self) {
        self.wants.number = true;
    }

    /// For each column which of `header` it probably is, or -1.
    pub fn suggest(&self, header: Vec<String>) -> Vec<i32> {
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        let suggested = suggest(&self.wants.columns, &header);
        let place = |at: Option<usize>| at.map_or(-1, |at| at as i32);
        suggested.into_iter().map(place).collect()
    }
}

fn source(title: Option<String>, at: f64) -> Result<Source, JsError> {
    match title {
        Some(title) => Ok(Source::Name(title)),
        // Exact: checked.
        None if (0.0..=65_535.0).contains(&at) => Ok(Source::Index(at as usize)),
        None => Err(JsError::new("a column has a title or a position")),
    }
}

/// What somebody said about a table.
#[wasm_bindgen]
pub struct Told {
    told: senselm_readings::Told,
}

#[wasm_bindgen]
impl Told {
    /// What is empty, or NaN, nobody said. `header_line` is 0 where no line
    /// names the columns.
    ///
    /// # Errors
    /// Which of them is none: `delimiter`, `decimal`, `times`, `header_line` or
    /// `rate`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        delimiter: &str,
        decimal: &str,
        times: &str,
        header_line: f64,
        rate_hz: f64,
    ) -> Result<Self, JsError> {
        let header_line = match header_line {
            line if line.is_nan() => None,
            0.0 => Some(HeaderLine::Nowhere),
            line if line.fract() == 0.0 && (1.0..=1e9).contains(&line) => {
                Some(HeaderLine::Line(line as u64))
            }
            _ => return Err(JsError::new("header_line")),
        };
        if rate_hz <= 0.0 || rate_hz.is_infinite() {
            return Err(JsError::new("rate"));
        }
        Ok(Self {
            told: senselm_readings::Told {
                delimiter: said(delimiter, "delimiter", Delimiter::from_name)?,
                decimal: said(decimal, "decimal", Decimal::from_name)?,
                times: said(times, "times", TimeForm::from_name)?,
                header_line,
                rate_hz: (!rate_hz.is_nan()).then_some(rate_hz),
            },
        })
    }
}

fn said<T>(text: &str, what: &str, from: impl Fn(&str) -> Option<T>) -> Result<Option<T>, JsError> {
    match text {
        "" => Ok(None),
        text => from(text).map(Some).ok_or_else(|| JsError::new(what)),
    }
}

/// Finds out how a table is written, from its beginning; nothing where more of
/// it is needed.
///
/// # Errors
/// What cannot be read, as [`refusal`] writes it.
#[wasm_bindgen(js_name = findTable)]
pub fn find_table(
    sample: Vec<u8>,
    complete: bool,
    told: &Told,
    wanted: &Wanted,
) -> Result<Option<Found>, JsValue> {
    let found = find(&sample, complete, &told.told, &wanted.wants);
    let table = found.map_err(|problem| refusal(&problem))?;
    Ok(table.map(|table| Found {
        table,
        sample,
        complete,
    }))
}

/// A problem as it is thrown: its words; an array of the settings that would
/// decide, each with a value; its code; then the names of its values and the
/// values in turn.
fn refusal(problem: &Problem) -> JsValue {
    let choices = problem.choices().into_iter();
    let choices = choices.flat_map(|(setting, value)| [JsValue::from(setting), value.into()]);
    let mut parts: Vec<JsValue> = vec![problem.to_string().into(), list(choices)];
    parts.extend(texts(problem));
    parts.into()
}

/// A table whose dialect is known, with its beginning.
#[wasm_bindgen]
pub struct Found {
    table: Table,
    sample: Vec<u8>,
    complete: bool,
}

#[wasm_bindgen]
impl Found {
    /// How it is written, in this order: what stands between fields, by its name;
    /// what stands before decimals, by its name, or nothing; the line that names
    /// the columns, or 0; how many columns there are; the byte where the first row
    /// behind the header begins, and its line; an array of the names of the
    /// columns; an array of what the cells of each look like; an array of the
    /// texts of the first rows, at most `count`, a text for each column; how many
    /// rows of data the sample has.
    pub fn parts(&self, count: usize) -> Vec<JsValue> {
        let Table {
            width,
            decimal,
            body,
            ..
        } = self.table;
        let rows = self.first();
        let fields = rows.iter().map(|row| {
            let fields = self.table.shape.fields(row, width);
            fields.unwrap_or(&row.fields)
        });
        let rows: Vec<&[Field<'_>]> = fields.collect();
        let text = |row: &[Field<'_>], at: usize| {
            let field = row.get(at);
            field.map_or_else(String::new, |field| lossy(field).trim().to_string())
        };
        let look = |at: usize| {
            let cells: Vec<String> = rows.iter().map(|row| text(row, at)).collect();
            looks(cells.iter().map(String::as_str), decimal).name()
        };
        let shown = rows.iter().take(count);
        let shown = shown.flat_map(|row| (0..width).map(|at| text(row, at).into()));
        vec![
            self.table.delimiter.name().into(),
            decimal.map_or("", Decimal::name).into(),
            (self.table.header_line.unwrap_or_default() as f64).into(),
            (width as f64).into(),
            (body.offset as f64).into(),
            (body.line as f64).into(),
            list(self.table.names.iter().map(Into::into)),
            list((0..width).map(|at| look(at).into())),
            list(shown),
            (self.rows().count() as f64).into(),
        ]
    }

    /// A reader of its rows. `chosen` says for each wanted column which one it
    /// is, or -1; without it they go by their names.
    ///
    /// # Errors
    /// What cannot be read, as [`refusal`] writes it.
    pub fn reader(
        &self,
        wanted: &Wanted,
        told: &Told,
        chosen: Option<Vec<i32>>,
    ) -> Result<TableReader, JsValue> {
        let sample = self.first();
        let chosen = chosen.map(places);
        let reader = Reader::of_table(
            wanted.wants.clone(),
            &self.table,
            &sample,
            &told.told,
            chosen.as_deref(),
        );
        Ok(TableReader {
            reader: reader.map_err(|problem| refusal(&problem))?,
            delimiter: self.table.delimiter,
        })
    }
}

impl Found {
    fn rows(&self) -> impl Iterator<Item = Result<Row<'_>, Malformed>> {
        let rows = Rows::from_position(&self.sample, self.table.delimiter, self.table.body);
        match self.complete {
            true => rows,
            false => rows.of_piece(),
        }
    }

    /// The first rows.
    fn first(&self) -> Vec<Row<'_>> {
        let rows = self.rows().filter_map(Result::ok);
        rows.take(MAX_SAMPLE_ROWS).collect()
    }
}

fn lossy<'f>(field: &'f Field<'_>) -> Cow<'f, str> {
    String::from_utf8_lossy(&field.bytes)
}

fn places(chosen: Vec<i32>) -> Vec<Option<usize>> {
    let place = |at: i32| usize::try_from(at).ok();
    chosen.into_iter().map(place).collect()
}

/// Reads rows.
#[wasm_bindgen]
pub struct TableReader {
    reader: Reader,
    delimiter: Delimiter,
}

#[wasm_bindgen]
impl TableReader {
    /// A reader of rows that come without their file; `chosen` says for each
    /// wanted column which of `header` it is, or -1.
    ///
    /// # Errors
    /// What cannot be read, as [`refusal`] writes it.
    #[wasm_bindgen(constructor)]
    pub fn new(
        wanted: &Wanted,
        header: Vec<String>,
        chosen: Vec<i32>,
    ) -> Result<TableReader, JsValue> {
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        let reader = Reader::of_rows(wanted.wants.clone(), &header, &places(chosen));
        Ok(Self {
            reader: reader.map_err(|problem| refusal(&problem))?,
            delimiter: Delimiter::Comma,
        })
    }

    /// Reads the rows of a piece of the table that begins at this line, from
    /// this byte of it on. Where the table goes on behind it, a row that it does
    /// not hold to its end is not read.
    /// What was read is listed as [`Batch::parts`] says.
    pub fn read(&mut self, piece: &[u8], offset: usize, line: f64, complete: bool) -> Vec<JsValue> {
        let place = Position::at_line(offset.min(piece.len()), line as u64);
        let mut rows = Rows::from_position(piece, self.delimiter, place);
        if !complete {
            rows = rows.of_piece();
        }
        let mut batch = Batch::default();
        let mut row = Row::default();
        while let Some(read) = rows.read(&mut row) {
            match read {
                Ok(()) => batch.add(&mut self.reader, &row),
                Err(malformed) => batch.leave_out(&self.reader, malformed),
            }
        }
        batch.parts(&self.reader, rows.position())
    }

    /// Reads rows whose cells are texts: so many in each row, one behind the
    /// other; the first is on this line. A row without any cell is one that its
    /// host could not take apart.
    #[wasm_bindgen(js_name = readCells)]
    pub fn read_cells(&mut self, cells: Vec<String>, widths: &[u32], line: f64) -> Vec<JsValue> {
        let mut batch = Batch::default();
        let mut cells = cells.iter();
        let mut line = line as u64;
        for &width in widths {
            let fields = (1..).zip(cells.by_ref().take(width as usize));
            let row = Row {
                line,
                fields: fields
                    .map(|(column, text)| Field {
                        bytes: Cow::Borrowed(text.as_bytes()),
                        quoted: false,
                        line,
                        column,
                    })
                    .collect(),
            };
            line += 1;
            if row.fields.is_empty() || !row.is_blank() {
                batch.add(&mut self.reader, &row);
            }
        }
        batch.parts(&self.reader, Position::at_line(0, line))
    }

    /// What is known of all rows: an array of what a user should know, in words;
    /// whether there is a column of truths; what times are given to, in seconds,
    /// where that is more than one; seconds from one reading to the next where a
    /// user should look at it, or NaN; the unit that the rows so far state for each
    /// channel, empty where they state none.
    pub fn parts(&self) -> Vec<JsValue> {
        let notes = self.reader.notes().iter();
        let facts = self.reader.facts();
        vec![
            list(notes.map(|note| note.to_string().into())),
            self.reader.has_truth().into(),
            facts.resolution_s.into(),
            facts.step_s.unwrap_or(f64::NAN).into(),
            list(self.reader.stated_units().into_iter().map(Into::into)),
        ]
    }
}

fn list(values: impl Iterator<Item = JsValue>) -> JsValue {
    values.collect::<Vec<JsValue>>().into()
}

/// What these cells of one column look like.
#[wasm_bindgen(js_name = looksOf)]
pub fn looks_of(cells: Vec<String>) -> String {
    looks(cells.iter().map(String::as_str), None).name().into()
}
