//! The embedder's API on the golden files, for every kernel variant that runs
//! here: prompts become the stored ids, logits are the model's to the bit, and
//! text is generated along the stored tokens. What the model's logits are held
//! to is in gpt's `tests/parity.rs`.

use std::ops::ControlFlow;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use senselm_gguf::mapped::Mapped;
use senselm_gpt::{Kernels, Logits, Model};
use senselm_session::{GenerateOptions, LoadOptions, Session};
use senselm_tests::golden::{Outputs, folder};
use senselm_tokenize::Special;

const PROMPTS: usize = 5;
const FILES: [&str; 5] = ["f32", "f16", "q8_0", "q4_0", "q4_k_m"];

fn main() {
    let mut trials = Vec::new();
    for tag in FILES {
        for kernels in Kernels::available() {
            let name = format!("{tag}::{}", kernels.name());
            trials.push(Trial::test(name, move || as_the_model(tag, kernels)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn as_the_model(tag: &str, kernels: Kernels) -> Result<(), Failed> {
    let outputs = Outputs::open(&folder().join("tiny"))?;
    let file = outputs.model(tag);
    let model = Model::load(Arc::new(Mapped::open(&file)?), kernels)?;
    let options = LoadOptions {
        kernels: Some(kernels.name().into()),
        ..LoadOptions::default()
    };
    let mut session = Session::load(Arc::new(Mapped::open(&file)?), options)?;
    for prompt in 0..PROMPTS {
        let text = outputs.text(prompt).ok_or("no prompt")?;
        let ids = outputs.prompt(prompt);
        if session.tokenizer().encode(text, Special::AsText) != ids {
            return Err(format!("prompt {prompt} has other tokens").into());
        }
        let expected = model.forward(&mut model.new_state(), &ids, Logits::Last)?;
        let found = session.logits(&ids, false)?;
        if !found
            .iter()
            .map(|x| x.to_bits())
            .eq(expected.iter().map(|x| x.to_bits()))
        {
            return Err(format!("prompt {prompt}: other logits than the model's").into());
        }
        let options = GenerateOptions {
            max_tokens: 32,
            ignore_end: true,
            ..GenerateOptions::default()
        };
        let mut pieces = String::new();
        let generated = session.generate(text, &options, &mut |piece| {
            pieces.push_str(piece);
            ControlFlow::Continue(())
        })?;
        if pieces != generated.text {
            return Err(format!("prompt {prompt}: {pieces:?}, not {:?}", generated.text).into());
        }
        // Where activations are rounded, a step may go either way.
        let exact = tag.starts_with('f');
        let reference = format!("llama_f32kv_{tag}");
        if exact && generated.tokens != outputs.greedy(&reference, prompt) {
            return Err(format!("prompt {prompt}: other tokens than {reference}").into());
        }
    }
    Ok(())
}
