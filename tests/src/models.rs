//! Small GPT-2 files made by hand: random weights, a byte vocabulary with a
//! few merges, and whatever keys a test wants.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

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

impl Tiny {
    /// A plain language model.
    #[must_use]
    pub fn writer(&self, tokenizer: &Tokenizer) -> Writer<'static> {
        let vocab = tokenizer.vocab_len();
        let mut writer = Writer::new();
        let sizes = [
            (keys::GPT2_BLOCK_COUNT, self.layers),
            (keys::GPT2_CONTEXT_LENGTH, self.context),
            (keys::GPT2_EMBEDDING_LENGTH, self.width),
            (keys::GPT2_FEED_FORWARD_LENGTH, self.ff_width),
            (keys::GPT2_HEAD_COUNT, self.heads),
        ];
        writer.set(keys::GENERAL_ARCHITECTURE, "gpt2").unwrap();
        for (key, size) in sizes {
            writer.set(key, size as u32).unwrap();
        }
        writer
            .set(keys::GPT2_LAYER_NORM_EPSILON, self.eps)
            .unwrap();
        for (key, value) in tokenizer.gguf_keys() {
            writer.set(key, value).unwrap();
        }
        self.matrix(
            &mut writer,
            "token_embd.weight",
            vocab,
            self.width,
            self.spread,
        );
        self.matrix(
            &mut writer,
            "position_embd.weight",
            self.context,
            self.width,
            0.3,
        );
        if self.own_head {
            self.matrix(&mut writer, "output.weight", vocab, self.width, self.spread);
        }
        self.norm(&mut writer, "output_norm");
        for layer in 0..self.layers {
            let name = |part: &str| format!("blk.{layer}.{part}");
            self.norm(&mut writer, &name("attn_norm"));
            self.norm(&mut writer, &name("ffn_norm"));
            self.linear(&mut writer, &name("attn_qkv"), 3 * self.width, self.width);
            self.linear(&mut writer, &name("attn_output"), self.width, self.width);
            self.linear(&mut writer, &name("ffn_up"), self.ff_width, self.width);
            self.linear(&mut writer, &name("ffn_down"), self.width, self.ff_width);
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

    fn linear(&self, writer: &mut Writer<'_>, stem: &str, rows: usize, cols: usize) {
        let spread = 1.0 / (cols as f32).sqrt();
        self.matrix(writer, &format!("{stem}.weight"), rows, cols, spread);
        self.vector(writer, &format!("{stem}.bias"), rows, 0.0, 0.1);
    }

    fn norm(&self, writer: &mut Writer<'_>, stem: &str) {
        self.vector(writer, &format!("{stem}.weight"), self.width, 1.0, 0.2);
        self.vector(writer, &format!("{stem}.bias"), self.width, 0.0, 0.1);
    }

    fn matrix(&self, writer: &mut Writer<'_>, name: &str, rows: usize, cols: usize, spread: f32) {
        let values = self.random(name, rows * cols, 0.0, spread);
        let mut bytes = vec![0; self.ty.bytes_for(values.len()).unwrap()];
        senselm_quant::quantize(self.ty, &values, &mut bytes).unwrap();
        let dims = [cols as u64, rows as u64];
        writer.tensor(name, &dims, self.ty, bytes).unwrap();
    }

    fn vector(&self, writer: &mut Writer<'_>, name: &str, len: usize, mean: f32, spread: f32) {
        let values = self.random(name, len, mean, spread);
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        writer
            .tensor(name, &[len as u64], GgmlType::F32, bytes)
            .unwrap();
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
