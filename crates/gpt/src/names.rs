//! What GGUF calls the tensors of a GPT-2.

/// Token embedding, and the head too where there is no [`HEAD`]. `[V, C]`
pub(crate) const TOKEN_EMBEDDING: &str = "token_embd.weight";
/// Learned position embedding. `[context, C]`
pub(crate) const POSITION_EMBEDDING: &str = "position_embd.weight";
/// The final layer norm's stem.
pub(crate) const OUTPUT_NORM: &str = "output_norm";
/// A head of its own, absent where it is tied to the embedding. `[V, C]`
pub(crate) const HEAD: &str = "output.weight";

/// The norm before attention.
pub(crate) const ATTENTION_NORM: &str = "attn_norm";
/// Fused query, key and value projection. `[3 C, C]`
pub(crate) const QKV: &str = "attn_qkv";
/// The projection after attention. `[C, C]`
pub(crate) const ATTENTION_OUTPUT: &str = "attn_output";
/// The norm before the feed-forward part.
pub(crate) const FF_NORM: &str = "ffn_norm";
/// Feed-forward, wide. `[F, C]`
pub(crate) const FF_UP: &str = "ffn_up";
/// Feed-forward, back. `[C, F]`
pub(crate) const FF_DOWN: &str = "ffn_down";

/// The stem of a tensor in layer `layer`, such as `blk.0.attn_qkv`.
pub(crate) fn in_layer(layer: usize, part: &str) -> String {
    format!("blk.{layer}.{part}")
}
