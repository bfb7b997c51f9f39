//! Lines of readings, one after the other: values in order, named values, JSON,
//! and headers that say what the values of the lines behind them are.

mod influx;
mod pairs;
mod split;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;

use crate::message::{Channel, Fields, Format, Json, Meaning, Order, Position, Reading, read_json};
use crate::{Decimal, Problem, number, quote};
use split::{Line, SEPARATORS, Separator, cells, is_filled, is_value, parse, separator, split};

/// The most characters of a line.
pub const MAX_LINE: usize = 4096;

/// Reads lines; a header among them says what follows.
///
/// # Examples
/// ```
/// use senselm_readings::line::LineReader;
/// use senselm_readings::message::{Channel, Format};
///
/// let channels = ["temp", "hum"].map(|name| Channel { name: name.into(), unit: String::new() });
/// let mut reader = LineReader::new(&channels, &Format::default());
/// let mut complaints = Vec::new();
/// assert!(reader.read("Time;Hum (%);Temp (°C)", &mut complaints)?.is_empty());
/// let read = reader.read("12;40;21,5", &mut complaints)?;
/// assert_eq!((&read[0].values[..], read[0].time_s), (&[21.5, 40.0][..], Some(12.0)));
/// # Ok::<(), senselm_readings::Problem>(())
/// ```
#[derive(Debug, Clone)]
pub struct LineReader {
    fields: Fields,
    positions: Vec<Option<Position>>,
    /// Whether a header or the format said what the positions are.
    order: Order,
    /// What separates the cells of the header, where there was one.
    header: Option<Separator>,
    /// Whether values were read in order.
    rows: bool,
    /// A line of words that may be a header that cannot be used.
    doubt: Option<String>,
    /// The header that cannot be used.
    refused: Option<String>,
    /// What stands before decimals, as soon as a line has shown it.
    decimal: Option<Decimal>,
}

impl LineReader {
    /// A reader for a model's channels.
    #[must_use]
    pub fn new(channels: &[Channel], format: &Format) -> Self {
        Self::of_message(&Fields::new(channels, format), Order::Known)
    }

    pub(crate) fn of_message(fields: &Fields, order: Order) -> Self {
        Self {
            positions: fields.positions(),
            order: if fields.are_unnamed() {
                order
            } else {
                Order::Known
            },
            fields: fields.clone(),
            header: None,
            rows: false,
            doubt: None,
            refused: None,
            decimal: None,
        }
    }

    /// Whether a line names values of all channels, so that it is no end of a
    /// line.
    #[must_use]
    pub fn is_whole_header(&self, line: &str) -> bool {
        let Line::Words(words) = parse(line, self.decimal, &self.fields) else {
            return false;
        };
        let meanings: Vec<_> = words.iter().map(|word| self.fields.meaning(word)).collect();
        let mut channels = 0..self.fields.channels();
        channels.all(|at| meanings.contains(&Some(Meaning::Channel(at))))
    }

    /// The readings of a line, none where it is a header. What is wrong with a
    /// reading that can be used all the same is added to `complaints`.
    ///
    /// # Errors
    /// A [`Problem`] that says why nothing of the line can be used.
    pub fn read(
        &mut self,
        line: &str,
        complaints: &mut Vec<Problem>,
    ) -> Result<Vec<Reading>, Problem> {
        // What cannot be decoded arrives as this character.
        if line.contains('\u{fffd}') {
            return Err(Problem::Noise);
        }
        let line = line.trim();
        let parsed = parse(line, self.decimal, &self.fields);
        if let Line::Words(_) | Line::Named(_) = parsed
            && let Some(cells) = self.row(line)
        {
            return Ok([self.in_order(line, &cells, complaints)?].into());
        }
        match parsed {
            Line::Json => read_json(line, &self.fields, self.order, complaints),
            Line::Values(values) => Ok([self.in_order(line, &values, complaints)?].into()),
            Line::Named(named) => {
                let named = Json::Object(named.into_iter().map(text_field).collect());
                let object = named.fields().unwrap_or_default();
                let found = self.fields.given_in(object, complaints)?;
                let time = self.fields.time_in(&named);
                Ok([self.fields.reading(&found, time, complaints)?].into())
            }
            Line::Words(words) => {
                self.names(line, &words)?;
                Ok(Vec::new())
            }
        }
    }

    /// The cells of a line that has more than plain numbers: units behind them,
    /// or texts in columns that are no channel's.
    fn row<'l>(&self, line: &'l str) -> Option<Vec<&'l str>> {
        let places = self.positions.len();
        if places == 1 {
            return is_filled(line).then(|| [line].into());
        }
        SEPARATORS.into_iter().find_map(|separator| {
            let of_header = self.header == Some(separator);
            // Without a header `21.5 C` is two words.
            if separator.is_none() && !of_header {
                return None;
            }
            let cells = cells(&split(line, separator), places);
            let name = |cell: &&str| matches!(self.fields.meaning(cell), Some(Meaning::Channel(_)));
            if cells.len() != places || cells.iter().any(name) {
                return None;
            }
            let wanted = || {
                self.positions
                    .iter()
                    .zip(&cells)
                    .filter(|(place, _)| is_channel(place))
            };
            let some = wanted().any(|(_, cell)| is_filled(cell));
            let all = || {
                let known = |cell: &str| is_filled(cell) || is_value(cell, self.decimal);
                let mut wanted = self.positions.iter().zip(&cells);
                wanted.all(|(place, cell)| known(cell) || of_header && !is_wanted(place))
            };
            (some && (of_header && separator.is_some() || all())).then_some(cells)
        })
    }

    /// Words that may say what the values of the lines that follow mean, or
    /// what a device says about itself.
    ///
    /// A header names every channel, or no fewer than the one before it with
    /// marks between its cells.
    fn names(&mut self, line: &str, words: &[&str]) -> Result<(), Problem> {
        let separator = separator(line);
        let count = |positions: &[Option<Position>]| {
            positions.iter().filter(|place| is_channel(place)).count()
        };
        let sentence = separator.is_none() && words.len() > 1;
        let doubt = || (!self.rows).then(|| String::from(line));
        match self.fields.header(words) {
            Ok(positions) => {
                let named = count(&positions);
                let before = if self.rows { count(&self.positions) } else { 0 };
                let known = !sentence || positions.iter().all(Option::is_some);
                if named == self.fields.channels() || known && named >= before {
                    // With other marks between cells there may be another in numbers.
                    if self.header != Some(separator) {
                        self.decimal = None;
                    }
                    (self.positions, self.order) = (positions, Order::Known);
                    (self.refused, self.doubt, self.header) = (None, None, Some(separator));
                    return Ok(());
                }
                self.doubt = doubt();
                Err(Problem::Words { text: quote(line) })
            }
            Err(problem @ Problem::Names { .. }) => {
                let names = words.len() > 1 && words.iter().all(|word| !word.contains(' '));
                self.doubt = doubt().filter(|_| !sentence && names);
                Err(problem)
            }
            Err(problem) => {
                if !(sentence && self.rows) {
                    self.refused = Some(line.into());
                }
                Err(problem)
            }
        }
    }

    fn in_order(
        &mut self,
        line: &str,
        values: &[&str],
        complaints: &mut Vec<Problem>,
    ) -> Result<Reading, Problem> {
        if let Some(words) = self.doubt.take()
            && separator(&words) == separator(line)
            && split(&words, separator(line)).len() == values.len()
            && self.fields.are_unnamed()
        {
            self.refused = Some(words);
        }
        if let Some(words) = &self.refused {
            let header = self.fields.header(&split(words, separator(words)));
            return Err(header
                .err()
                .unwrap_or_else(|| Problem::Words { text: quote(words) }));
        }
        if self.order == Order::Unknown {
            return Err(Problem::Topic {
                topic: alloc::string::String::new(),
            });
        }
        let places = self.positions.len();
        // `21,5` is one number where one is expected.
        let values = if places == 1 && values.len() > 1 && number(line, self.decimal).is_ok() {
            [line].into()
        } else {
            cells(values, places)
        };
        self.learn(&values);
        for (value, place) in values.iter().zip(&self.positions) {
            if let (true, Err(problem @ Problem::OtherDecimal { .. })) =
                (is_channel(place), number(value, self.decimal))
            {
                return Err(problem);
            }
        }
        let values: Vec<Json> = values.iter().map(|value| self.cell(value)).collect();
        let read = self
            .fields
            .in_order(&values, &self.positions, &[], complaints);
        self.rows |= read.is_ok();
        read
    }

    /// A cell in order: a number by the mark that the lines have.
    fn cell(&self, text: &str) -> Json {
        match number(text, self.decimal) {
            Ok(value) => Json::Number(value),
            Err(_) => Json::Text(text.into()),
        }
    }

    /// Keeps what a cell shows of the mark before decimals: what reads in one
    /// way only, whatever is known.
    fn learn(&mut self, values: &[&str]) {
        if self.decimal.is_some() {
            return;
        }
        self.decimal = values.iter().find_map(|value| {
            let reads = |decimal| number(value, Some(decimal)).is_ok_and(|value| !value.is_nan());
            match (reads(Decimal::Point), reads(Decimal::Comma)) {
                (true, false) => Some(Decimal::Point),
                (false, true) => Some(Decimal::Comma),
                _ => None,
            }
        });
    }
}

fn is_channel(place: &Option<Position>) -> bool {
    let meaning = place.as_ref().map(|place| place.meaning);
    matches!(meaning, Some(Meaning::Channel(_)))
}

/// Whether a place is a channel's, or certainly the time's.
fn is_wanted(place: &Option<Position>) -> bool {
    let meaning = place.as_ref().map(|place| place.meaning);
    !matches!(meaning, None | Some(Meaning::MaybeTime))
}

fn text_field((name, value): (&str, &str)) -> (alloc::string::String, Json) {
    (name.into(), Json::Text(value.into()))
}
