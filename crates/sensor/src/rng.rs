//! A small seeded generator, the same everywhere.
//!
//! It is here because augmentation and simulation need ten lines of it in a
//! `no_std` crate, and because a counter makes every draw addressable. It is
//! not for secrets.

/// A counter-based generator of 64-bit numbers.
///
/// # Source
/// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014.
#[derive(Debug, Clone)]
pub struct Rng {
    key: u64,
    counter: u64,
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Rng {
    /// A generator whose draws are a function of `seed` and `stream`.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Self {
        Self {
            key: mix(seed ^ mix(stream.wrapping_add(GOLDEN))),
            counter: 0,
        }
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.counter = self.counter.wrapping_add(1);
        mix(self.key.wrapping_add(self.counter.wrapping_mul(GOLDEN)))
    }

    /// Uniform in `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform between `low` and `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Log-uniform between `1 / factor` and `factor`.
    pub fn factor(&mut self, factor: f64) -> f64 {
        let spread = libm::log(factor.max(1.0));
        libm::exp(self.between(-spread, spread))
    }

    /// Uniform in `0..bound`; 0 where `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        // The high half of a 128-bit product: the bias is below 2^-32 for
        // every bound that occurs here.
        ((u128::from(self.next_u64()) * bound as u128) >> 64) as usize
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Normal with mean 0 and standard deviation 1 (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.unit()));
        radius * libm::cos(core::f64::consts::TAU * self.unit())
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn same_seed_same_draws_other_stream_other_draws() {
        let mut a = Rng::new(7, 1);
        let mut b = Rng::new(7, 1);
        let mut c = Rng::new(7, 2);
        let draws: [u64; 4] = core::array::from_fn(|_| a.next_u64());
        assert_eq!(draws, core::array::from_fn(|_| b.next_u64()));
        assert_ne!(draws, core::array::from_fn(|_| c.next_u64()));
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut rng = Rng::new(1, 0);
        let n = 20_000;
        let (mut mean, mut square, mut uniform) = (0.0, 0.0, 0.0);
        for _ in 0..n {
            let x = rng.normal();
            mean += x / f64::from(n);
            square += x * x / f64::from(n);
            uniform += rng.unit() / f64::from(n);
            assert!(rng.below(3) < 3);
            assert!((0.5..=2.0).contains(&rng.factor(2.0)));
        }
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((square - 1.0).abs() < 0.05, "{square}");
        assert!((uniform - 0.5).abs() < 0.01, "{uniform}");
        assert_eq!(rng.below(0), 0);
    }
}
