//! The front end of a recipe: levels of each channel, and where a window is long
//! its mean and deviation.

use std::fmt::Write;

use senselm_sensor::{
    Encode, FeatureKind, FeatureSpec, FeatureWrite, FrontEndSpec, Layout, Missing, Resample,
    ResampleMethod, Samples, Scale, Task,
};

use crate::seen::{Seen, SeenChannel};

/// Tokens of all channels of a window.
const TOKENS: usize = 192;
/// Points of one channel.
const FEW_POINTS: usize = 4;
const MANY_POINTS: usize = 48;
/// Samples from which a window has statistics of its own.
const STATISTICS_FROM: usize = 8;
/// Levels of a window's samples, and of a single reading.
const LEVELS: usize = 16;
const MORE_LEVELS: usize = 32;
/// What a level may be written as.
const SYMBOLS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// What stands for a channel that is missing.
pub(super) const MISSING: &str = "?";

impl Seen {
    /// The front end of [`Seen::recipe`]: levels of each channel, and where a window
    /// is long its mean and deviation.
    #[must_use]
    pub fn front_end(&self) -> FrontEndSpec {
        let mut spec = self.carrier(None);
        let (shortest, longest) = self.window_lengths();
        let points = (TOKENS / self.channels.len().max(1)).clamp(FEW_POINTS, MANY_POINTS);
        let wanted = if longest == 1 { MORE_LEVELS } else { LEVELS };
        let symbols = self.symbols(wanted);
        let mut template = "window".to_owned();
        for (channel, seen) in spec.channels.iter_mut().zip(&self.channels) {
            let (min, max) = ends(seen);
            channel.scale = Scale::Global { min, max };
            channel.encode = Some(Encode::Levels {
                count: symbols.chars().count() as u32,
                alphabet: Some(symbols.clone()),
                separator: String::new(),
            });
            channel.missing = match longest {
                1 => Missing::Symbol {
                    text: MISSING.to_owned(),
                },
                _ => Missing::Interpolate {
                    empty: Some(MISSING.to_owned()),
                },
            };
            if longest > points {
                let method = match shortest >= points {
                    true => ResampleMethod::Mean,
                    false => ResampleMethod::Linear,
                };
                channel.resample = vec![Resample { points, method }];
            } else if shortest != longest {
                channel.resample = vec![Resample {
                    points: longest,
                    method: ResampleMethod::Linear,
                }];
            }
            let _ = write!(template, " {} {{{}}}", channel.name, channel.name);
            if shortest >= STATISTICS_FROM {
                let level = |min, max| FeatureWrite::Levels {
                    count: symbols.chars().count() as u32,
                    alphabet: Some(symbols.clone()),
                    min,
                    max,
                };
                let feature = |name: &str, of, write| FeatureSpec {
                    name: name.to_owned(),
                    of,
                    write,
                };
                channel.features = vec![
                    feature("mean", FeatureKind::Mean {}, level(min, max)),
                    feature(
                        "std",
                        FeatureKind::Std {},
                        level(0.0, six((max - min) / 2.0)),
                    ),
                ];
                let _ = write!(template, " {{{0}.mean}}{{{0}.std}}", channel.name);
            }
        }
        template.push_str(" is");
        spec.template = template;
        spec
    }

    fn window_lengths(&self) -> (usize, usize) {
        match &self.layout {
            Layout::Cells {
                samples: Samples { min, max },
                ..
            }
            | Layout::SideBySide {
                samples: Samples { min, max },
            } => (*min, *max),
            Layout::Rows { .. } => (1, 1),
            Layout::Stream { length, .. } => (*length, *length),
        }
    }

    /// Symbols for levels: none that an answer has, which would be cut there.
    fn symbols(&self, wanted: usize) -> String {
        let labels = self.task.as_ref().map(Task::labels).unwrap_or_default();
        let number = matches!(self.task, Some(Task::Number { .. }));
        let all: String = labels.concat();
        let firsts: String = labels
            .iter()
            .filter_map(|label| label.chars().next())
            .collect();
        let free = |taken: &str| -> String {
            let is_free =
                |letter: &char| !(taken.contains(*letter) || number && letter.is_ascii_digit());
            SYMBOLS.chars().filter(is_free).take(wanted).collect()
        };
        let apart = free(&all);
        match apart.len() {
            length if length * 2 >= wanted => apart,
            _ => match free(&firsts) {
                symbols if symbols.len() >= 8 => symbols,
                _ => free(""),
            },
        }
    }
}

/// A number with six digits.
fn six(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// The ends of a channel's levels, with six digits where that is enough.
fn ends(channel: &SeenChannel) -> (f64, f64) {
    let quantiles = &channel.quantiles;
    let pairs = [
        (six(quantiles.p01), six(quantiles.p99)),
        (six(quantiles.min), six(quantiles.max)),
        (quantiles.min, quantiles.max),
    ];
    let wide = |(min, max): &(f64, f64)| max > min;
    let (min, max) = pairs
        .into_iter()
        .find(wide)
        .unwrap_or((quantiles.min - 1.0, quantiles.min + 1.0));
    if max > min {
        (min, max)
    } else {
        (min, min.abs() * 2.0 + 1.0)
    }
}
