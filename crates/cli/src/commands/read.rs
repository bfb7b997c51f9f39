//! `senselm read`: what a table, a line or a message is read as, and why not.

mod messages;

use anyhow::Result;
use clap::{Args, ValueEnum};
use senselm_readings::limits::{MAX_SAMPLE_BYTES, MAX_SAMPLE_ROWS};
use senselm_readings::recording::{Looks, looks};
use senselm_readings::rows::{Field, Row, Rows};
use senselm_readings::time::{Sampled, TimeColumn};
use senselm_readings::{
    Cell, Decimal, DecimalOfRows, Note, Problem, Table, TimeForm, Told, cell, detect, is_missing,
    time,
};
use serde::Serialize;

use messages::SentArgs;

use super::recording::{ToldArgs, ask};
use crate::exit::{Exit, UsageError};
use crate::input::{Input, InputError};
use crate::output::Output;

/// Arguments of `senselm read`.
#[derive(Args)]
#[command(after_help = "\
The first line says how the table is written, each one behind it is a row. Cells
are numbers (with their unit), times, missing, or texts. Nothing is asked of any
model.

Lines and messages are read as the page reads what a serial port and a broker
send: a value for each channel that is spoken of.

Examples:
  senselm read recording.csv
  senselm read - --decimal comma --json < recording.csv
  senselm read port.log --as line --channels temp:C,hum:%
  senselm read sent.json --as message --topic site/7 --model pump.gguf")]
pub(crate) struct ReadText {
    /// The recording, or standard input: -
    #[arg(value_name = "FILE|-")]
    input: Input,
    /// What the input is
    #[arg(long = "as", value_name = "KIND", value_enum, default_value_t)]
    kind: Kind,
    #[command(flatten)]
    sent: SentArgs,
    #[command(flatten)]
    told: ToldArgs,
    /// Print one JSON object for the table and one for each row; one for each line
    /// or message
    #[arg(long)]
    json: bool,
}

/// What an input is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A table, with a reading a row
    #[default]
    Csv,
    /// What a serial port sends, line after line
    Line,
    /// One message of a broker
    Message,
}

/// How the table is written.
#[derive(Serialize)]
struct TableLine<'a> {
    delimiter: &'static str,
    decimal: Option<&'static str>,
    header_line: Option<u64>,
    columns: &'a [String],
    /// What a user should know.
    notes: Vec<String>,
}

/// One row, or why it is none.
#[derive(Serialize)]
struct RowLine {
    line: u64,
    cells: Vec<CellLine>,
    error: Option<Refusal>,
}

/// What a cell is read as.
#[derive(Serialize)]
struct CellLine {
    /// Its beginning, in quotes.
    text: String,
    #[serde(flatten)]
    read: ReadAs,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum ReadAs {
    Missing,
    Number {
        value: f64,
        unit: Option<&'static str>,
    },
    /// In seconds since 1970, or of the day.
    Time {
        seconds: f64,
    },
    Text {
        code: &'static str,
        message: String,
    },
}

#[derive(Serialize)]
struct Refusal {
    code: &'static str,
    message: String,
}

impl ReadText {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        let times = self.told.told().times;
        match self.kind {
            Kind::Csv if !self.sent.is_empty() => {
                let words = "--topic, --channels and --model are for --as line and --as message";
                Err(UsageError(words.to_owned()).into())
            }
            Kind::Csv => self.table(out),
            Kind::Line => self.sent.lines(&self.input, times, self.json, out),
            Kind::Message => self.sent.message(&self.input, times, self.json, out),
        }
    }

    fn table(&self, out: &mut Output) -> Result<Exit> {
        let text = self.told.text(&self.input)?;
        let told = self.told.told();
        let sample = text.get(..MAX_SAMPLE_BYTES).unwrap_or(&text);
        let complete = sample.len() == text.len();
        let undecided = |problem: Problem| InputError::Undecided {
            path: self.input.to_string(),
            problem: problem.to_string(),
            ask: ask(&problem),
        };
        let table = detect(sample, complete, &told, &[]).map_err(undecided)?;
        let forms = forms(sample, complete, &table, &told).map_err(undecided)?;
        self.say_table(&table, out)?;
        let mut exit = Exit::Done;
        let mut decimal = DecimalOfRows::new(table.decimal);
        let mut rows = Rows::from_position(&text, table.delimiter, table.body);
        let mut row = Row::default();
        while let Some(read) = rows.read(&mut row) {
            let fields = match read {
                Ok(()) => numbers(&row, &table, &forms, &mut decimal),
                Err(malformed) => {
                    row.line = malformed.line;
                    Err(malformed.problem)
                }
            };
            let line = match fields {
                Ok(fields) => RowLine {
                    line: row.line,
                    cells: fields
                        .iter()
                        .zip(&forms)
                        .map(|(field, form)| CellLine::new(field, decimal.known(), *form))
                        .collect(),
                    error: None,
                },
                Err(problem) => {
                    exit = Exit::Partial;
                    RowLine::refused(row.line, &problem)
                }
            };
            self.say_row(&line, out)?;
        }
        Ok(exit)
    }

    fn say_table(&self, table: &Table, out: &mut Output) -> Result<()> {
        let line = TableLine {
            delimiter: table.delimiter.name(),
            decimal: table.decimal.map(Decimal::name),
            header_line: table.header_line,
            columns: &table.names,
            notes: table.notes.iter().map(Note::to_string).collect(),
        };
        if self.json {
            return out.json(&line);
        }
        let columns: Vec<String> = line
            .columns
            .iter()
            .map(|name| format!("{name:?}"))
            .collect();
        out.line(format_args!(
            "{} between fields, decimal {}, columns {}",
            line.delimiter,
            line.decimal.unwrap_or("point or none"),
            columns.join(", ")
        ))?;
        line.notes.iter().try_for_each(|note| out.line(note))
    }

    fn say_row(&self, row: &RowLine, out: &mut Output) -> Result<()> {
        if self.json {
            return out.json(row);
        }
        let words = match &row.error {
            Some(refusal) => refusal.message.clone(),
            None => row
                .cells
                .iter()
                .map(CellLine::in_words)
                .collect::<Vec<_>>()
                .join("  "),
        };
        out.line(format_args!("line {:<6} {words}", row.line))
    }
}

/// The fields of a row, whose numbers may show the mark before decimals.
fn numbers<'r, 'a>(
    row: &'r Row<'a>,
    table: &Table,
    forms: &[Option<TimeForm>],
    decimal: &mut DecimalOfRows,
) -> Result<&'r [Field<'a>], Problem> {
    let fields = table.shape.fields(row, table.width)?;
    let numbers = fields.iter().zip(forms);
    let numbers = numbers.filter(|(_, form)| form.is_none());
    let texts = numbers.map(|(field, _)| String::from_utf8_lossy(&field.bytes));
    let texts: Vec<_> = texts.collect();
    decimal.see(&mut texts.iter().map(AsRef::as_ref))?;
    Ok(fields)
}

/// In which form the times of each column are, by the cells of the beginning: as
/// `answer` reads a column, not each cell for itself.
fn forms(
    sample: &[u8],
    complete: bool,
    table: &Table,
    told: &Told,
) -> Result<Vec<Option<TimeForm>>, Problem> {
    let mut rows = Rows::from_position(sample, table.delimiter, table.body);
    if !complete {
        rows = rows.of_piece();
    }
    let rows: Vec<Row> = rows.filter_map(Result::ok).take(MAX_SAMPLE_ROWS).collect();
    let form = |at: usize| {
        let cells = rows.iter().filter_map(|row| {
            let field = table.shape.fields(row, table.width).ok()?.get(at)?;
            Some(String::from_utf8_lossy(&field.bytes))
        });
        let cells: Vec<_> = cells.collect();
        let texts = cells.iter().map(|cell| cell.trim());
        let texts: Vec<&str> = texts.filter(|text| !is_missing(text)).collect();
        // What was told is of the columns that it fits.
        let fits = |form: &TimeForm| {
            let read = texts
                .iter()
                .filter(|text| form.read(text, table.decimal).is_ok());
            read.count() * 2 > texts.len()
        };
        if let Some(form) = told.times.filter(fits) {
            return Ok(Some(form));
        }
        if looks(texts.iter().copied(), table.decimal) != Looks::Time {
            return Ok(None);
        }
        let column = TimeColumn::of(&Sampled {
            texts: &texts,
            name: table.names.get(at).map_or("", String::as_str),
            decimal: table.decimal,
            ..Sampled::default()
        })?;
        Ok(Some(column.form))
    };
    (0..table.width).map(form).collect()
}

impl RowLine {
    fn refused(line: u64, problem: &Problem) -> Self {
        Self {
            line,
            cells: Vec::new(),
            error: Some(Refusal {
                code: problem.code(),
                message: said(problem),
            }),
        }
    }
}

impl Refusal {
    fn new(problem: &Problem) -> Self {
        Self {
            code: problem.code(),
            message: problem.to_string(),
        }
    }
}

/// What is wrong with a cell or a row of a table, and the options that would decide.
fn said(problem: &Problem) -> String {
    format!("{problem}{}", ask(problem))
}

impl CellLine {
    fn new(field: &Field, decimal: Option<Decimal>, times: Option<TimeForm>) -> Self {
        let text = String::from_utf8_lossy(&field.bytes);
        let read = match cell(&text, decimal) {
            Ok(Cell::Missing) => ReadAs::Missing,
            Ok(Cell::Number { value, unit }) => ReadAs::Number {
                value,
                unit: unit.map(senselm_readings::Unit::name),
            },
            Err(problem) => {
                let seconds = match times {
                    Some(form) => form.read(&text, decimal),
                    None => time(&text, decimal),
                };
                match seconds {
                    Ok(seconds) => ReadAs::Time { seconds },
                    Err(two @ Problem::TwoTimes { .. }) => ReadAs::text(&two),
                    Err(_) => ReadAs::text(&problem),
                }
            }
        };
        Self {
            text: senselm_readings::quote(text.trim()),
            read,
        }
    }

    fn in_words(&self) -> String {
        match &self.read {
            ReadAs::Missing => "missing".to_owned(),
            ReadAs::Number { value, unit: None } => value.to_string(),
            ReadAs::Number {
                value,
                unit: Some(unit),
            } => format!("{value} {unit}"),
            ReadAs::Time { seconds } => format!("{} ({seconds} s)", self.text),
            // Which of two numbers it is, an option decides.
            ReadAs::Text {
                code: "two_numbers" | "other_decimal",
                message,
            } => format!("({message})"),
            ReadAs::Text { .. } => self.text.clone(),
        }
    }
}

impl ReadAs {
    fn text(problem: &Problem) -> Self {
        Self::Text {
            code: problem.code(),
            message: said(problem),
        }
    }
}
