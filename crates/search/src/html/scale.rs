//! One scale for many figures: dots with their intervals in the cells of a table,
//! so that rows compare at a look and the page needs no width of its own.

use senselm_evaluate::Interval;

use super::text::Figures;

/// Halves of a scale that are round numbers.
const STEPS: [f64; 14] = [
    1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0,
];

/// From where to where figures are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Scale {
    /// A scale that has room for all of `values`. That of accuracies ends at 1, that
    /// of errors begins at 0.
    pub(super) fn of(values: impl Iterator<Item = f64>, is_number: bool) -> Self {
        let values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(0.0, f64::max);
        match (is_number, values.is_empty()) {
            (_, true) => Self {
                low: 0.0,
                high: 1.0,
            },
            (true, false) => Self {
                low: 0.0,
                high: above(high),
            },
            (false, false) => Self {
                low: (((low - 0.02) * 10.0).floor() / 10.0).clamp(0.0, 0.9),
                high: 1.0,
            },
        }
    }

    /// From a round number to a round number, with one in the middle.
    pub(super) fn around(low: f64, high: f64) -> Self {
        // What is all the same has a width, too.
        let range = match high - low {
            range if range > 0.0 && range.is_finite() => range,
            _ => low.abs().clamp(1.0, f64::MAX / 4.0) * 0.2,
        };
        let unit = 10f64.powf((range / 2.0).log10().floor());
        let fitting = STEPS.into_iter().find_map(|step| {
            let step: f64 = step * unit;
            let from = (low / step).floor() * step;
            let to = from + 2.0 * step;
            (to >= high).then_some(Self {
                low: from,
                high: to,
            })
        });
        fitting.unwrap_or(Self {
            low,
            high: low + range,
        })
    }

    /// Where a value is, from 0 to 1.
    pub(super) fn at(self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// The values that are written at it.
    pub(super) fn ticks(self) -> [f64; 3] {
        [self.low, (self.low + self.high) / 2.0, self.high]
    }

    /// The cell with the values, above those with the dots.
    pub(super) fn head(self, figures: Figures<'_>) -> String {
        let mut text = String::from("<div class=\"axis\" aria-hidden=\"true\">");
        for tick in self.ticks() {
            text += &format!(
                "<span style=\"left:{:.0}%\">{}</span>",
                100.0 * self.at(tick),
                figures.tick(tick)
            );
        }
        text + "</div>"
    }

    /// A dot with its interval. The cell beside it has the same in figures.
    pub(super) fn dot(self, value: f64, interval: Option<Interval>, kind: &str) -> String {
        let mut text = format!("<div class=\"track {kind}\" aria-hidden=\"true\">");
        if let Some(interval) = interval.filter(|i| i.low.is_finite() && i.high.is_finite()) {
            let (low, high) = (self.at(interval.low), self.at(interval.high));
            text += &format!(
                "<i class=\"span\" style=\"left:{:.2}%;width:{:.2}%\"></i>",
                100.0 * low,
                100.0 * (high - low)
            );
        }
        if value.is_finite() {
            text += &format!(
                "<i class=\"dot\" style=\"left:{:.2}%\"></i>",
                100.0 * self.at(value)
            );
        }
        text + "</div>"
    }
}

/// A bar from 0 to 1.
pub(super) fn bar(value: f64) -> String {
    let width = if value.is_finite() {
        value.clamp(0.0, 1.0)
    } else {
        0.0
    };
    format!(
        "<div class=\"bar\" aria-hidden=\"true\"><i style=\"width:{:.2}%\"></i></div>",
        100.0 * width
    )
}

/// The next round number.
fn above(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let unit = 10f64.powf(value.log10().floor());
    let steps = [1.0, 1.2, 1.6, 2.0, 3.0, 4.0, 6.0, 8.0];
    let fits = steps
        .into_iter()
        .map(|step| step * unit)
        .find(|high| *high >= value);
    fits.unwrap_or(10.0 * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_have_room_and_honest_ends() {
        let of = |values: &[f64], is_number| Scale::of(values.iter().copied(), is_number);
        let accuracy = of(&[0.83, 1.0, f64::NAN], false);
        assert!((accuracy.low - 0.8).abs() < 1e-12 && accuracy.high == 1.0);
        assert_eq!(of(&[0.01], false).low, 0.0);
        assert_eq!(of(&[1.0], false).low, 0.9, "never a scale without a width");
        let error = of(&[0.31, 2.4], true);
        assert_eq!((error.low, error.high), (0.0, 3.0));
        assert_eq!(of(&[0.0], true).high, 1.0);
        assert_eq!(
            of(&[], true),
            Scale {
                low: 0.0,
                high: 1.0
            }
        );
        assert_eq!(of(&[f64::NAN], false).at(0.5), 0.5);
        let around = |low, high| {
            let scale = Scale::around(low, high);
            (scale.low, scale.high)
        };
        assert_eq!(around(8.2, 27.9), (0.0, 30.0));
        assert_eq!(around(-1.3, 0.4), (-1.5, 1.5));
        assert_eq!(around(20.0, 29.0), (20.0, 30.0));
        let (low, high) = around(7.0, 7.0);
        assert!(low <= 7.0 && high > 7.0);
        assert!(Scale::around(-f64::MAX, f64::MAX).at(0.0).is_finite());
    }
}
