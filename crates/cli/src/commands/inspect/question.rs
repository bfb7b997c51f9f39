//! What a sensor model is asked, and of which recordings, in words.

use anyhow::Result;
use senselm_gguf::keys;
use senselm_readings::recording::three_digits;
use senselm_sensor::{FrontEnd, Layout, Profile, Quantiles, Source, Task};
use serde_json::{Map, Value as Json};

use super::is_simulated;
use crate::output::Output;

/// Says it; nothing for other files.
pub(super) fn show(metadata: &Map<String, Json>, out: &mut Output) -> Result<()> {
    let parse = |key: &str| metadata.get(key).map(Json::to_string);
    let front_end = parse(keys::SENSELM_FRONT_END).and_then(|json| FrontEnd::from_json(&json).ok());
    let task = parse(keys::SENSELM_TASK).and_then(|json| Task::from_json(&json).ok());
    let (Some(front_end), Some(task)) = (front_end, task) else {
        return Ok(());
    };
    out.line(format_args!("question: {}", asked(&task)))?;
    out.line(format_args!("window: {}", window(&front_end)))?;
    out.line(format_args!("rate: {}", rate(&front_end)))?;
    for line in recording(&front_end, &task) {
        out.line(format_args!("recording: {line}"))?;
    }
    let profile = parse(keys::SENSELM_PROFILE);
    let profile = profile.and_then(|json| Profile::from_json(&front_end, &json).ok());
    for line in profile.iter().flat_map(trained_on) {
        out.line(format_args!("trained on: {line}"))?;
    }
    if is_simulated(metadata.get(keys::SENSELM_CARD)) {
        out.line("trained on simulated data")?;
    }
    Ok(())
}

fn asked(task: &Task) -> String {
    match task {
        Task::Classify { labels, .. } => format!("which of {}", labels.join(", ")),
        Task::Number {
            min,
            max,
            decimals,
            unit,
            ..
        } => format!("a number from {min} to {max} {unit} with {decimals} decimals"),
        Task::Generate { max_tokens, .. } => format!("a text of at most {max_tokens} tokens"),
        Task::Anomaly(alarm) => match alarm.threshold {
            Some(threshold) => format!(
                "whether it is unlike the normal: an alarm above {threshold:.3} nats, which \
                 {} % of normal windows are to reach",
                100.0 * alarm.false_alarm_rate
            ),
            None => "how unlike the normal it is, without a threshold".to_owned(),
        },
    }
}

fn window(front_end: &FrontEnd) -> String {
    let channels: Vec<String> = front_end
        .channels()
        .iter()
        .map(|channel| match channel.unit.as_str() {
            "" => channel.name.clone(),
            unit => format!("{} ({unit})", channel.name),
        })
        .collect();
    let lengths = front_end.window_lengths();
    let samples = if lengths.start() == lengths.end() {
        lengths.start().to_string()
    } else {
        format!("{} to {}", lengths.start(), lengths.end())
    };
    format!("{samples} samples of {}", channels.join(", "))
}

/// Readings a second: one figure, or that of each channel.
fn rate(front_end: &FrontEnd) -> String {
    let channels = front_end.channels();
    if let Some(rate_hz) = front_end.rate_hz() {
        return format!("{rate_hz} readings a second");
    }
    if channels.iter().all(|c| c.sample_rate_hz.is_none()) {
        return "not said: readings are to come as often as in training".to_owned();
    }
    let rates = channels.iter().map(|channel| match channel.sample_rate_hz {
        Some(rate_hz) => format!("{} {rate_hz}", channel.name),
        None => format!("{} not said", channel.name),
    });
    let rates: Vec<String> = rates.collect();
    format!("{} readings a second", rates.join(", "))
}

/// What the model was trained on, in a few lines.
fn trained_on(profile: &Profile) -> Vec<String> {
    let Profile {
        windows, distinct, ..
    } = profile;
    let mut lines = vec![format!("{windows} windows, {distinct} of them different")];
    lines.extend(profile.channels.iter().map(|channel| {
        let mut line = channel.name.clone();
        let unit = channel.unit.as_deref().map(|unit| format!(" {unit}"));
        match &channel.samples {
            Some(Quantiles([low, _, usual_low, _, _, _, usual_high, _, high])) => {
                let unit = unit.unwrap_or_default();
                line += &format!(" {low} to {high}{unit}, mostly {usual_low} to {usual_high}");
            }
            None => line += " never there",
        }
        if let Some(rate_hz) = channel.rate_hz {
            line += &format!(", {} readings a second", three_digits(rate_hz));
        }
        if channel.missing > 0.0 {
            line += &format!(", {} % missing", three_digits(channel.missing * 100.0));
        }
        line
    }));
    if let Some(validation) = &profile.validation {
        let taken = [
            ("certainty", &validation.certainty),
            ("anomaly", &validation.anomaly),
        ];
        let figures = taken.into_iter().filter_map(|(name, quantiles)| {
            let Quantiles([_, _, low, _, middle, _, high, ..]) = quantiles.as_ref()?;
            Some(format!(
                "{name} mostly {low} to {high}, in the middle {middle}"
            ))
        });
        let figures: Vec<String> = figures.collect();
        if !figures.is_empty() {
            lines.push(format!(
                "on {} windows not trained on: {}",
                validation.windows,
                figures.join("; ")
            ));
        }
    }
    lines
}

/// How a CSV file is laid out for the model.
fn recording(front_end: &FrontEnd, task: &Task) -> Vec<String> {
    let mut lines = Vec::new();
    let (cell, time) = match &front_end.spec().layout {
        Layout::Cells { column, .. } => {
            lines.push("each row is a window".to_owned());
            (column.as_ref(), None)
        }
        Layout::SideBySide { samples } => {
            let most = samples.max;
            lines.push(format!(
                "each row is a window, with up to {most} columns for each channel"
            ));
            (None, None)
        }
        Layout::Rows { column } => {
            lines.push("each row is a reading and a window".to_owned());
            (column.as_ref(), None)
        }
        Layout::Stream {
            stride,
            timestamp,
            max_gap_s,
            ..
        } => {
            lines.push(match stride {
                1 => "each row is a reading, and a window begins at each".to_owned(),
                _ => format!("each row is a reading, and a window begins every {stride} of them"),
            });
            if let Some(max_gap_s) = max_gap_s {
                lines.push(format!(
                    "readings more than {max_gap_s} s apart are in no window together"
                ));
            }
            (None, timestamp.as_ref())
        }
    };
    let sources = front_end.channels().iter().map(|channel| &channel.source);
    let sources: Vec<String> = sources.map(place).collect();
    let sources = sources.join(", ");
    let values = match cell {
        Some(cell) => format!(
            "every channel in column {}, there as {sources}",
            place(cell)
        ),
        None if matches!(front_end.spec().layout, Layout::SideBySide { .. }) => {
            format!("channels in the columns from {sources} on, whose titles go on counting")
        }
        None => format!("channels in columns {sources}"),
    };
    let time = time.map(|column| format!("; times in column {}", place(column)));
    let truth = task.column().map(|column| {
        let column = place(column);
        format!("; right answers, if any, in column {column}")
    });
    lines.push(format!(
        "{values}{}{}",
        time.unwrap_or_default(),
        truth.unwrap_or_default()
    ));
    lines
}

/// Where something is: a name as it stands in a header, or a position.
fn place(source: &Source) -> String {
    match source {
        Source::Name(name) => format!("{name:?}"),
        Source::Index(index) => format!("number {}", index + 1),
    }
}
