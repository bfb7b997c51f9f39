//! A front end is refused or renders any window it accepts.

#![no_main]

use libfuzzer_sys::fuzz_target;
use senselm_sensor::{FrontEnd, Window};

/// Long enough for windows of interest, short enough to stay fast.
const MAX_SAMPLES: usize = 256;

fuzz_target!(|json: &str| {
    let Ok(front_end) = FrontEnd::from_json(json) else {
        return;
    };
    let again = FrontEnd::from_json(&front_end.to_json()).expect("its own JSON");
    assert_eq!(again.spec(), front_end.spec());
    let lengths = front_end.window_lengths();
    for length in [*lengths.start(), *lengths.end(), 0, 1, 7] {
        let length = length.min(MAX_SAMPLES);
        for seed in 0..4 {
            let channels = front_end.channels().iter().enumerate();
            let window = Window {
                channels: channels
                    .map(|(c, _)| (0..length).map(|i| sample(seed, c, i)).collect())
                    .collect(),
            };
            if let Ok(rendered) = front_end.render(&window) {
                let same = again.render(&window).expect("the same front end");
                assert_eq!(same.prompt, rendered.prompt);
                assert!(rendered.prompt.is_char_boundary(rendered.prefix_len));
            }
        }
    }
});

/// A constant, a wave, gaps, and extremes.
fn sample(seed: usize, channel: usize, i: usize) -> f64 {
    match seed {
        0 => 0.0,
        1 => (i as f64 * 0.7 + channel as f64).sin() * 100.0,
        2 if i % 3 == 0 => f64::NAN,
        2 => i as f64,
        _ => [1e30, -1e30, f64::INFINITY, 1e-300][i % 4],
    }
}
