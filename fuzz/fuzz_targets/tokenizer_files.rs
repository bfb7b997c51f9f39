//! The tokenizer files of a folder are refused or read; what is read encodes
//! without loss and survives the way through a GGUF file.
//!
//! The input is up to five files with a zero character between: `vocab.json`,
//! `merges.txt`, `added_tokens.json`, `special_tokens_map.json`,
//! `tokenizer_config.json`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use senselm_gguf::{Gguf, Writer};
use senselm_tokenize::{EndIds, Special, Tokenizer, TokenizerFiles};

const TEXT: &str = "ab abc <|endoftext|> 12.5 °C\n\u{1f98a}";

fuzz_target!(|input: &str| {
    let mut texts = input.splitn(5, '\0');
    let mut next = || texts.next().filter(|text| !text.is_empty());
    let files = TokenizerFiles {
        tokenizer_json: None,
        vocab_json: next(),
        merges_txt: next(),
        added_tokens_json: next(),
        special_tokens_map_json: next(),
        tokenizer_config_json: next(),
    };
    let ids = EndIds {
        eos: vec![257, -1],
        bos: Vec::new(),
    };
    let Ok(tokenizer) = Tokenizer::from_files(&files, &ids) else {
        return;
    };
    let encoded = tokenizer.encode(TEXT, Special::Parse);
    assert_eq!(
        tokenizer.decode(&encoded).expect("its own ids"),
        TEXT.as_bytes()
    );
    let mut writer = Writer::new();
    for (key, value) in tokenizer.gguf_keys() {
        writer.set(key, value).expect("valid keys");
    }
    let bytes = writer.to_bytes().expect("memory does not fail");
    let file = Gguf::parse(&bytes).expect("a valid file");
    let again = Tokenizer::from_gguf(&file).expect("a valid tokenizer");
    assert_eq!(again.encode(TEXT, Special::Parse), encoded);
    assert_eq!(again.front_id(), tokenizer.front_id());
});
