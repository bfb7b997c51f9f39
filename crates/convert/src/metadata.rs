//! The keys of a file that is made here, in llama.cpp's order.

use senselm_gguf::{GgufError, OwnedArray, OwnedValue, Writer, keys};
use senselm_tokenize::{TokenKind, Tokenizer};

use crate::{Architecture, ConvertError, Target};

/// The version of ggml's block formats.
pub(crate) const QUANTIZATION_VERSION: u32 = 2;

/// Writes `general.*` and `gpt2.*`.
pub(crate) fn set_model(
    writer: &mut Writer<'_>,
    name: &str,
    a: &Architecture,
    weights: u64,
    target: Target,
) -> Result<(), GgufError> {
    writer.set(keys::GENERAL_ARCHITECTURE, senselm_arch::ARCHITECTURE)?;
    writer.set(keys::GENERAL_TYPE, "model")?;
    writer.set(keys::GENERAL_NAME, name)?;
    writer.set(keys::GENERAL_SIZE_LABEL, size_label(weights))?;
    for (key, value) in a.config(true).keys() {
        writer.set(key, value)?;
    }
    writer.set(keys::GENERAL_FILE_TYPE, target.id())?;
    writer.set(keys::GENERAL_QUANTIZATION_VERSION, QUANTIZATION_VERSION)?;
    Ok(())
}

/// Writes `tokenizer.ggml.*`, filled up with unused tokens to `embeddings`:
/// llama.cpp wants one per row of the embedding.
pub(crate) fn set_tokenizer(
    writer: &mut Writer<'_>,
    tokenizer: &Tokenizer,
    embeddings: usize,
) -> Result<(), ConvertError> {
    let tokens = tokenizer.vocab_len();
    if tokens > embeddings {
        return Err(ConvertError::VocabularyTooLarge { tokens, embeddings });
    }
    for (key, mut value) in tokenizer.gguf_keys() {
        match &mut value {
            OwnedValue::Array(OwnedArray::Str(texts)) if key == keys::TOKENIZER_TOKENS => {
                texts.extend((tokens..embeddings).map(|id| format!("[PAD{id}]")));
            }
            OwnedValue::Array(OwnedArray::I32(kinds)) if key == keys::TOKENIZER_TOKEN_TYPE => {
                kinds.resize(embeddings, TokenKind::Unused.id());
            }
            _ => {}
        }
        writer.set(key, value)?;
    }
    Ok(())
}

/// A number of weights as llama.cpp labels it: `141K`, `1.2M`, `124M`.
fn size_label(weights: u64) -> String {
    let weights = weights as f64;
    let (scaled, suffix) = if weights > 1e9 {
        (weights / 1e9, 'B')
    } else if weights > 1e6 {
        (weights / 1e6, 'M')
    } else {
        (weights / 1e3, 'K')
    };
    let decimals = if scaled < 0.5 {
        2
    } else {
        usize::from(scaled < 9.5)
    };
    format!("{scaled:.decimals$}{suffix}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn size_labels_are_llama_cpps() {
        for (weights, label) in [
            (141_056, "141K"),
            (30_339_456, "30M"),
            (124_439_808, "124M"),
            (1_240_000, "1.2M"),
            (9_900_000, "10M"),
            (1_500_000_000, "1.5B"),
        ] {
            assert_eq!(super::size_label(weights), label);
        }
    }
}
