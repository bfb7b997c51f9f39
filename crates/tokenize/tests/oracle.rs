//! Properties against the `tokenizers` crate, on a vocabulary that it trained
//! here: the same ids on any text, and the same bytes back from any bytes.

#![expect(
    clippy::unwrap_used,
    reason = "a fixture that cannot be built fails its test"
)]

use std::sync::LazyLock;

use proptest::prelude::*;
use senselm_tokenize::{Pieces, Special, StreamDecoder, Tokenizer};
use tokenizers::models::bpe::{BPE, BpeTrainerBuilder};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::{
    AddedToken, OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer, TokenizerImpl,
};

type Library = TokenizerImpl<
    BPE,
    tokenizers::NormalizerWrapper,
    ByteLevel,
    tokenizers::PostProcessorWrapper,
    ByteLevel,
>;

/// What a sensor prompt looks like, and enough prose for merges over words,
/// spaces and characters of several bytes.
fn corpus() -> Vec<String> {
    let mut lines: Vec<String> = (0..400)
        .map(|i| {
            let (a, b) = (20.0 + f64::from(i) * 0.13, i * 7919 % 1013);
            format!(
                "pressure {a:.2} bar, flow {b} l/min; temp {:.1} °C\n",
                a / 2.0
            )
        })
        .collect();
    lines.push("The pump's bearing isn't worn; they'll see 'tis we'd fix it.  ".repeat(8));
    lines.push("Der Druck fällt, die Strömung reißt ab – Äpfel, 测试, насос ½ ".repeat(8));
    lines
}

fn train() -> Library {
    let mut library: Library = TokenizerImpl::new(BPE::default());
    library.with_pre_tokenizer(Some(ByteLevel::new(false, true, true)));
    library.with_decoder(Some(ByteLevel::new(false, true, true)));
    let mut trainer = BpeTrainerBuilder::new()
        .vocab_size(700)
        .show_progress(false)
        .initial_alphabet(
            ByteLevel::alphabet()
                .into_iter()
                .collect::<std::collections::HashSet<_>>(),
        )
        .special_tokens(vec![AddedToken::from("<|endoftext|>", true)])
        .build();
    library.train(&mut trainer, corpus().into_iter()).unwrap();
    // Matched anywhere, longest first, though one begins with the other.
    library
        .add_tokens([
            AddedToken::from("[mA", false).normalized(false),
            AddedToken::from("[mA] ", false).normalized(false),
        ])
        .unwrap();
    library
}

static PAIR: LazyLock<(Library, Tokenizer)> = LazyLock::new(|| {
    let library = train();
    let json = library.to_string(false).unwrap();
    let ours = Tokenizer::from_json(&json).unwrap();
    (library, ours)
});

/// Every kind of text that the pre-tokenizer cuts differently.
fn texts() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        "[a-zA-Z]{1,8}",
        "-?[0-9]{1,6}(\\.[0-9]{1,4})?",
        "[ \t\n\r\u{A0}\u{3000}\u{2028}]{1,4}",
        "'(s|t|re|ve|m|ll|d|S|x)",
        "[,.;:!?%()\\[\\]=+-]{1,3}",
        "(<\\|endoftext\\|>|\\[mA|\\[mA\\] )",
        "[äöüß½²Ⅷ٣测试насос°🦙́]{1,3}",
        "\\PC{1,4}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(fragment, 0..24).prop_map(|parts| parts.concat())
}

fn library_ids(text: &str) -> Vec<u32> {
    let encoding = PAIR.0.encode(text, false).unwrap();
    encoding.get_ids().to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn ids_equal_the_library(text in texts()) {
        prop_assert_eq!(PAIR.1.encode(&text, Special::Parse), library_ids(&text));
    }

    #[test]
    fn ids_of_any_string_equal_the_library(text in any::<String>()) {
        prop_assert_eq!(PAIR.1.encode(&text, Special::Parse), library_ids(&text));
    }

    #[test]
    fn pieces_equal_the_library(text in texts()) {
        let byte_level = ByteLevel::new(false, true, true);
        let mut split = PreTokenizedString::from(text.as_str());
        byte_level.pre_tokenize(&mut split).unwrap();
        let expected: Vec<&str> = split
            .get_splits(OffsetReferential::Original, OffsetType::Byte)
            .into_iter()
            .map(|(_, (start, end), _)| &text[start..end])
            .collect();
        prop_assert_eq!(Pieces::new(&text).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn any_bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let ids = PAIR.1.encode_bytes(&bytes);
        prop_assert_eq!(PAIR.1.decode(&ids).unwrap(), bytes);
    }

    #[test]
    fn bytes_of_a_text_have_the_ids_of_the_text(text in texts()) {
        prop_assert_eq!(
            PAIR.1.encode_bytes(text.as_bytes()),
            PAIR.1.encode(&text, Special::AsText)
        );
    }

    #[test]
    fn a_stream_gives_what_decoding_at_once_gives(
        ids in prop::collection::vec(0_u32..700, 0..60),
    ) {
        let ours = &PAIR.1;
        let mut stream = StreamDecoder::new(ours);
        let mut streamed = String::new();
        for &id in &ids {
            if let Some(piece) = stream.push(id) {
                streamed.push_str(&piece);
            }
        }
        streamed.extend(stream.finish());
        let bytes = ours.decode(&ids).unwrap();
        prop_assert_eq!(streamed, String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn the_json_we_write_is_the_same_tokenizer(text in texts()) {
        static AGAIN: LazyLock<Tokenizer> =
            LazyLock::new(|| Tokenizer::from_json(&PAIR.1.to_json()).unwrap());
        prop_assert_eq!(
            AGAIN.encode(&text, Special::Parse),
            PAIR.1.encode(&text, Special::Parse)
        );
    }
}

/// A heap, not a scan: a megabyte that merges over and over stays fast.
#[test]
fn hostile_repetition_is_not_quadratic() {
    let ours = &PAIR.1;
    for text in [
        "e".repeat(1 << 20),
        " ".repeat(1 << 20),
        "ß".repeat(1 << 19),
    ] {
        let ids = ours.encode(&text, Special::Parse);
        assert_eq!(ours.decode(&ids).unwrap(), text.as_bytes());
    }
}
