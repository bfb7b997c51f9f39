//! From a file of Llama's shape to sizes, tensors and a plan.

use senselm_arch::{TensorId, TensorKind};
use senselm_gguf::Gguf;

use super::Op as Own;
use crate::plan::{Buffer, Linear, Op, Plan, Rows};
use crate::tensors::{Collector, MatrixId, Tensors};
use crate::{Config, GptError};

/// Reads a model that llama.cpp calls `llama`. It is a test's own file, so what
/// is wrong with it is a panic.
pub(crate) fn load(gguf: &Gguf<'_>) -> Result<(Config, Tensors, Plan), GptError> {
    let config = config(gguf)?;
    let rope_base = gguf.metadata().f32("llama.rope.freq_base")?;
    let mut from = Collector::new(gguf, &config);
    let mut ops = vec![Op::Embed {
        tokens: from.matrix(TensorId::weight(TensorKind::TokenEmbedding))?,
        positions: None,
        out: Buffer::Residual,
    }];
    for layer in 0..config.layers {
        let id = |kind| TensorId::weight_in(layer, kind);
        let named = |name| format!("blk.{layer}.{name}.weight");
        let (width, kv_width) = (config.width, config.kv_width());
        ops.extend([
            Op::Llama(Own::Qkv {
                gain: from.gain(id(TensorKind::AttentionNorm))?,
                maps: [
                    own(gguf, &mut from, &named("attn_q"), [width, width])?,
                    own(gguf, &mut from, &named("attn_k"), [kv_width, width])?,
                    own(gguf, &mut from, &named("attn_v"), [kv_width, width])?,
                ],
                rope_base,
            }),
            Op::Attention {
                layer,
                qkv: Buffer::Qkv,
                residual: Buffer::Residual,
                out: Buffer::Mixed,
                rows: Rows::of(layer, config.layers),
            },
            Op::LinearAdd {
                linear: unbiased(from.matrix(id(TensorKind::AttentionOutput))?),
                input: Buffer::Mixed,
                out: Buffer::Residual,
            },
            Op::Llama(Own::Gated {
                gain: from.gain(id(TensorKind::FfNorm))?,
                gate: own(
                    gguf,
                    &mut from,
                    &named("ffn_gate"),
                    [config.ff_width, width],
                )?,
                up: from.matrix(id(TensorKind::FfUp))?,
            }),
            Op::LinearAdd {
                linear: unbiased(from.matrix(id(TensorKind::FfDown))?),
                input: Buffer::Hidden,
                out: Buffer::Residual,
            },
        ]);
    }
    ops.push(Op::Llama(Own::FinalNorm {
        gain: from.gain(TensorId::weight(TensorKind::OutputNorm))?,
    }));
    let head = from.matrix(TensorId::weight(TensorKind::Head))?;
    Ok((config, from.finish()?, Plan { ops, head }))
}

fn config(gguf: &Gguf<'_>) -> Result<Config, GptError> {
    let keys = gguf.metadata();
    let size = |key: &str| keys.u32(&format!("llama.{key}")).map(|size| size as usize);
    let embedding = gguf.tensor(&TensorId::weight(TensorKind::TokenEmbedding).gguf());
    Ok(Config {
        layers: size("block_count")?,
        heads: size("attention.head_count")?,
        kv_heads: size("attention.head_count_kv")?,
        width: size("embedding_length")?,
        ff_width: size("feed_forward_length")?,
        context: size("context_length")?,
        vocab: embedding.expect("a token embedding").dims.rows(),
        eps: keys.f32("llama.attention.layer_norm_rms_epsilon")?,
        tied: false,
    })
}

/// A matrix that GPT-2 has no name for.
fn own<'g>(
    gguf: &'g Gguf<'g>,
    from: &mut Collector<'g>,
    name: &str,
    [rows, cols]: [usize; 2],
) -> Result<MatrixId, GptError> {
    let info = gguf.tensor(name).expect(name);
    assert_eq!([info.dims.rows(), info.dims.cols()], [rows, cols], "{name}");
    from.add_matrix(info)
}

fn unbiased(weight: MatrixId) -> Linear {
    Linear { weight, bias: None }
}
