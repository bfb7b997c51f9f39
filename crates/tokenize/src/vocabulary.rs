//! The tokens of a vocabulary: one arena of bytes and an offset per token.

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
}
