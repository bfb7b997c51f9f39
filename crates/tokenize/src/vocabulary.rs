//! The tokens of a vocabulary: one arena of bytes, an offset per token, and
//! the order that finds a token by its bytes without a hash.

use crate::TokenizeError;

/// What a token is for, as `tokenizer.ggml.token_type` says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// A piece of text that merges produce (1).
    Normal,
    /// A marker that never comes from ordinary text, such as `<|endoftext|>`
    /// (3; the unknown token, 2, is one as well).
    Control,
    /// A text that is always one token, wherever it stands (4).
    UserDefined,
    /// A filler that nothing encodes to (5).
    Unused,
}

impl TokenKind {
    /// The number in a GGUF file.
    #[must_use]
    pub const fn id(self) -> i32 {
        match self {
            Self::Normal => 1,
            Self::Control => 3,
            Self::UserDefined => 4,
            Self::Unused => 5,
        }
    }

    /// The kind of a number in a GGUF file.
    #[must_use]
    pub const fn from_id(id: i32) -> Option<Self> {
        match id {
            1 => Some(Self::Normal),
            2 | 3 => Some(Self::Control),
            4 => Some(Self::UserDefined),
            5 => Some(Self::Unused),
            _ => None,
        }
    }
}

/// All tokens, by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vocabulary {
    bytes: Vec<u8>,
    /// Where token i ends in `bytes`; it starts where token i - 1 ends.
    ends: Vec<u32>,
    kinds: Vec<TokenKind>,
}

impl Vocabulary {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn total_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Appends a token; the caller has checked the caps, so the arena stays
    /// within `u32`.
    pub(crate) fn push(&mut self, token: &[u8], kind: TokenKind) {
        self.bytes.extend_from_slice(token);
        self.ends.push(self.bytes.len() as u32);
        self.kinds.push(kind);
    }

    pub(crate) fn get(&self, id: u32) -> Option<&[u8]> {
        let index = id as usize;
        let end = *self.ends.get(index)? as usize;
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.bytes.get(start..end)
    }

    pub(crate) fn kind(&self, id: u32) -> Option<TokenKind> {
        self.kinds.get(id as usize).copied()
    }

    pub(crate) fn set_kind(&mut self, id: u32, kind: TokenKind) {
        if let Some(slot) = self.kinds.get_mut(id as usize) {
            *slot = kind;
        }
    }

    /// Every token with its id and kind, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &[u8], TokenKind)> {
        (0..self.len() as u32).filter_map(|id| Some((id, self.get(id)?, self.kind(id)?)))
    }

    /// The tokens of the kinds that `wanted` accepts, ordered by their bytes.
    ///
    /// # Errors
    /// [`TokenizeError::DuplicateToken`] when two of them are equal.
    pub(crate) fn sorted(
        &self,
        wanted: impl Fn(TokenKind) -> bool,
    ) -> Result<Sorted<'_>, TokenizeError> {
        let mut entries: Vec<Entry<'_>> = self
            .iter()
            .filter(|&(_, _, kind)| wanted(kind))
            .map(|(id, bytes, _)| Entry {
                head: head(bytes),
                bytes,
                id,
            })
            .collect();
        entries.sort_unstable();
        for pair in entries.windows(2) {
            if let [a, b] = pair
                && a.bytes == b.bytes
            {
                return Err(TokenizeError::DuplicateToken {
                    first: a.id,
                    second: b.id,
                    token: String::from_utf8_lossy(a.bytes).into_owned(),
                });
            }
        }
        Ok(Sorted::new(entries))
    }
}

/// Tokens ordered by their bytes.
pub(crate) struct Sorted<'a> {
    entries: Vec<Entry<'a>>,
    /// Where the tokens with each first two bytes begin, and a last one for the
    /// end: most of a search.
    starts: Vec<u32>,
}

/// One of them; the order is that of the fields.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Entry<'a> {
    /// Decides nearly every comparison without a look at the bytes.
    head: u64,
    bytes: &'a [u8],
    id: u32,
}

/// The first eight bytes as a number that is ordered as they are; a shorter
/// token is filled up with zeros.
fn head(bytes: &[u8]) -> u64 {
    let mut first = [0; 8];
    for (slot, &byte) in first.iter_mut().zip(bytes) {
        *slot = byte;
    }
    u64::from_be_bytes(first)
}

/// The first two bytes of a head.
fn first_two(head: u64) -> usize {
    (head >> 48) as usize
}

impl<'a> Sorted<'a> {
    /// Takes entries in their order.
    fn new(entries: Vec<Entry<'a>>) -> Self {
        let mut starts = vec![0; (1 << 16) + 1];
        for entry in &entries {
            starts[first_two(entry.head) + 1] += 1;
        }
        let mut begun = 0;
        for start in &mut starts {
            begun += *start;
            *start = begun;
        }
        Self { entries, starts }
    }

    pub(crate) fn find(&self, token: &[u8]) -> Option<u32> {
        let wanted = (head(token), token);
        let bucket = first_two(wanted.0);
        let [first, end] = [bucket, bucket + 1].map(|at| self.starts[at] as usize);
        let entries = self.entries.get(first..end)?;
        let index = entries
            .binary_search_by(|entry| (entry.head, entry.bytes).cmp(&wanted))
            .ok()?;
        entries.get(index).map(|entry| entry.id)
    }

    /// The ids, in the order of their bytes.
    pub(crate) fn ids(&self) -> impl Iterator<Item = u32> {
        self.entries.iter().map(|entry| entry.id)
    }
}
