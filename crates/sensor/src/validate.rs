//! Checks a specification once, so that nothing is checked again when it runs.

use alloc::collections::BTreeMap;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};

use crate::limits::{
    MAX_CHANNELS, MAX_DECIMALS, MAX_FEATURES, MAX_LEVELS, MAX_MAGNITUDE, MAX_RESAMPLE_STEPS,
    MAX_SAMPLES, MAX_SPECTRAL_SAMPLES, MAX_TEMPLATE_BYTES, MAX_WIDTH, at_most, setting,
};
use crate::{
    ChannelSpec, Encode, FeatureKind, FeatureWrite, FrontEndSpec, Layout, Missing, Resample,
    ResampleMethod, Scale, SensorError, Source,
};

/// Checks everything except that the template uses exactly what there is.
pub(crate) fn check(spec: &FrontEndSpec) -> Result<(), SensorError> {
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
    Ok(())
}

/// The number of samples that a window's channel may have.
pub(crate) fn window_lengths(layout: &Layout) -> (usize, usize) {
    match layout {
        Layout::Cells { samples, .. } => (samples.min, samples.max),
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

fn check_channel(channel: &ChannelSpec, layout: &Layout) -> Result<(), SensorError> {
    let place = |what: &str| format!("channel {}, {what}", channel.name);
    if let (Layout::Rows { column: Some(_) }, Source::Name(_)) = (layout, &channel.source) {
        return Err(setting(
            place("source"),
            "must be a position from 0: a list in a cell has no names",
        ));
    }
    if let Some(rate) = channel.sample_rate_hz
        && !positive(rate)
    {
        return Err(setting(
            place("sample_rate_hz"),
            "must be a positive number",
        ));
    }
    text(&place("unit"), &channel.unit)?;
    at_most(
        &place("resample"),
        channel.resample.len(),
        MAX_RESAMPLE_STEPS,
    )?;
    for step in &channel.resample {
        check_resample(step, &place("resample"))?;
    }
    check_scale(&channel.scale, &place("scale"))?;
    if let Some(encode) = &channel.encode {
        check_encode(encode, &channel.scale, &place("encode"))?;
    }
    if let Some(symbol) = channel.missing.symbol() {
        check_symbol(symbol, channel, &place("missing"))?;
    }
    at_most(&place("features"), channel.features.len(), MAX_FEATURES)?;
    let mut names = BTreeSet::new();
    for feature in &channel.features {
        check_name(&feature.name, &mut names)?;
        let place = place(&format!("feature {}", feature.name));
        check_feature(&feature.of, channel, window_lengths(layout).1, &place)?;
        check_feature_write(&feature.write, &place)?;
    }
    Ok(())
}

fn check_resample(step: &Resample, place: &str) -> Result<(), SensorError> {
    if step.points == 0 {
        return Err(setting(place, "points must be at least 1"));
    }
    match step.method {
        ResampleMethod::Linear | ResampleMethod::Mean => at_most(place, step.points, MAX_SAMPLES),
    }
}

fn check_scale(scale: &Scale, place: &str) -> Result<(), SensorError> {
    match scale {
        Scale::None {} => Ok(()),
        Scale::WindowMinMax { min_range, group } => {
            text(place, group.as_deref().unwrap_or_default())?;
            require(
                positive(*min_range),
                place,
                "min_range must be a positive number",
            )
        }
        Scale::WindowZScore { min_std, clip } => require(
            positive(*min_std) && positive(*clip),
            place,
            "min_std and clip must be positive numbers",
        ),
        Scale::Global { min, max } => check_range(*min, *max, place),
    }
}

fn check_encode(encode: &Encode, scale: &Scale, place: &str) -> Result<(), SensorError> {
    text(place, encode.separator())?;
    match encode {
        Encode::Levels {
            count,
            alphabet,
            separator,
        } => {
            require(
                scale.range().is_some(),
                place,
                "levels need a scale with a range: window_min_max, window_z_score or global",
            )?;
            check_levels(*count, alphabet.as_deref(), place)?;
            require(
                alphabet.is_some() || *count <= 10 || !separator.is_empty(),
                place,
                "levels of several digits run together; give a separator or an alphabet",
            )
        }
        Encode::Decimal {
            decimals,
            width,
            separator,
            ..
        } => {
            check_decimal(*decimals, *width, place)?;
            require(!separator.is_empty(), place, "decimals need a separator")
        }
    }
}

fn check_symbol(symbol: &str, channel: &ChannelSpec, place: &str) -> Result<(), SensorError> {
    text(place, symbol)?;
    require(!symbol.is_empty(), place, "the symbol must not be empty")?;
    if let Some(Encode::Levels {
        alphabet: Some(alphabet),
        ..
    }) = &channel.encode
    {
        require(
            !symbol.chars().any(|letter| alphabet.contains(letter)),
            place,
            "the symbol shares a character with the alphabet of the levels",
        )?;
    }
    if matches!(
        channel.missing,
        Missing::Symbol { .. } | Missing::Hold { .. } | Missing::Interpolate { .. }
    ) {
        return require(
            !symbol.chars().any(|letter| letter.is_ascii_digit()),
            place,
            "the symbol must not contain digits",
        );
    }
    Ok(())
}

fn check_feature(
    kind: &FeatureKind,
    channel: &ChannelSpec,
    longest: usize,
    place: &str,
) -> Result<(), SensorError> {
    match kind {
        FeatureKind::DominantFrequency {
            min_cpm, max_cpm, ..
        }
        | FeatureKind::AutocorrelationFrequency {
            min_cpm, max_cpm, ..
        } => {
            check_range(*min_cpm, *max_cpm, place)?;
            require(
                positive(*min_cpm),
                place,
                "min_cpm must be a positive number",
            )?;
            check_periodic(channel, longest, place)
        }
        FeatureKind::CrossingRate { hysteresis, .. } => {
            require(
                (0.0..=10.0).contains(hysteresis),
                place,
                "hysteresis must be between 0 and 10",
            )?;
            check_periodic(channel, longest, place)
        }
        FeatureKind::Min {}
        | FeatureKind::Max {}
        | FeatureKind::Range {}
        | FeatureKind::Mean {}
        | FeatureKind::Std {}
        | FeatureKind::First {}
        | FeatureKind::Last {}
        | FeatureKind::Slope {}
        | FeatureKind::MissingShare {} => Ok(()),
    }
}

fn check_periodic(channel: &ChannelSpec, longest: usize, place: &str) -> Result<(), SensorError> {
    require(
        channel.sample_rate_hz.is_some(),
        place,
        "a frequency needs the channel's sample_rate_hz",
    )?;
    at_most(
        &format!("{place}: samples of a window"),
        longest,
        MAX_SPECTRAL_SAMPLES,
    )
}

fn check_feature_write(write: &FeatureWrite, place: &str) -> Result<(), SensorError> {
    match write {
        FeatureWrite::Decimal {
            decimals, width, ..
        } => check_decimal(*decimals, *width, place),
        FeatureWrite::Levels {
            count,
            alphabet,
            min,
            max,
        } => {
            check_range(*min, *max, place)?;
            check_levels(*count, alphabet.as_deref(), place)
        }
    }
}

fn check_decimal(decimals: u8, width: u8, place: &str) -> Result<(), SensorError> {
    at_most(
        &format!("{place}: decimals"),
        decimals.into(),
        MAX_DECIMALS.into(),
    )?;
    at_most(&format!("{place}: width"), width.into(), MAX_WIDTH.into())
}

fn check_levels(count: u32, alphabet: Option<&str>, place: &str) -> Result<(), SensorError> {
    require(count >= 2, place, "there must be at least 2 levels")?;
    at_most(
        &format!("{place}: levels"),
        count as usize,
        MAX_LEVELS as usize,
    )?;
    let Some(alphabet) = alphabet else {
        return Ok(());
    };
    let reason = |reason: String| SensorError::Alphabet {
        place: place.to_string(),
        reason,
    };
    let letters = alphabet.chars().count();
    if letters != count as usize {
        return Err(reason(format!(
            "it has {letters} characters for {count} levels; give one for each"
        )));
    }
    let mut seen = BTreeSet::new();
    match alphabet.chars().find(|&letter| !seen.insert(letter)) {
        Some(letter) => Err(reason(format!("{letter:?} is there twice"))),
        None => Ok(()),
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

fn check_name<'a>(name: &'a str, names: &mut BTreeSet<&'a str>) -> Result<(), SensorError> {
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

fn positive(value: f64) -> bool {
    value > 0.0 && value <= MAX_MAGNITUDE
}

fn text(place: &str, text: &str) -> Result<(), SensorError> {
    at_most(
        &format!("{place}: bytes of text"),
        text.len(),
        MAX_TEMPLATE_BYTES,
    )
}

fn require(condition: bool, place: &str, reason: &str) -> Result<(), SensorError> {
    if condition {
        Ok(())
    } else {
        Err(setting(place, reason))
    }
}
