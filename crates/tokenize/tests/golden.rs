//! Exact ids on the golden cases: GPT-2's vocabulary and a 512 token one,
//! from every form that this crate reads.

use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};
use senselm_gguf::Gguf;
use senselm_tests::golden::folder;
use senselm_tokenize::{Ends, Special, TokenKind, Tokenizer};
use serde_json::Value;

type Test = fn(&Path) -> Result<(), Failed>;

const TESTS: [(&str, Test); 7] = [
    ("cases_with_gpt2_from_vocab_json", cases_with_gpt2),
    ("cases_with_gpt2_from_gguf", cases_with_gguf),
    (
        "cases_with_tiny512_from_tokenizer_json",
        cases_with_tiny_json,
    ),
    ("cases_with_tiny512_from_gguf", cases_with_tiny_gguf),
    ("llama_cpp_vocabulary_file", llama_cpp),
    ("text_of_control_tokens_stays_text", as_text),
    ("round_trip_through_both_forms", round_trip),
];

fn main() {
    let arguments = Arguments::from_args();
    let trials = TESTS
        .into_iter()
        .map(|(name, test)| Trial::test(name, move || test(&folder())))
        .collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn text(path: &Path) -> Result<String, Failed> {
    Ok(std::fs::read_to_string(path)?)
}

fn gpt2(golden: &Path) -> Result<Tokenizer, Failed> {
    let vocab: Value = serde_json::from_str(&text(&golden.join("tokenizer/vocab.json"))?)?;
    let mut tokens: Vec<(u64, &str)> = vocab
        .as_object()
        .ok_or("vocab.json is no object")?
        .iter()
        .map(|(token, id)| Ok((id.as_u64().ok_or("an id is no number")?, token.as_str())))
        .collect::<Result<_, Failed>>()?;
    tokens.sort_unstable();
    let merges = text(&golden.join("tokenizer/merges.txt"))?;
    let merges = merges
        .lines()
        .filter(|line| !line.starts_with("#version"))
        .filter_map(|line| line.split_once(' '));
    Ok(Tokenizer::from_vocab_and_merges(
        tokens.iter().map(|&(_, token)| (token, TokenKind::Normal)),
        merges,
        Ends {
            eos: Some(50256),
            bos: Some(50256),
        },
    )?)
}

fn from_gguf(path: &Path) -> Result<Tokenizer, Failed> {
    let bytes = std::fs::read(path)?;
    Ok(Tokenizer::from_gguf(&Gguf::parse(&bytes)?)?)
}

fn ids(value: &Value) -> Result<Vec<u32>, Failed> {
    Ok(serde_json::from_value(value.clone())?)
}

fn check_cases(golden: &Path, tokenizer: &Tokenizer, vocabulary: &str) -> Result<(), Failed> {
    let cases: Vec<Value> = serde_json::from_str(&text(&golden.join("tokenizer/cases.json"))?)?;
    assert!(cases.len() >= 100, "only {} cases", cases.len());
    for case in &cases {
        let text = case["text"].as_str().ok_or("a case without text")?;
        let expected = ids(&case[vocabulary])?;
        assert_eq!(tokenizer.encode(text, Special::Parse), expected, "{text:?}");
        assert_eq!(tokenizer.decode(&expected)?, text.as_bytes());
    }
    Ok(())
}

fn cases_with_gpt2(golden: &Path) -> Result<(), Failed> {
    check_cases(golden, &gpt2(golden)?, "gpt2")
}

fn cases_with_gguf(golden: &Path) -> Result<(), Failed> {
    let tokenizer = from_gguf(&golden.join("tokenizer/ggml-vocab-gpt-2.gguf"))?;
    assert_eq!(tokenizer.eos_id(), Some(50256));
    check_cases(golden, &tokenizer, "gpt2")
}

fn cases_with_tiny_json(golden: &Path) -> Result<(), Failed> {
    let tokenizer = Tokenizer::from_json(&text(&golden.join("tiny/tokenizer.json"))?)?;
    assert_eq!(tokenizer.eos_id(), Some(511));
    check_cases(golden, &tokenizer, "tiny512")
}

fn cases_with_tiny_gguf(golden: &Path) -> Result<(), Failed> {
    check_cases(
        golden,
        &from_gguf(&golden.join("tiny/tiny-f32.gguf"))?,
        "tiny512",
    )
}

/// llama.cpp's own test file: texts between markers, ids line by line.
fn llama_cpp(golden: &Path) -> Result<(), Failed> {
    let folder = golden.join("tokenizer");
    let tokenizer = from_gguf(&folder.join("ggml-vocab-gpt-2.gguf"))?;
    let input = text(&folder.join("ggml-vocab-gpt-2.gguf.inp"))?;
    let output = text(&folder.join("ggml-vocab-gpt-2.gguf.out"))?;
    let texts: Vec<&str> = input.split("\n__ggml_vocab_test__\n").collect();
    let expected: Vec<Vec<u32>> = output
        .split('\n')
        .map(|line| {
            let ids = line.split_whitespace().map(str::parse);
            ids.collect()
        })
        .collect::<Result<_, _>>()?;
    assert_eq!((texts.len(), expected.len()), (47, 47));
    for (text, expected) in texts.iter().zip(&expected) {
        assert_eq!(
            &tokenizer.encode(text, Special::AsText),
            expected,
            "{text:?}"
        );
    }
    Ok(())
}

fn as_text(golden: &Path) -> Result<(), Failed> {
    let tokenizer = gpt2(golden)?;
    let text = "a<|endoftext|>b";
    assert_eq!(tokenizer.encode(text, Special::Parse), [64, 50256, 65]);
    // What llama_tokenize gives without parse_special.
    let ids = tokenizer.encode(text, Special::AsText);
    assert_eq!(ids, [64, 27, 91, 437, 1659, 5239, 91, 29, 65]);
    assert_eq!(tokenizer.decode(&ids)?, text.as_bytes());
    assert_eq!(tokenizer.encode_bytes(text.as_bytes()), ids);
    Ok(())
}

fn round_trip(golden: &Path) -> Result<(), Failed> {
    let tokenizer = gpt2(golden)?;
    let again = Tokenizer::from_json(&tokenizer.to_json())?;
    check_cases(golden, &again, "gpt2")?;
    let mut writer = senselm_gguf::Writer::new();
    for (key, value) in tokenizer.gguf_keys() {
        writer.set(key, value)?;
    }
    let bytes = writer.to_bytes()?;
    let again = Tokenizer::from_gguf(&Gguf::parse(&bytes)?)?;
    assert_eq!(again.eos_id(), tokenizer.eos_id());
    check_cases(golden, &again, "gpt2")?;
    // The tokenizers library reads what we write.
    let library: tokenizers::Tokenizer = tokenizer.to_json().parse().map_err(Failed::from)?;
    let encoding = library
        .encode("20.5 bar<|endoftext|>", false)
        .map_err(Failed::from)?;
    assert_eq!(
        encoding.get_ids(),
        tokenizer.encode("20.5 bar<|endoftext|>", Special::Parse)
    );
    Ok(())
}
