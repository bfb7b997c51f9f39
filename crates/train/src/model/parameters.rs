//! The parameters of a model as a flat list of named tensors, outside any
//! gradient graph: what the optimiser changes and what a checkpoint holds.

use burn::Tensor;
use burn::tensor::{Device, TensorData};
use senselm_sensor::rng::Rng;

use super::config::{ModelConfig, Role};
use crate::TrainError;

/// One parameter, kept as a flat tensor.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name in a GGUF file.
    pub name: String,
    /// Rows and columns, or the length of a vector. Row-major.
    pub shape: Vec<usize>,
    /// The values.
    pub value: Tensor<1>,
    /// Whether weight decay applies: to matrices only.
    pub decay: bool,
}

/// Parameters in a fixed order.
#[derive(Debug, Clone, Default)]
pub struct Parameters(pub Vec<Parameter>);

/// The standard deviation of GPT-2's initial weights.
const INITIAL_STD: f64 = 0.02;

impl Parameters {
    /// GPT-2's initialisation: normal weights with standard deviation 0.02,
    /// those that write to the residual stream scaled by `1 / sqrt(2 L)`,
    /// gains one and biases zero.
    ///
    /// # Source
    /// Radford et al., "Language models are unsupervised multitask learners",
    /// 2019, section 2.3.
    #[must_use]
    pub fn initial(config: &ModelConfig, seed: u64, device: &Device) -> Self {
        let residual = INITIAL_STD / (2.0 * config.layers as f64).sqrt();
        let list = config.slots().into_iter().enumerate().map(|(index, slot)| {
            let length = slot.shape.iter().product();
            let values = match slot.role {
                Role::Embedding | Role::Matrix => normal(length, INITIAL_STD, seed, index),
                Role::Residual => normal(length, residual, seed, index),
                Role::Gain => vec![1.0; length],
                Role::Bias => vec![0.0; length],
            };
            Parameter::new(slot.name, slot.shape, values, device)
        });
        Self(list.collect())
    }

    /// Parameters by their values, in the order of `config`.
    ///
    /// # Errors
    /// [`TrainError::Model`] where a parameter is missing or has another size.
    pub fn from_values(
        config: &ModelConfig,
        mut values: impl FnMut(&str) -> Option<Vec<f32>>,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let mut list = Vec::new();
        for slot in config.slots() {
            let found = values(&slot.name)
                .ok_or_else(|| TrainError::model(format!("there is no tensor {}", slot.name)))?;
            let expected: usize = slot.shape.iter().product();
            if found.len() != expected {
                return Err(TrainError::model(format!(
                    "tensor {} has {} values, expected {expected}",
                    slot.name,
                    found.len()
                )));
            }
            list.push(Parameter::new(slot.name, slot.shape, found, device));
        }
        Ok(Self(list))
    }

    /// The tensors, in order.
    #[must_use]
    pub fn values(&self) -> Vec<Tensor<1>> {
        self.0
            .iter()
            .map(|parameter| parameter.value.clone())
            .collect()
    }

    /// Copies of the values on the host, in order.
    ///
    /// # Errors
    /// [`TrainError::Device`] where the device fails.
    pub fn to_host(&self) -> Result<Vec<Vec<f32>>, TrainError> {
        self.0
            .iter()
            .map(|parameter| to_host(&parameter.value))
            .collect()
    }
}

impl Parameter {
    pub(crate) fn new(name: String, shape: Vec<usize>, values: Vec<f32>, device: &Device) -> Self {
        Self {
            decay: shape.len() > 1,
            name,
            shape,
            value: from_host(values, device),
        }
    }
}

pub(crate) fn from_host(values: Vec<f32>, device: &Device) -> Tensor<1> {
    let length = values.len();
    Tensor::from_data(TensorData::new(values, [length]), device)
}

pub(crate) fn to_host<const D: usize>(tensor: &Tensor<D>) -> Result<Vec<f32>, TrainError> {
    tensor
        .try_to_vec_as::<f32>()
        .map_err(|error| TrainError::device(format!("{error:?}")))
}

/// `length` draws of a normal distribution, a function of seed and stream.
pub(crate) fn normal(length: usize, std: f64, seed: u64, stream: usize) -> Vec<f32> {
    let mut rng = Rng::new(seed, 0x1417_0000 + stream as u64);
    (0..length).map(|_| (rng.normal() * std) as f32).collect()
}
