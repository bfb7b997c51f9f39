//! The activations of a pass, reused from one to the next.

use senselm_kernels::Scratch;

use crate::cache::Layer;
use crate::plan::Buffer;
use crate::{Compute, Config};

/// How many rows go through the plan at once. A longer prompt is fed in
/// chunks of this many tokens, which bounds the activations; more rows would
/// not make the matrix products any faster.
pub(crate) const CHUNK: usize = 128;

/// How many rows get their logits at once: a vocabulary is wide.
pub(crate) const HEAD_CHUNK: usize = 16;

/// One row of a pass.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) id: u32,
    pub(crate) position: usize,
    /// The rows of the pass that it sees: those of its stem, where it is in a
    /// branch of one, and from this one on to itself those of its own.
    pub(crate) stem: (usize, usize),
    pub(crate) own: usize,
}

/// The rows of a pass, and which of them are wanted at its end.
#[derive(Clone, Debug, Default)]
pub(crate) struct PassRows {
    pub(crate) tokens: Vec<Token>,
    /// Indices into `tokens`, ascending.
    pub(crate) wanted: Vec<usize>,
}

impl PassRows {
    pub(crate) fn clear(&mut self) {
        self.tokens.clear();
        self.wanted.clear();
    }

    /// Adds consecutive tokens, the first at `position`, of which those from
    /// index `wanted_from` on are wanted. They follow the rows of `stem`: the
    /// index of the first and how many.
    pub(crate) fn push(
        &mut self,
        ids: &[u32],
        position: usize,
        wanted_from: usize,
        stem: (usize, usize),
    ) {
        let own = self.tokens.len();
        let tokens = ids.iter().zip(position..);
        self.tokens.extend(tokens.map(|(&id, position)| Token {
            id,
            position,
            stem,
            own,
        }));
        self.wanted.extend(own + wanted_from..self.tokens.len());
    }
}

/// Every buffer of a plan, and what the kernels need beside them. Buffers grow
/// to the longest pass so far and stay.
#[derive(Debug)]
pub(crate) struct Workspace {
    buffers: [Vec<f32>; Buffer::ALL.len()],
    /// A norm's result on its way into a linear map, `[T, C]`.
    pub(crate) between: Vec<f32>,
    /// The keys and values of a pass that is not cached.
    pub(crate) own: Layer,
    pub(crate) pass_rows: PassRows,
    pub(crate) scratch: Scratch,
}

impl Workspace {
    pub(crate) fn new(compute: &Compute) -> Self {
        Self {
            buffers: Default::default(),
            between: Vec::new(),
            own: Layer::new(compute.kv),
            pass_rows: PassRows::default(),
            scratch: Scratch::of_team(compute.team.clone()),
        }
    }

    /// The rows of a buffer that the pass has filled.
    pub(crate) fn rows(&self, config: &Config, buffer: Buffer, rows: usize) -> &[f32] {
        &self.buffers[buffer.index()][..rows * buffer.width(config)]
    }

    /// The rows of a buffer that the pass has filled, to be changed.
    pub(crate) fn rows_mut(&mut self, config: &Config, buffer: Buffer, rows: usize) -> &mut [f32] {
        &mut self.buffers[buffer.index()][..rows * buffer.width(config)]
    }

    /// Takes a buffer out, to be written while others are read, with room for
    /// `rows` rows. It must be put back.
    pub(crate) fn take(&mut self, config: &Config, buffer: Buffer, rows: usize) -> Vec<f32> {
        let mut taken = std::mem::take(&mut self.buffers[buffer.index()]);
        make_room(&mut taken, rows * buffer.width(config));
        taken
    }

    /// Puts a buffer back.
    pub(crate) fn put(&mut self, buffer: Buffer, taken: Vec<f32>) {
        self.buffers[buffer.index()] = taken;
    }
}

/// Makes `buffer` at least `len` long.
pub(crate) fn make_room(buffer: &mut Vec<f32>, len: usize) {
    if buffer.len() < len {
        buffer.resize(len, 0.0);
    }
}
