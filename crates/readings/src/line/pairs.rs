//! `temp:21.5,hum:40` and its relatives: `temp=21.5 hum=40`,
//! `temp: 21,5 °C, hum: 40 %`.

use alloc::vec::Vec;

use crate::message::{Fields, Meaning};
use crate::{Problem, cell, time};

/// The names and values of a line, none where it has none.
///
/// Between two colons stands a value, and behind it the next name. Where one
/// ends and the other begins is said by what is a name of a channel, or else by
/// the last comma, semicolon or tab in between, or the last space.
pub(super) fn named<'a>(text: &'a str, fields: &Fields) -> Vec<(&'a str, &'a str)> {
    let marks = marks(text, fields);
    let mut named = Vec::with_capacity(marks.len());
    let mut name = piece(text, 0, marks.first().copied().unwrap_or(0)).trim();
    name = name.rsplit([',', ';', '\t']).next().unwrap_or(name).trim();
    name = without_log(name, fields);
    for (at, &mark) in marks.iter().enumerate() {
        let next = marks.get(at + 1).copied();
        let rest = piece(text, mark + 1, next.unwrap_or(text.len()));
        let (value, following) = match next {
            Some(_) => split(rest, fields),
            None => (rest, ""),
        };
        let value = value.trim_matches(|c: char| c.is_whitespace() || ",;".contains(c));
        if !name.is_empty() {
            named.push((name, unquoted(value)));
        }
        name = following;
    }
    named
}

/// A channel's name without what a log writes in front of a line:
/// `I (1234) main: temp`. `Outside temp` is another name.
fn without_log<'a>(name: &'a str, fields: &Fields) -> &'a str {
    let of_log = |front: &str| {
        let last = front.rsplit(' ').next().unwrap_or(front);
        front.ends_with([':', ']', ')', '>', '|', '-'])
            || !matches!(cell(last, None), Err(Problem::NotANumber { .. }))
            || time(last, None).is_ok()
    };
    let ends = name
        .match_indices(' ')
        .filter_map(|(at, _)| name.split_at_checked(at));
    let mut ends = ends.map(|(front, rest)| (front.trim_end(), rest.trim_start()));
    let found = ends.find(|(front, rest)| is_channel(rest, fields) && of_log(front));
    found.map_or(name, |(_, rest)| rest)
}

/// Where names end: at every `=`, or where there is none at every colon but
/// those of a time of day.
fn marks(text: &str, fields: &Fields) -> Vec<usize> {
    if text.contains('=') {
        return text.match_indices('=').map(|(at, _)| at).collect();
    }
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_digit)
    };
    let colons = text.match_indices(':').map(|(at, _)| at);
    let of_name = |&at: &usize| {
        let between_digits = digit(at.checked_sub(1)) && digit(at.checked_add(1));
        !between_digits || {
            let before = piece(text, 0, at);
            let word = before.rsplit([',', ';', ' ', '\t', ':']).next();
            word.is_some_and(|word| is_channel(word, fields))
        }
    };
    colons.filter(of_name).collect()
}

/// The value that a piece begins with, and the name that it ends with.
fn split<'a>(piece: &'a str, fields: &Fields) -> (&'a str, &'a str) {
    let parts = |at: usize| {
        let (value, name) = piece.split_at_checked(at).unwrap_or((piece, ""));
        let separators = |c: char| c.is_whitespace() || ",;".contains(c);
        (value, name.trim_matches(separators))
    };
    // Longer than any name, so that a long line costs no more than its length.
    const LONGEST_NAME: usize = 128;
    let near = piece.len().saturating_sub(LONGEST_NAME);
    let ends = |strong: bool| {
        let fits = move |c: char| {
            if strong {
                ",;\t".contains(c)
            } else {
                c.is_whitespace()
            }
        };
        piece
            .match_indices(fits)
            .map(|(at, _)| at)
            .filter(move |&at| at >= near)
    };
    let holds_value = |value: &str| {
        let value = value.trim_matches(|c: char| c.is_whitespace() || ",;".contains(c));
        !matches!(cell(value, None), Err(Problem::NotANumber { .. }))
    };
    let mut known = ends(true).chain(ends(false)).map(parts);
    let known = known.find(|(value, name)| is_channel(name, fields) && holds_value(value));
    if let Some(known) = known {
        return known;
    }
    // A name begins with no digit: `21,5 other` is not 21 and `5 other`.
    let names = |at: &usize| {
        let (_, name) = parts(*at);
        !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())
    };
    let last = ends(true).rfind(names);
    last.or_else(|| ends(false).rfind(names))
        .map_or((piece, ""), parts)
}

/// `temp 21.5 hum 40`: names and values in turn, one of them a channel's.
pub(super) fn in_turn<'a>(words: &[&'a str], fields: &Fields) -> Option<Vec<(&'a str, &'a str)>> {
    let holds_value = |word: &str| !matches!(cell(word, None), Err(Problem::NotANumber { .. }));
    let pairs = words.chunks(2).map(|pair| match pair {
        &[name, value] if !holds_value(name) && holds_value(value) => Some((name, value)),
        _ => None,
    });
    let pairs: Vec<_> = pairs.collect::<Option<_>>()?;
    let channel = |name| matches!(fields.meaning(name), Some(Meaning::Channel(_)));
    pairs.iter().any(|(name, _)| channel(name)).then_some(pairs)
}

fn is_channel(name: &str, fields: &Fields) -> bool {
    matches!(
        fields.meaning(name),
        Some(Meaning::Channel(_) | Meaning::Time)
    )
}

fn piece(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

fn unquoted(value: &str) -> &str {
    let inner = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    inner.unwrap_or(value)
}
