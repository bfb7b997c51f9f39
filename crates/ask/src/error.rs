//! Why something cannot be asked or answered.

use senselm_sensor::SensorError;

/// Why a question or its answer is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// The front end, the task, or a window.
    #[error(transparent)]
    Sensor(#[from] SensorError),

    /// An empty prompt, and no token to begin a text with.
    #[error(
        "the prompt is empty, and this tokenizer has no token that begins a text: write a prompt"
    )]
    EmptyPrompt,

    /// A task needs a token that ends an answer.
    #[error(
        "the tokenizer names no end-of-text token, which every answer ends with: set `tokenizer.ggml.eos_token_id`"
    )]
    NoEnd,

    /// The weights give no finite scores.
    #[error(
        "the model's scores are not finite numbers: its weights are damaged, or were quantized beyond their range"
    )]
    NotFinite,

    /// No token of the vocabulary continues a number.
    #[error(
        "no token of the vocabulary continues the number {so_far:?}: the tokenizer lacks digits, a point or a minus as tokens of their own"
    )]
    Unspellable {
        /// The answer so far.
        so_far: String,
    },
}
