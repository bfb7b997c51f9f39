//! A task is refused or kept; whatever its number automaton lets through is a
//! number in its range.

#![no_main]

use libfuzzer_sys::fuzz_target;
use senselm_sensor::Task;
use senselm_sensor::number::DigitAutomaton;

fuzz_target!(|json: &str| {
    let Ok(task) = Task::from_json(json) else {
        return;
    };
    assert_eq!(
        Task::from_json(&task.to_json()).expect("its own JSON"),
        task
    );
    let Task::Number { min, max, .. } = task else {
        return;
    };
    let Ok(Some(automaton)) = DigitAutomaton::for_task(&task) else {
        return;
    };
    for seed in 0..8_usize {
        let mut text = Vec::new();
        for step in 0..automaton.max_len() {
            let wanted = (0..=255_u8).cycle().skip(seed * 37 + step * 11).take(256);
            let allowed = wanted.into_iter().find(|&byte| {
                text.push(byte);
                let good = automaton.is_prefix(&text);
                text.pop();
                good
            });
            let Some(byte) = allowed else { break };
            text.push(byte);
            if automaton.is_complete(&text) {
                let value = automaton.parse(&text).expect("a complete number");
                assert!((min..=max).contains(&value), "{value}");
            }
        }
        assert!(automaton.is_complete(&text), "{text:?} leads nowhere");
    }
});
