//! Finding the tokens that are matched as whole texts, before any merging:
//! control tokens such as `<|endoftext|>` and user-defined ones.

use crate::TokenizeError;
use crate::index::order;
use crate::vocabulary::{TokenKind, Vocabulary};

/// A set of texts, the leftmost and then longest of which is looked for.
#[derive(Clone, Debug)]
pub(crate) struct Matcher {
    /// Ids ordered by the bytes of their tokens.
    ids: Vec<u32>,
    /// Whether some text starts with this byte.
    starts: [bool; 256],
}

/// Where a text was found.
pub(crate) struct Found {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) id: u32,
}

impl Matcher {
    /// A matcher of the tokens of the kinds that `wanted` accepts.
    pub(crate) fn new(
        vocabulary: &Vocabulary,
        wanted: impl Fn(TokenKind) -> bool,
    ) -> Result<Self, TokenizeError> {
        let tokens = vocabulary.iter().filter(|&(_, _, kind)| wanted(kind));
        let mut ids: Vec<u32> = tokens.map(|(id, _, _)| id).collect();
        order(vocabulary, &mut ids)?;
        let mut starts = [false; 256];
        for &id in &ids {
            if let Some(&first) = vocabulary.get(id).and_then(<[u8]>::first) {
                starts[usize::from(first)] = true;
            }
        }
        Ok(Self { ids, starts })
    }

    /// The first match in `text` at or after `from`.
    pub(crate) fn find(&self, vocabulary: &Vocabulary, text: &[u8], from: usize) -> Option<Found> {
        if self.ids.is_empty() {
            return None;
        }
        (from..text.len()).find_map(|start| {
            let rest = text.get(start..)?;
            if !self.starts[usize::from(*rest.first()?)] {
                return None;
            }
            let (length, id) = self.longest(vocabulary, rest)?;
            Some(Found {
                start,
                end: start + length,
                id,
            })
        })
    }

    /// The longest token that `rest` starts with: narrows the ordered ids to
    /// those that share one more byte at a time, as a trie would.
    fn longest(&self, vocabulary: &Vocabulary, rest: &[u8]) -> Option<(usize, u32)> {
        let mut candidates = self.ids.as_slice();
        let mut best = None;
        for (depth, byte) in rest.iter().enumerate() {
            let byte_at = |id: u32| vocabulary.get(id).and_then(|token| token.get(depth));
            // A token that ends before this byte has none, and sorts first.
            let low = candidates.partition_point(|&id| byte_at(id) < Some(byte));
            let high = candidates.partition_point(|&id| byte_at(id) <= Some(byte));
            candidates = candidates.get(low..high).unwrap_or_default();
            let Some(&first) = candidates.first() else {
                break;
            };
            if vocabulary.get(first).map(<[u8]>::len) == Some(depth + 1) {
                best = Some((depth + 1, first));
            }
        }
        best
    }
}
