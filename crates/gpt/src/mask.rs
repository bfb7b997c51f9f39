//! The set of tokens that may come next.

/// A set of token ids, one bit each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenMask {
    words: Vec<u64>,
}

impl TokenMask {
    /// The empty set over a vocabulary of `vocab` tokens.
    #[must_use]
    pub fn none(vocab: usize) -> Self {
        Self {
            words: vec![0; vocab.div_ceil(64)],
        }
    }

    /// Whether this set is over a vocabulary of `vocab` tokens.
    pub(crate) fn covers(&self, vocab: usize) -> bool {
        self.words.len() == vocab.div_ceil(64)
    }

    /// Forbids every token again.
    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    /// Allows `id`; an id beyond the vocabulary is ignored.
    pub fn allow(&mut self, id: u32) {
        if let Some(word) = self.words.get_mut(id as usize / 64) {
            *word |= 1 << (id % 64);
        }
    }

    /// Whether `id` may come next.
    #[must_use]
    pub fn allows(&self, id: u32) -> bool {
        self.words
            .get(id as usize / 64)
            .is_some_and(|word| word >> (id % 64) & 1 == 1)
    }

    /// A bit for each token, from the lowest of the first word on.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Whether no token may come next.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }
}
