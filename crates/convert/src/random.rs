//! Seeded normal numbers, the same on every machine.

/// A stream of normally distributed numbers: SplitMix64 and Box-Muller, with
/// the logarithm and cosine of `libm` rather than the system's.
pub(crate) struct Normal {
    state: u64,
}

impl Normal {
    /// Stream number `stream` of `seed`.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut mix = Self { state: seed };
        let seed = mix.bits();
        mix.state = seed ^ stream.wrapping_mul(0xd134_2543_de82_ef95);
        mix.bits();
        mix
    }

    fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Above 0, at most 1.
    fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 1.0) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// The next two numbers, mean 0 and standard deviation 1.
    fn pair(&mut self) -> [f64; 2] {
        let radius = libm::sqrt(-2.0 * libm::log(self.unit()));
        let (sin, cos) = libm::sincos(core::f64::consts::TAU * self.unit());
        [radius * cos, radius * sin]
    }

    /// `count` numbers, mean 0 and the given standard deviation.
    pub(crate) fn take(mut self, count: usize, deviation: f64) -> Vec<f32> {
        let mut out = Vec::with_capacity(count + 1);
        while out.len() < count {
            out.extend(self.pair().map(|v| (v * deviation) as f32));
        }
        out.truncate(count);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::Normal;

    #[test]
    fn moments_are_those_of_a_normal_distribution() {
        let values = Normal::new(7, 3).take(100_001, 0.5);
        let n = values.len() as f64;
        let moment = |p: i32| {
            values
                .iter()
                .map(|&v| (f64::from(v) / 0.5).powi(p))
                .sum::<f64>()
                / n
        };
        assert!(moment(1).abs() < 0.02);
        assert!((moment(2) - 1.0).abs() < 0.02);
        assert!(moment(3).abs() < 0.05);
        assert!((moment(4) - 3.0).abs() < 0.1);
    }

    #[test]
    fn streams_and_seeds_differ_and_repeat() {
        let draw = |seed, stream| Normal::new(seed, stream).take(4, 1.0);
        assert_eq!(draw(1, 0), draw(1, 0));
        assert_ne!(draw(1, 0), draw(1, 1));
        assert_ne!(draw(1, 0), draw(2, 0));
    }
}
