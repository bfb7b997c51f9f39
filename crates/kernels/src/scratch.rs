//! Buffers that outlive a call, so that a kernel allocates only while it grows.

use crate::activations::Activations;
use crate::codec::UNIT;
use crate::wide::{PanelUnit, UNPACK_ROWS};
use crate::{Finish, LANES, Team, Weights};

/// Reusable memory of the kernels that need some, and the threads they run on.
///
/// Make one per sequence and pass it to every call. It holds no state that a
/// result depends on.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    pub(crate) team: Team,
    pub(crate) activations: Activations,
    /// Where work is cut: part `i` ends where part `i + 1` begins.
    pub(crate) cuts: Vec<usize>,
    /// What each part works in.
    pub(crate) parts: Vec<Part>,
}

/// What a thread works in. Its buffers have room before it starts: a thread of
/// a wasm build cannot allocate.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    /// A product on its way into a sum.
    pub(crate) product: Vec<f32>,
    pub(crate) rows: RowBuffers,
    /// Attention scores of one head of a few queries.
    pub(crate) scores: Vec<f32>,
}

/// Rows of weights, in another form than they are stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowBuffers {
    /// 16-bit floats as `f32`.
    pub(crate) floats: Vec<u8>,
    /// Quantized weights, unpacked.
    pub(crate) panel: Vec<PanelUnit>,
    /// The last rows, padded to a group of 16.
    pub(crate) rest: Vec<u8>,
}

impl Part {
    /// Makes room for the product of `tokens` tokens with `rows` rows of `w`.
    pub(crate) fn make_room(
        &mut self,
        w: &Weights<'_>,
        tokens: usize,
        rows: usize,
        finish: Finish,
    ) {
        if finish == Finish::Add && self.product.len() < tokens * rows {
            self.product.resize(tokens * rows, 0.0);
        }
        let RowBuffers {
            floats,
            panel,
            rest,
        } = &mut self.rows;
        reserve(rest, LANES * w.row_bytes());
        match w.ty().block_len() {
            1 => reserve(floats, UNPACK_ROWS * w.cols() * size_of::<f32>()),
            _ => reserve(panel, w.cols() / UNIT),
        }
    }
}

/// Makes room for as many elements in all.
fn reserve<T>(buffer: &mut Vec<T>, len: usize) {
    buffer.reserve(len.saturating_sub(buffer.len()));
}

impl Scratch {
    /// Buffers for kernels that this team runs.
    #[must_use]
    pub fn of_team(team: Team) -> Self {
        Self {
            team,
            ..Self::default()
        }
    }

    /// Cuts `items` into parts for work of so many multiplications. Cuts are
    /// between groups of `group` items.
    pub(crate) fn cut(&mut self, items: usize, group: usize, multiplications: usize) {
        let groups = items.div_ceil(group);
        let parts = self.team.parts(multiplications).min(groups).max(1);
        self.cuts.clear();
        let cut = |part: usize| (groups * part / parts * group).min(items);
        self.cuts.extend((0..=parts).map(cut));
        if self.parts.len() < parts {
            self.parts.resize_with(parts, Part::default);
        }
    }
}
