//! Which rows of a pass see what.
//!
//! Tokens that continue the sequence take the cache's next rows. Stems and
//! branches take rows behind the sequence as well, but nobody counts them: the
//! next pass overwrites them.

use senselm_shaders::Row;

use super::memory::Sizes;
use crate::{Logits, Stem, StemPlace};

/// A pass: at most as many rows as the buffers have.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    pub(crate) rows: Vec<Row>,
    /// Which of them get logits.
    pub(crate) wanted: Vec<u32>,
    /// Where these belong, for stems.
    pub(crate) places: Vec<StemPlace>,
}

impl Chunk {
    /// Tokens that continue the sequence from `position` on, and get logits
    /// each.
    pub(crate) fn appended(ids: &[u32], position: usize) -> Self {
        let rows = ids.iter().zip(position..);
        let place = |at| StemPlace {
            stem: 0,
            branch: None,
            at,
        };
        Self {
            rows: rows.map(|(&id, position)| appended(id, position)).collect(),
            wanted: (0..ids.len() as u32).collect(),
            places: (0..ids.len()).map(place).collect(),
        }
    }
}

/// A token that continues the sequence at `position`.
pub(crate) fn appended(id: u32, position: usize) -> Row {
    let position = position as u32;
    Row {
        id,
        position,
        slot: position,
        prefix: position + 1,
        ..Row::default()
    }
}

/// Lays stems and branches out in passes.
pub(crate) struct Layout<'a> {
    sizes: &'a Sizes,
    /// Tokens of the sequence.
    prefix: usize,
    /// The next free row of the cache.
    slot: usize,
    chunk: Chunk,
    chunks: Vec<Chunk>,
}

/// A run of tokens and what it sees beside itself and the sequence.
struct Run<'a> {
    ids: &'a [u32],
    /// The position of the first.
    position: usize,
    /// The rows of the stem it is a branch of: the first and how many.
    stem: (usize, usize),
    /// From which index on logits are wanted.
    wanted_from: usize,
    index: usize,
    branch: Option<usize>,
}

impl<'a> Layout<'a> {
    /// The passes that all stems take behind `prefix` tokens. Each stem with
    /// any one of its branches fits into the context: that has been checked.
    pub(crate) fn of(sizes: &'a Sizes, prefix: usize, stems: &[Stem<'_>]) -> Vec<Chunk> {
        let mut layout = Self {
            sizes,
            prefix,
            slot: prefix,
            chunk: Chunk::default(),
            chunks: Vec::new(),
        };
        for (index, stem) in stems.iter().enumerate() {
            layout.stem(index, stem);
        }
        layout.flush();
        layout.chunks
    }

    fn stem(&mut self, index: usize, stem: &Stem<'_>) {
        let branches = stem.branches.iter().map(|branch| branch.len());
        let longest = branches.max().unwrap_or(0);
        self.make_room(stem.ids.len() + longest, self.prefix);
        let first = self.slot;
        let length = stem.ids.len();
        self.run(Run {
            ids: stem.ids,
            position: self.prefix,
            stem: (0, 0),
            wanted_from: match stem.want {
                Logits::None => length,
                Logits::Last => length.saturating_sub(1),
                Logits::All => 0,
            },
            index,
            branch: None,
        });
        for (branch, ids) in stem.branches.iter().enumerate() {
            self.make_room(ids.len(), first + length);
            self.run(Run {
                ids,
                position: self.prefix + length,
                stem: (first, length),
                wanted_from: 0,
                index,
                branch: Some(branch),
            });
        }
    }

    /// Goes back to `slot` where the cache has no room for so many more rows:
    /// what stands there has been used by then.
    fn make_room(&mut self, rows: usize, slot: usize) {
        if self.slot + rows > self.sizes.capacity {
            self.flush();
            self.slot = slot;
        }
    }

    fn run(&mut self, run: Run<'_>) {
        let own = self.slot;
        for (at, &id) in run.ids.iter().enumerate() {
            let is_wanted = at >= run.wanted_from;
            let full = self.chunk.rows.len() == self.sizes.rows
                || (is_wanted && self.chunk.wanted.len() == self.sizes.logits);
            if full {
                self.flush();
            }
            if is_wanted {
                self.chunk.wanted.push(self.chunk.rows.len() as u32);
                self.chunk.places.push(StemPlace {
                    stem: run.index,
                    branch: run.branch,
                    at,
                });
            }
            self.chunk.rows.push(Row {
                id,
                position: (run.position + at) as u32,
                slot: (own + at) as u32,
                prefix: self.prefix as u32,
                stem: run.stem.0 as u32,
                stem_length: run.stem.1 as u32,
                own: own as u32,
                own_length: at as u32 + 1,
            });
        }
        self.slot += run.ids.len();
    }

    fn flush(&mut self) {
        if !self.chunk.rows.is_empty() {
            self.chunks.push(std::mem::take(&mut self.chunk));
        }
    }
}
