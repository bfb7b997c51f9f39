//! Recordings of several people in one file: no window spans two of them.

use senselm_sensor::{
    Apart, CsvOptions, Dataset, FrontEnd, Parts, SensorError, Source, Task, read_csv_apart,
};

fn front_end(layout: &str) -> FrontEnd {
    let channel = r#"{"name": "x", "source": "x", "encode": {"kind": "decimal", "decimals": 0}}"#;
    FrontEnd::from_json(&format!(
        r#"{{"layout": {layout}, "channels": [{channel}], "template": "x {{x}} is"}}"#
    ))
    .expect("a front end")
}

fn read(layout: &str, text: &str, apart: &Apart) -> Result<(Dataset, Parts), SensorError> {
    let (front_end, task) = (front_end(layout), Task::classify(["a", "b"]));
    let options = CsvOptions::default();
    read_csv_apart(&front_end, &task, text.as_bytes(), &options, apart)
}

fn by(columns: &[&str], truths: bool) -> Apart {
    let columns = columns.iter().map(|name| Source::Name((*name).into()));
    Apart {
        columns: columns.collect(),
        truths,
    }
}

const STREAM: &str =
    r#"{"kind": "stream", "length": 2, "stride": 1, "timestamp": "time_s", "max_gap_s": 2}"#;

const TEXT: &str = "time_s,who,x,output
0,ann,1,a
1,ann,2,a
2,ann,3,b
3,ann,4,b
4,bob,5,b
5,bob,6,b
60,bob,7,b
61,bob,8,b
62,ann,9,a
63,ann,10,a
";

fn samples(data: &Dataset) -> Vec<Vec<f64>> {
    let records = data.records.iter();
    records.map(|r| r.window.channels[0].clone()).collect()
}

#[test]
fn no_window_spans_two_people() {
    let (data, parts) = read(STREAM, TEXT, &by(&["who"], false)).expect("read");
    let pairs = [
        [1.0, 2.0],
        [2.0, 3.0],
        [3.0, 4.0],
        [5.0, 6.0],
        [7.0, 8.0],
        [9.0, 10.0],
    ];
    assert_eq!(samples(&data), pairs);
    assert_eq!(parts.names, ["ann", "bob"]);
    assert_eq!(parts.group, [0, 0, 0, 1, 1, 0]);
    // A gap ends a stretch too, and who comes back begins another one.
    assert_eq!(parts.stretch, [0, 0, 0, 1, 2, 3]);
}

#[test]
fn nor_two_truths_where_that_is_wanted() {
    let (data, parts) = read(STREAM, TEXT, &by(&["who"], true)).expect("read");
    assert!(!samples(&data).contains(&vec![2.0, 3.0]));
    assert_eq!(data.records.len(), 5);
    assert_eq!(parts.stretch, [0, 1, 2, 3, 4]);
    let (all, parts) = read(STREAM, TEXT, &by(&[], false)).expect("read");
    assert_eq!(all.records.len(), 8);
    assert_eq!(parts.names, [""]);
}

#[test]
fn rows_that_are_windows_have_groups_too() {
    let rows = r#"{"kind": "rows"}"#;
    let (data, parts) = read(rows, TEXT, &by(&["who"], false)).expect("read");
    assert_eq!(data.records.len(), 10);
    assert_eq!(parts.group, [0, 0, 0, 0, 1, 1, 1, 1, 0, 0]);
    assert_eq!(parts.stretch, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]);
}

#[test]
fn a_column_that_is_missing_is_named() {
    let error = read(STREAM, TEXT, &by(&["whom"], false)).expect_err("missing");
    assert!(error.to_string().contains("whom"), "{error}");
}
