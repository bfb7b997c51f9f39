//! Whether the title of a column means something that is wanted.

use alloc::string::String;

use crate::letters::{is_word, lower};
use crate::time::is_time_unit;
use crate::unit;

/// What a host looks for among the columns of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// Its name.
    pub name: &'a str,
    /// The unit of its numbers, or empty.
    pub unit: &'a str,
    /// What its cells are.
    pub kind: Kind,
}

/// What the cells of a wanted column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Numbers.
    Number,
    /// Times.
    Time,
    /// Lists or arrays of numbers, or texts.
    Other,
}

/// How well a title fits, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fit {
    /// It is the name.
    Exact,
    /// It is the name but for case, spaces and punctuation.
    Alike,
    /// It is the name with the unit behind it: `suction (bar)`.
    WithUnit,
    /// It is a usual name for times where times are wanted.
    UsualTime,
    /// It is the name with another unit behind it.
    OtherUnit,
    /// It is the name with something behind it that nobody knows.
    Perhaps,
}

impl Fit {
    /// Whether the title can mean nothing else.
    #[must_use]
    pub fn is_certain(self) -> bool {
        self <= Self::UsualTime
    }
}

/// How devices and programs name the time of a reading.
const TIMES: [&str; 12] = [
    "time",
    "timestamp",
    "datetime",
    "ts",
    "date",
    "times",
    "timems",
    "timeutc",
    "datetimeutc",
    "localtime",
    "epoch",
    "t",
];

/// Whether a title is a usual name for times. What has the unit of something else
/// is that: `T (°C)`; and `T` alone is a temperature for many.
#[must_use]
pub fn is_time_name(title: &str) -> bool {
    let (bare, behind) = title.split_once(['(', '[', ',']).unwrap_or((title, ""));
    let behind = behind.trim_matches([')', ']', ' ']);
    if bare.trim() == "T" || (unit::find(behind).is_some() && !is_time_unit(behind)) {
        return false;
    }
    let plain = plain(bare);
    TIMES.contains(&plain.as_str()) || plain == "times" || plain == "timeus" || plain == "timens"
}

/// How a title fits what is wanted, or `None`.
#[must_use]
pub fn fit(wanted: &Wanted<'_>, title: &str) -> Option<Fit> {
    let title = visible(title);
    let title = title.trim();
    if title == wanted.name.trim() {
        return Some(Fit::Exact);
    }
    let name = plain(wanted.name);
    if name.is_empty() {
        return None;
    }
    if plain(title) == name {
        return Some(Fit::Alike);
    }
    let (bare, inner) = split_brackets(title);
    let bare_plain = plain(bare);
    let with = |inner: &str| match same_unit(inner, wanted.unit) {
        Some(true) => Fit::WithUnit,
        Some(false) => Fit::OtherUnit,
        None => Fit::Perhaps,
    };
    let unit = plain(wanted.unit);
    if !unit.is_empty() && bare_plain.strip_suffix(&unit) == Some(&name) {
        // `pressure_mPa` is not in MPa, though names have no case.
        let behind = bare.len().checked_sub(wanted.unit.len());
        let behind = behind.and_then(|at| bare.get(at..)).unwrap_or_default();
        // A serial number says nothing of the unit: `Suction, bar (S/N: 2)`.
        let inner = inner.filter(|inner| !inner.contains(':'));
        return Some(match (same_unit(behind, wanted.unit), inner) {
            (Some(false), _) => Fit::OtherUnit,
            // `suction bar(a)`, and `suction_bar (psi)`.
            (_, Some(inner)) => with(inner),
            (_, None) => Fit::WithUnit,
        });
    }
    if bare_plain == name {
        return Some(match inner.map_or(Fit::Perhaps, with) {
            // What reads the times asks their column for its unit.
            Fit::Perhaps if wanted.kind == Kind::Time && inner.is_some_and(is_time_unit) => {
                Fit::WithUnit
            }
            fit => fit,
        });
    }
    // `suction_bar` and `Suction, bar (LGR S/N: 2)`.
    if let Some((_, rest)) = split_last(bare).filter(|(before, _)| plain(before) == name) {
        return match same_unit(rest, wanted.unit) {
            Some(true) => Some(Fit::WithUnit),
            Some(false) => Some(Fit::OtherUnit),
            None => None,
        };
    }
    let times = wanted.kind == Kind::Time && is_time_name(title);
    times.then_some(Fit::UsualTime)
}

/// Whether a text is this unit; `None` where it is none at all.
fn same_unit(text: &str, unit: &str) -> Option<bool> {
    let text = text.trim();
    if !unit.is_empty() && unit::is_same(text, unit) {
        return Some(true);
    }
    unit::find(text).map(|_| false)
}

/// A title without what stands in brackets at its end, and that.
fn split_brackets(title: &str) -> (&str, Option<&str>) {
    let Some(at) = title.find(['(', '[']) else {
        return (title, None);
    };
    let (bare, behind) = title.split_at_checked(at).unwrap_or((title, ""));
    let inner = behind.trim_matches(['(', ')', '[', ']', ' ']);
    (bare.trim(), Some(inner))
}

/// Whether a title ends in a unit already: `Suction (bar)`, `suction_bar`.
pub(crate) fn has_unit(title: &str, unit: &str) -> bool {
    let (bare, inner) = split_brackets(title);
    let last = || split_last(bare).map(|(_, last)| last);
    inner.or_else(last).is_some_and(|own| {
        own == unit || (unit::find(own).is_some() && unit::find(own) == unit::find(unit))
    })
}

/// A title without its last part, which may be a unit, and that: `suction_bar`.
pub(crate) fn split_last(title: &str) -> Option<(&str, &str)> {
    title.rsplit_once([',', '_', ' ', '-', '.', '/'])
}

/// A text without characters that nobody sees.
fn visible(text: &str) -> String {
    let hidden = |c: &char| matches!(*c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\0');
    text.chars().filter(|c| !hidden(c)).collect()
}

/// A name without its unit in brackets, unless it is nothing else.
pub(crate) fn bare(name: &str) -> &str {
    let end = name.find(['(', '[']).filter(|&at| at > 0);
    name.get(..end.unwrap_or(name.len())).unwrap_or(name)
}

/// A name without case, spaces and punctuation.
#[must_use]
pub fn plain(name: &str) -> String {
    let kept = name.chars().filter(|c| is_word(*c));
    kept.map(lower).collect()
}

#[cfg(test)]
mod tests {
    use super::{Fit, Kind, Wanted, bare, fit, plain};

    #[test]
    fn names_without_what_people_vary() {
        for (name, expected) in [
            ("Temp", "temp"),
            (" Room - Temp (°C)", "roomtemp"),
            ("room_temp", "roomtemp"),
            ("press [hPa]", "press"),
            ("(x)", "x"),
            ("Température", "température"),
            ("", ""),
        ] {
            assert_eq!(plain(bare(name)), expected);
        }
    }

    #[test]
    fn titles_and_what_they_mean() {
        let suction = Wanted {
            name: "suction",
            unit: "bar",
            kind: Kind::Number,
        };
        for (title, expected) in [
            (" suction", Some(Fit::Exact)),
            ("suction\u{200b}", Some(Fit::Exact)),
            ("\u{a0}suction", Some(Fit::Exact)),
            ("Suction", Some(Fit::Alike)),
            ("suction (bar)", Some(Fit::WithUnit)),
            ("Suction [BAR]", Some(Fit::WithUnit)),
            ("suction_bar", Some(Fit::WithUnit)),
            ("Suction, bar (LGR S/N: 20000001)", Some(Fit::WithUnit)),
            ("suction (psi)", Some(Fit::OtherUnit)),
            ("suction (°C)", Some(Fit::OtherUnit)),
            ("suction (raw)", Some(Fit::Perhaps)),
            ("suction bar(a)", Some(Fit::OtherUnit)),
            ("suction_bar (peak)", Some(Fit::Perhaps)),
            ("suction_bar (psi)", Some(Fit::OtherUnit)),
            ("suction_bar (bar)", Some(Fit::WithUnit)),
            ("suction 2", None),
            ("discharge", None),
            ("", None),
        ] {
            assert_eq!(fit(&suction, title), expected, "{title:?}");
        }
        let time = Wanted {
            name: "time_s",
            unit: "",
            kind: Kind::Time,
        };
        let pressure = Wanted {
            name: "p",
            unit: "MPa",
            kind: Kind::Number,
        };
        for (title, expected) in [
            ("p_MPa", Fit::WithUnit),
            ("p (MPA)", Fit::WithUnit),
            ("p_mpa", Fit::WithUnit),
            ("p_mPa", Fit::OtherUnit),
            ("p (mPa)", Fit::OtherUnit),
            ("p (mpa)", Fit::Perhaps),
        ] {
            assert_eq!(fit(&pressure, title), Some(expected), "{title}");
        }
        assert_eq!(fit(&time, "Date Time, GMT-07:00"), Some(Fit::UsualTime));
        assert_eq!(fit(&time, "Time_S"), Some(Fit::Alike));
        assert_eq!(fit(&time, "time_s (ms)"), Some(Fit::WithUnit));
        assert_eq!(fit(&time, "time_s (x)"), Some(Fit::Perhaps));
    }
}
