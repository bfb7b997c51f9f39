//! GPT-2's pre-tokenizer: text cut into pieces that merges never cross.
//!
//! # Source
//! The pattern of OpenAI's `gpt-2/src/encoder.py`:
//! `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
//! done by hand so that no regular expression engine is needed.

use crate::unicode::{Class, class};

/// What may follow an apostrophe to make a piece of its own.
const CONTRACTIONS: [&str; 7] = ["s", "t", "re", "ve", "m", "ll", "d"];

/// The pieces of a text, in order; together they are the whole text.
///
/// ```
/// let pieces: Vec<&str> = senselm_tokenize::Pieces::new("it's  20.5 bar").collect();
/// assert_eq!(pieces, ["it", "'s", " ", " 20", ".", "5", " bar"]);
/// ```
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Pieces<'a> {
    /// The pieces of `text`.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { rest: text }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let length = piece_len(self.rest)?;
        let (piece, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(piece)
    }
}

/// The bytes of the first piece of `text`; `None` when it is empty.
fn piece_len(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if let Some(after) = text.strip_prefix('\'')
        && let Some(found) = CONTRACTIONS.iter().find(|c| after.starts_with(**c))
    {
        return Some(1 + found.len());
    }
    // A single space joins the word, number or signs after it.
    let after_space = text.strip_prefix(' ').unwrap_or(text);
    if let Some(lead) = after_space.chars().next()
        && class(lead) != Class::Space
    {
        return Some(text.len() - after_space.len() + run_len(after_space, class(lead)));
    }
    let spaces = run_len(text, Class::Space);
    if spaces == text.len() || spaces == first.len_utf8() {
        return Some(spaces);
    }
    // The last space before something else is left to it.
    let last = text.get(..spaces)?.chars().next_back()?;
    Some(spaces - last.len_utf8())
}

/// The bytes at the start of `text` whose characters are all of `wanted`.
fn run_len(text: &str, wanted: Class) -> usize {
    text.char_indices()
        .find(|&(_, character)| class(character) != wanted)
        .map_or(text.len(), |(at, _)| at)
}
