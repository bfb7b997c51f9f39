//! Values as a recipe has them.

use std::fmt::Write;

use senselm_sensor::{Layout, Samples, Source};

use crate::seen::Seen;

pub(super) fn of_layout(layout: &Layout) -> String {
    match layout {
        Layout::Cells { column, samples } => {
            let column = column
                .as_ref()
                .map(|column| format!("column = {}, ", of_source(column)));
            let column = column.unwrap_or_default();
            format!("{{ kind = \"cells\", {column}{} }}", of_samples(*samples))
        }
        Layout::SideBySide { samples } => {
            format!("{{ kind = \"side_by_side\", {} }}", of_samples(*samples))
        }
        Layout::Rows { column: None } => "{ kind = \"rows\" }".to_owned(),
        Layout::Rows {
            column: Some(column),
        } => {
            format!("{{ kind = \"rows\", column = {} }}", of_source(column))
        }
        Layout::Stream {
            length,
            stride,
            timestamp,
            max_gap_s,
            ..
        } => {
            let mut text = format!(
                "{{ kind = \"stream\", length = {length}, stride = {stride}, label = \"majority\""
            );
            if let Some(timestamp) = timestamp {
                let _ = write!(text, ", timestamp = {}", of_source(timestamp));
            }
            if let Some(max_gap_s) = max_gap_s {
                let _ = write!(text, ", max_gap_s = {max_gap_s:?}");
            }
            text + " }"
        }
    }
}

fn of_samples(Samples { min, max }: Samples) -> String {
    format!("samples = {{ min = {min}, max = {max} }}")
}

pub(super) fn of_source(source: &Source) -> String {
    match source {
        Source::Index(at) => at.to_string(),
        Source::Name(name) => quoted(name),
    }
}

/// What was said about how files are written, as a recipe says it.
pub(super) fn told(seen: &Seen) -> String {
    use senselm_readings::HeaderLine;
    let told = &seen.told;
    let mut settings = Vec::new();
    let mut name = |key: &str, name: Option<&str>| {
        settings.extend(name.map(|name| format!("{key} = {}", quoted(name))));
    };
    name(
        "delimiter",
        told.delimiter.map(|delimiter| delimiter.name()),
    );
    name("decimal", told.decimal.map(|decimal| decimal.name()));
    name("times", told.times.map(|times| times.name()));
    name("encoding", seen.encoding.map(|encoding| encoding.name()));
    let line = told.header_line.map(|line| match line {
        HeaderLine::Line(line) => line,
        HeaderLine::Nowhere => 0,
    });
    settings.extend(line.map(|line| format!("header_line = {line}")));
    settings.extend(told.rate_hz.map(|rate| format!("rate = {rate:?}")));
    settings.join(", ")
}

/// A text as TOML has it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn texts_are_quoted_as_toml_has_it() {
        assert_eq!(quoted("a \"b\" \\ \n"), r#""a \"b\" \\ \u000A""#);
        assert_eq!(quoted("°C"), "\"°C\"");
    }
}
