use std::fmt;

/// Something of a tokenizer that was assumed or left out, and that whoever
/// uses the model should know. None of it makes the tokenizer unusable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenizeWarning {
    /// A GGUF file does not name its pre-tokenizer; it is taken for GPT-2's.
    PreTokenizerAssumed,
    /// The id of an end or a beginning is not in the vocabulary; the text has
    /// none then, or the one that the tokenizer names itself.
    EndIgnored {
        /// `eos` or `bos`.
        which: &'static str,
        /// The id found; -1 is how some programs write "none".
        found: i64,
        /// The size of the vocabulary.
        vocab_len: usize,
    },
    /// Several tokens end a text; the first one is taken.
    OnlyFirstEnd {
        /// `eos` or `bos`.
        which: &'static str,
        /// The id taken.
        taken: i64,
        /// How many there are.
        count: usize,
    },
    /// Ordinary tokens that no merge makes: no text becomes one of them.
    Unmerged {
        /// How many there are.
        count: usize,
        /// The first one's id.
        id: u32,
        /// Its text.
        token: String,
    },
    /// A special token is named, and no file gives it an id.
    NoId {
        /// What it is named as, `pad_token` say.
        name: String,
        /// Its text.
        token: String,
    },
    /// The file wants a beginning in front of every text and names none.
    NoBeginning,
    /// The file wants an end behind every text; a prompt gets none.
    EndNotAdded,
}

impl fmt::Display for TokenizeWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PreTokenizerAssumed => f.write_str(
                "the file has no tokenizer.ggml.pre; its texts are split as GPT-2 splits them",
            ),
            Self::EndIgnored {
                which,
                found,
                vocab_len,
            } => write!(
                f,
                "the {which} token is {found}, outside the vocabulary of {vocab_len} tokens; it is ignored"
            ),
            Self::OnlyFirstEnd {
                which,
                taken,
                count,
            } => write!(
                f,
                "the file lists {count} {which} tokens; only the first one, {taken}, is taken"
            ),
            Self::Unmerged { count, id, token } => write!(
                f,
                "{count} ordinary tokens, the first one {id} ({token:?}), are made by no merge, so that no text becomes them; mark them as special if texts should"
            ),
            Self::NoId { name, token } => write!(
                f,
                "{name} is {token:?}, to which no file gives an id; it is ignored"
            ),
            Self::NoBeginning => f.write_str(
                "the file wants a token in front of every text (add_bos_token) and names none; nothing is put there",
            ),
            Self::EndNotAdded => f.write_str(
                "the file wants a token behind every text (add_eos_token); a prompt gets none",
            ),
        }
    }
}
