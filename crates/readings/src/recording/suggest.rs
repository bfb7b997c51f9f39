//! Which column is probably which, and what the cells of a column look like.

use alloc::vec::Vec;

use super::{ExpectedColumn, Source};
use crate::names::{Fit, Wanted, fit};
use crate::{Decimal, Problem, arrays, cell, is_missing, list, time};

/// For each expected column the one of `header` that it probably is: the one
/// with its name, or else one that differs in case, spaces and punctuation or
/// in a unit behind the name. No column is suggested twice.
#[must_use]
pub fn suggest(expected: &[ExpectedColumn], header: &[&str]) -> Vec<Option<usize>> {
    let mut suggested: Vec<Option<usize>> = alloc::vec![None; expected.len()];
    let mut taken = alloc::vec![false; header.len()];
    let by_name = |column: &ExpectedColumn, title: &str, level: Fit| {
        let kind = column.role.kind();
        let names = [column.name.as_str(), column.source.name()];
        let mut fits = names
            .into_iter()
            .filter(|name| !name.is_empty())
            .filter_map(|name| {
                let unit = column.unit.as_str();
                fit(&Wanted { name, unit, kind }, title)
            });
        fits.any(|fit| fit == level)
    };
    let levels = [
        Fit::Exact,
        Fit::Alike,
        Fit::WithUnit,
        Fit::OtherUnit,
        Fit::Perhaps,
        Fit::UsualTime,
    ];
    // Last the position.
    for level in levels.into_iter().map(Some).chain([None]) {
        for (column, suggestion) in expected.iter().zip(&mut suggested) {
            if suggestion.is_some() {
                continue;
            }
            let fits = |at: usize, title: &str| match level {
                Some(level) => by_name(column, title, level),
                None => column.source == Source::Index(at),
            };
            let mut titles = header.iter().enumerate();
            let found = titles
                .find(|&(at, title)| !taken.get(at).copied().unwrap_or(true) && fits(at, title));
            if let Some((at, _)) = found {
                *suggestion = Some(at);
                if let Some(taken) = taken.get_mut(at) {
                    *taken = true;
                }
            }
        }
    }
    suggested
}

/// What the cells of a column look like, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Looks {
    /// Nothing is in them.
    Empty,
    /// Numbers, perhaps with their unit.
    Number,
    /// Times.
    Time,
    /// Lists or arrays of numbers.
    List,
    /// Anything else.
    Text,
}

impl Looks {
    /// What a host looks its own words up by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Number => "number",
            Self::Time => "time",
            Self::List => "list",
            Self::Text => "text",
        }
    }
}

/// What these cells of one column look like.
pub fn looks<'c>(cells: impl Iterator<Item = &'c str> + Clone, decimal: Option<Decimal>) -> Looks {
    let present = cells.map(str::trim).filter(|text| !is_missing(text));
    let all = |is: &dyn Fn(&str) -> bool| present.clone().all(is);
    let is_number = |text: &str| {
        let read = cell(text, decimal);
        read.is_ok() || matches!(read, Err(Problem::TwoNumbers { .. }))
    };
    let is_time = |text: &str| {
        let read = time(text, decimal);
        read.is_ok() || matches!(read, Err(Problem::TwoTimes { .. }))
    };
    let is_list = |text: &str| match text.contains('[') {
        true => arrays(text, decimal).is_ok(),
        false => list(text, decimal).is_ok(),
    };
    match () {
        () if present.clone().next().is_none() => Looks::Empty,
        () if all(&is_number) => Looks::Number,
        () if all(&is_time) => Looks::Time,
        () if all(&is_list) => Looks::List,
        () => Looks::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::{Looks, looks};
    use crate::Decimal;

    #[test]
    fn columns_by_their_looks() {
        for (cells, decimal, expected) in [
            (&["", "NaN", "--"][..], None, Looks::Empty),
            (&["1", "", "2.5 bar"], None, Looks::Number),
            (&["1,5", "2,25"], Some(Decimal::Comma), Looks::Number),
            (&["2025-01-31 10:00", "2025-01-31 10:01"], None, Looks::Time),
            (&["01/02/2025"], None, Looks::Time),
            (&["Red: [1, 2]", "[3]"], None, Looks::List),
            (&["1 2 3", "4 5 6"], None, Looks::List),
            (&["normal", "1"], None, Looks::Text),
        ] {
            assert_eq!(looks(cells.iter().copied(), decimal), expected, "{cells:?}");
        }
    }
}
