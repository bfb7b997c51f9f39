//! The buffers that shaders know by name.

/// What a shader uses a buffer for. The build fails where a shader has another
/// name than these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// What a dispatch is told.
    Params,
    /// Rows that are read.
    X,
    /// Rows that are written or added to.
    Y,
    /// Rows that are read, as bytes.
    XCodes,
    /// The scales of those.
    XScales,
    /// The weights of a matrix, or of a part of it.
    Quants,
    /// The scales of those.
    Scales,
    /// Gains and biases, one behind the other.
    Vectors,
    /// Learned positions.
    Positions,
    /// Keys and values of a layer.
    Kv,
    /// Where the rows of a pass stand and what they see.
    Rows,
    /// Which rows go on.
    Wanted,
    /// How many rows there are.
    Batch,
    /// The token in every row of the cache.
    History,
    /// Scores of the vocabulary.
    Logits,
    /// Which tokens may be chosen.
    Mask,
    /// What was chosen, and the count of random numbers.
    State,
    /// Tokens whose logits are wanted.
    Picks,
    /// What scoring says.
    Scores,
}

impl Slot {
    /// Its name in the WGSL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Params => "params",
            Self::X => "x",
            Self::Y => "y",
            Self::XCodes => "x_codes",
            Self::XScales => "x_scales",
            Self::Quants => "quants",
            Self::Scales => "scales",
            Self::Vectors => "vectors",
            Self::Positions => "positions",
            Self::Kv => "kv",
            Self::Rows => "rows",
            Self::Wanted => "wanted",
            Self::Batch => "batch",
            Self::History => "history",
            Self::Logits => "logits",
            Self::Mask => "mask",
            Self::State => "state",
            Self::Picks => "picks",
            Self::Scores => "scores",
        }
    }
}
