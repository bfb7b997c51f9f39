//! Tokens by their ids, gathered from several files that must agree.

use std::collections::BTreeMap;

use crate::{TokenKind, TokenizeError, TokenizerBuilder};

/// Tokens by id, and ids by token.
#[derive(Default)]
pub(crate) struct Numbered {
    tokens: BTreeMap<u32, (String, TokenKind)>,
    ids: BTreeMap<String, u32>,
}

impl Numbered {
    /// Adds a token. One that is there already keeps its id, and becomes
    /// control or user-defined where it was less.
    ///
    /// # Errors
    /// [`TokenizeError::DuplicateToken`] for a text with another id,
    /// [`TokenizeError::SharedId`] for an id with another text.
    pub(crate) fn add(
        &mut self,
        id: u32,
        text: &str,
        kind: TokenKind,
    ) -> Result<(), TokenizeError> {
        if let Some(&other) = self.ids.get(text).filter(|&&other| other != id) {
            return Err(TokenizeError::DuplicateToken {
                first: id.min(other),
                second: id.max(other),
                token: text.to_owned(),
            });
        }
        match self.tokens.get_mut(&id) {
            Some((before, _)) if before != text => Err(TokenizeError::SharedId {
                id,
                first: before.clone(),
                second: text.to_owned(),
            }),
            Some((_, before)) => {
                if kind == TokenKind::Control || *before == TokenKind::Normal {
                    *before = kind;
                }
                Ok(())
            }
            None => {
                self.tokens.insert(id, (text.to_owned(), kind));
                self.ids.insert(text.to_owned(), id);
                Ok(())
            }
        }
    }

    /// The id of a token.
    pub(crate) fn id(&self, text: &str) -> Option<u32> {
        self.ids.get(text).copied()
    }

    /// The text and the kind of an id.
    pub(crate) fn get(&self, id: u32) -> Option<(&str, TokenKind)> {
        let (text, kind) = self.tokens.get(&id)?;
        Some((text, *kind))
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Hands all of them to a builder.
    ///
    /// # Errors
    /// [`TokenizeError::MissingId`] for a gap, or what is wrong with a token.
    pub(crate) fn push_into(&self, builder: &mut TokenizerBuilder) -> Result<(), TokenizeError> {
        for (expected, (&id, (text, kind))) in (0..).zip(&self.tokens) {
            if id != expected {
                return Err(TokenizeError::MissingId {
                    id: expected,
                    next: id,
                    token: text.clone(),
                });
            }
            builder.push_token(text, *kind)?;
        }
        Ok(())
    }
}
