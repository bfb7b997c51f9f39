//! A front end with every operator writes windows as on every other host.

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
