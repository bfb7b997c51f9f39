use std::fmt;

use senselm_tokenize::TokenizeWarning;

/// Something of a model that was assumed or left out on the way, and that
/// whoever uses the result should know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConvertWarning {
    /// Of the tokenizer.
    Tokenizer(TokenizeWarning),
    /// The weights hold no biases; they are taken as zeros.
    BiasesAreZero {
        /// How many tensors that makes.
        tensors: usize,
    },
    /// The head is said to be the embedding, and the file has another one.
    HeadIgnored {
        /// The name of the tensor left out.
        name: String,
    },
    /// The names of tensors begin with something that is not known as a
    /// wrapper's.
    PrefixIgnored {
        /// What they begin with.
        prefix: String,
    },
    /// The rows of matrices are no whole blocks of the type that the target has
    /// for them.
    NoWholeBlocks {
        /// The target.
        target: &'static str,
        /// How many.
        matrices: usize,
        /// The types that they are stored as.
        stored_as: Vec<&'static str>,
    },
    /// The configuration does not say a size that the weights do not show.
    Assumed {
        /// The setting.
        field: &'static str,
        /// What it is taken for.
        value: u64,
    },
}

impl From<TokenizeWarning> for ConvertWarning {
    fn from(warning: TokenizeWarning) -> Self {
        Self::Tokenizer(warning)
    }
}

impl fmt::Display for ConvertWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tokenizer(warning) => warning.fmt(f),
            Self::BiasesAreZero { tensors } => write!(
                f,
                "the weights hold no values for {tensors} biases; they are taken as zeros"
            ),
            Self::HeadIgnored { name } => write!(
                f,
                "{name} differs from the embedding, but tie_word_embeddings makes the embedding the head; {name} is ignored (set it to false to use {name})"
            ),
            Self::PrefixIgnored { prefix } => write!(
                f,
                "names of tensors begin with {prefix:?}, which was left out"
            ),
            Self::NoWholeBlocks {
                target,
                matrices,
                stored_as,
            } => write!(
                f,
                "the rows of {matrices} matrices are no whole blocks of what {target} has for them; they are stored as {}",
                stored_as.join(" and ")
            ),
            Self::Assumed { field, value } => write!(
                f,
                "config.json does not say {field}; {value} was taken, the default of transformers"
            ),
        }
    }
}
