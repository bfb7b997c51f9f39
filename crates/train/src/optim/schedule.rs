//! The learning rate as a function of the step.

/// Linear warm-up, then half a cosine down to a floor.
///
/// # Source
/// Loshchilov and Hutter, "SGDR", 2017, without restarts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    /// The highest learning rate.
    pub peak: f64,
    /// The last learning rate, as a share of the highest.
    pub floor: f64,
    /// Steps of warm-up.
    pub warmup: u64,
    /// Steps altogether.
    pub steps: u64,
}

impl Schedule {
    /// The learning rate of a step, counted from 0.
    #[must_use]
    pub fn at(&self, step: u64) -> f64 {
        if step < self.warmup {
            return self.peak * (step + 1) as f64 / self.warmup as f64;
        }
        let left = self.steps.saturating_sub(self.warmup).max(1) as f64;
        let share = ((step - self.warmup) as f64 / left).min(1.0);
        let cosine = 0.5 * (1.0 + (core::f64::consts::PI * share).cos());
        self.peak * (self.floor + (1.0 - self.floor) * cosine)
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    #[test]
    fn rises_falls_and_ends_at_the_floor() {
        let schedule = Schedule {
            peak: 2.0,
            floor: 0.1,
            warmup: 4,
            steps: 104,
        };
        let rates: Vec<f64> = (0..=104).map(|step| schedule.at(step)).collect();
        assert_eq!(rates[0], 0.5);
        assert_eq!(rates[3], 2.0);
        assert_eq!(rates[4], 2.0);
        assert!((rates[54] - 1.1).abs() < 1e-9, "half way: {}", rates[54]);
        assert!((rates[104] - 0.2).abs() < 1e-9);
        assert!(rates[4..].windows(2).all(|pair| pair[1] <= pair[0]));
    }
}
