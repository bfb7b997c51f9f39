//! The program's words for what cannot be read.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::shown;
use crate::time::{DateOrder, TimeUnit};
use crate::{Decimal, Note, Problem, TimeForm, quote};

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding => write!(out, "the message is not UTF-8 text"),
            Self::Noise => write!(
                out,
                "the line has characters that could not be decoded: check the rate and the encoding"
            ),
            Self::Size { limit } => write!(out, "the message is longer than {limit} bytes"),
            Self::Depth { limit } => {
                write!(out, "the message is nested deeper than {limit} levels")
            }
            Self::Many { limit } => write!(out, "the message has more than {limit} readings"),
            Self::Json => write!(out, "the message is not valid JSON"),
            Self::Path { path } => write!(out, "the message has nothing at {path}"),
            Self::Names { wanted, known } => {
                write!(out, "none of the channels is named, which are {wanted}")?;
                match known.as_str() {
                    "" => Ok(()),
                    known => write!(out, "; there are {known}"),
                }
            }
            Self::Words { text } => write!(
                out,
                "{text} is neither readings nor names for the values that follow: write one name \
                 a value, with commas between them"
            ),
            Self::Count { found, expected } => {
                write!(out, "{found} values where {expected} are expected")
            }
            Self::Shape => write!(
                out,
                "the message is neither an object, nor a list, nor values with commas between them"
            ),
            Self::Topic { topic } => write!(
                out,
                "the value has no name, and no channel's name ends the topic {topic}"
            ),
            Self::TwoChannels { topic, one, other } => write!(
                out,
                "the topic {topic} ends in two channels, {one} and {other}: name the field of each"
            ),
            Self::TwoPlaces { wanted, one, other } => write!(
                out,
                "{wanted} is there twice, as {one} and as {other}: name the field that is meant"
            ),
            Self::NotANumber { text } => write!(out, "{text} is not a number"),
            Self::TooLarge { text } => write!(out, "{text} is too large"),
            Self::TwoNumbers {
                text,
                decimals,
                thousands,
            } => write!(
                out,
                "{text} is {} with a decimal comma and {} with a comma between thousands",
                shown::number(*decimals),
                shown::number(*thousands)
            ),
            Self::OtherDecimal { text, expected } => write!(
                out,
                "{text} has a decimal {} where this file has decimal {}s",
                match expected {
                    Decimal::Point => Decimal::Comma.name(),
                    Decimal::Comma => Decimal::Point.name(),
                },
                expected.name()
            ),
            Self::UnknownUnit { text, unit } => {
                write!(out, "{text} is not a number, and {unit} is no known unit")
            }
            Self::OtherUnit { text, expected } => {
                write!(out, "{text} cannot be had in {expected}")
            }
            Self::LooseUnit { unit } => write!(
                out,
                "nobody can tell which values the unit {unit} is of: name it with its channel, \
                 like temperature_unit, or leave it out"
            ),
            Self::TwoUnits { one, other, unit } => {
                write!(
                    out,
                    "{one} and {other} of one column may be in one unit or in two"
                )?;
                if !unit.is_empty() {
                    write!(out, ", and {unit} is wanted")?;
                }
                write!(out, ": write the unit behind each number, or behind none")
            }
            Self::NotATime { text } => write!(out, "{text} is not a time"),
            Self::TwoTimes {
                text,
                first,
                second,
            } => write!(
                out,
                "times such as {text} can be read as {} and as {}",
                form(*first),
                form(*second)
            ),
            Self::NoTimes { text, told: None } => write!(
                out,
                "{text} is not a time; a time is a number of s, ms, us or ns, or a date such as \
                 2025-01-31 11:59:30, 2025-01-31T11:59:30.250Z, 31.01.2025 11:59:30 or \
                 01/31/2025 11:59:30 AM"
            ),
            Self::NoTimes {
                text,
                told: Some(told),
            } => write!(
                out,
                "{text} is not a time that is written as {}",
                form(*told)
            ),
            Self::OpenQuote => write!(out, "a quote is opened here and never closed"),
            Self::AfterQuote => write!(
                out,
                "text after the closing quote; write quotes inside a quoted cell twice"
            ),
            Self::LongCell { limit } => {
                write!(
                    out,
                    "a cell of more than {limit} bytes; is a quote missing?"
                )
            }
            Self::TooManyColumns { limit } => write!(out, "more than {limit} columns"),
            Self::FieldCount { found, expected } => {
                write!(out, "{found} fields where {expected} are expected")
            }
            Self::TwoDelimiters { first, second } => write!(
                out,
                "rows can be split at each {} and at each {}",
                first.name(),
                second.name()
            ),
            Self::CellsOrDecimals { text } => write!(
                out,
                "{text} is one number with a decimal comma, or two cells with a comma between them"
            ),
            Self::TwoDecimals { point, comma } => write!(
                out,
                "{point} has a decimal point and {comma} a decimal comma"
            ),
            Self::NoHeader { line, text } => write!(
                out,
                "line {line} holds readings ({text}), and no line names the columns; \
                 write their names into the first line"
            ),
            Self::NoSuchHeader { line } => write!(out, "there is no row at line {line}"),
            Self::UnnamedColumn { named, first, last } => write!(
                out,
                "rows have one field more than the {named} that the header names: \
                 the first ({first}) or the last ({last}) has no name; name every column"
            ),
            Self::Empty => write!(out, "there is nothing in it"),
            Self::Header { line, problem } => {
                write!(out, "line {line}: the header cannot be read: {problem}")
            }
            Self::NoColumn { column, known } => write!(
                out,
                "the file has no column {column}; its columns are: {known}"
            ),
            Self::NoCells { column, title } => write!(
                out,
                "the header names {} for {column}, but rows have no cell for it: they end before",
                quote(title)
            ),
            Self::NearColumn {
                column,
                title,
                unit,
            } => {
                write!(out, "the file has no column {column}; {} ", quote(title))?;
                match unit.as_str() {
                    "" => write!(out, "may be another")?,
                    unit => write!(out, "is not in {unit}")?,
                }
                write!(
                    out,
                    ": rename it if it is the one, and convert it where its unit differs"
                )
            }
            Self::TwoColumns {
                column,
                first,
                second,
            } => write!(
                out,
                "two columns can be {}: {first}, and {second}; rename one of them",
                quote(column)
            ),
            Self::Columns { reason } => {
                write!(out, "the chosen columns do not fit the model: {reason}")
            }
            Self::OtherHeader { line, text } => write!(
                out,
                "line {line} ({text} and others) is another header than the first: two tables are \
                 in this file; split it"
            ),
            Self::TimesBackwards { line, text } => write!(
                out,
                "times run backwards ({text} at line {line} and others): sort the rows by time"
            ),
            Self::TimesRepeat {
                text,
                often,
                rate_hz,
            } => write!(
                out,
                "each time stands {often} times with other readings ({text} and others): the \
                 readings of {often} sources, which are to be in files of their own, or {often} \
                 of one source within a tick of its clock, which then come {} times a second",
                shown::number(*rate_hz)
            ),
            Self::OtherRate {
                found_hz,
                expected_hz,
            } => {
                let (found, expected) = (shown::number(*found_hz), shown::number(*expected_hz));
                write!(
                    out,
                    "readings come {found} times a second where the model reads {expected} a \
                     second: resample the recording, or tell its rate if its times are wrong"
                )
            }
            Self::NotText => write!(out, "it is not UTF-8 text"),
            Self::NoArray { channel } => write!(out, "no array for channel {channel}"),
            Self::NotListed { channel, found } => {
                write!(out, "no number for channel {channel} in a list of {found}")
            }
            Self::TwoLists {
                text,
                inside,
                between,
                ..
            } => write!(
                out,
                "{text} holds {inside} numbers with commas in some of them, or {between} with \
                 commas between them: write semicolons between numbers"
            ),
            Self::ListLength { found, expected } => {
                write!(out, "{found} values where the front end reads {expected}")
            }
            Self::ListTooLong { limit } => write!(out, "more than {limit} numbers in one list"),
            Self::ArrayName { text } => {
                write!(out, "{text} stands before an array; write `Name: [1, 2]`")
            }
            Self::ArrayOpen { name } => write!(out, "the array {name} has no closing bracket"),
            Self::ArrayTwice { name } => write!(out, "the array {name} is there twice"),
            Self::TooManyArrays { limit } => write!(out, "more than {limit} arrays in one cell"),
            Self::AfterArrays { text } => write!(out, "{text} stands after the arrays"),
            Self::InArray { name, problem } => write!(out, "array {name}: {problem}"),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preamble { header_line } => write!(
                out,
                "line {header_line} names the columns; the lines before it are left out"
            ),
            Self::NoHeader => write!(
                out,
                "no line names the columns: the first row holds readings, and columns are \
                 known by their position"
            ),
            Self::Units { line } => write!(out, "line {line} says the units of the columns"),
            Self::RowNumbers => write!(
                out,
                "rows have one field more than the header; the first is taken as a row number \
                 and left out"
            ),
            Self::UnnamedLast { text } => write!(
                out,
                "rows have one field more than the header; the last ({text}) is left out"
            ),
            Self::EmptyLastTitle => {
                write!(
                    out,
                    "the header ends in a delimiter that the rows do not have"
                )
            }
            Self::NoCells { titles } => {
                let titles: Vec<String> = titles.iter().map(|title| quote(title)).collect();
                write!(
                    out,
                    "rows end before the last titles of the header, which have no cells: {}",
                    titles.join(", ")
                )
            }
            Self::EmptyLast => write!(out, "rows end in a delimiter that the header does not have"),
            Self::ColumnTaken { column, title } => {
                write!(
                    out,
                    "{} is read as {column}: it can be nothing else",
                    quote(title)
                )
            }
            Self::DayAndClock { day, clock } => write!(
                out,
                "{} and {} are read together as the time",
                quote(day),
                quote(clock)
            ),
            Self::NoTimeColumn { column } => write!(
                out,
                "there is no column {column}, so neither the rate nor gaps in time can be seen"
            ),
            Self::NoTruthColumn { column } => write!(
                out,
                "there is no column {column}, so the right answers are not known"
            ),
        }
    }
}

/// How a form is called in a sentence.
fn form(form: TimeForm) -> &'static str {
    match form {
        TimeForm::Number(TimeUnit::Seconds) => "seconds",
        TimeForm::Number(TimeUnit::Millis) => "milliseconds",
        TimeForm::Number(TimeUnit::Micros) => "microseconds",
        TimeForm::Number(TimeUnit::Nanos) => "nanoseconds",
        TimeForm::Number(TimeUnit::Minutes) => "minutes",
        TimeForm::Number(TimeUnit::Hours) => "hours",
        TimeForm::Number(TimeUnit::Days) => {
            "days, as spreadsheets, MATLAB and astronomers count them"
        }
        TimeForm::Date(DateOrder::YearMonthDay) => "year, month, day",
        TimeForm::Date(DateOrder::DayMonthYear) => "day, month, year",
        TimeForm::Date(DateOrder::MonthDayYear) => "month, day, year",
        TimeForm::Clock => "a time of the day",
    }
}
