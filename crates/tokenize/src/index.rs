//! Finding tokens by their bytes: a hash table that no file can make slow.
//!
//! A vocabulary comes from outside, so its tokens may have been chosen to share
//! a hash. A token therefore lies at most [`REACH`] slots from where its hash
//! points; the ones for which there is no room so near are kept in order and
//! found by bisection.

use std::cmp::Ordering;

use crate::TokenizeError;
use crate::vocabulary::{TokenKind, Vocabulary};

/// Slots that are looked at for a token. Honest tokens need one or two.
const REACH: usize = 16;

/// The tokens of some kinds, by their bytes.
pub(crate) struct Index<'a> {
    vocabulary: &'a Vocabulary,
    /// Ids plus one; zero where there is none. A power of two of them.
    slots: Vec<u32>,
    /// Tokens that found no slot, ordered by their bytes.
    rest: Vec<u32>,
}

/// What a search in the slots ends with.
enum Slot {
    /// The token is there.
    Holds(u32),
    /// It is nowhere, and could be put here.
    Free(usize),
    /// No slot within reach is free.
    Full,
}

impl<'a> Index<'a> {
    /// An index of the tokens of the kinds that `wanted` accepts.
    ///
    /// # Errors
    /// [`TokenizeError::DuplicateToken`] when two of them are equal.
    pub(crate) fn new(
        vocabulary: &'a Vocabulary,
        wanted: impl Fn(TokenKind) -> bool,
    ) -> Result<Self, TokenizeError> {
        let mut index = Self {
            vocabulary,
            slots: vec![0; (2 * vocabulary.len()).next_power_of_two()],
            rest: Vec::new(),
        };
        for (id, bytes, kind) in vocabulary.iter() {
            if !wanted(kind) {
                continue;
            }
            match index.slot(bytes) {
                Slot::Holds(first) => return Err(duplicate(vocabulary, first, id)),
                Slot::Free(slot) => index.slots[slot] = id + 1,
                Slot::Full => index.rest.push(id),
            }
        }
        order(vocabulary, &mut index.rest)?;
        Ok(index)
    }

    /// The id of the token with these bytes.
    pub(crate) fn find(&self, token: &[u8]) -> Option<u32> {
        match self.slot(token) {
            Slot::Holds(id) => Some(id),
            Slot::Free(_) => None,
            Slot::Full => {
                let bytes = |id: &u32| self.vocabulary.get(*id);
                let at = self.rest.binary_search_by_key(&Some(token), bytes).ok()?;
                self.rest.get(at).copied()
            }
        }
    }

    fn slot(&self, token: &[u8]) -> Slot {
        let last = self.slots.len() - 1;
        let home = hash(token) as usize;
        for slot in (0..REACH).map(|step| home.wrapping_add(step) & last) {
            let Some(id) = self.slots[slot].checked_sub(1) else {
                return Slot::Free(slot);
            };
            if self.vocabulary.get(id) == Some(token) {
                return Slot::Holds(id);
            }
        }
        Slot::Full
    }
}

/// Puts ids into the order of their tokens' bytes.
///
/// # Errors
/// [`TokenizeError::DuplicateToken`] when two tokens are equal.
pub(crate) fn order(vocabulary: &Vocabulary, ids: &mut [u32]) -> Result<(), TokenizeError> {
    ids.sort_unstable_by(|&a, &b| by_bytes(vocabulary, a, b));
    for pair in ids.windows(2) {
        if let &[a, b] = pair
            && vocabulary.get(a) == vocabulary.get(b)
        {
            return Err(duplicate(vocabulary, a, b));
        }
    }
    Ok(())
}

/// Not part of the sort, where it would stand a hundred times: few tokens are ever
/// put into order.
#[inline(never)]
fn by_bytes(vocabulary: &Vocabulary, a: u32, b: u32) -> Ordering {
    (vocabulary.get(a), a).cmp(&(vocabulary.get(b), b))
}

fn duplicate(vocabulary: &Vocabulary, first: u32, second: u32) -> TokenizeError {
    let token = vocabulary.get(first).unwrap_or_default();
    TokenizeError::DuplicateToken {
        first,
        second,
        token: String::from_utf8_lossy(token).into_owned(),
    }
}

/// Multiplies eight bytes at a time; the high bits, which depend on all of
/// them, come out low.
fn hash(token: &[u8]) -> u64 {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut hash = token.len() as u64;
    for chunk in token.chunks(8) {
        let mut bytes = [0; 8];
        for (slot, &byte) in bytes.iter_mut().zip(chunk) {
            *slot = byte;
        }
        hash = (hash ^ u64::from_le_bytes(bytes)).wrapping_mul(GOLDEN);
        hash ^= hash >> 32;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(tokens: impl IntoIterator<Item = Vec<u8>>) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for token in tokens {
            vocabulary.push(&token, TokenKind::Normal);
        }
        vocabulary
    }

    fn index(vocabulary: &Vocabulary) -> Result<Index<'_>, TokenizeError> {
        Index::new(vocabulary, |_| true)
    }

    /// Tokens whose hashes all point to the same slot of a table of `slots`.
    fn colliding(count: usize, slots: u64) -> Vec<Vec<u8>> {
        (0_u64..)
            .map(|number| number.to_le_bytes().to_vec())
            .filter(|token| hash(token) & (slots - 1) == 0)
            .take(count)
            .collect()
    }

    #[test]
    fn every_token_is_found_and_nothing_else() {
        let tokens: Vec<Vec<u8>> = (0_u32..5000).map(|n| n.to_string().into_bytes()).collect();
        let vocabulary = vocabulary(tokens.clone());
        let index = index(&vocabulary).unwrap();
        for (id, token) in tokens.iter().enumerate() {
            assert_eq!(index.find(token), Some(id as u32));
        }
        for absent in ["", "5000", "-1", "00"] {
            assert_eq!(index.find(absent.as_bytes()), None, "{absent}");
        }
    }

    #[test]
    fn tokens_that_share_a_hash_are_found_too() {
        let tokens = colliding(500, 1024);
        let vocabulary = vocabulary(tokens.clone());
        let index = index(&vocabulary).unwrap();
        assert_eq!(index.rest.len(), 500 - REACH);
        for (id, token) in tokens.iter().enumerate() {
            assert_eq!(index.find(token), Some(id as u32));
        }
        let absent = colliding(501, 1024).pop().unwrap();
        assert_eq!(index.find(&absent), None);
    }

    #[test]
    fn equal_tokens_are_refused_wherever_they_lie() {
        let tokens = colliding(100, 256);
        for twice in [0, REACH, 99] {
            let again = tokens.iter().chain([&tokens[twice]]).cloned();
            let vocabulary = vocabulary(again);
            let refused = index(&vocabulary).err().unwrap();
            let TokenizeError::DuplicateToken { first, second, .. } = refused else {
                panic!("{refused}");
            };
            assert_eq!((first as usize, second), (twice, 100));
        }
    }
}
