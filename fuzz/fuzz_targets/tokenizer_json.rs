//! A `tokenizer.json` is refused or read; what is read encodes without loss and
//! survives the way through a GGUF file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use senselm_gguf::{Gguf, Writer};
use senselm_tokenize::{Special, Tokenizer};

const TEXT: &str = "ab abc <|endoftext|> 12.5 °C\n\u{1f98a}";

fuzz_target!(|json: &str| {
    let Ok(tokenizer) = Tokenizer::from_json(json) else {
        return;
    };
    let ids = tokenizer.encode_bytes(json.as_bytes());
    let back = tokenizer.decode(&ids).expect("its own ids");
    assert_eq!(back, json.as_bytes());
    let ids = tokenizer.encode(TEXT, Special::Parse);
    assert_eq!(
        tokenizer.decode(&ids).expect("its own ids"),
        TEXT.as_bytes()
    );

    let mut writer = Writer::new();
    for (key, value) in tokenizer.gguf_keys() {
        writer.set(key, value).expect("valid keys");
    }
    let bytes = writer.to_bytes().expect("memory does not fail");
    let file = Gguf::parse(&bytes).expect("a valid file");
    let again = Tokenizer::from_gguf(&file).expect("a valid tokenizer");
    assert_eq!(again.encode(TEXT, Special::Parse), ids);
});
