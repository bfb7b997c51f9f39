//! A sample of numbers without end, and its quantiles.

/// Numbers that are kept: a quantile is then right to about a percent.
const KEPT: usize = 4_096;

/// A uniform sample of the numbers so far, drawn alike every time.
///
/// # Source
/// Vitter 1985, algorithm R; the draws are those of splitmix64.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reservoir {
    kept: Vec<f64>,
    seen: u64,
}

impl Reservoir {
    pub(crate) fn add(&mut self, value: f64) {
        self.seen += 1;
        if self.kept.len() < KEPT {
            self.kept.push(value);
            return;
        }
        let at = mix(self.seen) % self.seen;
        if let Some(slot) = usize::try_from(at)
            .ok()
            .and_then(|at| self.kept.get_mut(at))
        {
            *slot = value;
        }
    }

    /// The sorted sample, without what `leave_out` says.
    pub(crate) fn sorted(&self, leave_out: impl Fn(f64) -> bool) -> Vec<f64> {
        let mut sorted = self.kept.clone();
        sorted.retain(|value| !leave_out(*value));
        sorted.sort_by(f64::total_cmp);
        sorted
    }
}

/// The value that this share of a sorted sample is below; 0 where there is none.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1) as f64;
    let at = (share * last).round() as usize;
    sorted.get(at).copied().unwrap_or_default()
}

pub(crate) fn mix(seed: u64) -> u64 {
    let mut word = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Reservoir, quantile};

    #[test]
    fn quantiles_of_many() {
        let mut reservoir = Reservoir::default();
        for at in 0..1_000_000 {
            reservoir.add(f64::from(at));
        }
        let sorted = reservoir.sorted(|_| false);
        for share in [0.01, 0.25, 0.5, 0.75, 0.99] {
            let found = quantile(&sorted, share) / 1e6;
            assert!((found - share).abs() < 0.03, "{share} {found}");
        }
        assert_eq!(quantile(&[], 0.5), 0.0);
    }
}
