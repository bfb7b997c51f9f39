//! Any CSV file is read or refused, in every layout; what is read can be
//! rendered or is refused, and nothing is dropped in silence.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use senselm_fuzz::LAYOUTS;
use senselm_sensor::{BadRows, FrontEnd, Task, read_csv};

static READERS: LazyLock<Vec<(FrontEnd, Task)>> = LazyLock::new(|| {
    LAYOUTS
        .iter()
        .map(|(front_end, task)| {
            let front_end = FrontEnd::from_json(front_end).expect("a valid front end");
            (front_end, Task::from_json(task).expect("a valid task"))
        })
        .collect()
});

fuzz_target!(|bytes: &[u8]| {
    let Some((&which, text)) = bytes.split_first() else {
        return;
    };
    let (front_end, task) = &READERS[usize::from(which) % READERS.len()];
    let skipped = read_csv(front_end, task, text, BadRows::Skip);
    let strict = read_csv(front_end, task, text, BadRows::Fail);
    if let Ok(data) = &skipped {
        assert_eq!(
            strict.is_ok(),
            data.bad.is_empty(),
            "a bad row is fatal or reported"
        );
        for record in &data.records {
            let _ = front_end.render(&record.window);
            if let Some(truth) = &record.truth {
                task.check_truth(truth).expect("a truth within the task");
            }
        }
    }
});
