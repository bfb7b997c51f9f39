//! A front end with every operator writes windows as on every other host, and a
//! model of the normal scores them alike.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeSet;
use std::sync::Arc;

use senselm_session::{LoadOptions, Session, Window};
use senselm_tests::{rendered, trained};

#[test]
fn prompts_are_those_of_every_host() {
    let bytes = std::fs::read(trained::path("shapes")).unwrap();
    let session = Session::load(Arc::new(bytes), LoadOptions::default()).unwrap();
    let expected = std::fs::read_to_string(rendered::prompts()).unwrap();
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(expected.len(), rendered::WINDOWS);
    for (at, (channels, expected)) in rendered::windows().into_iter().zip(&expected).enumerate() {
        let prompt = session.render(&Window { channels }).unwrap().prompt;
        assert_eq!(&prompt, expected, "window {at}");
    }
    // Or nothing would be told apart.
    let distinct: BTreeSet<&&str> = expected.iter().collect();
    assert!(distinct.len() > 60, "{} distinct prompts", distinct.len());
}

#[test]
fn scores_are_those_of_every_host() {
    let bytes = std::fs::read(trained::path("normal")).unwrap();
    let mut session = Session::load(Arc::new(bytes), LoadOptions::default()).unwrap();
    let expected = std::fs::read_to_string(rendered::scores()).unwrap();
    let expected: Vec<f64> = expected.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(expected.len(), rendered::WINDOWS);
    let mut above = 0;
    for (at, (channels, expected)) in rendered::windows().into_iter().zip(&expected).enumerate() {
        let answer = session.anomaly(&Window { channels }).unwrap();
        let score = answer.anomaly.unwrap();
        let off = (score - expected).abs();
        assert!(
            off < rendered::SCORE_OFF,
            "window {at}: {score}, not {expected}"
        );
        above += usize::from(answer.above);
    }
    assert!((50..150).contains(&above), "{above} above the threshold");
}

#[test]
fn a_window_in_which_nothing_was_measured_has_no_answer() {
    let nothing = Window {
        channels: vec![vec![f64::NAN; 30]; 3],
    };
    // Both front ends can write it: every channel has a symbol for what is missing.
    for model in ["shapes", "normal"] {
        let bytes = std::fs::read(trained::path(model)).unwrap();
        let mut session = Session::load(Arc::new(bytes), LoadOptions::default()).unwrap();
        assert!(session.render(&nothing).is_ok(), "{model}");
        let refused = session.answer(&nothing).unwrap_err();
        assert!(refused.to_string().contains("nothing was measured"));
        let mut one = nothing.clone();
        one.channels[0][3] = 3.0;
        assert!(session.answer(&one).is_ok(), "{model}");
        let both = session.answer_all(&[one, nothing.clone()]).unwrap();
        assert!(both[0].is_ok() && both[1].is_err(), "{model}");
    }
}
