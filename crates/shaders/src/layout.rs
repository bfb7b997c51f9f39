//! What the host writes into buffers, as it lies in them. A test holds every
//! struct to the one of the same name in WGSL.

use bytemuck::{Pod, Zeroable};

/// What every norm and every linear map is told. Offsets into the vectors and
/// widths of rows count quads of four values.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct LinearParams {
    /// Octets of a row of x and of a row of weights.
    pub octets: u32,
    /// Outputs: rows of the weights bound.
    pub outputs: u32,
    /// The quad of a row of y at which they begin.
    pub first: u32,
    /// Quads of a row of y.
    pub y_quads: u32,
    /// Where the bias begins in the vectors.
    pub bias: u32,
    /// Where the norm's gain begins in the vectors.
    pub gain: u32,
    /// Where the norm's bias begins in the vectors.
    pub shift: u32,
    /// Values of a row of x that are no padding.
    pub width: u32,
    /// Under the root of the norm.
    pub eps: f32,
    /// The quad of the cache at which the values begin.
    pub values: u32,
    /// Quads of a row of keys.
    pub kv_quads: u32,
    /// Padding.
    pub unused: u32,
}

/// How many rows a tiled product has.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct Batch {
    /// Rows of x.
    pub rows: u32,
    /// Padding.
    pub unused0: u32,
    /// Padding.
    pub unused: [u32; 2],
}

/// A row of a pass: one token, where it stands, and which cached rows it sees.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct Row {
    /// The token's id.
    pub id: u32,
    /// Its place in the sequence, for the position embedding.
    pub position: u32,
    /// The row of the cache that takes its key and value.
    pub slot: u32,
    /// It sees this many of the cache's first rows,
    pub prefix: u32,
    /// then, from this row on,
    pub stem: u32,
    /// this many,
    pub stem_length: u32,
    /// then, from this row on,
    pub own: u32,
    /// this many.
    pub own_length: u32,
}

/// What an embedding is told.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct EmbedParams {
    /// Octets of a row.
    pub octets: u32,
    /// The first token of the part of the table that is bound.
    pub first: u32,
    /// How many tokens it has.
    pub tokens: u32,
    /// Padding.
    pub unused: u32,
}

/// What attention is told.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct AttentionParams {
    /// Quads of a head, D / 4, at most 64.
    pub quads: u32,
    /// Quads of a row of keys, C / 4.
    pub kv_quads: u32,
    /// The quad of the cache at which the values begin.
    pub values: u32,
    /// Quads of a row of queries and of results.
    pub row_quads: u32,
    /// `1 / sqrt(D)`
    pub scale: f32,
    /// Padding.
    pub unused0: u32,
    /// Padding.
    pub unused1: u32,
    /// Padding.
    pub unused2: u32,
}

/// How the next token is chosen.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct SampleParams {
    /// Vocabulary size, V.
    pub vocab: u32,
    /// 1 where the mask says which tokens are allowed.
    pub masked: u32,
    /// 0 takes the most probable token.
    pub temperature: f32,
    /// Keep this many; 0 keeps all.
    pub top_k: u32,
    /// Keep this much probability; 1 keeps all.
    pub top_p: f32,
    /// The logarithm of the least relative probability; very negative keeps all.
    pub ln_min_p: f32,
    /// Repetition penalty; 1 leaves recent tokens alone.
    pub penalty: f32,
    /// How many of the latest tokens count as recent.
    pub window: u32,
    /// The lower and the upper half.
    pub seed: [u32; 2],
    /// Padding.
    pub unused: [u32; 2],
}

/// The front of the sampler's buffer, before the ids it chose.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct SamplerHeader {
    /// The number of the next draw, lower and upper half.
    pub step: [u32; 2],
    /// How many tokens were chosen.
    pub count: u32,
    /// Padding.
    pub unused: u32,
}

/// What scoring is told.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct ScoreParams {
    /// Logits of a row, V.
    pub vocab: u32,
    /// Values of a row of logits with its padding.
    pub row_values: u32,
    /// Where the picked logits begin among the scores.
    pub picked: u32,
    /// Padding.
    pub unused: u32,
}

/// The front of the list of picked logits, before pairs of a row and an id.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct PicksHeader {
    /// How many pairs follow.
    pub count: u32,
    /// Padding.
    pub unused: u32,
}

#[cfg(test)]
mod tests;
