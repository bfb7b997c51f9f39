//! A problem's values by their names, for hosts that word it themselves.

use alloc::string::String;
use alloc::vec::Vec;

use crate::{Problem, TimeForm};

/// A value of a problem.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A count, a limit or a number that was found.
    Number(f64),
    /// A name, or a text in quotes.
    Text(String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Number(count as f64)
    }
}

type Values = Vec<(&'static str, Value)>;

impl Problem {
    /// Its values by their names; of another problem its code.
    #[must_use]
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Encoding
            | Self::Noise
            | Self::Json
            | Self::Shape
            | Self::OpenQuote
            | Self::AfterQuote
            | Self::NotText
            | Self::Empty => Vec::new(),
            Self::Header { line, problem } => [
                ("line", Value::Number(*line as f64)),
                ("problem", problem.code().into()),
            ]
            .into(),
            Self::NoColumn { column, known } => two("column", column, "known", known),
            Self::NoCells { column, title } => two("column", column, "title", title),
            Self::NearColumn {
                column,
                title,
                unit,
            } => [
                ("column", column.into()),
                ("title", title.into()),
                ("unit", unit.into()),
            ]
            .into(),
            Self::TwoColumns {
                column,
                first,
                second,
            } => [
                ("column", column.into()),
                ("first", first.into()),
                ("second", second.into()),
            ]
            .into(),
            Self::Columns { reason } => one("reason", reason),
            Self::TimesRepeat {
                text,
                often,
                rate_hz,
            } => [
                ("text", text.into()),
                ("often", (*often).into()),
                ("rate", Value::Number(*rate_hz)),
            ]
            .into(),
            Self::OtherRate {
                found_hz,
                expected_hz,
            } => [
                ("found", Value::Number(*found_hz)),
                ("expected", Value::Number(*expected_hz)),
            ]
            .into(),
            Self::NoArray { channel } => one("channel", channel),
            Self::NotListed { channel, found } => {
                [("channel", channel.into()), ("found", (*found).into())].into()
            }
            Self::Size { limit }
            | Self::Depth { limit }
            | Self::Many { limit }
            | Self::LongCell { limit }
            | Self::TooManyColumns { limit }
            | Self::ListTooLong { limit }
            | Self::TooManyArrays { limit } => [("limit", (*limit).into())].into(),
            Self::Path { path } => one("path", path),
            Self::Names { wanted, known } => {
                [("wanted", wanted.into()), ("known", known.into())].into()
            }
            Self::TwoLists {
                text,
                inside,
                between,
                ..
            } => [
                ("text", text.into()),
                ("inside", (*inside).into()),
                ("between", (*between).into()),
            ]
            .into(),
            Self::Count { found, expected }
            | Self::ListLength { found, expected }
            | Self::FieldCount { found, expected } => {
                [("found", (*found).into()), ("expected", (*expected).into())].into()
            }
            Self::Topic { topic } => one("topic", topic),
            Self::TwoChannels { topic, one, other } => three("topic", topic, one, other),
            Self::TwoPlaces { wanted, one, other } => three("wanted", wanted, one, other),
            Self::TwoUnits { one, other, unit } => [
                ("one", one.into()),
                ("other", other.into()),
                ("unit", unit.into()),
            ]
            .into(),
            Self::OtherUnit { text, expected } => two("text", text, "expected", expected),
            Self::LooseUnit { unit } => one("unit", unit),
            Self::Words { text }
            | Self::NotANumber { text }
            | Self::TooLarge { text }
            | Self::NotATime { text }
            | Self::CellsOrDecimals { text }
            | Self::ArrayName { text }
            | Self::AfterArrays { text } => one("text", text),
            Self::TwoNumbers {
                text,
                decimals,
                thousands,
            } => [
                ("text", text.into()),
                ("decimals", Value::Number(*decimals)),
                ("thousands", Value::Number(*thousands)),
            ]
            .into(),
            Self::OtherDecimal { text, expected } => two("text", text, "expected", expected.name()),
            Self::UnknownUnit { text, unit } => two("text", text, "unit", unit),
            Self::TwoTimes {
                text,
                first,
                second,
            } => [
                ("text", text.into()),
                ("first", first.name().into()),
                ("second", second.name().into()),
            ]
            .into(),
            Self::NoTimes { text, told } => {
                two("text", text, "told", told.map_or("", TimeForm::name))
            }
            Self::TwoDelimiters { first, second } => {
                two("first", first.name(), "second", second.name())
            }
            Self::TwoDecimals { point, comma } => two("point", point, "comma", comma),
            Self::NoHeader { line, text }
            | Self::OtherHeader { line, text }
            | Self::TimesBackwards { line, text } => {
                [("line", Value::Number(*line as f64)), ("text", text.into())].into()
            }
            Self::NoSuchHeader { line } => [("line", Value::Number(*line as f64))].into(),
            Self::UnnamedColumn { named, first, last } => [
                ("named", (*named).into()),
                ("first", first.into()),
                ("last", last.into()),
            ]
            .into(),
            Self::ArrayOpen { name } | Self::ArrayTwice { name } => one("name", name),
            Self::InArray { name, problem } => two("name", name, "problem", problem.code()),
        }
    }
}

fn one(name: &'static str, value: &str) -> Values {
    [(name, value.into())].into()
}

fn two(name: &'static str, value: &str, second: &'static str, other: &str) -> Values {
    [(name, value.into()), (second, other.into())].into()
}

fn three(name: &'static str, value: &str, one: &str, other: &str) -> Values {
    [
        (name, value.into()),
        ("one", one.into()),
        ("other", other.into()),
    ]
    .into()
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::Value;
    use crate::{Problem, number};

    #[test]
    fn values_by_their_names() {
        assert_eq!(Problem::Json.values(), vec![]);
        let problem = number("1,042", None).expect_err("two");
        let expected = vec![
            ("text", Value::Text("\"1,042\"".into())),
            ("decimals", Value::Number(1.042)),
            ("thousands", Value::Number(1042.0)),
        ];
        assert_eq!(problem.values(), expected);
    }
}
