//! The prompt template: constant text with placeholders in braces.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::SensorError;

/// A piece of a template whose placeholders are still names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Text that is the same for every window.
    Text(String),
    /// The text between two braces.
    Placeholder(String),
}

/// Splits a template at its placeholders. Neighbouring text is one part.
pub(crate) fn parse(template: &str) -> Result<Vec<Part>, SensorError> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut chars = template.char_indices().peekable();
    while let Some((offset, char)) = chars.next() {
        match char {
            '{' | '}' if chars.peek().is_some_and(|&(_, next)| next == char) => {
                chars.next();
                text.push(char);
            }
            '{' => {
                let rest = &template[offset + 1..];
                let unpaired = || SensorError::TemplateBrace { brace: '{', offset };
                let length = rest.find('}').ok_or_else(unpaired)?;
                let name = &rest[..length];
                if name.contains('{') {
                    return Err(unpaired());
                }
                if !text.is_empty() {
                    parts.push(Part::Text(core::mem::take(&mut text)));
                }
                parts.push(Part::Placeholder(name.trim().to_string()));
                while chars
                    .next_if(|&(at, _)| at <= offset + 1 + length)
                    .is_some()
                {}
            }
            '}' => return Err(SensorError::TemplateBrace { brace: '}', offset }),
            _ => text.push(char),
        }
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec;

    use super::{Part, parse};

    #[test]
    fn splits_text_and_placeholders() {
        assert_eq!(
            parse("a {{b}} {x} é{ y.z }{w}"),
            Ok(vec![
                Part::Text("a {b} ".to_string()),
                Part::Placeholder("x".to_string()),
                Part::Text(" é".to_string()),
                Part::Placeholder("y.z".to_string()),
                Part::Placeholder("w".to_string()),
            ])
        );
        assert_eq!(parse(""), Ok(vec![]));
    }

    #[test]
    fn refuses_unpaired_braces() {
        for bad in ["a {b", "a }", "{a {b}", "{{a}", "{"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
