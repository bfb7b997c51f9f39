//! Starting from an existing GPT-2 in a GGUF file: its shape, its weights in
//! `f32`, and its vocabulary.

use std::path::Path;

use burn::tensor::Device;
use senselm_arch::{Biases, TensorSpec, find};
use senselm_gguf::mapped::Mapped;
use senselm_gguf::{Gguf, TensorInfo};
use senselm_quant::dequantize;
use senselm_tokenize::Tokenizer;

use crate::TrainError;
use crate::model::{ModelConfig, Parameters};

/// A model read from a file.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Its shape.
    pub config: ModelConfig,
    /// Its weights.
    pub parameters: Parameters,
    /// Its vocabulary, where the file has one that can be used.
    pub tokenizer: Option<Tokenizer>,
}

impl Imported {
    /// Reads a GPT-2 from a GGUF file; quantised weights become `f32`, and a
    /// bias that the file does without begins at zero.
    ///
    /// # Errors
    /// [`TrainError::Gguf`] and [`TrainError::Arch`] where the file is not a
    /// GPT-2.
    pub fn read(path: &Path, device: &Device) -> Result<Self, TrainError> {
        let mapped = Mapped::open(path)?;
        let file = Gguf::parse(mapped.as_ref())?;
        file.check_damage()?;
        let config = ModelConfig::from_gguf(&file)?;
        let biases = Biases::of(&file);
        let unpacked = |spec: &TensorSpec| match find(&file, &biases, spec)? {
            Some(tensor) => unpack(&file, tensor),
            None => Ok(vec![0.0; spec.elements() as usize]),
        };
        Ok(Self {
            config,
            parameters: Parameters::from_values(&config, unpacked, device)?,
            tokenizer: Tokenizer::from_gguf(&file).ok(),
        })
    }
}

fn unpack(file: &Gguf<'_>, tensor: &TensorInfo<'_>) -> Result<Vec<f32>, TrainError> {
    let mut values = vec![0.0; tensor.dims.elements()];
    dequantize(tensor.ty, file.tensor_bytes(tensor), &mut values)?;
    Ok(values)
}
