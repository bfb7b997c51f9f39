//! Reads the rows of a recording, whatever kind of file they are from.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::cells::{BadCell, Cells, Facts, Spot, TruthCell};
use super::columns::Columns;
use super::field::{lossy, text};
use super::places::Places;
use super::units::Units;
use super::{ColumnRole, InCell, Rows, Source, Wants, counter, side_by_side, times};
use crate::limits::MAX_COLUMNS;
use crate::rows::{Field, Row};
use crate::time::{Sampled, TimeColumn, Times};
use crate::{Decimal, DecimalOfRows, Note, Problem, Shape, Table, Told, arrays, list, quote};

/// Reads the wanted cells of rows.
#[derive(Debug, Clone)]
pub struct Reader {
    wants: Wants,
    columns: Columns,
    places: Places,
    /// In which unit the cells of each channel are that has its own.
    units: Vec<Units>,
    /// What stands before decimals, as far as it is known.
    decimal: DecimalOfRows,
    /// The day of the last row, where days have a column of their own.
    last_day: String,
    /// What reads the times, once their form is known.
    times: Option<Times>,
    facts: Facts,
    notes: Vec<Note>,
    /// A column that nobody reads and that counts the rows.
    counter: Option<usize>,
    /// Whether a row has shown how rows differ from the header.
    shape_known: bool,
    /// Whether a row was read.
    any: bool,
    /// The line of another header and what it begins with, behind which nothing is
    /// what the first one says.
    end: Option<(u64, String)>,
}

impl Reader {
    /// A reader of a table. `sample` are its first rows; `chosen` says for each
    /// wanted column which of the table's it is, from 0, where somebody chose.
    ///
    /// # Errors
    /// [`Problem::NoColumn`], [`Problem::NearColumn`], [`Problem::TwoColumns`]
    /// and [`Problem::Columns`] where a column is missing or cannot be told;
    /// [`Problem::TwoUnits`]; [`Problem::NoTimes`], [`Problem::TwoTimes`],
    /// [`Problem::TimesRepeat`], [`Problem::TimesBackwards`] and [`Problem::OtherRate`] where the times
    /// say that what is read would be wrong.
    pub fn of_table(
        wants: Wants,
        table: &Table,
        sample: &[Row<'_>],
        told: &Told,
        chosen: Option<&[Option<usize>]>,
    ) -> Result<Self, Problem> {
        let mut notes = table.notes.clone();
        let columns = Columns::of_table(table);
        let mut places = match chosen {
            Some(chosen) => {
                let mut places = Places::chosen(&wants, columns.width(), chosen)?;
                if told.rate_hz.is_none() && places.time.is_some() {
                    places.put_time(Ok(places.time), &columns, sample, told, &mut notes)?;
                }
                places
            }
            None => Places::by_source(&wants, &columns, sample, told, &mut notes)?,
        };
        places.put_samples(&wants, &columns)?;
        let looked = times::look(&wants, &columns, &places, sample, table.decimal, told)?;
        if told.rate_hz.is_some() {
            places.time = None;
        }
        let (times, facts) = looked.unzip();
        let reader = Self {
            decimal: DecimalOfRows::new(table.decimal),
            times,
            facts: facts.unwrap_or_default(),
            counter: counter::of(&columns, &places, sample),
            shape_known: true,
            ..Self::new(wants, columns, places, notes)
        };
        reader.look_at_units(sample)?;
        Ok(reader)
    }

    /// Whether the cells of each channel are in one unit, as far as the first rows
    /// show.
    fn look_at_units(&self, sample: &[Row<'_>]) -> Result<(), Problem> {
        for (&at, units) in self.places.channels.iter().zip(&self.units) {
            let mut units = units.clone();
            for row in sample {
                let fields = self.columns.fields(row).unwrap_or_default();
                if let Err((_, problem @ Problem::TwoUnits { .. })) =
                    channel(fields, at, &mut units, self.decimal.known())
                {
                    return Err(problem);
                }
            }
        }
        Ok(())
    }

    /// A reader of rows that come without their file.
    ///
    /// # Errors
    /// [`Problem::TooManyColumns`], and [`Problem::Columns`] where one that is
    /// required is missing or does not exist.
    pub fn of_rows(
        wants: Wants,
        header: &[&str],
        chosen: &[Option<usize>],
    ) -> Result<Self, Problem> {
        if header.len() > MAX_COLUMNS {
            return Err(Problem::TooManyColumns { limit: MAX_COLUMNS });
        }
        let mut places = Places::chosen(&wants, header.len(), chosen)?;
        let columns = Columns::named(header);
        places.put_samples(&wants, &columns)?;
        Ok(Self::new(wants, columns, places, Vec::new()))
    }

    fn new(wants: Wants, columns: Columns, places: Places, mut notes: Vec<Note>) -> Self {
        if places.truth.is_none()
            && let Some(truth) = wants.columns.iter().find(|c| c.role == ColumnRole::Truth)
        {
            let column = truth.source.to_string();
            notes.push(Note::NoTruthColumn { column });
        }
        let channels = &places.channels;
        let units = channels.iter().zip(wants.units());
        let units = units.map(|(&at, unit)| Units::new(&columns, channels, at, unit));
        Self {
            units: units.collect(),
            wants,
            columns,
            places,
            decimal: DecimalOfRows::default(),
            last_day: String::new(),
            times: None,
            facts: Facts::default(),
            counter: None,
            notes,
            shape_known: false,
            any: false,
            end: None,
        }
    }

    /// What a user should know, though it is certain.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// What the times look like; of rows without their file, from the first on.
    #[must_use]
    pub fn facts(&self) -> Facts {
        self.facts
    }

    /// The unit that the rows so far state for each channel that has a column of
    /// its own; empty where they state none. Numbers in another unit than the
    /// wanted one have been brought into that.
    #[must_use]
    pub fn stated_units(&self) -> Vec<String> {
        self.units
            .iter()
            .map(|units| units.stated().to_string())
            .collect()
    }

    /// Whether there is a column of truths.
    #[must_use]
    pub fn has_truth(&self) -> bool {
        self.places.truth.is_some()
    }

    /// Which of the columns that the header names holds the truth, from 0.
    #[must_use]
    pub fn truth_column(&self) -> Option<usize> {
        self.places.truth
    }

    /// Whether truths are numbers.
    #[must_use]
    pub fn number_truths(&self) -> bool {
        self.wants.number
    }

    /// How many channels a row has.
    #[must_use]
    pub fn channels(&self) -> usize {
        match &self.wants.rows {
            Rows::Arrays { channels } | Rows::List { channels } => channels.len(),
            _ => self.places.channels.len(),
        }
    }

    /// Whether a row holds a whole window, of any length.
    #[must_use]
    pub fn holds_windows(&self) -> bool {
        matches!(
            self.wants.rows,
            Rows::Arrays { .. } | Rows::Lists | Rows::SideBySide { .. }
        )
    }

    /// Whether a row is the header once more.
    #[must_use]
    pub fn is_header(&self, row: &Row<'_>) -> bool {
        self.columns.is_header(&row.fields)
    }

    /// Where a row's truth is.
    #[must_use]
    pub fn truth_spot(&self, row: &Row<'_>) -> Spot {
        self.spot(row, self.places.truth)
    }

    /// Where a row's window is, or begins.
    #[must_use]
    pub fn window_spot(&self, row: &Row<'_>) -> Spot {
        let first = self.places.channels.first();
        self.spot(row, self.places.cell.or(first.copied()))
    }

    fn spot(&self, row: &Row<'_>, at: Option<usize>) -> Spot {
        let fields = self.columns.fields(row).unwrap_or_default();
        at.map_or_else(Spot::default, |at| self.spot_at(fields, at))
    }

    fn spot_at(&self, fields: &[Field<'_>], at: usize) -> Spot {
        let field = fields.get(at);
        Spot {
            line: field.map_or(0, |field| field.line),
            column: field.map_or(0, |field| field.column),
            name: self.columns.name(at).to_string(),
        }
    }

    /// Reads a row of the table; behind another header than the first there is
    /// none, and each is a [`BadCell`] with [`Problem::OtherHeader`].
    ///
    /// The numbers of its channels go behind `values`, those of
    /// one behind those of the other, and how many each has behind `lengths`;
    /// NaN is a missing number.
    ///
    /// # Errors
    /// [`BadCell`] for a row that cannot be used; `values` and `lengths` are
    /// then as before.
    pub fn read<'r>(
        &mut self,
        row: &'r Row<'_>,
        values: &mut Vec<f64>,
        lengths: &mut Vec<usize>,
    ) -> Result<Cells<'r>, BadCell> {
        if self.end.is_none() {
            match self.read_row(row, values, lengths) {
                Ok(cells) => {
                    self.any = true;
                    return Ok(cells);
                }
                Err(bad) => {
                    let lists = self.wants.rows == Rows::Lists;
                    let numbers = self.places.numbers().filter(|_| !lists);
                    let read: Vec<usize> = numbers.chain(self.places.time).collect();
                    let (columns, wants) = (&self.columns, &self.wants);
                    if !columns.is_other_header(row, wants, &read, self.any) {
                        return Err(bad);
                    }
                }
            }
        }
        let first = row.fields.iter().find(|field| !field.bytes.is_empty());
        let text = first.map_or(Cow::Borrowed(""), |field| lossy(&field.bytes));
        let other = || (row.line, quote(text.trim()));
        let (line, text) = self.end.get_or_insert_with(other).clone();
        Err(BadCell {
            spot: Spot {
                line: row.line,
                column: 1,
                name: String::new(),
            },
            problem: Problem::OtherHeader { line, text },
        })
    }

    fn read_row<'r>(
        &mut self,
        row: &'r Row<'_>,
        values: &mut Vec<f64>,
        lengths: &mut Vec<usize>,
    ) -> Result<Cells<'r>, BadCell> {
        if !self.shape_known {
            self.shape_known = true;
            if self.columns.learn_shape(row) == Shape::UnnamedFirst {
                self.notes.push(Note::RowNumbers);
            }
        }
        let of_row = |problem| BadCell {
            spot: Spot {
                line: row.line,
                column: 1,
                name: String::new(),
            },
            problem,
        };
        let fields = self.columns.fields(row).map_err(of_row)?;
        if let Some(at) = self.counter {
            counter::check(fields, at).map_err(|problem| BadCell {
                spot: self.spot_at(fields, at),
                problem,
            })?;
        }
        let before = (values.len(), lengths.len());
        let read = self.cells(fields, values, lengths);
        read.map_err(|(at, problem)| {
            values.truncate(before.0);
            lengths.truncate(before.1);
            BadCell {
                spot: self.spot_at(fields, at),
                problem,
            }
        })
    }

    /// Reads the fields that the header names; what is wrong comes with the
    /// position of the field.
    fn cells<'r>(
        &mut self,
        fields: &'r [Field<'_>],
        values: &mut Vec<f64>,
        lengths: &mut Vec<usize>,
    ) -> Result<Cells<'r>, (usize, Problem)> {
        self.learn(fields)?;
        let decimal = self.decimal.known();
        let truth = match self.places.truth {
            None => TruthCell::Nothing,
            Some(at) => TruthCell::read(text(fields, at)?, self.wants.number, decimal),
        };
        match (&self.wants.rows, self.places.cell) {
            (Rows::Arrays { channels }, Some(at)) => {
                let text = text(fields, at)?;
                self.arrays(channels, &text, values, lengths)
                    .map_err(|problem| (at, problem))?;
            }
            (Rows::List { channels }, Some(at)) => {
                let text = text(fields, at)?;
                self.list(channels, &text, values, lengths)
                    .map_err(|problem| (at, problem))?;
            }
            (Rows::Lists, _) => {
                for &at in &self.places.channels {
                    let read = list(&text(fields, at)?, decimal);
                    let samples = read.map_err(|problem| (at, problem))?;
                    lengths.push(samples.len());
                    values.extend(samples);
                }
            }
            (Rows::SideBySide { least, .. }, _) => {
                let mut each = |at, channel: usize| match self.units.get_mut(channel) {
                    Some(units) => self::channel(fields, at, units, decimal),
                    None => Ok(f64::NAN),
                };
                side_by_side::read(&self.places.samples, *least, &mut each, values, lengths)?;
            }
            _ => {
                for (&at, units) in self.places.channels.iter().zip(&mut self.units) {
                    let value = channel(fields, at, units, decimal)?;
                    values.push(value);
                    lengths.push(1);
                }
            }
        }
        let time_s = match self.places.time {
            None => None,
            Some(at) => {
                let text = self.places.time_text(fields, at, &mut self.last_day)?;
                let read = self.time(at, &text);
                Some(read.map_err(|problem| (at, problem))?)
            }
        };
        Ok(Cells { time_s, truth })
    }

    /// Looks at what the numbers of a row show of the mark before decimals, as
    /// long as it is not known.
    fn learn(&mut self, fields: &[Field<'_>]) -> Result<(), (usize, Problem)> {
        let has_mark = |field: &Field| field.bytes.iter().any(|byte| b".,".contains(byte));
        if self.decimal.known().is_some() || !fields.iter().any(has_mark) {
            return Ok(());
        }
        let places = &self.places;
        let number = self.times.as_ref().is_some_and(Times::are_numbers);
        let read = places.numbers();
        let read = read.chain(places.truth.filter(|_| self.wants.number));
        let read = read.chain(places.time.filter(|_| number));
        let cells = read.filter_map(|at| fields.get(at));
        let cells: Vec<Cow<'_, str>> = cells.map(|field| lossy(&field.bytes)).collect();
        let listed = places.cell.and_then(|at| fields.get(at));
        let listed = listed.map(|field| lossy(&field.bytes));
        // Between commas no number of a list can show its mark.
        let listed = listed.filter(|text| text.contains(';')).unwrap_or_default();
        let listed = listed.split(['[', ']', ';']);
        let mut texts = cells.iter().map(|cell| cell.as_ref()).chain(listed);
        let first = places.channels.first().or(places.cell.as_ref());
        let learned = self.decimal.see(&mut texts);
        if learned.map_err(|problem| (first.copied().unwrap_or_default(), problem))?
            && let Some(times) = &mut self.times
        {
            times.learn(self.decimal.known());
        }
        Ok(())
    }

    fn time(&mut self, at: usize, text: &str) -> Result<f64, Problem> {
        let times = match &mut self.times {
            Some(times) => times,
            // Rows that come one at a time: the first one decides.
            times => {
                let decimal = self.decimal.known();
                let sampled = Sampled {
                    name: self.columns.name(at),
                    decimal,
                    ..Sampled::default()
                };
                let column = TimeColumn::of_first(text.trim(), &sampled).map_err(|_| {
                    // One form decides the others', so that it must be certain.
                    let problem = crate::time::time(text, decimal).err();
                    problem.unwrap_or_else(|| Problem::NotATime { text: quote(text) })
                })?;
                let reader = column.reader(decimal);
                self.facts.dates = reader.is_local();
                times.insert(reader)
            }
        };
        times.read(text)
    }

    /// A window from the arrays of one cell.
    fn arrays(
        &self,
        channels: &[InCell],
        text: &str,
        values: &mut Vec<f64>,
        lengths: &mut Vec<usize>,
    ) -> Result<(), Problem> {
        let arrays = arrays(text, self.decimal.known())?;
        for channel in channels {
            let found = match &channel.source {
                Source::Index(index) => arrays.get(*index),
                Source::Name(name) => arrays.iter().find(|array| array.name == name),
            };
            let found = found.ok_or_else(|| Problem::NoArray {
                channel: channel.name.clone(),
            })?;
            values.extend(&found.values);
            lengths.push(found.values.len());
        }
        Ok(())
    }

    /// A reading from a list in one cell.
    fn list(
        &self,
        channels: &[InCell],
        text: &str,
        values: &mut Vec<f64>,
        lengths: &mut Vec<usize>,
    ) -> Result<(), Problem> {
        let listed = list(text, self.decimal.known())?;
        // One number more than are read may be at either end, or in between.
        let positions = channels.iter().filter_map(|channel| match channel.source {
            Source::Index(index) => Some(index + 1),
            Source::Name(_) => None,
        });
        let expected = positions.max().unwrap_or(0);
        let beyond = listed.get(expected..).unwrap_or_default();
        if beyond.iter().any(|value| !value.is_nan()) {
            return Err(Problem::ListLength {
                found: listed.len(),
                expected,
            });
        }
        for channel in channels {
            let value = match &channel.source {
                Source::Index(index) => listed.get(*index),
                Source::Name(_) => None,
            };
            values.push(*value.ok_or_else(|| Problem::NotListed {
                channel: channel.name.clone(),
                found: listed.len(),
            })?);
            lengths.push(1);
        }
        Ok(())
    }
}

/// The number of a channel that has a field of its own.
fn channel(
    fields: &[Field<'_>],
    at: usize,
    units: &mut Units,
    decimal: Option<Decimal>,
) -> Result<f64, (usize, Problem)> {
    let beside = match units.beside {
        Some(beside) => text(fields, beside)?,
        None => Cow::Borrowed(""),
    };
    let read = units.read(&text(fields, at)?, &beside, decimal);
    read.map_err(|problem| (at, problem))
}
