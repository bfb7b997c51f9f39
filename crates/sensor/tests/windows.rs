//! Rows that are whole windows: samples side by side, and lists in several columns.

use senselm_sensor::{
    BadRows, Dataset, FrontEnd, FrontEndSpec, SensorError, Task, WindowStream, read_csv,
};

fn spec(layout: &str, sources: [&str; 2]) -> FrontEndSpec {
    let channel = |name: &str, source: &str| {
        format!(
            r#"{{"name": "{name}", "source": {source}, "missing": {{"kind": "interpolate"}},
                "scale": {{"kind": "global", "min": 0, "max": 10}},
                "encode": {{"kind": "levels", "count": 10, "alphabet": "0123456789"}}}}"#
        )
    };
    let channels = [channel("x", sources[0]), channel("y", sources[1])].join(", ");
    let text = format!(
        r#"{{"layout": {layout}, "channels": [{channels}], "template": "{{x}} {{y}} is"}}"#
    );
    serde_json::from_str(&text).expect("a specification")
}

fn read(spec: FrontEndSpec, text: &str) -> Result<Dataset, SensorError> {
    let task = serde_json::from_str(r#"{"kind": "classify", "labels": ["a", "b"]}"#);
    let task: Task = task.expect("a task");
    let front_end = FrontEnd::new(spec)?;
    read_csv(&front_end, &task, text.as_bytes(), BadRows::Skip)
}

fn lengths(data: &Dataset) -> Vec<Vec<usize>> {
    let windows = data.records.iter().map(|record| &record.window);
    windows
        .map(|window| window.channels.iter().map(Vec::len).collect())
        .collect()
}

const SIDE_BY_SIDE: &str = r#"{"kind": "side_by_side", "samples": {"min": 2, "max": 3}}"#;

#[test]
fn samples_side_by_side() {
    let text =
        "output,x_1,x_2,x_3,y_1,y_2,y_3\na,1,2,3,4,5,6\nb,1,2,,4,5,\na,1,,,4,,\nb,1,2,3,4,5,6e31\n";
    let named = spec(SIDE_BY_SIDE, ["\"x_1\"", "\"y_1\""]);
    let data = read(named.clone(), text).expect("read");
    // Two samples are the fewest: what is missing before is a missing sample.
    assert_eq!(lengths(&data), [[3, 3], [2, 2], [2, 2]]);
    assert!(data.records[2].window.channels[0][1].is_nan());
    assert_eq!((data.bad.len(), data.bad[0].line), (1, 5));
    assert_eq!(data.records[0].window.channels[1], [4.0, 5.0, 6.0]);
    let missing = read(named.clone(), "output,x_1,y_1,y_2\na,1,2,3\n");
    assert!(matches!(missing, Err(SensorError::Table(_))), "{missing:?}");
    let front_end = FrontEnd::new(named).expect("a front end");
    let stream = WindowStream::new(&front_end);
    assert!(matches!(stream, Err(SensorError::NotAStream)));
}

#[test]
fn a_list_for_each_channel() {
    let layout = r#"{"kind": "cells", "samples": {"min": 2, "max": 3}}"#;
    let lists = spec(layout, ["\"x\"", "\"y\""]);
    let data = read(
        lists.clone(),
        "x,y,output\n\"[1, 2]\",4 5 6,a\n\"[1]\",4 5 6,b\n",
    );
    let data = data.expect("read");
    assert_eq!(lengths(&data), [[2, 3]]);
    assert_eq!(data.bad.len(), 1);
    // What was written is what is read.
    let text = serde_json::to_string(&lists).expect("JSON");
    assert_eq!(
        serde_json::from_str::<FrontEndSpec>(&text).expect("a specification"),
        lists
    );
    let none = r#"{"kind": "side_by_side", "samples": {"min": 0, "max": 3}}"#;
    assert!(FrontEnd::new(spec(none, ["0", "3"])).is_err());
}
