use std::sync::Arc;

use senselm_gguf::Gguf;
use senselm_kernels::{Kernels, KvType};

use super::load;
use crate::{Bytes, Compute, Config, Logits, Model, Stem};

/// The ids whose logits `make.py` wrote.
const IDS: [u32; 18] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 31, 0, 23];

/// Sums in another order.
const TOLERANCE: f32 = 2e-5;

const FILE: &[u8] = include_bytes!("../../tests/llama/tiny.gguf");
const LOGITS: &[u8] = include_bytes!("../../tests/llama/logits.f32");

fn model(compute: impl Into<Compute>) -> Model {
    let bytes: Bytes = Arc::new(FILE.to_vec());
    let parts = load(&Gguf::parse(FILE).unwrap()).unwrap();
    Model::of_parts(bytes, compute.into(), parts).unwrap()
}

fn expected() -> Vec<f32> {
    let values = LOGITS.as_chunks().0.iter();
    values.map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

fn assert_near(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let far = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    let far = far.fold(0.0_f32, f32::max);
    assert!(far <= TOLERANCE, "{what}: logits differ by {far}");
}

#[test]
fn logits_are_those_of_transformers() {
    for kernels in Kernels::available() {
        let model = model(kernels);
        let mut state = model.new_state();
        let found = model.forward(&mut state, &IDS, Logits::All).unwrap();
        assert_near(&found, &expected(), kernels.name());
    }
}

/// A token at a time, behind a truncation, and as a stem with branches: a pass
/// does not know what architecture it is about.
#[test]
fn every_way_to_feed_gives_the_same() {
    let model = model(Kernels::scalar());
    let (expected, vocab) = (expected(), model.config().vocab);
    let row = |at: usize| &expected[at * vocab..][..vocab];
    let mut state = model.new_state();
    for (at, id) in IDS.iter().enumerate() {
        let found = model.forward(&mut state, &[*id], Logits::Last).unwrap();
        assert_near(&found, row(at), "token by token");
    }
    state.truncate(7);
    let stem = Stem {
        ids: &IDS[7..11],
        want: Logits::Last,
        branches: &[&IDS[11..13], &[2], &IDS[11..]],
    };
    let mut seen = 0;
    model
        .each_stem_logits(&mut state, &[stem], |place, found| {
            let at = match place.branch {
                None => 7 + place.at,
                Some(1) => return,
                Some(_) => 11 + place.at,
            };
            assert_near(found, row(at), "stems");
            seen += 1;
        })
        .unwrap();
    assert_eq!(seen, 1 + 2 + 7);
}

#[test]
fn keys_and_values_take_the_room_of_their_own_heads() {
    let model = model(Kernels::scalar());
    let Config {
        heads, kv_heads, ..
    } = *model.config();
    assert_eq!((heads, kv_heads), (4, 2));
    assert_eq!(model.config().qkv_width(), 2 * model.config().width);
    let rounded = Compute {
        kv: KvType::F16,
        ..Compute::from(Kernels::scalar())
    };
    let model = self::model(rounded);
    let mut state = model.new_state();
    let found = model.forward(&mut state, &IDS, Logits::Last).unwrap();
    let expected = expected();
    let last = &expected[expected.len() - found.len()..];
    let far = found.iter().zip(last).map(|(a, b)| (a - b).abs());
    assert!(far.fold(0.0_f32, f32::max) < 0.02);
}
