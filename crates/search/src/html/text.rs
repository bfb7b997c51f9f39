//! Words and figures of the page: escaped, with digits that mean something, and a
//! dash where there is nothing to say.

use std::fmt;

use crate::outcome::Outcome;

/// What stands where a figure is not known.
pub(super) const NOTHING: &str = "–";

/// Text from a recording, as HTML shows it: inside elements and quoted attributes.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => fmt::Write::write_char(f, letter)?,
                // No page may have these, and what turns writing around would
                // reach beyond the name.
                letter if letter.is_control() || is_direction(letter) => f.write_str("\u{fffd}")?,
                letter => fmt::Write::write_char(f, letter)?,
            }
        }
        Ok(())
    }
}

fn is_direction(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// How the figure of a task is written and compared.
#[derive(Clone, Copy)]
pub(super) struct Figures<'a> {
    /// Whether it is a mean absolute error; an accuracy otherwise.
    pub(super) is_number: bool,
    unit: &'a str,
}

impl<'a> Figures<'a> {
    pub(super) fn of(outcome: &'a Outcome) -> Self {
        Self {
            is_number: outcome.task == "number",
            unit: &outcome.unit,
        }
    }

    /// The figure with its unit.
    pub(super) fn show(self, value: f64) -> String {
        if !value.is_finite() {
            return NOTHING.to_owned();
        }
        format!("{}{}", self.bare(value), self.after())
    }

    /// The same where it stands large, with its unit apart.
    pub(super) fn large(self, value: f64) -> String {
        match value.is_finite() {
            true => format!("{}<span>{}</span>", self.bare(value), self.after()),
            false => NOTHING.to_owned(),
        }
    }

    /// Two figures with one unit.
    pub(super) fn range(self, low: f64, high: f64) -> String {
        if !low.is_finite() || !high.is_finite() {
            return NOTHING.to_owned();
        }
        format!("{} to {}{}", self.bare(low), self.bare(high), self.after())
    }

    /// A value at a scale, in as few digits as it has.
    pub(super) fn tick(self, value: f64) -> String {
        match self.is_number {
            true => trimmed(value),
            false => format!("{}\u{a0}%", trimmed(100.0 * value)),
        }
    }

    /// A difference, with its sign; better is above 0.
    pub(super) fn difference(self, value: f64) -> String {
        if !value.is_finite() {
            return NOTHING.to_owned();
        }
        let sign = match value {
            value if value > 0.0 => "+",
            value if value < 0.0 => "−",
            _ => "±",
        };
        let size = match self.is_number {
            true => significant(value.abs()),
            false => format!("{:.1}", 100.0 * value.abs()),
        };
        format!("{sign}{size}")
    }

    /// Whether `a` is better than `b`.
    pub(super) fn is_better(self, a: f64, b: f64) -> bool {
        match self.is_number {
            true => a < b,
            false => a > b,
        }
    }

    fn bare(self, value: f64) -> String {
        match self.is_number {
            true => significant(value),
            false => percent(value),
        }
    }

    fn after(self) -> String {
        match (self.is_number, self.unit) {
            (false, _) => "\u{a0}%".to_owned(),
            (true, "") => String::new(),
            (true, unit) => format!("\u{a0}{}", Escaped(unit)),
        }
    }
}

/// A share as a percentage, with its sign.
pub(super) fn share(value: f64) -> String {
    match value.is_finite() {
        true => format!("{}\u{a0}%", percent(value)),
        false => NOTHING.to_owned(),
    }
}

/// A share in percent. What is not everything is not rounded to it, nor what is not
/// nothing to nothing.
fn percent(value: f64) -> String {
    let shown = match value {
        value if value < 1.0 => (100.0 * value).min(99.9),
        value => 100.0 * value,
    };
    match value {
        value if value > 0.0 => format!("{:.1}", shown.max(0.1)),
        _ => format!("{shown:.1}"),
    }
}

/// Three digits that mean something.
pub(super) fn significant(value: f64) -> String {
    if !value.is_finite() {
        return NOTHING.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let size = value.abs().log10().floor();
    let text = match size {
        size if !(-4.0..9.0).contains(&size) => format!("{value:.2e}"),
        size => {
            let decimals = (2.0 - size).clamp(0.0, 8.0) as usize;
            format!("{value:.decimals$}")
        }
    };
    text.replace('-', "−")
}

/// The same without zeros at its end.
pub(super) fn trimmed(value: f64) -> String {
    let text = significant(value);
    match text.contains('.') && !text.contains('e') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A count, in threes.
pub(super) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A count with what it is of.
pub(super) fn counted(value: usize, one: &str, several: &str) -> String {
    let what = if value == 1 { one } else { several };
    format!("{}\u{a0}{what}", count(value as u64))
}

/// A size in bytes, for people.
pub(super) fn bytes(size: u64) -> String {
    match size {
        0..1000 => format!("{size}\u{a0}bytes"),
        1000..1_000_000 => format!("{}\u{a0}kB", significant(size as f64 / 1e3)),
        _ => format!("{}\u{a0}MB", significant(size as f64 / 1e6)),
    }
}

/// A time that something took.
pub(super) fn seconds(time: f64) -> String {
    match time {
        time if !time.is_finite() => NOTHING.to_owned(),
        time if time < 1.0 => format!("{}\u{a0}s", significant(time)),
        time if time < 90.0 => format!("{time:.0}\u{a0}s"),
        time => format!(
            "{:.0}\u{a0}min {:.0}\u{a0}s",
            (time / 60.0).floor(),
            (time % 60.0).floor()
        ),
    }
}
