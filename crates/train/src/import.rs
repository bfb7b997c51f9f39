//! Starting from an existing GPT-2 in a GGUF file: its shape, its weights in
//! `f32`, and its vocabulary.

use std::path::Path;

use burn::tensor::Device;
use senselm_gguf::mapped::Mapped;
use senselm_gguf::{Gguf, TensorInfo, keys};
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
    /// Reads a GPT-2 from a GGUF file; quantised weights become `f32`.
    ///
    /// # Errors
    /// [`TrainError::Gguf`] and [`TrainError::Model`] where the file is not a
    /// GPT-2.
    pub fn read(path: &Path, device: &Device) -> Result<Self, TrainError> {
        let mapped = Mapped::open(path)?;
        let file = Gguf::parse(mapped.as_ref())?;
        let keys = file.metadata();
        let architecture = keys.str(keys::GENERAL_ARCHITECTURE)?;
        if architecture != keys::GPT2 {
            return Err(TrainError::model(format!(
                "{} is a {architecture}; only gpt2 can be trained here",
                path.display()
            )));
        }
        let size = |key: &str| -> Result<usize, TrainError> { Ok(keys.u32(key)? as usize) };
        let embedding = file.tensor("token_embd.weight");
        let vocab = embedding.map_or(0, |tensor| {
            tensor.dims.as_slice().get(1).copied().unwrap_or(0) as usize
        });
        let config = ModelConfig {
            vocab,
            context: size(keys::GPT2_CONTEXT_LENGTH)?,
            layers: size(keys::GPT2_BLOCK_COUNT)?,
            heads: size(keys::GPT2_HEAD_COUNT)?,
            width: size(keys::GPT2_EMBEDDING_LENGTH)?,
            ff_width: size(keys::GPT2_FEED_FORWARD_LENGTH)?,
            tied: file.tensor("output.weight").is_none(),
            eps: keys.f32(keys::GPT2_LAYER_NORM_EPSILON)?,
        };
        config.check()?;
        let mut failed = None;
        let parameters = Parameters::from_values(
            &config,
            |name| match unpack(&file, file.tensor(name)?) {
                Ok(values) => Some(values),
                Err(error) => {
                    failed = Some(error);
                    None
                }
            },
            device,
        );
        if let Some(error) = failed {
            return Err(error);
        }
        let tokenizer = Tokenizer::from_gguf(&file).ok();
        Ok(Self {
            config,
            parameters: parameters?,
            tokenizer,
        })
    }
}

fn unpack(file: &Gguf<'_>, tensor: &TensorInfo<'_>) -> Result<Vec<f32>, TrainError> {
    let count = tensor.dims.as_slice().iter().product::<u64>() as usize;
    let mut values = vec![0.0; count];
    dequantize(tensor.ty, file.tensor_bytes(tensor), &mut values)?;
    Ok(values)
}
