//! The parameters of a model as a flat list of named tensors, outside any
//! gradient graph: what the optimiser changes and what a checkpoint holds.

use burn::Tensor;
use burn::tensor::{Device, TensorData};
use senselm_arch::{Start, TensorSpec, tensors};
use senselm_sensor::rng::Rng;

use super::ModelConfig;
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

impl Parameters {
    /// GPT-2's initialisation, see [`senselm_arch::Role::start`].
    #[must_use]
    pub fn initial(config: &ModelConfig, seed: u64, device: &Device) -> Self {
        let list = tensors(config)
            .into_iter()
            .enumerate()
            .map(|(index, spec)| {
                let length = spec.elements() as usize;
                let values = match spec.role.start(config.layers) {
                    Start::Zeros => vec![0.0; length],
                    Start::Ones => vec![1.0; length],
                    Start::Normal { deviation } => normal(length, deviation, seed, index),
                };
                Parameter::of(&spec, values, device)
            });
        Self(list.collect())
    }

    /// Parameters by their values, in the order of [`tensors`].
    ///
    /// # Errors
    /// Those of `values`, which is asked for as many as the tensor has.
    pub fn from_values(
        config: &ModelConfig,
        mut values: impl FnMut(&TensorSpec) -> Result<Vec<f32>, TrainError>,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let list = tensors(config).into_iter().map(|spec| {
            let values = values(&spec)?;
            Ok(Parameter::of(&spec, values, device))
        });
        Ok(Self(list.collect::<Result<_, TrainError>>()?))
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
    /// A tensor of the model.
    fn of(spec: &TensorSpec, values: Vec<f32>, device: &Device) -> Self {
        let shape = [Some(spec.outputs), spec.inputs];
        let shape = shape.into_iter().flatten().collect();
        Self::new(spec.id.gguf(), shape, values, device)
    }

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

/// Takes the values out of a tensor, without a copy where it is on the CPU and
/// nobody else has it; [`put_back`] ends that.
pub(crate) fn take(tensor: &mut Tensor<1>) -> Result<Vec<f32>, TrainError> {
    let nothing = from_host(Vec::new(), &tensor.device());
    let data = std::mem::replace(tensor, nothing).try_into_data();
    let values = data.map_err(|error| TrainError::device(format!("{error:?}")))?;
    values
        .try_into_vec()
        .map_err(|error| TrainError::device(format!("{error:?}")))
}

/// Gives a tensor its values, without a copy where it is on the CPU.
pub(crate) fn put_back(tensor: &mut Tensor<1>, values: Vec<f32>) {
    *tensor = from_host(values, &tensor.device());
}
