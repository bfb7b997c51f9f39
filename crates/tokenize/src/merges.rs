//! Ranked merges: joining the bytes of one piece of text into tokens.
//!
//! Merges are kept sorted by their left token, so a lookup is a short binary
//! search and no hash can be made to collide by a hostile file. A piece of n
//! bytes takes O(n log n) steps however it is built.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::TokenizeError;

/// One merge: `left` and `right` become `merged`; lower ranks go first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Merge {
    pub(crate) left: u32,
    pub(crate) right: u32,
    pub(crate) rank: u32,
    pub(crate) merged: u32,
}

/// All merges of a vocabulary.
#[derive(Clone, Debug)]
pub(crate) struct Merges {
    /// Sorted by left, then right.
    sorted: Vec<Merge>,
    /// Where the merges of left token i start; one entry more than tokens.
    starts: Vec<u32>,
}

/// No neighbour, in the linked list of symbols.
const NONE: usize = usize::MAX;

/// One symbol of the piece that is being merged.
#[derive(Clone, Copy)]
struct Symbol {
    id: u32,
    previous: usize,
    next: usize,
}

/// A possible merge of the symbol at `at` with the one after it.
type Candidate = Reverse<(u32, usize, u32, u32)>;

/// Buffers that are reused from one piece to the next.
#[derive(Default)]
pub(crate) struct MergeScratch {
    symbols: Vec<Symbol>,
    candidates: BinaryHeap<Candidate>,
}

impl Merges {
    /// Indexes `merges` over a vocabulary of `vocab_len` tokens.
    ///
    /// # Errors
    /// [`TokenizeError::DuplicateMerge`] when one pair occurs twice.
    pub(crate) fn new(mut merges: Vec<Merge>, vocab_len: usize) -> Result<Self, TokenizeError> {
        merges.sort_unstable_by_key(|merge| (merge.left, merge.right, merge.rank));
        for pair in merges.windows(2) {
            if let [a, b] = pair
                && (a.left, a.right) == (b.left, b.right)
            {
                return Err(TokenizeError::DuplicateMerge {
                    first: a.rank,
                    second: b.rank,
                });
            }
        }
        let mut starts = Vec::with_capacity(vocab_len + 1);
        let mut at = 0;
        for id in 0..=vocab_len as u32 {
            while merges.get(at).is_some_and(|merge| merge.left < id) {
                at += 1;
            }
            starts.push(at as u32);
        }
        Ok(Self {
            sorted: merges,
            starts,
        })
    }

    /// The merges in the order of their ranks.
    pub(crate) fn by_rank(&self) -> Vec<Merge> {
        let mut merges = self.sorted.clone();
        merges.sort_unstable_by_key(|merge| merge.rank);
        merges
    }

    fn find(&self, left: u32, right: u32) -> Option<Merge> {
        let left = left as usize;
        let start = *self.starts.get(left)? as usize;
        let end = *self.starts.get(left + 1)? as usize;
        let group = self.sorted.get(start..end)?;
        let index = group
            .binary_search_by(|merge| merge.right.cmp(&right))
            .ok()?;
        group.get(index).copied()
    }

    /// Merges the byte tokens `bytes` of one piece and appends the result.
    pub(crate) fn apply(
        &self,
        bytes: impl Iterator<Item = u32>,
        scratch: &mut MergeScratch,
        out: &mut Vec<u32>,
    ) {
        let MergeScratch {
            symbols,
            candidates,
        } = scratch;
        symbols.clear();
        candidates.clear();
        for (at, id) in bytes.enumerate() {
            symbols.push(Symbol {
                id,
                previous: at.checked_sub(1).unwrap_or(NONE),
                next: at + 1,
            });
        }
        let Some(last) = symbols.last_mut() else {
            return;
        };
        last.next = NONE;
        for at in 0..symbols.len() - 1 {
            self.offer(symbols, candidates, at);
        }
        while let Some(Reverse((_, at, left, right))) = candidates.pop() {
            let symbol = symbols[at];
            // A candidate is stale once either of its two symbols has changed.
            if symbol.id != left || symbol.next == NONE || symbols[symbol.next].id != right {
                continue;
            }
            let Some(merge) = self.find(left, right) else {
                continue;
            };
            let gone = symbol.next;
            let after = symbols[gone].next;
            symbols[at].id = merge.merged;
            symbols[at].next = after;
            symbols[gone].id = GONE;
            if after != NONE {
                symbols[after].previous = at;
                self.offer(symbols, candidates, at);
            }
            if symbol.previous != NONE {
                self.offer(symbols, candidates, symbol.previous);
            }
        }
        let mut at = 0;
        while at != NONE {
            out.push(symbols[at].id);
            at = symbols[at].next;
        }
    }

    /// Adds the merge of the symbol at `at` with its successor, if there is one.
    fn offer(&self, symbols: &[Symbol], candidates: &mut BinaryHeap<Candidate>, at: usize) {
        let symbol = symbols[at];
        if symbol.next == NONE {
            return;
        }
        let right = symbols[symbol.next].id;
        if let Some(merge) = self.find(symbol.id, right) {
            candidates.push(Reverse((merge.rank, at, symbol.id, right)));
        }
    }
}

/// The id of a symbol that was merged into its predecessor; ids of tokens
/// stay below [`crate::MAX_TOKENS`], so no candidate can name it.
const GONE: u32 = u32::MAX;
