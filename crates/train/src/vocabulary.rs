//! Learning a vocabulary: byte-level BPE with GPT-2's pre-tokenizer, whose
//! merges never touch a digit or a level symbol, so that a number is always
//! written in the same tokens wherever it stands.

use std::collections::{BTreeSet, HashSet};

use senselm_sensor::{Encode, FeatureWrite, FrontEndSpec, OperatorWrite};
use senselm_tokenize::{Ends, TokenKind, Tokenizer, TokenizerBuilder};
use tokenizers::models::bpe::{BPE, BpeTrainer};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{
    OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer, SplitDelimiterBehavior,
    Trainer,
};

use crate::TrainError;

/// The token that ends a text.
pub const END_OF_TEXT: &str = "<|endoftext|>";
/// The 256 bytes and the end of text.
pub const SMALLEST_VOCABULARY: usize = 257;

/// Learns at most `size - 257` merges from `texts`, each with a weight. A size
/// of 257 gives plain bytes.
///
/// # Errors
/// [`TrainError::Recipe`] for a size below 257, [`TrainError::Tokenizer`]
/// where the vocabulary cannot be built.
pub fn learn<'a>(
    texts: impl IntoIterator<Item = (&'a str, usize)>,
    symbols: &BTreeSet<char>,
    size: usize,
) -> Result<Tokenizer, TrainError> {
    if !(SMALLEST_VOCABULARY..=1 << 18).contains(&size) {
        return Err(TrainError::recipe(
            "tokenizer, vocabulary",
            format!("{size} is not between {SMALLEST_VOCABULARY} and 262144"),
        ));
    }
    let merges = if size == SMALLEST_VOCABULARY {
        Vec::new()
    } else {
        learn_merges(texts, symbols, size - 1)?
    };
    build(&merges).map_err(|error| TrainError::Tokenizer(error.to_string()))
}

/// Digits, a point and a minus, and the characters that a front end writes
/// levels with.
#[must_use]
pub fn symbols(front_end: Option<&FrontEndSpec>) -> BTreeSet<char> {
    let mut symbols: BTreeSet<char> = "0123456789.-".chars().collect();
    for alphabet in front_end.iter().flat_map(|spec| alphabets(spec)) {
        symbols.extend(alphabet.chars());
    }
    // The symbols of a rank stand side by side: one that were joined with another
    // would be a token of its own.
    for operator in front_end.iter().flat_map(|spec| &spec.operators) {
        if let Some(OperatorWrite::Rank {
            symbols: ranked, ..
        }) = &operator.write
        {
            symbols.extend(ranked.iter().flat_map(|symbol| symbol.chars()));
        }
    }
    symbols
}

/// The characters that a front end writes levels with, lowest level first, for
/// each channel, feature and operator that has levels. Levels without an alphabet are
/// numbers; up to ten of them are digits.
pub(crate) fn alphabets(front_end: &FrontEndSpec) -> Vec<String> {
    let digits = |count: u32| "0123456789".get(..count as usize).map(str::to_owned);
    let mut found = Vec::new();
    for channel in &front_end.channels {
        match &channel.encode {
            Some(Encode::Levels {
                count, alphabet, ..
            }) => found.extend(alphabet.clone().or_else(|| digits(*count))),
            Some(Encode::Edges { edges, .. }) => found.push(edges.alphabet.clone()),
            Some(Encode::Decimal { .. }) | None => {}
        }
        for feature in &channel.features {
            match &feature.write {
                FeatureWrite::Levels {
                    count, alphabet, ..
                } => found.extend(alphabet.clone().or_else(|| digits(*count))),
                FeatureWrite::Edges { edges } => found.push(edges.alphabet.clone()),
                FeatureWrite::Decimal { .. } => {}
            }
        }
    }
    for operator in &front_end.operators {
        match &operator.write {
            Some(
                OperatorWrite::Rank { margin: edges, .. } | OperatorWrite::Levels { edges, .. },
            ) => found.push(edges.alphabet.clone()),
            Some(OperatorWrite::Decimal { .. }) | None => {}
        }
    }
    found
}

/// The merges in order of rank, in the byte-level alphabet.
fn learn_merges<'a>(
    texts: impl IntoIterator<Item = (&'a str, usize)>,
    symbols: &BTreeSet<char>,
    vocab_size: usize,
) -> Result<Vec<(String, String)>, TrainError> {
    let wrong =
        |error: Box<dyn std::error::Error + Send + Sync>| TrainError::Tokenizer(error.to_string());
    let mut class = String::from("[");
    for symbol in symbols {
        class.push('\\');
        class.push_str(&format!("x{{{:x}}}", u32::from(*symbol)));
    }
    class.push(']');
    let isolate = Split::new(
        SplitPattern::Regex(class),
        SplitDelimiterBehavior::Isolated,
        false,
    )
    .map_err(wrong)?;
    let bytes = ByteLevel::new(false, false, true);
    let split = |text: &str| {
        let mut pieces = PreTokenizedString::from(text);
        isolate.pre_tokenize(&mut pieces)?;
        bytes.pre_tokenize(&mut pieces)?;
        let splits = pieces.get_splits(OffsetReferential::Original, OffsetType::Byte);
        Ok(splits
            .into_iter()
            .map(|(piece, _, _)| piece.to_owned())
            .collect())
    };
    let repeated = texts
        .into_iter()
        .flat_map(|(text, weight)| std::iter::repeat_n(text.to_owned(), weight));
    let repeated: Vec<String> = repeated.collect();
    let mut trainer = BpeTrainer::builder()
        .vocab_size(vocab_size)
        .min_frequency(2)
        .show_progress(false)
        .initial_alphabet(ByteLevel::alphabet().into_iter().collect::<HashSet<char>>())
        .build();
    trainer.feed(repeated.iter(), split).map_err(wrong)?;
    let mut model = BPE::default();
    trainer.train(&mut model).map_err(wrong)?;
    let json =
        serde_json::to_value(&model).map_err(|error| TrainError::Tokenizer(error.to_string()))?;
    let merges = json.get("merges").cloned().unwrap_or_default();
    serde_json::from_value(merges).map_err(|error| TrainError::Tokenizer(error.to_string()))
}

/// Bytes, then the results of the merges, then the end of text, as GPT-2
/// orders them.
fn build(merges: &[(String, String)]) -> Result<Tokenizer, senselm_tokenize::TokenizeError> {
    let mut builder = TokenizerBuilder::new();
    builder.push_byte_tokens()?;
    let mut known = HashSet::new();
    for (left, right) in merges {
        let token = format!("{left}{right}");
        if known.insert(token.clone()) {
            builder.push_token(&token, TokenKind::Normal)?;
        }
        builder.push_merge(left, right)?;
    }
    let end = builder.push_token(END_OF_TEXT, TokenKind::Control)?;
    builder.finish(Ends {
        eos: Some(end),
        bos: Some(end),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use senselm_tokenize::Special;

    fn ids(tokenizer: &Tokenizer, text: &str) -> usize {
        tokenizer.encode(text, Special::AsText).len()
    }

    #[test]
    fn labels_become_one_token_and_numbers_one_per_digit() {
        let mut symbols = symbols(None);
        symbols.extend("ABD".chars());
        let texts = [
            (" Tap", 64),
            (" Double", 64),
            ("pressure 12.5 12.5 12.5", 64),
        ];
        let tokenizer = learn(texts, &symbols, 320).unwrap();
        assert_eq!(ids(&tokenizer, " Tap"), 1);
        assert_eq!(ids(&tokenizer, " Double"), 3, "a space, D, and the rest");
        assert_eq!(ids(&tokenizer, "pressure"), 1);
        for number in ["12.5", "00000", "-7.25", "ABBADA"] {
            assert_eq!(ids(&tokenizer, number), number.len(), "{number}");
        }
        assert_eq!(
            tokenizer.vocab_len(),
            tokenizer.eos_id().unwrap() as usize + 1
        );
    }

    #[test]
    fn the_same_texts_give_the_same_vocabulary() {
        let texts = || [(" Charging Station", 8), ("the the then than that", 3)];
        let once = learn(texts(), &symbols(None), 300).unwrap();
        let twice = learn(texts(), &symbols(None), 300).unwrap();
        assert_eq!(once.to_json(), twice.to_json());
    }

    #[test]
    fn plain_bytes_are_the_smallest_vocabulary() {
        let tokenizer = learn([("aaaa", 9)], &symbols(None), SMALLEST_VOCABULARY).unwrap();
        assert_eq!(tokenizer.vocab_len(), SMALLEST_VOCABULARY);
        assert_eq!(ids(&tokenizer, "aaaa"), 4);
        assert!(learn([("", 1)], &symbols(None), 256).is_err());
    }
}
