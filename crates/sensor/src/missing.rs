//! What happens to missing samples, which are NaN.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::{ChannelSpec, FrontEnd, Missing, SensorError, Window};

/// A sample as it is read: NaN where it is one of the numbers that stand for a missing
/// one.
pub(crate) fn read(missing_values: &[f64], sample: f64) -> f64 {
    match missing_values.contains(&sample) {
        true => f64::NAN,
        false => sample,
    }
}

impl FrontEnd {
    /// Whether numbers of any channel stand for missing samples.
    fn has_missing_values(&self) -> bool {
        let mut channels = self.channels().iter();
        channels.any(|channel| !channel.missing_values.is_empty())
    }

    /// The window as it is read: with NaN where a number stands for a missing sample
    /// ([`ChannelSpec::missing_values`]). What was read before stays as it is.
    #[must_use]
    pub fn as_read<'w>(&self, window: &'w Window) -> Cow<'w, Window> {
        if !self.has_missing_values() {
            return Cow::Borrowed(window);
        }
        let mut read = window.clone();
        for (channel, samples) in self.channels().iter().zip(&mut read.channels) {
            for sample in samples {
                *sample = self::read(&channel.missing_values, *sample);
            }
        }
        Cow::Owned(read)
    }

    /// The numbers of a row as they are read, of which each channel has so many;
    /// nothing where none stands for a missing one.
    pub(crate) fn row_as_read(&self, values: &[f64], lengths: &[usize]) -> Option<Vec<f64>> {
        if !self.has_missing_values() {
            return None;
        }
        let mut read = values.to_vec();
        let mut rest = read.as_mut_slice();
        for (channel, &length) in self.channels().iter().zip(lengths) {
            let (samples, behind) = rest.split_at_mut(length.min(rest.len()));
            for sample in samples {
                *sample = self::read(&channel.missing_values, *sample);
            }
            rest = behind;
        }
        Some(read)
    }
}

impl Missing {
    /// The text that stands for a value that is not there, where there is one.
    pub(crate) fn symbol(&self) -> Option<&str> {
        match self {
            Self::Reject {} => None,
            Self::Hold { empty } | Self::Interpolate { empty } => empty.as_deref(),
            Self::Symbol { text } => Some(text),
        }
    }
}

/// Applies the channel's policy, unless nothing of the channel is read. What is
/// still NaN afterwards is to be written as the policy's symbol.
pub(crate) fn fill(
    channel: &ChannelSpec,
    is_read: bool,
    samples: &[f64],
) -> Result<Vec<f64>, SensorError> {
    let Some(index) = samples.iter().position(|sample| sample.is_nan()) else {
        return Ok(samples.to_vec());
    };
    if !is_read {
        return Ok(samples.to_vec());
    }
    let empty = samples.iter().all(|sample| sample.is_nan());
    match &channel.missing {
        Missing::Reject {} => Err(SensorError::MissingSample {
            channel: channel.name.clone(),
            index,
        }),
        Missing::Hold { empty: None } | Missing::Interpolate { empty: None } if empty => {
            Err(SensorError::ChannelEmpty {
                channel: channel.name.clone(),
            })
        }
        Missing::Symbol { .. } => Ok(samples.to_vec()),
        Missing::Hold { .. } => Ok(hold(samples)),
        Missing::Interpolate { .. } => Ok(interpolate(samples)),
    }
}

fn hold(samples: &[f64]) -> Vec<f64> {
    let first = samples.iter().copied().find(|sample| !sample.is_nan());
    let mut last = first.unwrap_or(f64::NAN);
    samples
        .iter()
        .map(|&sample| {
            if !sample.is_nan() {
                last = sample;
            }
            last
        })
        .collect()
}

/// Straight lines over the gaps, the nearest sample at the ends.
pub(crate) fn interpolate(samples: &[f64]) -> Vec<f64> {
    let mut filled = samples.to_vec();
    let mut before: Option<usize> = None;
    let mut at = 0;
    while at < samples.len() {
        if !samples[at].is_nan() {
            before = Some(at);
            at += 1;
            continue;
        }
        let after = (at..samples.len()).find(|&next| !samples[next].is_nan());
        let end = after.unwrap_or(samples.len());
        for (offset, value) in filled[at..end].iter_mut().enumerate() {
            *value = match (before, after) {
                (Some(left), Some(right)) => {
                    let share = (at + offset - left) as f64 / (right - left) as f64;
                    samples[left] + (samples[right] - samples[left]) * share
                }
                (Some(only), None) | (None, Some(only)) => samples[only],
                (None, None) => f64::NAN,
            };
        }
        at = end;
    }
    filled
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::{hold, interpolate};

    const N: f64 = f64::NAN;

    #[test]
    fn fills_inside_and_at_the_ends() {
        let samples = [N, 1.0, N, N, 4.0, N];
        assert_eq!(hold(&samples), vec![1.0, 1.0, 1.0, 1.0, 4.0, 4.0]);
        assert_eq!(interpolate(&samples), vec![1.0, 1.0, 2.0, 3.0, 4.0, 4.0]);
        assert!(hold(&[N, N]).iter().all(|value| value.is_nan()));
        assert!(interpolate(&[N, N]).iter().all(|value| value.is_nan()));
    }
}
