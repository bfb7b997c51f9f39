//! A GPT-2 file is refused or runs: a few tokens, whatever its weights.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use senselm_gguf::Gguf;
use senselm_gpt::{Kernels, Logits, Model};
use senselm_tokenize::{Special, Tokenizer};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = Gguf::parse(bytes)
        && let Ok(tokenizer) = Tokenizer::from_gguf(&file)
    {
        let ids = tokenizer.encode("abc 1.5", Special::AsText);
        assert_eq!(tokenizer.decode(&ids).expect("its own ids"), b"abc 1.5");
    }
    let Ok(model) = Model::load(Arc::new(bytes.to_vec()), Kernels::scalar()) else {
        return;
    };
    let mut state = model.new_state();
    let vocab = model.config().vocab;
    if let Ok(logits) = model.forward(&mut state, &[0, 1, 0], Logits::Last) {
        assert_eq!(logits.len(), vocab);
    }
    let _ = model.branches(&mut state, &[&[0, 1], &[1]]);
    let _ = model.forward(&mut state, &[u32::MAX], Logits::All);
    let _ = model.forward(&mut state, &[0; 9], Logits::None);
});
