//! A prompt as tokens, and where its segments begin.

use core::ops::Range;

use senselm_sensor::{FrontEnd, Rendered, Window};
use senselm_tokenize::{Special, Tokenizer};

use crate::AskError;

/// A part of a prompt, in the order in which they follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// What stands before the window and is the same for every one.
    Fixed,
    /// The window and all that follows it.
    Window,
}

/// A prompt as tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    ids: Vec<u32>,
    /// Tokens of the fixed segment.
    fixed: usize,
}

impl Prompt {
    /// Renders and encodes a window. The whole prompt is encoded at once. A
    /// token may reach from the fixed text into the window: it belongs to the
    /// window, so the fixed segment is those tokens that lie wholly in the
    /// fixed text.
    ///
    /// # Errors
    /// What the front end says of the window; [`AskError::EmptyPrompt`].
    pub fn of_window(
        front_end: &FrontEnd,
        tokenizer: &Tokenizer,
        window: &Window,
    ) -> Result<Self, AskError> {
        Self::of_rendered(tokenizer, &front_end.render(window)?)
    }

    /// Encodes a window that was rendered.
    ///
    /// # Errors
    /// [`AskError::EmptyPrompt`].
    pub fn of_rendered(tokenizer: &Tokenizer, rendered: &Rendered) -> Result<Self, AskError> {
        let mut prompt = Self::of_text(tokenizer, &rendered.prompt)?;
        let mut bytes = 0;
        let within = prompt.ids.iter().take_while(|&&id| {
            bytes += tokenizer.token_bytes(id).map_or(0, <[u8]>::len);
            bytes <= rendered.prefix_len
        });
        prompt.fixed = within.count();
        Ok(prompt)
    }

    /// Encodes a text that has no fixed segment. Control tokens in it are text.
    ///
    /// # Errors
    /// [`AskError::EmptyPrompt`].
    pub fn of_text(tokenizer: &Tokenizer, text: &str) -> Result<Self, AskError> {
        let ids = tokenizer.encode(text, Special::AsText);
        if ids.is_empty() {
            return Err(AskError::EmptyPrompt);
        }
        Ok(Self { ids, fixed: 0 })
    }

    /// All tokens, at least one.
    #[must_use]
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// All tokens, at least one.
    #[must_use]
    pub fn into_ids(self) -> Vec<u32> {
        self.ids
    }

    /// Which tokens a segment has.
    #[must_use]
    pub fn segment(&self, segment: Segment) -> Range<usize> {
        match segment {
            Segment::Fixed => 0..self.fixed,
            Segment::Window => self.fixed..self.ids.len(),
        }
    }

    /// The tokens before the first whose scores are wanted: what can be held
    /// from one window to the next. The last token of the fixed segment is not
    /// among them, since it predicts the first one of the window.
    #[must_use]
    pub fn held(&self) -> &[u32] {
        &self.ids[..self.split()]
    }

    /// The tokens behind [`Prompt::held`], at least one. All but the first are
    /// those whose likelihood counts.
    #[must_use]
    pub fn scored(&self) -> &[u32] {
        &self.ids[self.split()..]
    }

    /// Whether `reserved` tokens fit behind it.
    #[must_use]
    pub fn fits(&self, context: usize, reserved: usize) -> bool {
        self.ids.len().saturating_add(reserved) <= context
    }

    /// How many tokens [`Prompt::held`] has.
    pub(crate) fn split(&self) -> usize {
        self.fixed.clamp(1, self.ids.len()) - 1
    }
}
