//! Lines of readings, one after the other: values in order, named values, JSON,
//! and headers that say what the values of the lines behind them are.

mod influx;
mod pairs;
mod split;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;

use crate::message::{Channel, Fields, Format, Json, Meaning, Order, Place, Reading, read_json};
use crate::{Decimal, Problem, number};
use split::{Line, cells, parse};

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
    positions: Vec<Option<Place>>,
    /// Whether a header or the format said what the positions are.
    order: Order,
    /// Why nobody can tell what the positions are.
    refused: Option<Problem>,
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
        match parse(line, self.decimal, &self.fields) {
            Line::Json => read_json(line, &self.fields, self.order, complaints),
            Line::Values(values) => Ok([self.in_order(line, &values, complaints)?].into()),
            Line::Named(named) => {
                let named: Vec<_> = named.into_iter().map(text_field).collect();
                let mut found = self.fields.values_in(&named)?;
                self.fields.give_units(&named, &mut found, complaints);
                let time = named.iter().find(|(name, _)| self.is_time(name));
                let time = time.map(|(_, value)| value);
                Ok([self.fields.reading(&found, time, complaints)?].into())
            }
            Line::Words(words) => {
                self.header(&words)?;
                Ok(Vec::new())
            }
        }
    }

    fn is_time(&self, name: &str) -> bool {
        self.fields.meaning(name) == Some(Meaning::Time)
    }

    /// Names say what the values of the lines that follow mean.
    fn header(&mut self, words: &[&str]) -> Result<(), Problem> {
        let read = self.fields.header(words);
        self.refused = match &read {
            Ok(_) => None,
            // What a device says about itself.
            Err(Problem::Names { .. }) => self.refused.take(),
            Err(problem) => Some(problem.clone()),
        };
        self.positions = read?;
        self.order = Order::Known;
        Ok(())
    }

    fn in_order(
        &mut self,
        line: &str,
        values: &[&str],
        complaints: &mut Vec<Problem>,
    ) -> Result<Reading, Problem> {
        if let Some(problem) = &self.refused {
            return Err(problem.clone());
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
        let values: Vec<Json> = values.iter().map(|value| self.cell(value)).collect();
        self.fields
            .in_order(&values, &self.positions, &[], complaints)
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

fn text_field((name, value): (&str, &str)) -> (alloc::string::String, Json) {
    (name.into(), Json::Text(value.into()))
}
