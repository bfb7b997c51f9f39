//! Files with damage, from a flipped bit to a missing half: an error or an
//! answer within the task, never a panic.

use std::ops::ControlFlow;
use std::sync::Arc;

use proptest::prelude::*;
use senselm_session::{Answer, GenerateOptions, LoadOptions, Session, Window};
use senselm_tests::models::{FRONT_END, Tiny};

const TASKS: [&str; 3] = [
    r#"{"kind": "classify", "labels": ["ok", "worn"]}"#,
    r#"{"kind": "number", "min": -5, "max": 40, "decimals": 1}"#,
    r#"{"kind": "generate", "max_tokens": 4}"#,
];

/// Does all that can be done with a file.
fn use_it(bytes: Vec<u8>) {
    let Ok(mut session) = Session::load(Arc::new(bytes), LoadOptions::default()) else {
        return;
    };
    let window = Window {
        channels: vec![vec![1.0, 2.0, 3.0, f64::NAN, 5.0, 4.0, 3.0, 2.0]],
    };
    for window in [
        &window,
        &Window {
            channels: vec![vec![1.5; 8]],
        },
    ] {
        match session.answer(window) {
            Ok(Answer::Classification(answer)) => {
                let total: f64 = answer.probabilities.iter().map(|p| p.probability).sum();
                assert!((total - 1.0).abs() < 1e-6, "{answer:?}");
            }
            Ok(Answer::Number(answer)) => {
                assert!(
                    answer.value.is_finite() && answer.expected.is_finite(),
                    "{answer:?}"
                );
            }
            Ok(Answer::Anomaly(answer)) => {
                assert!(answer.anomaly.is_some_and(f64::is_finite), "{answer:?}");
            }
            Ok(Answer::Text(_)) | Err(_) => {}
        }
        let _ = session
            .score(window)
            .map(|score| assert!(score.is_finite()));
        let _ = session
            .embed(window)
            .map(|vector| assert!(vector.iter().all(|x| x.is_finite())));
    }
    let options = GenerateOptions {
        max_tokens: 3,
        ..GenerateOptions::default()
    };
    let _ = session.generate("x", &options, &mut |_| ControlFlow::Continue(()));
}

/// As older versions wrote it: without a checksum of the weights, whose damage is
/// then found by nobody.
fn file(task: usize) -> Vec<u8> {
    senselm_tests::models::without_checksum(&sealed(task))
}

fn sealed(task: usize) -> Vec<u8> {
    let tiny = Tiny {
        layers: 1,
        width: 16,
        ff_width: 16,
        context: 64,
        ..Tiny::default()
    };
    (*tiny.sensor_bytes(FRONT_END, TASKS[task]))
        .as_ref()
        .to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes(
        task in 0_usize..3,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = file(task);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        use_it(bytes);
    }

    /// Most of a file is weights; damage the part before them.
    #[test]
    fn changed_header(
        task in 0_usize..3,
        changes in prop::collection::vec((0_usize..14_000, any::<u8>()), 1..4),
    ) {
        let mut bytes = file(task);
        for (at, value) in changes {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        use_it(bytes);
    }

    /// With the checksum no damage of weights is answered.
    #[test]
    fn changed_weights(task in 0_usize..3, at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut bytes = sealed(task);
        let gguf = senselm_gguf::Gguf::parse(&bytes).expect("valid");
        let places: Vec<usize> = gguf.tensors().iter().flat_map(|t| t.range.clone()).collect();
        bytes[places[at.index(places.len())]] ^= 1 << bit;
        let error = Session::load(Arc::new(bytes), LoadOptions::default()).expect_err("damaged");
        prop_assert_eq!(error.code(), "bad_model");
        prop_assert!(error.to_string().contains("weights are damaged"), "{}", error);
    }

    #[test]
    fn a_missing_end(task in 0_usize..3, len in any::<prop::sample::Index>()) {
        let mut bytes = file(task);
        bytes.truncate(len.index(bytes.len()));
        use_it(bytes);
    }
}
