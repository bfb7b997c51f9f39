//! Whether a profile from a file can be what it says.

use alloc::format;

use super::{MAX_COMMON, MAX_PAIRS, Profile, Quantiles, Statistic};
use crate::SensorError;
use crate::limits::{MAX_MAGNITUDE, MAX_TEMPLATE_BYTES, at_most};
use crate::validate::{positive, require};

impl Profile {
    /// Checks that the profile is of these channels, and that no figure is
    /// impossible.
    pub(super) fn check<'a>(
        &self,
        names: impl Iterator<Item = &'a str>,
    ) -> Result<(), SensorError> {
        require(
            names.eq(self.channels.iter().map(|channel| channel.name.as_str())),
            "profile, channels",
            "must be those of the front end, in their order",
        )?;
        require(
            self.windows > 0 && self.distinct > 0 && self.distinct <= self.windows,
            "profile, windows",
            "must be at least one, and distinct ones not more than all",
        )?;
        for channel in &self.channels {
            let place = format!("profile, channel {}", channel.name);
            let unit = channel.unit.as_deref().unwrap_or_default();
            at_most(&place, unit.len(), MAX_TEMPLATE_BYTES)?;
            let rate = channel.rate_hz.is_none_or(positive);
            require(rate, &place, "a rate must be above 0")?;
            share(&place, channel.missing)?;
            at_most(&place, channel.common.len(), MAX_COMMON)?;
            for common in &channel.common {
                number(&place, common.value)?;
                share(&place, common.share)?;
            }
            channel
                .samples
                .iter()
                .try_for_each(|q| ascending(&place, q))?;
            for statistic in Statistic::ALL {
                let quantiles = channel.over_windows.get(statistic);
                quantiles.iter().try_for_each(|q| ascending(&place, q))?;
            }
        }
        at_most("pairs of a profile", self.pairs.len(), MAX_PAIRS)?;
        for pair in &self.pairs {
            let place = "profile, pairs";
            require(
                pair.one < pair.other && pair.other < self.channels.len(),
                place,
                "must be of two channels, the first of them first",
            )?;
            share(place, pair.above)?;
            share(place, libm::fabs(pair.correlation))?;
        }
        if let Some(validation) = &self.validation {
            let quantiles = [&validation.certainty, &validation.anomaly];
            let mut quantiles = quantiles.into_iter().flatten();
            quantiles.try_for_each(|q| ascending("profile, validation", q))?;
        }
        Ok(())
    }
}

fn number(place: &str, value: f64) -> Result<(), SensorError> {
    // A range is that of two samples.
    let possible = libm::fabs(value) <= 2.0 * MAX_MAGNITUDE;
    require(possible, place, "a value is beyond anything that is read")
}

fn share(place: &str, value: f64) -> Result<(), SensorError> {
    let within = (0.0..=1.0).contains(&value);
    require(within, place, "a share must be from 0 to 1")
}

fn ascending(place: &str, quantiles: &Quantiles) -> Result<(), SensorError> {
    quantiles
        .0
        .iter()
        .try_for_each(|value| number(place, *value))?;
    let sorted = quantiles.0.is_sorted();
    require(sorted, place, "quantiles must not fall")
}
