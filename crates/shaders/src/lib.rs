//! The operations of a GPT-2 as compute shaders, and what each of them binds.
//!
//! An operation is a WGSL file in `ops` with a scalar twin of the same name
//! beside it, which says what it computes and is the oracle of its tests. Files
//! in `parts` are what operations share: reading weights of one type, writing a
//! result one way. A shader is some parts and an operation, one behind another;
//! the build script puts them together, has naga validate them and reads their
//! interface off naga's result.
//!
//! Core WGSL and the limits that every WebGPU device has suffice; operations
//! that gain from an optional feature have a variant for it, which
//! [`ByFeatures`] finds. This crate knows no GPU API: `senselm-gpu` runs what is
//! described here.
//!
//! Weights are repacked into [`Packed`]: quants and scales apart, as `u32`.
//! Rows of weights and of activations are padded with zeros to 32 values.
//!
//! Shapes are written with T rows of a pass, C embedding width, H heads, D head
//! width, V vocabulary.

#![forbid(unsafe_code)]

mod layout;
pub mod ops;
mod pack;
mod shader;
mod slot;

pub use layout::{
    AttentionParams, Batch, EmbedParams, LinearParams, PicksHeader, Row, SampleParams,
    SamplerHeader, ScoreParams,
};
pub use pack::{PackError, Packed, WeightType, padded};
pub use shader::{
    Access, Binding, ByCache, ByFeatures, ByQuants, ByQuantsAndCache, ByWeights, ByWeightsAndCache,
    CacheType, Features, Shader,
};
pub use slot::Slot;

/// Every shader, by family.
pub mod table {
    use crate::Slot;
    use crate::shader::{
        Access, Binding, ByCache, ByFeatures, ByQuants, ByQuantsAndCache, ByWeights,
        ByWeightsAndCache, Features, Shader,
    };

    include!(concat!(env!("OUT_DIR"), "/table.rs"));
}
