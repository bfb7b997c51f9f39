//! The model on files made by hand: what is refused, and what must not depend
//! on how tokens are fed.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use senselm_gguf::{GgmlType, Gguf, OwnedValue, Writer, keys};
use senselm_gpt::plan::Op;
use senselm_gpt::{ArchError, Bytes, GptError, Kernels, Logits, Model};
use senselm_tests::models::{Tiny, shared, tokenizer};

fn load(bytes: Bytes) -> Result<Model, GptError> {
    Model::load(bytes, Kernels::detect())
}

/// The default model's file, rewritten: `key` and `tensor` may change or drop
/// what there is.
fn rewritten(
    key: impl Fn(&str, OwnedValue) -> Option<OwnedValue>,
    tensor: impl Fn(&str, Vec<u64>) -> Option<(String, Vec<u64>)>,
) -> Bytes {
    let bytes = Tiny::default().bytes();
    let gguf = Gguf::parse((*bytes).as_ref()).unwrap();
    let mut writer = Writer::new();
    for (name, value) in gguf.metadata().iter() {
        if let Some(value) = key(name, OwnedValue::from(value)) {
            writer.set(name, value).unwrap();
        }
    }
    for info in gguf.tensors() {
        if let Some((name, dims)) = tensor(info.name, info.dims.as_slice().to_vec()) {
            let bytes = gguf.tensor_bytes(info).to_vec();
            writer.tensor(name, &dims, info.ty, bytes).unwrap();
        }
    }
    shared(&writer)
}

fn with_key(key: &'static str, value: impl Into<OwnedValue>) -> Bytes {
    let value = value.into();
    rewritten(
        move |name, old| Some(if name == key { value.clone() } else { old }),
        |name, dims| Some((name.into(), dims)),
    )
}

fn with_tensor(change: impl Fn(&str, Vec<u64>) -> Option<(String, Vec<u64>)>) -> Bytes {
    rewritten(|_, value| Some(value), change)
}

#[test]
fn sizes_that_cannot_be_are_refused() {
    let refused = |key, value: u32| load(with_key(key, value)).unwrap_err();
    for key in [
        keys::GPT2_BLOCK_COUNT,
        keys::GPT2_CONTEXT_LENGTH,
        keys::GPT2_EMBEDDING_LENGTH,
        keys::GPT2_FEED_FORWARD_LENGTH,
        keys::GPT2_HEAD_COUNT,
    ] {
        for value in [0, u32::MAX] {
            let error = refused(key, value);
            assert!(
                matches!(error, GptError::Arch(ArchError::Size { .. })),
                "{key}: {error}"
            );
        }
    }
    let error = refused(keys::GPT2_HEAD_COUNT, 3);
    assert!(matches!(
        error,
        GptError::Arch(ArchError::Heads {
            heads: 3,
            width: 32
        })
    ));
    for eps in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let error = load(with_key(keys::GPT2_LAYER_NORM_EPSILON, eps)).unwrap_err();
        assert!(matches!(error, GptError::Arch(ArchError::Epsilon { .. })));
    }
    let error = load(with_key(keys::GENERAL_ARCHITECTURE, "llama")).unwrap_err();
    assert!(matches!(error, GptError::Arch(ArchError::Architecture { found }) if found == "llama"));
}

#[test]
fn the_feed_forward_width_is_four_times_the_width_where_it_is_not_said() {
    let untold = |tiny: Tiny| {
        let bytes = tiny.bytes();
        let gguf = Gguf::parse((*bytes).as_ref()).unwrap();
        let mut writer = Writer::new();
        for (key, value) in gguf.metadata().iter() {
            if key != keys::GPT2_FEED_FORWARD_LENGTH {
                writer.set(key, OwnedValue::from(value)).unwrap();
            }
        }
        for tensor in gguf.tensors() {
            let (dims, data) = (tensor.dims.as_slice(), gguf.tensor_bytes(tensor));
            writer.tensor(tensor.name, dims, tensor.ty, data).unwrap();
        }
        load(shared(&writer))
    };
    let usual = Tiny {
        ff_width: 4 * Tiny::default().width,
        ..Tiny::default()
    };
    assert_eq!(untold(usual).unwrap().config().ff_width, 128);
    // The tensors must have that width all the same.
    let error = untold(Tiny::default()).unwrap_err();
    assert!(
        matches!(error, GptError::Arch(ArchError::TensorShape { .. })),
        "{error}"
    );
}

#[test]
fn a_shard_of_a_model_says_what_to_do() {
    let with = |count: u32| {
        let mut writer = Tiny::default().writer(&tokenizer());
        writer.set("split.no", 1_u32).unwrap();
        writer.set("split.count", count).unwrap();
        load(shared(&writer))
    };
    let error = with(3).unwrap_err().to_string();
    assert!(error.contains("shard 2 of 3"), "{error}");
    assert!(error.contains("llama-gguf-split --merge"), "{error}");
    assert!(with(1).is_ok());
}

#[test]
fn missing_keys_and_tensors_are_named() {
    let bytes = rewritten(
        |name, value| (name != keys::GPT2_HEAD_COUNT).then_some(value),
        |name, dims| Some((name.into(), dims)),
    );
    let error = load(bytes).unwrap_err().to_string();
    assert!(error.contains(keys::GPT2_HEAD_COUNT), "{error}");
    for missing in [
        "token_embd.weight",
        "position_embd.weight",
        "output_norm.weight",
        "blk.1.attn_qkv.weight",
        "blk.0.ffn_up.weight",
        // A bias that others of its kind have.
        "blk.1.attn_qkv.bias",
        "blk.0.ffn_norm.bias",
        "output_norm.bias",
    ] {
        let bytes = with_tensor(|name, dims| (name != missing).then(|| (name.into(), dims)));
        let error = load(bytes).unwrap_err();
        assert!(
            matches!(&error, GptError::Arch(ArchError::MissingTensor { name }) if name == missing),
            "{error}"
        );
    }
}

/// Some programs leave biases out: then nothing is added.
#[test]
fn biases_and_the_feed_forward_width_are_optional() {
    let ids = [7, 3, 200, 41, 90];
    let logits = |model: &Model| {
        let mut state = model.new_state();
        model.forward(&mut state, &ids, Logits::All).unwrap()
    };
    let usual = Tiny {
        ff_width: 4 * 32,
        ..Tiny::default()
    };
    let zeroed = rewritten_of(
        &usual,
        |_, value| Some(value),
        |name, bytes| {
            Some(match name.ends_with(".bias") {
                true => vec![0; bytes.len()],
                false => bytes,
            })
        },
    );
    let without = rewritten_of(
        &usual,
        |name, value| (name != keys::GPT2_FEED_FORWARD_LENGTH).then_some(value),
        |name, bytes| (!name.ends_with(".bias")).then_some(bytes),
    );
    let (zeroed, without) = (load(zeroed).unwrap(), load(without).unwrap());
    assert_eq!(without.config().ff_width, 128);
    assert_eq!(logits(&without), logits(&zeroed));
    assert_ne!(logits(&without), logits(&load(usual.bytes()).unwrap()));
}

/// A model's file with other keys, and with other bytes in its tensors or
/// without some.
fn rewritten_of(
    tiny: &Tiny,
    key: impl Fn(&str, OwnedValue) -> Option<OwnedValue>,
    tensor: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>,
) -> Bytes {
    let bytes = tiny.bytes();
    let gguf = Gguf::parse((*bytes).as_ref()).unwrap();
    let mut writer = Writer::new();
    for (name, value) in gguf.metadata().iter() {
        if let Some(value) = key(name, OwnedValue::from(value)) {
            writer.set(name, value).unwrap();
        }
    }
    for info in gguf.tensors() {
        if let Some(bytes) = tensor(info.name, gguf.tensor_bytes(info).to_vec()) {
            let dims = info.dims.as_slice();
            writer.tensor(info.name, dims, info.ty, bytes).unwrap();
        }
    }
    shared(&writer)
}

#[test]
fn tensors_of_another_shape_or_name_are_refused() {
    let bytes = with_tensor(|name, mut dims| {
        if name == "blk.0.attn_qkv.weight" {
            dims.reverse();
        }
        Some((name.into(), dims))
    });
    let error = load(bytes).unwrap_err();
    assert!(
        matches!(error, GptError::Arch(ArchError::TensorShape { .. })),
        "{error}"
    );

    let bytes = with_key(keys::GPT2_BLOCK_COUNT, 1_u32);
    let error = load(bytes).unwrap_err();
    assert!(
        matches!(&error, GptError::Arch(ArchError::UnexpectedTensor { name, layers: 1 }) if name.starts_with("blk.1.")),
        "{error}"
    );

    // A context that the position embedding does not hold.
    let error = load(with_key(keys::GPT2_CONTEXT_LENGTH, 100_000_u32)).unwrap_err();
    assert!(
        matches!(error, GptError::Arch(ArchError::TensorShape { .. })),
        "{error}"
    );
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let model = load(Tiny::default().bytes()).unwrap();
    let context = model.config().context;
    let mut state = model.new_state();
    let before = model.forward(&mut state, &[1, 2, 3], Logits::Last).unwrap();

    let long = vec![5; context - 2];
    let error = model.forward(&mut state, &long, Logits::Last).unwrap_err();
    let expected = (3, context - 2, context);
    assert!(
        matches!(error, GptError::ContextOverflow { cached, adding, context } if (cached, adding, context) == expected)
    );
    let error = model.branches(&mut state, &[&[1], &long]).unwrap_err();
    assert!(matches!(error, GptError::ContextOverflow { .. }));
    let vocab = model.config().vocab;
    let error = model
        .forward(&mut state, &[vocab as u32], Logits::None)
        .unwrap_err();
    assert!(matches!(error, GptError::TokenId { .. }));
    let error = model.forward(&mut state, &[], Logits::Last).unwrap_err();
    assert!(matches!(error, GptError::NoTokens));
    assert!(
        model
            .forward(&mut state, &[], Logits::None)
            .unwrap()
            .is_empty()
    );
    assert!(model.branches(&mut state, &[]).unwrap().is_empty());
    assert!(model.branches(&mut state, &[&[]]).unwrap().is_empty());

    assert_eq!(state.len(), 3);
    state.truncate(2);
    let again = model.forward(&mut state, &[3], Logits::Last).unwrap();
    assert_eq!(before, again);

    // To the last position, and not beyond.
    state.truncate(2);
    model.forward(&mut state, &long, Logits::None).unwrap();
    assert_eq!(state.len(), context);
    assert!(model.forward(&mut state, &[1], Logits::Last).is_err());
}

#[test]
fn a_state_of_another_model_is_refused() {
    let model = load(Tiny::default().bytes()).unwrap();
    let other = load(
        Tiny {
            layers: 1,
            ..Tiny::default()
        }
        .bytes(),
    )
    .unwrap();
    let error = model.forward(&mut other.new_state(), &[1], Logits::Last);
    assert!(matches!(error, Err(GptError::ForeignState)));
}

/// Longer than a chunk, for every storage type and both kinds of heads: one
/// pass, one token at a time, and any wanted suffix give the same bits.
#[test]
fn chunks_steps_and_branches_agree() {
    for ty in [
        GgmlType::F32,
        GgmlType::F16,
        GgmlType::Bf16,
        GgmlType::Q8_0,
        GgmlType::Q4_0,
    ] {
        for own_head in [false, true] {
            let tiny = Tiny {
                ty,
                own_head,
                context: 320,
                ..Tiny::default()
            };
            let model = load(tiny.bytes()).unwrap();
            let vocab = model.config().vocab;
            let ids: Vec<u32> = (0..300).map(|i| i * 7 % 256).collect();
            let all = model
                .forward(&mut model.new_state(), &ids, Logits::All)
                .unwrap();
            assert!(all.iter().all(|logit| logit.is_finite()));

            let mut state = model.new_state();
            for (id, expected) in ids.iter().zip(all.chunks(vocab)) {
                assert_eq!(
                    model.forward(&mut state, &[*id], Logits::Last).unwrap(),
                    expected
                );
            }
            for from in [0, 1, 127, 128, 129, 299] {
                let mut rows = Vec::new();
                let mut state = model.new_state();
                model
                    .each_logits(&mut state, &ids, from, |at, row| {
                        assert_eq!(row, &all[at * vocab..][..vocab]);
                        rows.push(at);
                    })
                    .unwrap();
                assert!(rows.into_iter().eq(from..ids.len()));
            }
            state.truncate(100);
            let parts: Vec<&[u32]> = vec![&ids[100..103], &ids[100..250], &[], &ids[100..200]];
            let branched = model.branches(&mut state, &parts).unwrap();
            let expected: Vec<f32> = [3, 150, 0, 100]
                .iter()
                .flat_map(|len| &all[100 * vocab..][..len * vocab])
                .copied()
                .collect();
            assert_eq!(branched, expected);
            assert_eq!(state.len(), 100);
            let mut lasts = Vec::new();
            model
                .each_branch_logits(&mut state, &parts, Logits::Last, |branch, at, row| {
                    assert_eq!(row, &all[(100 + at) * vocab..][..vocab]);
                    lasts.push((branch, at));
                })
                .unwrap();
            assert_eq!(lasts, [(0, 2), (1, 149), (3, 99)]);
        }
    }
}

#[test]
fn the_last_layer_computes_wanted_rows_only() {
    let model = load(Tiny::default().bytes()).unwrap();
    let attentions = model.plan().ops.iter().filter_map(|op| match op {
        Op::Attention { rows, .. } => Some(*rows),
        _ => None,
    });
    let rows: Vec<_> = attentions.collect();
    assert_eq!(
        rows,
        [
            senselm_gpt::plan::Rows::All,
            senselm_gpt::plan::Rows::Wanted
        ]
    );
    assert_eq!(model.plan().ops.len(), 2 + 5 * model.config().layers);
}

/// A file that shrinks or is replaced while it is in use.
struct Flickering(std::sync::Mutex<bool>, Vec<u8>);

impl AsRef<[u8]> for Flickering {
    fn as_ref(&self) -> &[u8] {
        if *self.0.lock().unwrap() {
            &self.1[..64]
        } else {
            &self.1
        }
    }
}

#[test]
fn bytes_that_change_are_an_error() {
    let file = tokenizer();
    let bytes = Tiny::default().writer(&file).to_bytes().unwrap();
    let flickering = Arc::new(Flickering(false.into(), bytes));
    let model = load(flickering.clone()).unwrap();
    *flickering.0.lock().unwrap() = true;
    let error = model.forward(&mut model.new_state(), &[1], Logits::Last);
    assert!(matches!(error, Err(GptError::BytesChanged)));
}
