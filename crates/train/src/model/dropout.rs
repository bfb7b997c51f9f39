//! Dropout whose masks are a function of a seed, so that a run can be resumed
//! and two threads draw independently.

use burn::Tensor;
use burn::tensor::{Device, TensorData};
use senselm_sensor::rng::Rng;

/// Draws masks, or does nothing while evaluating.
#[derive(Debug)]
pub(crate) struct Dropout {
    rate: f64,
    rng: Option<Rng>,
    device: Device,
}

impl Dropout {
    /// No dropout.
    pub(crate) fn off(device: &Device) -> Self {
        Self {
            rate: 0.0,
            rng: None,
            device: device.clone(),
        }
    }

    /// Dropout at `rate`, 0 up to but not including 1.
    pub(crate) fn new(rate: f64, rng: Rng, device: &Device) -> Self {
        Self {
            rate,
            rng: Some(rng),
            device: device.clone(),
        }
    }

    /// Draws the factors of the next `length` values at the model's rate; none
    /// where nothing is dropped.
    pub(crate) fn draw(&mut self, length: usize, mask: &mut Vec<f32>) {
        match self.rng.as_mut().filter(|_| self.rate > 0.0) {
            Some(rng) => draw(length, self.rate, rng, mask),
            None => mask.clear(),
        }
    }

    /// Applies the model's rate.
    pub(crate) fn apply(&mut self, x: Tensor<2>) -> Tensor<2> {
        self.at(self.rate, x)
    }

    /// Applies another rate.
    pub(crate) fn at(&mut self, rate: f64, x: Tensor<2>) -> Tensor<2> {
        let Some(rng) = self.rng.as_mut().filter(|_| rate > 0.0) else {
            return x;
        };
        let [rows, columns] = x.dims();
        let mut mask = Vec::new();
        draw(rows * columns, rate, rng, &mut mask);
        x * Tensor::from_data(TensorData::new(mask, [rows, columns]), &self.device)
    }
}

/// Zeros with probability `rate`, else `1 / (1 - rate)`. One draw of 64 bits
/// gives four entries, so the rate is rounded to 1 / 65536.
fn draw(length: usize, rate: f64, rng: &mut Rng, mask: &mut Vec<f32>) {
    let threshold = (rate * 65_536.0).round() as u64;
    let keep = (65_536.0 / (65_536.0 - threshold as f64)) as f32;
    mask.resize(length, 0.0);
    for entries in mask.chunks_mut(4) {
        let bits = rng.next_u64();
        for (entry, shift) in entries.iter_mut().zip([0, 16, 32, 48]) {
            let draw = (bits >> shift) & 0xffff;
            *entry = if draw < threshold { 0.0 } else { keep };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_keeps_the_mean() {
        let mut mask = Vec::new();
        draw(40_001, 0.2, &mut Rng::new(3, 1), &mut mask);
        assert_eq!(mask.len(), 40_001);
        let mean = mask.iter().sum::<f32>() / mask.len() as f32;
        assert!((mean - 1.0).abs() < 0.02, "{mean}");
        let dropped = mask.iter().filter(|&&keep| keep == 0.0).count();
        assert!((7_500..8_500).contains(&dropped), "{dropped}");
    }
}
