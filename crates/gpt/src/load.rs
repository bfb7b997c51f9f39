//! From a parsed file to sizes, tensors and a plan, each checked.

use senselm_arch::{TensorId, TensorKind};
use senselm_gguf::Gguf;

use crate::plan::{LayerTensors, Linear, Norm, OuterTensors, Plan};
use crate::tensors::{Collector, Tensors};
use crate::{Config, GptError};

/// Reads a GPT-2.
pub(crate) fn load(gguf: &Gguf<'_>) -> Result<(Config, Tensors, Plan), GptError> {
    let config = Config::from_gguf(gguf)?;
    let mut collector = Collector::new(gguf, &config);
    let outer = outer(&mut collector)?;
    let layers = (0..config.layers)
        .map(|index| layer(&mut collector, index))
        .collect::<Result<Vec<_>, _>>()?;
    let tensors = collector.finish()?;
    Ok((config, tensors, Plan::gpt2(outer, &layers)))
}

fn outer(from: &mut Collector<'_>) -> Result<OuterTensors, GptError> {
    let tokens = from.matrix(TensorId::weight(TensorKind::TokenEmbedding))?;
    Ok(OuterTensors {
        tokens,
        positions: from.matrix(TensorId::weight(TensorKind::PositionEmbedding))?,
        final_norm: norm(from, TensorId::weight(TensorKind::OutputNorm))?,
        head: match from.config().tied {
            true => tokens,
            false => from.matrix(TensorId::weight(TensorKind::Head))?,
        },
    })
}

fn layer(from: &mut Collector<'_>, index: usize) -> Result<LayerTensors, GptError> {
    let id = |kind| TensorId::weight_in(index, kind);
    Ok(LayerTensors {
        attention_norm: norm(from, id(TensorKind::AttentionNorm))?,
        qkv: linear(from, id(TensorKind::Qkv))?,
        attention_output: linear(from, id(TensorKind::AttentionOutput))?,
        ff_norm: norm(from, id(TensorKind::FfNorm))?,
        ff_up: linear(from, id(TensorKind::FfUp))?,
        ff_down: linear(from, id(TensorKind::FfDown))?,
    })
}

fn norm(from: &mut Collector<'_>, gain: TensorId) -> Result<Norm, GptError> {
    Ok(Norm {
        gain: from.gain(gain)?,
        bias: from.bias(gain)?,
    })
}

fn linear(from: &mut Collector<'_>, weight: TensorId) -> Result<Linear, GptError> {
    Ok(Linear {
        weight: from.matrix(weight)?,
        bias: from.bias(weight)?,
    })
}
