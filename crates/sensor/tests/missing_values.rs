//! Numbers that stand for a missing sample are missing wherever they come from.

use senselm_sensor::{BadRows, FrontEnd, SensorError, Task, Window, WindowStream, read_csv};

fn front_end(layout: &str, codes: &str) -> Result<FrontEnd, SensorError> {
    FrontEnd::from_json(&format!(
        r#"{{"layout": {layout}, "template": "{{a}} {{b}}", "channels": [
            {{"name": "a", "source": "a", "missing_values": {codes},
              "missing": {{"kind": "symbol", "text": "?"}},
              "encode": {{"kind": "decimal", "decimals": 1, "separator": " "}}}},
            {{"name": "b", "source": "b", "missing": {{"kind": "symbol", "text": "?"}},
              "encode": {{"kind": "decimal", "decimals": 1, "separator": " "}}}}]}}"#
    ))
}

const STREAM: &str = r#"{"kind": "stream", "length": 3, "stride": 3}"#;
const ROWS: &str = r#"{"kind": "rows"}"#;
const SIDE_BY_SIDE: &str = r#"{"kind": "side_by_side", "samples": {"min": 2, "max": 2}}"#;
const CELLS: &str = r#"{"kind": "cells", "samples": {"min": 2, "max": 2}}"#;

fn rendered(front_end: &FrontEnd, text: &str) -> Vec<String> {
    let task = Task::classify(["yes", "no"]);
    let data = read_csv(front_end, &task, text.as_bytes(), BadRows::Fail).expect("read");
    let windows = data.records.iter().map(|record| &record.window);
    let prompt = |window| front_end.render(window).expect("rendered").prompt;
    windows.map(prompt).collect()
}

#[test]
fn of_each_layout() {
    for (layout, text, expected) in [
        (
            STREAM,
            "a,b\n1,-999\n-999,2\n3,3\n",
            "1.0 ? 3.0 -999.0 2.0 3.0",
        ),
        (ROWS, "a,b\n-999,-999\n", "? -999.0"),
        (CELLS, "a;b\n[1, -999];[-999, 2]\n", "1.0 ? -999.0 2.0"),
        (
            SIDE_BY_SIDE,
            "a1,a2,b1,b2\n-999.0,1,2,-999\n",
            "? 1.0 2.0 -999.0",
        ),
    ] {
        let codes = "[-999, 65535]";
        let front_end = match layout == SIDE_BY_SIDE {
            false => front_end(layout, codes),
            true => {
                let front_end = front_end(layout, codes).expect("valid");
                let json = front_end.to_json();
                let json = json.replace(r#""source":"a""#, r#""source":"a1""#);
                FrontEnd::from_json(&json.replace(r#""source":"b""#, r#""source":"b1""#))
            }
        };
        let found = rendered(&front_end.expect("valid"), text);
        assert_eq!(found, [expected], "{layout}");
    }
}

#[test]
fn of_windows_and_streams() {
    let front_end = front_end(STREAM, "[-999]").expect("valid");
    let window = Window {
        channels: vec![vec![1.0, -999.0, 2.0], vec![3.0, 4.0, 5.0]],
    };
    let text = front_end.render(&window).expect("rendered").prompt;
    assert_eq!(text, "1.0 ? 2.0 3.0 4.0 5.0");
    let read = front_end.as_read(&window);
    assert!(read.channels[0][1].is_nan());
    assert_eq!(read.channels[1], window.channels[1]);
    // Only what stands for nothing is nothing.
    let nothing = Window {
        channels: vec![vec![-999.0; 3], vec![f64::NAN; 3]],
    };
    assert!(front_end.as_read(&nothing).is_missing());
    assert_eq!(front_end.compute(&nothing).expect("computed").missing, 6);

    let mut stream = WindowStream::new(&front_end).expect("a stream");
    let mut found = None;
    for row in [[-999.0, 1.0], [2.0, -999.0], [3.0, 3.0]] {
        found = stream.push(&row, None).expect("a row").window.or(found);
    }
    let window = found.expect("a window");
    assert!(window.channels[0][0].is_nan());
    assert_eq!(window.channels[1][1], -999.0);
}

#[test]
fn what_is_no_number_or_too_much_is_refused() {
    for codes in ["[1,2,3,4,5,6,7,8,9]", r#"["-999"]"#, "-999", "[null]"] {
        assert!(front_end(ROWS, codes).is_err(), "{codes}");
    }
    let plain = front_end(ROWS, "[]").expect("valid");
    assert!(!plain.to_json().contains("missing_values"));
    let with = front_end(ROWS, "[-999]").expect("valid");
    let again = FrontEnd::from_json(&with.to_json()).expect("valid");
    assert_eq!(again.spec(), with.spec());
}
