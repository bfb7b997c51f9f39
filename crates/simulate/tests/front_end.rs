//! What the simulator writes is what the front end reads.

use senselm_sensor::{BadRows, FrontEnd, FrontEndSpec, Task, Truth, Warning, read_csv};
use senselm_simulate::{CHANNELS, Condition, FleetSpec, fleet, to_csv, tour, windows};

/// The specification that docs/front-end.md recommends for the pump.
fn recommended() -> (FrontEnd, Task) {
    let path = senselm_tests::workspace_root().join("docs/front-end.md");
    let page = std::fs::read_to_string(path).expect("docs/front-end.md");
    let (_, block) = page
        .split_once("```json pump\n")
        .expect("a block named pump");
    let (block, _) = block.split_once("```").expect("its end");
    let mut example: serde_json::Value = serde_json::from_str(block).expect("JSON");
    let spec: FrontEndSpec = serde_json::from_value(example["front_end"].take()).expect("a spec");
    let task: Task = serde_json::from_value(example["task"].take()).expect("a task");
    (FrontEnd::new(spec).expect("valid"), task)
}

#[test]
fn labels_and_channels_are_those_of_the_specification() {
    let (front_end, task) = recommended();
    assert_eq!(task.labels(), Condition::ALL.map(Condition::label));
    let names: Vec<_> = front_end
        .channels()
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    assert_eq!(names, CHANNELS.map(|channel| channel.name));
    let units: Vec<_> = front_end
        .channels()
        .iter()
        .map(|c| c.unit.as_str())
        .collect();
    assert_eq!(units, CHANNELS.map(|channel| channel.unit));
}

#[test]
fn a_fleet_is_read_without_a_bad_row() {
    let (front_end, task) = recommended();
    let episodes = fleet(FleetSpec {
        seed: 9,
        episodes: 24,
        seconds: 57,
        with_onset: 0.0,
        only: None,
    });
    let text = to_csv(&episodes);
    assert!(
        text.lines()
            .skip(1)
            .all(|line| line.ends_with(",simulated"))
    );
    let dataset = read_csv(&front_end, &task, text.as_bytes(), BadRows::Fail).expect("readable");
    // Windows end after 30, 40 and 50 readings, 7 are left.
    assert_eq!(dataset.records.len(), 24 * 3);
    assert_eq!(
        dataset.warnings,
        [
            Warning::Gaps {
                gaps: 23,
                readings: 23 * 7
            },
            Warning::IncompleteTail { readings: 7 }
        ]
    );
    // Three means and a deviation of each sensor, a level each.
    let template = &front_end.spec().template;
    let words: usize = template.split(['{', '}']).step_by(2).map(str::len).sum();
    for (index, record) in dataset.records.iter().enumerate() {
        let label = index / 3 % Condition::ALL.len();
        assert_eq!(record.truth, Some(Truth::Label(label)));
        let rendered = front_end.render(&record.window).expect("a prompt");
        assert_eq!(rendered.prompt.len(), words + 6 * 4, "{}", rendered.prompt);
    }
}

#[test]
fn windows_are_those_of_the_file() {
    let (front_end, task) = recommended();
    let direct = windows(4, 12, 30, None);
    let episodes = fleet(FleetSpec {
        seed: 4,
        episodes: 12,
        seconds: 30,
        with_onset: 0.0,
        only: None,
    });
    let text = to_csv(&episodes);
    let read = read_csv(&front_end, &task, text.as_bytes(), BadRows::Fail).expect("readable");
    assert_eq!(direct.len(), read.records.len());
    for (direct, read) in direct.iter().zip(&read.records) {
        // Through the text, since NaN differs from itself.
        assert_eq!(direct.group, read.group);
        assert_eq!(direct.truth, read.truth);
    }
}

#[test]
fn a_tour_passes_through_every_condition_without_a_gap() {
    let (front_end, task) = recommended();
    let text = to_csv(&[tour(1, 60)]);
    let read = read_csv(&front_end, &task, text.as_bytes(), BadRows::Fail).expect("readable");
    assert_eq!(read.warnings, []);
    assert_eq!(read.records.len(), (600 - 30) / 10 + 1);
    for label in 0..task.labels().len() {
        let truth = Some(Truth::Label(label));
        assert!(read.records.iter().any(|record| record.truth == truth));
    }
}
