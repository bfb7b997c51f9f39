//! What an embedder can choose.

use std::pin::Pin;

use senselm_ask::DEFAULT_BEAM;
use senselm_gpt::{KvType, SamplerSpec};
use serde::{Deserialize, Serialize};

use crate::SessionError;

/// A clock: milliseconds since any fixed moment, never going back.
pub type Clock = fn() -> f64;

/// Lets the host do something else, such as hear that a text is cancelled.
pub type Pause = fn() -> Pin<Box<dyn Future<Output = ()>>>;

/// The most stop strings of a call.
pub const MAX_STOPS: usize = 32;
/// The most bytes of a stop string.
pub const MAX_STOP_BYTES: usize = 1024;
/// The most threads for one pass.
pub const MAX_THREADS: usize = 256;

/// How a GPU computes passes of many rows, prompts and labels above all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GpuMath {
    /// In `f32`: results differ from the CPU's only by what the CPU rounds.
    #[default]
    Exact,
    /// Where the device has instructions for it, with activations rounded to
    /// bytes, as on the CPU, or to binary16. Logits move by up to 0.02.
    Rounded,
}

/// How to load a model.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// The kernels to run on, by name; the fastest that run here without it.
    pub kernels: Option<String>,
    /// How many threads work on one pass, 1 to [`MAX_THREADS`]. More than one
    /// needs a build that can start them. No result depends on it.
    pub threads: usize,
    /// What keys and values are kept as.
    pub kv: KvType,
    /// How a GPU computes, where one does.
    pub gpu_math: GpuMath,
    /// Where times come from. Without one all timings are zero; the default is
    /// the system's monotonic clock where there is one (not in a browser).
    pub clock: Option<Clock>,
    /// Awaited now and then while a text is decoded, by a host that has nothing
    /// but its own thread to hear of anything else.
    pub pause: Option<Pause>,
    /// Whether answers say how anomalous their window is, if the model learned
    /// what windows look like. That costs the logits of every token of the
    /// window.
    pub anomaly: bool,
    /// How many numbers are followed up while decoding one; 1 is greedy. What
    /// training measured is found with the default.
    pub number_beam: usize,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            kernels: None,
            threads: 1,
            kv: KvType::F32,
            gpu_math: GpuMath::Exact,
            clock: crate::clock::system(),
            pause: None,
            anomaly: true,
            number_beam: DEFAULT_BEAM,
        }
    }
}

/// What to do with a prompt that does not fit into the context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overflow {
    /// Refuse it with [`SessionError::PromptTooLong`].
    #[default]
    Error,
    /// Cut tokens off its beginning until it and the tokens asked for fit, or
    /// until it fills half the context; [`crate::Generated::dropped_tokens`]
    /// says how many.
    KeepEnd,
}

/// How to generate text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GenerateOptions {
    /// At most this many tokens.
    pub max_tokens: usize,
    /// How to choose among the tokens.
    pub sampler: SamplerSpec,
    /// Texts that end the generation and do not become part of it.
    pub stop: Vec<String>,
    /// What to do with a prompt that does not fit.
    pub on_overflow: Overflow,
    /// Whether control tokens written in the prompt, such as `<|endoftext|>`,
    /// count as such. Leave it off for text from outside.
    pub parse_special: bool,
    /// Goes on after the end-of-text token; for measurements.
    pub ignore_end: bool,
}

impl Default for GenerateOptions {
    /// Greedy, 128 tokens, no stop strings.
    fn default() -> Self {
        Self {
            max_tokens: 128,
            sampler: SamplerSpec::default(),
            stop: Vec::new(),
            on_overflow: Overflow::Error,
            parse_special: false,
            ignore_end: false,
        }
    }
}

impl GenerateOptions {
    pub(crate) fn check(&self) -> Result<(), SessionError> {
        let bad = |option, reason: String| Err(SessionError::Option { option, reason });
        if self.max_tokens == 0 {
            return bad("max_tokens", "must be at least 1".into());
        }
        if self.stop.len() > MAX_STOPS {
            let found = self.stop.len();
            return bad(
                "stop",
                format!("{found} strings, at most {MAX_STOPS} are accepted"),
            );
        }
        for stop in &self.stop {
            if stop.is_empty() || stop.len() > MAX_STOP_BYTES {
                let found = stop.len();
                return bad(
                    "stop",
                    format!("a string of {found} bytes, 1 to {MAX_STOP_BYTES} are accepted"),
                );
            }
        }
        Ok(())
    }
}
