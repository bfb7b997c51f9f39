//! Small GPT-2 files made by hand: random weights, a byte vocabulary with a
//! few merges, and whatever keys a test wants.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use senselm_arch::{ARCHITECTURE, Config, Role, TensorSpec, tensors};
use senselm_gguf::{GgmlType, Writer, keys};
use senselm_gpt::{Bytes, philox4x32};
use senselm_tokenize::{Ends, TokenKind, Tokenizer, TokenizerBuilder};

/// The sizes and the seed of a model.
#[derive(Clone, Copy, Debug)]
pub struct Tiny {
    /// L.
    pub layers: usize,
    /// H.
    pub heads: usize,
    /// C.
    pub width: usize,
    /// F.
    pub ff_width: usize,
    /// The most tokens of a sequence.
    pub context: usize,
    /// The type of its matrices.
    pub ty: GgmlType,
    /// Whether the head is a matrix of its own.
    pub own_head: bool,
    /// Another one makes other weights.
    pub seed: u32,
    /// Spread of the token embedding, and with it of a tied head's logits.
    pub spread: f32,
    /// The epsilon of its norms.
    pub eps: f32,
}

impl Default for Tiny {
    fn default() -> Self {
        Self {
            layers: 2,
            heads: 2,
            width: 32,
            ff_width: 64,
            context: 160,
            ty: GgmlType::F32,
            own_head: false,
            seed: 1,
            spread: 1.0,
            eps: 1e-5,
        }
    }
}

/// A file as older versions wrote it: nothing reads its checksum of the tensors,
/// because its key has another name.
#[must_use]
pub fn without_checksum(bytes: &[u8]) -> Vec<u8> {
    let key = keys::SENSELM_TENSORS_XXH64.as_bytes();
    let mut bytes = bytes.to_vec();
    if let Some(at) = bytes.windows(key.len()).position(|found| found == key) {
        bytes[at + key.len() - 1] = b'_';
    }
    bytes
}

impl Tiny {
    /// Its sizes with so many tokens.
    #[must_use]
    pub fn config(&self, vocab: usize) -> Config {
        Config {
            ff_width: self.ff_width,
            eps: self.eps,
            tied: !self.own_head,
            ..Config::gpt2([self.layers, self.heads, self.width], self.context, vocab)
        }
    }

    /// A plain language model.
    #[must_use]
    pub fn writer(&self, tokenizer: &Tokenizer) -> Writer<'static> {
        let config = self.config(tokenizer.vocab_len());
        let mut writer = Writer::new();
        writer
            .set(keys::GENERAL_ARCHITECTURE, ARCHITECTURE)
            .unwrap();
        for (key, value) in config.keys() {
            writer.set(key, value).unwrap();
        }
        for (key, value) in tokenizer.gguf_keys() {
            writer.set(key, value).unwrap();
        }
        for spec in tensors(&config) {
            self.tensor(&mut writer, &spec);
        }
        writer
    }

    /// The finished file of a plain language model.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        shared(&self.writer(&tokenizer()))
    }

    /// The file with a front end and a task.
    #[must_use]
    pub fn sensor_bytes(&self, front_end: &str, task: &str) -> Bytes {
        let mut writer = self.writer(&tokenizer());
        writer
            .set(keys::SENSELM_SCHEMA_VERSION, keys::SCHEMA_VERSION)
            .unwrap()
            .set(keys::SENSELM_FRONT_END, front_end)
            .unwrap()
            .set(keys::SENSELM_TASK, task)
            .unwrap();
        shared(&writer)
    }

    fn tensor(&self, writer: &mut Writer<'_>, spec: &TensorSpec) {
        let name = spec.id.gguf();
        let (mean, spread) = match spec.role {
            Role::Embedding | Role::Head => (0.0, self.spread),
            Role::Positions => (0.0, 0.3),
            Role::Weight | Role::Residual => {
                let inputs = spec.inputs.unwrap_or(1);
                (0.0, 1.0 / (inputs as f32).sqrt())
            }
            Role::Gain => (1.0, 0.2),
            Role::Bias => (0.0, 0.1),
        };
        let values = self.random(&name, spec.elements() as usize, mean, spread);
        let ty = match spec.inputs {
            Some(_) => self.ty,
            None => GgmlType::F32,
        };
        let mut bytes = vec![0; ty.bytes_for(values.len()).unwrap()];
        senselm_quant::quantize(ty, &values, &mut bytes).unwrap();
        writer.tensor(name, &spec.dims(), ty, bytes).unwrap();
    }

    /// Numbers that depend on the seed and the tensor's name only.
    fn random(&self, name: &str, len: usize, mean: f32, spread: f32) -> Vec<f32> {
        let stream = name.bytes().fold(2_166_136_261_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(16_777_619)
        });
        let uniform = |word: u32| (word >> 8) as f32 / (1 << 24) as f32 * 2.0 - 1.0;
        (0..len as u32)
            .map(|i| {
                let words = philox4x32([i, stream, 0, 0], [self.seed, 0]);
                // The sum of three uniform numbers has a variance of 1.
                let sum: f32 = words[..3].iter().map(|&word| uniform(word)).sum();
                mean + spread * sum
            })
            .collect()
    }
}

/// Every byte, a few merges of what occurs in numbers and labels, and an end.
#[must_use]
pub fn tokenizer() -> Tokenizer {
    let mut builder = TokenizerBuilder::new();
    builder.push_byte_tokens().unwrap();
    let merges = [
        ("1", "2"),
        ("Ġ", "1"),
        ("Ġ", "2"),
        ("0", "."),
        ("Ġ", "T"),
        ("a", "p"),
    ];
    for (left, right) in merges {
        builder
            .push_token(&format!("{left}{right}"), TokenKind::Normal)
            .unwrap();
    }
    let eos = builder
        .push_token("<|endoftext|>", TokenKind::Control)
        .unwrap();
    for (left, right) in merges {
        builder.push_merge(left, right).unwrap();
    }
    builder
        .finish(Ends {
            eos: Some(eos),
            bos: Some(eos),
        })
        .unwrap()
}

/// A writer's file as the bytes that models are loaded from.
#[must_use]
pub fn shared(writer: &Writer<'_>) -> Bytes {
    Arc::new(writer.to_bytes().unwrap())
}

/// A front end of one channel with ten levels, behind an instruction.
pub const FRONT_END: &str = r#"{
    "layout": {"kind": "stream", "length": 8, "stride": 1},
    "channels": [{
        "name": "pressure", "unit": "bar", "source": "p1",
        "scale": {"kind": "window_min_max", "min_range": 0.1},
        "encode": {"kind": "levels", "count": 10, "alphabet": "0123456789"}
    }],
    "template": "A pump. Pressure: {pressure} State:"
}"#;
