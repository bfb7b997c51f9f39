//! An exponential moving average of the parameters, which is what is evaluated
//! and exported: it removes the noise of the last steps.

use burn::Tensor;

use crate::model::Parameters;

/// The average and its decay.
#[derive(Debug, Clone)]
pub struct Ema {
    decay: f64,
    average: Parameters,
}

impl Ema {
    /// An average that starts at `parameters`.
    #[must_use]
    pub fn new(decay: f64, parameters: &Parameters) -> Self {
        Self {
            decay,
            average: parameters.clone(),
        }
    }

    /// Moves the average towards `parameters`. The decay grows from nothing
    /// with the step, counted from 0, so that the initial weights fade fast.
    pub fn update(&mut self, parameters: &Parameters, step: u64) {
        let step = step as f64;
        let keep = self.decay.min((1.0 + step) / (10.0 + step));
        for (average, parameter) in self.average.0.iter_mut().zip(&parameters.0) {
            average.value.inplace(|average: Tensor<1>| {
                average * keep + parameter.value.clone() * (1.0 - keep)
            });
        }
    }

    /// The averaged parameters.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.average
    }

    pub(crate) fn parameters_mut(&mut self) -> &mut Parameters {
        &mut self.average
    }
}
