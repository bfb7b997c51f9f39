//! Checks one channel: scale, encoding, symbols and features.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};

use super::{check_name, check_range, positive, require, text, window_lengths};
use crate::limits::{
    MAX_DECIMALS, MAX_FEATURES, MAX_LEVELS, MAX_MISSING_VALUES, MAX_RESAMPLE_STEPS, MAX_SAMPLES,
    MAX_SPECTRAL_SAMPLES, MAX_WIDTH, at_most, setting,
};
use crate::{
    ChannelSpec, Encode, FeatureKind, FeatureWrite, Layout, Resample, Scale, SensorError, Source,
};

pub(super) fn check_channel(channel: &ChannelSpec, layout: &Layout) -> Result<(), SensorError> {
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
    let codes = &channel.missing_values;
    at_most(&place("missing_values"), codes.len(), MAX_MISSING_VALUES)?;
    require(
        codes.iter().all(|code| code.is_finite()),
        &place("missing_values"),
        "must be numbers; what is no number is missing as it is",
    )?;
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
        check_feature(
            &feature.of,
            channel.sample_rate_hz,
            window_lengths(layout).1,
            &place,
        )?;
        check_feature_write(&feature.write, &place)?;
    }
    Ok(())
}

fn check_resample(step: &Resample, place: &str) -> Result<(), SensorError> {
    if step.points == 0 {
        return Err(setting(place, "points must be at least 1"));
    }
    at_most(place, step.points, MAX_SAMPLES)
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
        Scale::Change { max } => require(positive(*max), place, "max must be a positive number"),
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
                "levels need a scale with a range: window_min_max, window_z_score, change or global",
            )?;
            check_levels(*count, alphabet.as_deref(), place)?;
            require(
                alphabet.is_some() || *count <= 10 || !separator.is_empty(),
                place,
                "levels of several digits run together; give a separator or an alphabet",
            )
        }
        // The edges are checked where their writer is made.
        Encode::Edges { .. } => Ok(()),
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
    let alphabet = match &channel.encode {
        Some(Encode::Levels { alphabet, .. }) => alphabet.as_ref(),
        Some(Encode::Edges { edges, .. }) => Some(&edges.alphabet),
        Some(Encode::Decimal { .. }) | None => None,
    };
    if let Some(alphabet) = alphabet {
        require(
            !symbol.chars().any(|letter| alphabet.contains(letter)),
            place,
            "the symbol shares a character with the alphabet of the levels",
        )?;
    }
    require(
        !symbol.chars().any(|letter| letter.is_ascii_digit()),
        place,
        "the symbol must not contain digits",
    )
}

pub(crate) fn check_feature(
    kind: &FeatureKind,
    rate_hz: Option<f64>,
    longest: usize,
    place: &str,
) -> Result<(), SensorError> {
    match kind {
        FeatureKind::DominantFrequency {
            min_cpm, max_cpm, ..
        }
        | FeatureKind::AutocorrelationFrequency {
            min_cpm, max_cpm, ..
        }
        | FeatureKind::CrossingRate {
            min_cpm, max_cpm, ..
        } => {
            if let FeatureKind::CrossingRate { smooth, .. } = kind {
                let allowed = (0.0..=1.0).contains(smooth);
                require(allowed, place, "smooth must be between 0 and 1 periods")?;
            }
            check_range(*min_cpm, *max_cpm, place)?;
            require(
                positive(*min_cpm),
                place,
                "min_cpm must be a positive number",
            )?;
            check_periodic(rate_hz, longest, place)
        }
        FeatureKind::Min {}
        | FeatureKind::Max {}
        | FeatureKind::Range {}
        | FeatureKind::Mean {}
        | FeatureKind::Std {}
        | FeatureKind::First {}
        | FeatureKind::Last {}
        | FeatureKind::Slope {}
        | FeatureKind::Roughness {}
        | FeatureKind::MissingShare {}
        | FeatureKind::LongestRun {}
        | FeatureKind::Median {}
        | FeatureKind::InterquartileRange {}
        | FeatureKind::Skewness {}
        | FeatureKind::Kurtosis {}
        | FeatureKind::CrossingShare {}
        | FeatureKind::MinPosition {}
        | FeatureKind::MaxPosition {}
        | FeatureKind::Length {} => Ok(()),
        FeatureKind::SpectralCentroid {} | FeatureKind::SpectralEntropy {} => at_most(
            &format!("{place}: samples of a window"),
            longest,
            MAX_SPECTRAL_SAMPLES,
        ),
        FeatureKind::Autocorrelation { lag } => {
            require(*lag > 0, place, "the lag must be at least 1")?;
            at_most(&format!("{place}: lag"), *lag, MAX_SAMPLES)
        }
    }
}

fn check_periodic(rate_hz: Option<f64>, longest: usize, place: &str) -> Result<(), SensorError> {
    require(
        rate_hz.is_some(),
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
        FeatureWrite::Edges { .. } => Ok(()),
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

pub(crate) fn check_decimal(decimals: u8, width: u8, place: &str) -> Result<(), SensorError> {
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
    match alphabet {
        Some(alphabet) => check_alphabet(alphabet, count as usize, place),
        None => Ok(()),
    }
}

/// A different character for each of so many levels.
pub(crate) fn check_alphabet(alphabet: &str, count: usize, place: &str) -> Result<(), SensorError> {
    let reason = |reason: String| SensorError::Alphabet {
        place: place.to_string(),
        reason,
    };
    let letters = alphabet.chars().count();
    if letters != count {
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
