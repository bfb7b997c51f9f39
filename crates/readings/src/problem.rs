//! Why something cannot be read, as a code with values.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::rows::Delimiter;
use crate::shown::number;
use crate::{Decimal, TimeForm};

/// Why a cell, a line, a message or a table cannot be read.
///
/// Texts are the beginnings of what was found, in quotes, without control
/// characters.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// A message is not UTF-8.
    Encoding,
    /// A line holds characters that could not be decoded.
    Noise,
    /// A message is too long.
    Size {
        /// How many bytes it may have.
        limit: usize,
    },
    /// JSON is nested too deep.
    Depth {
        /// How many levels it may have.
        limit: usize,
    },
    /// A message holds too many readings.
    Many {
        /// How many it may have.
        limit: usize,
    },
    /// What begins like JSON is none.
    Json,
    /// Nothing is where the readings of a message should be.
    Path {
        /// Where that is.
        path: String,
    },
    /// None of the channels is named.
    Names {
        /// What would name them.
        wanted: String,
        /// Some of the names that are there, in quotes; empty where none is.
        known: String,
    },
    /// A line is neither readings nor a header.
    Words {
        /// Its beginning.
        text: String,
    },
    /// There are more or fewer values than places for them.
    Count {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// JSON that is neither an object nor a list.
    Shape,
    /// A value without a name came under a topic that does not end in a
    /// channel.
    Topic {
        /// The topic.
        topic: String,
    },
    /// A topic ends in the names of two channels.
    TwoChannels {
        /// The topic.
        topic: String,
        /// One of them.
        one: String,
        /// The other.
        other: String,
    },
    /// Two places have a value for one thing.
    TwoPlaces {
        /// What they have a value for.
        wanted: String,
        /// One of them.
        one: String,
        /// The other.
        other: String,
    },
    /// The text is neither a number nor a word for missing.
    NotANumber {
        /// What was found.
        text: String,
    },
    /// The number is beyond [`crate::limits::MAX_MAGNITUDE`].
    TooLarge {
        /// What was found.
        text: String,
    },
    /// The text is one number with decimals and another with thousands.
    TwoNumbers {
        /// What was found.
        text: String,
        /// With the mark before its decimals.
        decimals: f64,
        /// With the mark between its thousands.
        thousands: f64,
    },
    /// The number has another mark before its decimals than its file.
    OtherDecimal {
        /// What was found.
        text: String,
        /// The mark of the file.
        expected: Decimal,
    },
    /// A number is followed by what is no unit that is known here.
    UnknownUnit {
        /// What was found.
        text: String,
        /// What stands behind the number.
        unit: String,
    },
    /// A number has a unit that measures something else than its column.
    OtherUnit {
        /// What was found.
        text: String,
        /// The unit of the column.
        expected: String,
    },
    /// A message has a unit, and nobody can tell which values it is of.
    LooseUnit {
        /// The unit.
        unit: String,
    },
    /// Some cells of a column have a unit of their own, and others another or
    /// none.
    TwoUnits {
        /// One of them.
        one: String,
        /// One that differs.
        other: String,
        /// The unit that is wanted, or empty.
        unit: String,
    },
    /// The text is no time in any known form, or not in the one of its column.
    NotATime {
        /// What was found.
        text: String,
    },
    /// The text is one time in one form and another in another.
    TwoTimes {
        /// What was found.
        text: String,
        /// How it can be read.
        first: TimeForm,
        /// How it can be read, too.
        second: TimeForm,
    },
    /// Most cells of a column of times are no times.
    NoTimes {
        /// One of them.
        text: String,
        /// The form that somebody said they have.
        told: Option<TimeForm>,
    },
    /// A quote is opened and never closed.
    OpenQuote,
    /// Text stands behind a closing quote.
    AfterQuote,
    /// A cell has more bytes than [`crate::limits::MAX_CELL_BYTES`].
    LongCell {
        /// How many it may have.
        limit: usize,
    },
    /// A row has more columns than [`crate::limits::MAX_COLUMNS`].
    TooManyColumns {
        /// How many it may have.
        limit: usize,
    },
    /// A row has another number of fields than its table.
    FieldCount {
        /// How many it has.
        found: usize,
        /// How many the others have.
        expected: usize,
    },
    /// The rows can be split at two marks.
    TwoDelimiters {
        /// One of them.
        first: Delimiter,
        /// The other.
        second: Delimiter,
    },
    /// A text is one number with a decimal mark, or two cells.
    CellsOrDecimals {
        /// What was found.
        text: String,
    },
    /// Some numbers have a decimal point and some a decimal comma.
    TwoDecimals {
        /// One with a point.
        point: String,
        /// One with a comma.
        comma: String,
    },
    /// The first row holds readings, so that nothing names the columns.
    NoHeader {
        /// Its line.
        line: u64,
        /// Its first cell.
        text: String,
    },
    /// There is no row at the line that was said to be the header.
    NoSuchHeader {
        /// The line.
        line: u64,
    },
    /// Rows have one field more than the header, and nothing says which one is
    /// without a name.
    UnnamedColumn {
        /// How many columns the header names.
        named: usize,
        /// The first field of a row.
        first: String,
        /// Its last.
        last: String,
    },
    /// There is nothing in the table.
    Empty,
    /// The first row of a table is none.
    Header {
        /// Its line.
        line: u64,
        /// What is wrong with it.
        problem: Box<Problem>,
    },
    /// A table does not have a column that is needed.
    NoColumn {
        /// The column that is looked for.
        column: String,
        /// The columns that are there.
        known: String,
    },
    /// A column of a table has a title and no cells.
    NoCells {
        /// The column that is looked for.
        column: String,
        /// Its title.
        title: String,
    },
    /// A column of a table may be the one that is looked for, and nothing says
    /// that it is.
    NearColumn {
        /// The column that is looked for.
        column: String,
        /// The title that comes near.
        title: String,
        /// The unit that is wanted, where the title has another one; or empty.
        unit: String,
    },
    /// Two columns of a table can be the one that is looked for.
    TwoColumns {
        /// The column that is looked for.
        column: String,
        /// One of them, with its position from 1.
        first: String,
        /// The other.
        second: String,
    },
    /// Columns were chosen that are not those that are wanted.
    Columns {
        /// Why not.
        reason: String,
    },
    /// Behind rows of readings a row names other columns, or the same ones in
    /// another order or with other units.
    OtherHeader {
        /// Its line.
        line: u64,
        /// What it begins with.
        text: String,
    },
    /// Times fall more often than clocks do.
    TimesBackwards {
        /// The first row whose time is before the one above it.
        line: u64,
        /// Its time.
        text: String,
    },
    /// Each time stands several times, with other readings.
    TimesRepeat {
        /// One of them.
        text: String,
        /// How often.
        often: usize,
        /// Readings a second, if they are of one source.
        rate_hz: f64,
    },
    /// Readings come at another rate than the one that is wanted.
    OtherRate {
        /// Readings a second by the times, or as told.
        found_hz: f64,
        /// Readings a second that are wanted.
        expected_hz: f64,
    },
    /// The bytes of a cell are not UTF-8.
    NotText,
    /// A cell has no array for a channel.
    NoArray {
        /// The channel.
        channel: String,
    },
    /// The list of a cell has no number for a channel.
    NotListed {
        /// The channel.
        channel: String,
        /// How many numbers it has.
        found: usize,
    },
    /// Commas stand between the numbers of a list, or in some of them.
    TwoLists {
        /// The list.
        text: String,
        /// How many numbers it has with commas in some of them.
        inside: usize,
        /// How many it has with a comma between any two.
        between: usize,
        /// Whether the mark before decimals decides.
        decides: bool,
    },
    /// A list has another length than what is read of it.
    ListLength {
        /// How many numbers it has.
        found: usize,
        /// How many are read.
        expected: usize,
    },
    /// A list has more numbers than [`crate::limits::MAX_LIST`].
    ListTooLong {
        /// How many it may have.
        limit: usize,
    },
    /// Something stands before an array that is no name.
    ArrayName {
        /// What was found.
        text: String,
    },
    /// An array has no closing bracket.
    ArrayOpen {
        /// Its name, in quotes.
        name: String,
    },
    /// Two arrays of a cell have one name.
    ArrayTwice {
        /// The name, in quotes.
        name: String,
    },
    /// A cell has more arrays than [`crate::limits::MAX_ARRAYS`].
    TooManyArrays {
        /// How many it may have.
        limit: usize,
    },
    /// Something stands behind the last array.
    AfterArrays {
        /// What was found.
        text: String,
    },
    /// A number of an array cannot be read.
    InArray {
        /// The array's name, in quotes.
        name: String,
        /// Why not.
        problem: Box<Problem>,
    },
}

impl Problem {
    /// What a host looks its own words up by.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Encoding => "encoding",
            Self::Noise => "noise",
            Self::Size { .. } => "size",
            Self::Depth { .. } => "depth",
            Self::Many { .. } => "many",
            Self::Json => "json",
            Self::Path { .. } => "path",
            Self::Names { .. } => "names",
            Self::Words { .. } => "words",
            Self::Count { .. } => "count",
            Self::Shape => "shape",
            Self::Topic { .. } => "topic",
            Self::TwoChannels { .. } => "two_channels",
            Self::TwoPlaces { .. } => "two_places",
            Self::NotANumber { .. } => "not_a_number",
            Self::TooLarge { .. } => "too_large",
            Self::TwoNumbers { .. } => "two_numbers",
            Self::OtherDecimal { .. } => "other_decimal",
            Self::UnknownUnit { .. } => "unknown_unit",
            Self::OtherUnit { .. } => "other_unit",
            Self::LooseUnit { .. } => "loose_unit",
            Self::TwoUnits { .. } => "two_units",
            Self::NotATime { .. } => "not_a_time",
            Self::TwoTimes { .. } => "two_times",
            Self::NoTimes { .. } => "no_times",
            Self::OpenQuote => "open_quote",
            Self::AfterQuote => "after_quote",
            Self::LongCell { .. } => "long_cell",
            Self::TooManyColumns { .. } => "too_many_columns",
            Self::FieldCount { .. } => "field_count",
            Self::TwoDelimiters { .. } => "two_delimiters",
            Self::CellsOrDecimals { .. } => "cells_or_decimals",
            Self::TwoDecimals { .. } => "two_decimals",
            Self::NoHeader { .. } => "no_header",
            Self::NoSuchHeader { .. } => "no_such_header",
            Self::UnnamedColumn { .. } => "unnamed_column",
            Self::Empty => "empty",
            Self::Header { .. } => "header",
            Self::NoColumn { .. } => "no_column",
            Self::NoCells { .. } => "no_cells",
            Self::NearColumn { .. } => "near_column",
            Self::TwoColumns { .. } => "two_columns",
            Self::Columns { .. } => "columns",
            Self::OtherHeader { .. } => "other_header",
            Self::TimesBackwards { .. } => "times_backwards",
            Self::TimesRepeat { .. } => "times_repeat",
            Self::OtherRate { .. } => "other_rate",
            Self::NotText => "not_text",
            Self::NoArray { .. } => "no_array",
            Self::NotListed { .. } => "not_listed",
            Self::TwoLists { .. } => "two_lists",
            Self::ListLength { .. } => "list_length",
            Self::ListTooLong { .. } => "list_too_long",
            Self::ArrayName { .. } => "array_name",
            Self::ArrayOpen { .. } => "array_open",
            Self::ArrayTwice { .. } => "array_twice",
            Self::TooManyArrays { .. } => "too_many_arrays",
            Self::AfterArrays { .. } => "after_arrays",
            Self::InArray { .. } => "in_array",
        }
    }
}

impl Problem {
    /// What would decide, where two readings are possible: settings of
    /// [`crate::Told`], by their names, with their values.
    #[must_use]
    pub fn choices(&self) -> Vec<(&'static str, String)> {
        let both = |setting, first: &str, second: &str| {
            [(setting, first.into()), (setting, second.into())].into()
        };
        match self {
            Self::TwoNumbers { .. }
            | Self::TwoDecimals { .. }
            | Self::OtherDecimal { .. }
            | Self::TwoLists { decides: true, .. } => {
                both("decimal", Decimal::Point.name(), Decimal::Comma.name())
            }
            Self::TwoTimes { first, second, .. } => both("times", first.name(), second.name()),
            Self::TwoDelimiters { first, second } => both("delimiter", first.name(), second.name()),
            Self::CellsOrDecimals { .. } => [
                ("decimal", Decimal::Comma.name().into()),
                ("delimiter", Delimiter::Comma.name().into()),
            ]
            .into(),
            Self::TimesRepeat { rate_hz: rate, .. }
            | Self::OtherRate {
                expected_hz: rate, ..
            } => [("rate", number(*rate))].into(),
            // Which line it is, if any, only who asks can know.
            Self::NoHeader { .. } => [("header_line", "LINE".into())].into(),
            _ => Vec::new(),
        }
    }
}

impl core::error::Error for Problem {}
