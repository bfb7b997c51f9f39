//! Rows without times that are all there twice are said.

use senselm_sensor::{BadRows, FrontEnd, Task, Warning, read_csv};

fn is_said(rows: impl Iterator<Item = f64>) -> bool {
    let front_end = FrontEnd::from_json(
        r#"{"layout": {"kind": "stream", "length": 4, "stride": 4}, "template": "{a}", "channels": [
            {"name": "a", "source": "a", "encode": {"kind": "decimal", "decimals": 2}}]}"#,
    );
    let mut text = String::from("a\n");
    rows.for_each(|value| text += &format!("{value:.2}\n"));
    let task = Task::classify(["yes", "no"]);
    let front_end = front_end.expect("valid");
    let data = read_csv(&front_end, &task, text.as_bytes(), BadRows::Fail).expect("read");
    let mut warnings = data.warnings.iter();
    warnings.any(|warning| matches!(warning, Warning::Doubled { rows: 50 }))
}

#[test]
fn without_times() {
    let wave = |at: u32| (f64::from(at) / 7.0).sin();
    assert!(is_said((0..100).map(|at| wave(at / 2))));
    assert!(!is_said((0..100).map(wave)));
    // One row that is there once, and what stands still, say that the others are meant.
    assert!(!is_said((0..100_u32).map(|at| wave(at.div_ceil(2)))));
    assert!(!is_said((0..100).map(|_| 1.0)));
}
