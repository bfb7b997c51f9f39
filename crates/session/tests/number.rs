//! Numbers as a session answers them.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use senselm_sensor::{Task, Truth};
use senselm_session::{LoadOptions, Session, Window};
use senselm_tests::models::{FRONT_END, Tiny};

fn window(seed: u32) -> Window {
    let sample = |i: u32| f64::from((seed * 31 + i * 17) % 23) / 7.0;
    Window {
        channels: vec![(0..8).map(sample).collect()],
    }
}

/// A model that learned `05.0` never saw ` 5`: were it asked for that, a number
/// below ten would come out as one above.
#[test]
fn a_number_is_written_as_it_was_taught() {
    let json = r#"{"kind": "number", "min": 3, "max": 9, "decimals": 1, "width": 2}"#;
    let task = Task::from_json(json).unwrap();
    for seed in 0..8 {
        let tiny = Tiny {
            seed,
            ..Tiny::default()
        };
        let bytes = tiny.sensor_bytes(FRONT_END, json);
        let mut session = Session::load(bytes, LoadOptions::default()).unwrap();
        let number = session.number(&window(seed)).unwrap();
        let taught = task.answer_text(&Truth::Number(number.value));
        assert_eq!(number.text, taught.trim_start());
    }
}
