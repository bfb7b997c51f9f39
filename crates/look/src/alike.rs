//! How alike neighbours are: what follows each other in time is, what was drawn by lot
//! is not.

/// How alike neighbours are within a stretch.
#[derive(Debug, Clone, Default)]
pub(crate) struct Alike {
    /// For each channel the sums of squared steps and how many, and the sum of the
    /// squared deviations from the stretch's mean.
    steps: Vec<(f64, u64)>,
    spread: Vec<(f64, u64)>,
    /// Mean, squared deviations and number in this stretch.
    stretch: Vec<(f64, f64, u64)>,
    last: Vec<f64>,
}

impl Alike {
    /// Takes the next row; a break begins another stretch.
    pub(crate) fn add(&mut self, values: &[f64], breaks: bool) {
        self.steps.resize(values.len(), (0.0, 0));
        self.spread.resize(values.len(), (0.0, 0));
        if breaks || self.stretch.len() != values.len() {
            self.stretch = vec![(f64::NAN, 0.0, 0); values.len()];
            self.last = vec![f64::NAN; values.len()];
        }
        for (at, &value) in values.iter().enumerate() {
            if value.is_nan() {
                continue;
            }
            if !self.last[at].is_nan() {
                let step = value - self.last[at];
                self.steps[at].0 += step * step;
                self.steps[at].1 += 1;
            }
            self.last[at] = value;
            // Welford 1962.
            let (mean, squares, count) = &mut self.stretch[at];
            *count += 1;
            let from = if mean.is_nan() { value } else { *mean };
            *mean = from + (value - from) / *count as f64;
            *squares += (value - from) * (value - *mean);
        }
    }

    /// A stretch ends.
    pub(crate) fn end(&mut self) {
        for (spread, (_, squares, count)) in self.spread.iter_mut().zip(&mut self.stretch) {
            spread.0 += *squares;
            spread.1 += count.saturating_sub(1);
            (*squares, *count) = (0.0, 0);
        }
        self.stretch.clear();
    }

    /// How alike neighbours are within stretches, from 0 for noise to 1; the most
    /// alike of all channels.
    pub(crate) fn most(&self) -> f64 {
        let channels = self.steps.iter().zip(&self.spread);
        let each = channels.map(|((steps, pairs), (spread, count))| {
            let step = steps / (*pairs).max(1) as f64;
            let variance = spread / (*count).max(1) as f64;
            match variance > 0.0 && *pairs > 0 {
                true => 1.0 - step / (2.0 * variance),
                false => 0.0,
            }
        });
        each.fold(0.0, f64::max)
    }
}
