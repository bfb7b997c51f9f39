//! What was seen, in a few aligned lines.

use std::fmt;

use senselm_readings::recording::three_digits;
use senselm_sensor::{Layout, Samples, Task};

use crate::Role;
use crate::seen::{Counted, Group, Seen};

/// Names of a list that are shown.
const MOST: usize = 12;

/// Writes what was seen: a line for each thing, and one for each channel.
impl fmt::Display for Seen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "files     {}", self.files_line())?;
        writeln!(out, "rows      {}", self.rows_line())?;
        if self.is_stream() {
            writeln!(out, "time      {}", self.time_line())?;
        }
        self.channel_lines(out)?;
        writeln!(out, "answers   {}", self.answers_line())?;
        writeln!(out, "groups    {}", self.groups_line())?;
        if !self.sizes.is_empty() {
            let sizes = self.sizes.iter();
            let sizes = sizes.map(|size| format!("{} every {}", size.length, size.stride));
            let sizes: Vec<String> = sizes.collect();
            writeln!(out, "windows   of {} readings", sizes.join(", or "))?;
        }
        Ok(())
    }
}

impl Seen {
    fn files_line(&self) -> String {
        let count = |role| self.files.iter().filter(|file| file.role == role).count();
        let mut parts = vec![format!("{} to learn from", count(Role::Train))];
        for (role, what) in [
            (Role::Validation, "to measure on"),
            (Role::Test, "kept for the end"),
        ] {
            if count(role) > 0 {
                parts.push(format!("{} {what}", count(role)));
            }
        }
        parts.join(", ")
    }

    fn rows_line(&self) -> String {
        let (rows, distinct) = (self.rows, self.distinct);
        match &self.layout {
            Layout::Cells { column, samples } => {
                let place = match column {
                    Some(column) => format!("in \"{column}\""),
                    None => "as a list for each channel".to_owned(),
                };
                format!(
                    "{rows}, each a window of {} {place}, {distinct} distinct",
                    self.samples(*samples)
                )
            }
            Layout::SideBySide { samples } => format!(
                "{rows}, each a window of {} side by side, {distinct} distinct",
                self.samples(*samples)
            ),
            Layout::Rows {
                column: Some(column),
            } => {
                format!("{rows}, each a reading in \"{column}\", {distinct} distinct")
            }
            Layout::Rows { column: None } => {
                format!("{rows}, each a reading by itself, {distinct} distinct")
            }
            Layout::Stream { .. } => format!(
                "{rows} readings of a stream in {} stretches without a gap, of one answer and group",
                self.stretches
            ),
        }
    }

    fn samples(&self, samples: Samples) -> String {
        let length = match samples.min == samples.max {
            true => samples.min.to_string(),
            false => format!("{} to {}", samples.min, samples.max),
        };
        match self.channels.len() {
            1 => format!("{length} samples of one channel"),
            channels => format!("{length} samples of {channels} channels"),
        }
    }

    fn time_line(&self) -> String {
        let Layout::Stream { timestamp, .. } = &self.layout else {
            return String::new();
        };
        let rate = match (self.rate_hz, self.gaps.step_s) {
            (Some(rate), _) if rate >= 1.0 => format!("{rate} readings a second"),
            (Some(rate), _) => format!("a reading every {} s", three_digits(1.0 / rate)),
            (None, Some(step)) => format!("no steady rate, about {} s a step", three_digits(step)),
            (None, None) => "no rate is known".to_owned(),
        };
        let Some(column) = timestamp else {
            return format!("no column of times; {rate}");
        };
        let gaps = match (self.gaps.count, self.gaps.max_gap_s) {
            (0, _) => "no gaps".to_owned(),
            (count, Some(most)) => format!(
                "{count} gaps of more than {most} s, the longest {} s",
                three_digits(self.gaps.longest_s)
            ),
            (count, None) => format!("{count} gaps"),
        };
        format!("\"{column}\": {rate}, {gaps}")
    }

    fn channel_lines(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widest = |of: &dyn Fn(&crate::SeenChannel) -> usize| {
            self.channels.iter().map(of).max().unwrap_or_default()
        };
        let name = widest(&|channel| channel.name.chars().count());
        let unit = widest(&|channel| channel.unit.chars().count());
        for (at, channel) in self.channels.iter().enumerate() {
            let head = if at == 0 { "channels" } else { "" };
            let quantiles = &channel.quantiles;
            let missing = match channel.missing_share {
                share if share > 0.0 => format!(", {:.1} % missing", share * 100.0),
                _ => String::new(),
            };
            writeln!(
                out,
                "{head:<10}{:<name$}  {:<unit$}  {} to {}, half of it {} to {}{missing}",
                channel.name,
                channel.unit,
                short(quantiles.min),
                short(quantiles.max),
                short(quantiles.p25),
                short(quantiles.p75),
            )?;
        }
        Ok(())
    }

    fn answers_line(&self) -> String {
        let Some(answers) = &self.answers else {
            return "none".to_owned();
        };
        match (&answers.quantiles, &self.task) {
            (Some(quantiles), Some(Task::Number { unit, .. })) => format!(
                "numbers in {:?}, {} to {} {unit}",
                answers.title,
                short(quantiles.min),
                short(quantiles.max)
            ),
            _ => format!(
                "labels in {:?}: {}",
                answers.title,
                list(&answers.labels, |label| format!(
                    "{} {}",
                    label.name, label.rows
                ))
            ),
        }
    }

    fn groups_line(&self) -> String {
        let names = || {
            list(&self.groups, |group| {
                format!("{} {}", group.name, group.rows)
            })
        };
        match &self.group {
            Group::Column { title, .. } => {
                format!("{} in {title:?}: {}", self.groups.len(), names())
            }
            Group::File => format!("{} files", self.groups.len()),
            Group::Folder => format!("{} folders: {}", self.groups.len(), names()),
            Group::Stretch => "none: stretches of one answer without a gap".to_owned(),
            Group::Window => "none: each distinct window for itself".to_owned(),
        }
    }
}

/// The first of many.
fn list(counted: &[Counted], show: impl Fn(&Counted) -> String) -> String {
    let shown: Vec<String> = counted.iter().take(MOST).map(show).collect();
    let more = counted.len().saturating_sub(MOST);
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A number in at most four digits.
pub(crate) fn short(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    if !(1e-4..1e6).contains(&size) {
        return format!("{value:.3e}");
    }
    let digits = 3 - size.log10().floor() as i32;
    let text = format!(
        "{value:.*}",
        usize::try_from(digits.clamp(0, 7)).unwrap_or(0)
    );
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}
