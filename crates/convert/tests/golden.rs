//! Conversions against what other people's software made of the same model.

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use senselm_convert::{Preset, Vocab, gguf_to_hf, hf_to_gguf, init, requantize};
use senselm_gguf::{Gguf, OwnedValue, Writer, keys};
use senselm_tests::golden::folder;

type Test = fn(&Path) -> Result<(), Failed>;

const TESTS: [(&str, Test); 6] = [
    (
        "hugging_face_gives_llama_cpps_tensors",
        hugging_face_gives_llama_cpps_tensors,
    ),
    (
        "requantizing_gives_llama_cpps_bytes",
        requantizing_gives_llama_cpps_bytes,
    ),
    ("there_and_back_is_equal", there_and_back_is_equal),
    ("our_keys_survive", our_keys_survive),
    (
        "a_folder_of_vocab_and_merges_will_do",
        a_folder_of_vocab_and_merges_will_do,
    ),
    (
        "random_weights_with_gpt2s_vocabulary",
        random_weights_with_gpt2s_vocabulary,
    ),
];

fn main() {
    let args = Arguments::from_args();
    let trials = TESTS
        .into_iter()
        .map(|(name, test)| Trial::test(name, move || test(&folder())))
        .collect();
    libtest_mimic::run(&args, trials).exit();
}

fn tiny(golden: &Path, ty: &str) -> Result<Vec<u8>, Failed> {
    Ok(std::fs::read(golden.join(format!("tiny/tiny-{ty}.gguf")))?)
}

fn same_tensors(ours: &[u8], theirs: &[u8]) -> Result<(), Failed> {
    let (ours, theirs) = (Gguf::parse(ours)?, Gguf::parse(theirs)?);
    assert_eq!(ours.tensors().len(), theirs.tensors().len());
    for tensor in theirs.tensors() {
        let found = ours.tensor(tensor.name).ok_or(tensor.name)?;
        assert_eq!(found.dims, tensor.dims, "{}", tensor.name);
        assert_eq!(found.ty, tensor.ty, "{}", tensor.name);
        if ours.tensor_bytes(found) != theirs.tensor_bytes(tensor) {
            return Err(format!("{} differs", tensor.name).into());
        }
    }
    Ok(())
}

fn hugging_face_gives_llama_cpps_tensors(golden: &Path) -> Result<(), Failed> {
    for ty in ["f32", "f16"] {
        let ours = hf_to_gguf(golden.join("tiny"), ty)?.file;
        let theirs = tiny(golden, ty)?;
        same_tensors(&ours, &theirs)?;
        let (ours, theirs) = (Gguf::parse(&ours)?, Gguf::parse(&theirs)?);
        for (key, value) in theirs.metadata().iter() {
            // The name is the folder's, in another case; our tokenizer has no
            // unknown token, since it has every byte.
            if key != keys::GENERAL_NAME && key != keys::TOKENIZER_UNKNOWN_ID {
                let ours = ours.metadata().get(key).map(OwnedValue::from);
                assert_eq!(ours, Some(OwnedValue::from(value)), "{key}");
            }
        }
    }
    for ty in ["q8_0", "q4_0", "q4_k_m"] {
        same_tensors(
            &hf_to_gguf(golden.join("tiny"), ty)?.file,
            &tiny(golden, ty)?,
        )?;
    }
    Ok(())
}

fn requantizing_gives_llama_cpps_bytes(golden: &Path) -> Result<(), Failed> {
    let source = tiny(golden, "f32")?;
    for ty in ["q8_0", "q4_0", "q4_k_m"] {
        if requantize(&source, ty)?.file != tiny(golden, ty)? {
            return Err(format!("{ty} differs").into());
        }
    }
    same_tensors(&requantize(&source, "f16")?.file, &tiny(golden, "f16")?)?;
    same_tensors(&requantize(&source, "f32")?.file, &source)
}

fn there_and_back_is_equal(golden: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    for ty in ["f32", "f16"] {
        let first = hf_to_gguf(golden.join("tiny"), ty)?.file;
        let dir = folder.path().join(ty);
        gguf_to_hf(&first, &dir)?;
        if hf_to_gguf(&dir, ty)?.file != first {
            return Err(format!("{ty} differs").into());
        }
    }
    Ok(())
}

fn our_keys_survive(golden: &Path) -> Result<(), Failed> {
    let source = tiny(golden, "f32")?;
    let source = Gguf::parse(&source)?;
    let mut writer = Writer::new();
    for (key, value) in source.metadata().iter() {
        writer.set(key, OwnedValue::from(value))?;
    }
    writer.set(keys::SENSELM_SCHEMA_VERSION, keys::SCHEMA_VERSION)?;
    writer.set(keys::SENSELM_TASK, "{\"kind\":\"generate\"}")?;
    for tensor in source.tensors() {
        let data = source.tensor_bytes(tensor);
        writer.tensor(tensor.name, tensor.dims.as_slice(), tensor.ty, data)?;
    }
    let bytes = writer.to_bytes()?;
    let folder = tempfile::tempdir()?;
    gguf_to_hf(&bytes, folder.path())?;
    for converted in [
        requantize(&bytes, "q8_0")?.file,
        hf_to_gguf(folder.path(), "q8_0")?.file,
    ] {
        let file = Gguf::parse(&converted)?;
        assert_eq!(
            file.metadata().u32(keys::SENSELM_SCHEMA_VERSION)?,
            keys::SCHEMA_VERSION
        );
        assert_eq!(
            file.metadata().str(keys::SENSELM_TASK)?,
            "{\"kind\":\"generate\"}"
        );
    }
    Ok(())
}

fn a_folder_of_vocab_and_merges_will_do(golden: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    for name in [
        "config.json",
        "model.safetensors",
        "vocab.json",
        "merges.txt",
    ] {
        let from: PathBuf = golden.join("tiny").join(name);
        std::fs::write(folder.path().join(name), std::fs::read(from)?)?;
    }
    let (ours, theirs) = (hf_to_gguf(folder.path(), "f32")?.file, tiny(golden, "f32")?);
    let (ours, theirs) = (Gguf::parse(&ours)?, Gguf::parse(&theirs)?);
    for key in [
        keys::TOKENIZER_TOKENS,
        keys::TOKENIZER_TOKEN_TYPE,
        keys::TOKENIZER_MERGES,
    ] {
        assert_eq!(
            ours.metadata().get(key),
            theirs.metadata().get(key),
            "{key}"
        );
    }
    Ok(())
}

fn random_weights_with_gpt2s_vocabulary(golden: &Path) -> Result<(), Failed> {
    let vocab = Vocab::Gpt2(golden.join("tokenizer"));
    let bytes = init(Preset::from_name("tiny")?, &vocab, 1, "q8_0")?;
    let theirs = std::fs::read(golden.join("tokenizer/ggml-vocab-gpt-2.gguf"))?;
    let (ours, theirs) = (Gguf::parse(&bytes)?, Gguf::parse(&theirs)?);
    for key in [
        keys::TOKENIZER_TOKENS,
        keys::TOKENIZER_TOKEN_TYPE,
        keys::TOKENIZER_MERGES,
        keys::TOKENIZER_EOS_ID,
    ] {
        assert_eq!(
            ours.metadata().get(key),
            theirs.metadata().get(key),
            "{key}"
        );
    }
    Ok(())
}
