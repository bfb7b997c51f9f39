//! Checks a specification once, so that nothing is checked again when it runs.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::vec::Vec;

use crate::limits::{
    MAX_CHANNELS, MAX_MAGNITUDE, MAX_SAMPLES, MAX_TEMPLATE_BYTES, at_most, setting,
};
use crate::operators::{self, Step};
use crate::{FrontEndSpec, Layout, Scale, SensorError};

mod channel;

use channel::check_channel;
pub(crate) use channel::{check_alphabet, check_decimal, check_feature};

/// Checks everything except that the template uses exactly what there is. Gives
/// the checked steps over channels.
pub(crate) fn check(spec: &FrontEndSpec) -> Result<Vec<Step>, SensorError> {
    if spec.channels.is_empty() {
        return Err(setting("channels", "there must be at least one"));
    }
    at_most("channels", spec.channels.len(), MAX_CHANNELS)?;
    at_most("interleaves", spec.interleave.len(), MAX_CHANNELS)?;
    at_most(
        "bytes of the template",
        spec.template.len(),
        MAX_TEMPLATE_BYTES,
    )?;
    check_layout(&spec.layout)?;
    let mut names = BTreeSet::new();
    for channel in &spec.channels {
        check_name(&channel.name, &mut names)?;
        check_channel(channel, &spec.layout)?;
    }
    check_groups(spec)?;
    for interleave in &spec.interleave {
        check_name(&interleave.name, &mut names)?;
        let place = || format!("interleave {}", interleave.name);
        if interleave.channels.len() < 2 {
            return Err(setting(place(), "must name at least two channels"));
        }
        at_most(&place(), interleave.channels.len(), MAX_CHANNELS)?;
        text(&place(), &interleave.within)?;
        text(&place(), &interleave.between)?;
        for name in &interleave.channels {
            let channel = spec.channels.iter().find(|channel| channel.name == *name);
            if channel.is_none_or(|channel| channel.encode.is_none()) {
                let reason = format!("{name:?} is not the name of a channel with an encode");
                return Err(setting(place(), reason));
            }
        }
    }
    operators::resolve(spec, &mut names)
}

/// The number of samples that a window's channel may have.
pub(crate) fn window_lengths(layout: &Layout) -> (usize, usize) {
    match layout {
        Layout::Cells { samples, .. } | Layout::SideBySide { samples } => {
            (samples.min, samples.max)
        }
        Layout::Rows { .. } => (1, 1),
        Layout::Stream { length, .. } => (*length, *length),
    }
}

fn check_layout(layout: &Layout) -> Result<(), SensorError> {
    let (min, max) = window_lengths(layout);
    if min == 0 || min > max {
        return Err(setting(
            "layout",
            format!("windows of {min} to {max} samples; at least 1, and min not above max"),
        ));
    }
    at_most("samples of a window", max, MAX_SAMPLES)?;
    let Layout::Stream {
        stride,
        timestamp,
        max_gap_s,
        ..
    } = layout
    else {
        return Ok(());
    };
    if *stride == 0 {
        return Err(setting("layout, stride", "must be at least 1"));
    }
    at_most("readings of a stride", *stride, MAX_SAMPLES)?;
    match max_gap_s {
        Some(gap) if !positive(*gap) => {
            Err(setting("layout, max_gap_s", "must be a positive number"))
        }
        Some(_) if timestamp.is_none() => Err(setting(
            "layout, max_gap_s",
            "needs the column of the time in `timestamp`",
        )),
        _ => Ok(()),
    }
}

/// Channels that share minimum and maximum must agree about the least range.
fn check_groups(spec: &FrontEndSpec) -> Result<(), SensorError> {
    let mut ranges: BTreeMap<&str, f64> = BTreeMap::new();
    for channel in &spec.channels {
        if let Scale::WindowMinMax {
            min_range,
            group: Some(group),
        } = &channel.scale
            && *ranges.entry(group).or_insert(*min_range) != *min_range
        {
            return Err(setting(
                format!("channel {}, scale", channel.name),
                format!("other channels of the group {group:?} have another min_range"),
            ));
        }
    }
    Ok(())
}

pub(crate) fn check_name<'a>(
    name: &'a str,
    names: &mut BTreeSet<&'a str>,
) -> Result<(), SensorError> {
    let plain =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    let reason = if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        "a name is 1 to 64 lower-case letters, digits or underscores"
    } else if !names.insert(name) {
        "it is used twice"
    } else {
        return Ok(());
    };
    Err(SensorError::Name {
        name: name.chars().take(80).collect(),
        reason,
    })
}

fn check_range(min: f64, max: f64, place: &str) -> Result<(), SensorError> {
    let finite = libm::fabs(min) <= MAX_MAGNITUDE && libm::fabs(max) <= MAX_MAGNITUDE;
    require(
        finite && min < max,
        place,
        "the minimum must be below the maximum",
    )
}

pub(crate) fn positive(value: f64) -> bool {
    value > 0.0 && value <= MAX_MAGNITUDE
}

pub(crate) fn text(place: &str, text: &str) -> Result<(), SensorError> {
    at_most(
        &format!("{place}: bytes of text"),
        text.len(),
        MAX_TEMPLATE_BYTES,
    )
}

pub(crate) fn require(condition: bool, place: &str, reason: &str) -> Result<(), SensorError> {
    if condition {
        Ok(())
    } else {
        Err(setting(place, reason))
    }
}
