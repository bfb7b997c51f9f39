//! The models of the committed recipes.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use senselm_session::{LoadOptions, Session, Window};
use senselm_tests::trained::{MOST_BYTES, MOST_OFF, RECIPES, path, rates, sinusoid};

fn load(recipe: &str) -> Session {
    let bytes = std::fs::read(path(recipe)).unwrap();
    Session::load(Arc::new(bytes), LoadOptions::default()).unwrap()
}

#[test]
fn every_rate_of_breathing_is_answered() {
    let mut session = load("breathing");
    let mut wrong = Vec::new();
    for cpm in rates() {
        for eighth in 0..8 {
            let window = Window {
                channels: vec![sinusoid(cpm, f64::from(eighth) / 8.0)],
            };
            let number = session.number(&window).unwrap();
            if (number.value - cpm).abs() > MOST_OFF {
                wrong.push((cpm, eighth, number.text));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "rate, eighth of a cycle, answer: {wrong:?}"
    );
}

#[test]
fn trained_models_are_small_and_complete() {
    for (recipe, _) in RECIPES {
        let bytes = std::fs::metadata(path(recipe)).unwrap().len();
        assert!(bytes <= MOST_BYTES, "{recipe}: {bytes} bytes");
        let session = load(recipe);
        assert_eq!(session.info().name.as_deref(), Some(recipe));
        assert!(session.task().is_some() && session.info().metrics.is_some());
    }
}
