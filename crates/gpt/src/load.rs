//! From a parsed file to sizes, tensors and a plan, each checked.

use senselm_gguf::Gguf;

use crate::names::{self, in_layer};
use crate::plan::{LayerTensors, Linear, Norm, OuterTensors, Plan};
use crate::tensors::{Collector, Tensors};
use crate::{Config, GptError};

/// Reads a GPT-2. Biases are required, as llama.cpp requires them.
pub(crate) fn load(gguf: &Gguf<'_>) -> Result<(Config, Tensors, Plan), GptError> {
    let config = Config::from_gguf(gguf)?;
    let mut collector = Collector::new(gguf);
    let outer = outer(&mut collector, &config)?;
    let layers = (0..config.layers)
        .map(|index| layer(&mut collector, &config, index))
        .collect::<Result<Vec<_>, _>>()?;
    let tensors = collector.finish(config.layers)?;
    Ok((config, tensors, Plan::gpt2(outer, &layers)))
}

fn outer(collector: &mut Collector<'_>, config: &Config) -> Result<OuterTensors, GptError> {
    let tokens = collector.matrix(names::TOKEN_EMBEDDING, config.vocab, config.width)?;
    let positions = collector.matrix(names::POSITION_EMBEDDING, config.context, config.width)?;
    let final_norm = norm(collector, names::OUTPUT_NORM, config)?;
    let head = if collector.has(names::HEAD) {
        collector.matrix(names::HEAD, config.vocab, config.width)?
    } else {
        tokens
    };
    Ok(OuterTensors {
        tokens,
        positions,
        final_norm,
        head,
    })
}

fn layer(
    collector: &mut Collector<'_>,
    config: &Config,
    index: usize,
) -> Result<LayerTensors, GptError> {
    let name = |part| in_layer(index, part);
    let (width, ff_width) = (config.width, config.ff_width);
    Ok(LayerTensors {
        attention_norm: norm(collector, &name(names::ATTENTION_NORM), config)?,
        qkv: linear(collector, &name(names::QKV), 3 * width, width)?,
        attention_output: linear(collector, &name(names::ATTENTION_OUTPUT), width, width)?,
        ff_norm: norm(collector, &name(names::FF_NORM), config)?,
        ff_up: linear(collector, &name(names::FF_UP), ff_width, width)?,
        ff_down: linear(collector, &name(names::FF_DOWN), width, ff_width)?,
    })
}

fn norm(collector: &mut Collector<'_>, stem: &str, config: &Config) -> Result<Norm, GptError> {
    Ok(Norm {
        gain: collector.vector(&format!("{stem}.weight"), config.width)?,
        bias: collector.vector(&format!("{stem}.bias"), config.width)?,
    })
}

fn linear(
    collector: &mut Collector<'_>,
    stem: &str,
    outputs: usize,
    inputs: usize,
) -> Result<Linear, GptError> {
    Ok(Linear {
        weight: collector.matrix(&format!("{stem}.weight"), outputs, inputs)?,
        bias: collector.vector(&format!("{stem}.bias"), outputs)?,
    })
}
