//! The times of a message: one for each reading, in one field or in two.

use alloc::string::String;
use alloc::vec::Vec;

use super::{PUMP, ROOM, any, read_as, reads, refused, shown};
use crate::message::Format;
use crate::{Problem, TimeForm};

#[test]
fn what_has_another_time_is_another_reading() {
    for (text, expected) in [
        (
            r#"{"ts":1700003600,"temperature":21.5,"readings":[{"humidity":60,"ts":1700000000}]}"#,
            "_ 60 @1700000000; 21.5 _ @1700003600",
        ),
        (
            r#"{"a":{"temperature":21.5,"time":9},"b":{"humidity":60,"time":8}}"#,
            "_ 60 @8; 21.5 _ @9",
        ),
        (
            r#"{"temperature":{"value":21.5,"ts":9},"humidity":{"value":60,"ts":8}}"#,
            "_ 60 @8; 21.5 _ @9",
        ),
        (
            r#"[{"name":"temperature","value":21.5,"time":9},{"name":"humidity","value":60,"time":8}]"#,
            "_ 60 @8; 21.5 _ @9",
        ),
        // The same one, however it is written.
        (
            r#"{"ts":"1970-01-01T00:00:09Z","temperature":21.5,"x":[{"humidity":60,"ts":9}]}"#,
            "21.5 60 @9",
        ),
        // No other one is there.
        (
            r#"{"temperature":21.5,"x":[{"humidity":60,"ts":9}]}"#,
            "21.5 60 @9",
        ),
        (
            r#"{"ts":9,"temperature":21.5,"x":[{"humidity":60,"ts":null}]}"#,
            "21.5 60 @9",
        ),
        (
            r#"{"ts":9,"readings":[{"temperature":21.5,"humidity":60}]}"#,
            "21.5 60 @9",
        ),
        (
            r#"{"a":{"temperature":[1,2],"time":[8,9]},"b":{"humidity":[3,4],"time":[8,9]}}"#,
            "1 3 @8; 2 4 @9",
        ),
    ] {
        reads(&ROOM, &any(), "x", text, expected);
    }
}

#[test]
fn a_day_and_a_time_of_the_day_are_one_time() {
    // 2025-01-02, in seconds since 1970.
    const DAY: f64 = 1_735_776_000.0;
    let at = |seconds: f64| alloc::format!("21 _ @{}", DAY + seconds);
    for text in [
        r#"{"temperature":21,"date":"2025-01-02","time":"23:59:59"}"#,
        r#"{"Time":"23:59:59","Date":"02.01.2025","temperature":21}"#,
        r#"{"timestamp":"2025-01-02","time":"23:59:59","x":{"temperature":21}}"#,
        r#"{"columns":["date","time","temperature"],"values":["2025-01-02","23:59:59",21]}"#,
        r#"{"date":["2025-01-02"],"time":["23:59:59"],"temperature":[21]}"#,
        "Date,Time,temperature\n2025-01-02,23:59:59,21",
    ] {
        reads(&ROOM, &any(), "x", text, &at(86_399.0));
    }
    // Where there is no day, what is there is kept.
    for text in [
        r#"{"temperature":21,"time":"23:59:59"}"#,
        r#"{"temperature":21,"time":"23:59:59","date":"today"}"#,
        r#"{"temperature":21,"time":"23:59:59","t":7}"#,
    ] {
        reads(&ROOM, &any(), "x", text, "21 _ @86399");
    }
    // A day that can be two is said.
    let text = r#"{"temperature":21,"date":"01/02/2025","time":"23:59:59"}"#;
    let (readings, complaints) = read_as(&ROOM, &any(), "x", text).expect("a value");
    assert_eq!(
        (shown(&readings).as_str(), complaints[0].code()),
        ("21 _", "two_times")
    );
    let told = Format {
        times: TimeForm::from_name("mdy"),
        ..any()
    };
    reads(&ROOM, &told, "x", text, "21 _ @1735862399");
}

#[test]
fn a_time_of_our_years_under_a_name_that_may_be_another() {
    for (text, expected) in [
        (
            r#"{"fields":["t","press","temp"],"data":[1735689600,1013,21.5]}"#,
            "21.5 _ 1013 @1735689600",
        ),
        (
            r#"{"t":1735689600250,"temp":21.5}"#,
            "21.5 _ _ @1735689600.25",
        ),
        (
            r#"{"epoch":"1735689600","temp":21.5}"#,
            "21.5 _ _ @1735689600",
        ),
        (
            r#"{"date":"2025-01-01T00:00:00Z","temp":21.5}"#,
            "21.5 _ _ @1735689600",
        ),
        (
            r#"{"t":[1735689600,1735689601],"temp":[1,2]}"#,
            "1 _ _ @1735689600; 2 _ _ @1735689601",
        ),
        (
            "t,press,temp\n1735689600,1013,21.5",
            "21.5 _ 1013 @1735689600",
        ),
        ("temp=21.5 t=1735689600", "21.5 _ _ @1735689600"),
        // A temperature, a count, a day without a time, and one that is beside
        // the time.
        (r#"{"t":21.5,"temp":21.5}"#, "21.5 _ _"),
        (r#"{"fields":["t","temp"],"data":[12345,21.5]}"#, "21.5 _ _"),
        (r#"{"date":"2025-01-01","temp":21.5}"#, "21.5 _ _"),
        (r#"{"t":1735689600,"time":9,"temp":21.5}"#, "21.5 _ _ @9"),
    ] {
        reads(&PUMP, &any(), "x", text, expected);
    }
    // A channel of that name, and a time that was named.
    reads(&["t"], &any(), "x", r#"{"t":1735689600}"#, "1735689600");
    let told = Format {
        time: "at".into(),
        ..any()
    };
    reads(
        &PUMP,
        &told,
        "x",
        r#"{"t":1735689600,"temp":21.5}"#,
        "21.5 _ _",
    );
}

#[test]
fn many_names_of_times_cost_their_number() {
    let dates = "\"date\":\"2025-01-01\",".repeat(10_000);
    let text = alloc::format!("{{{dates}\"temperature\":21}}");
    reads(&ROOM, &any(), "x", &text, "21 _");
}

#[test]
fn values_of_a_channel_have_a_time_each() {
    for (text, expected) in [
        (
            r#"{"temperature":[{"ts":1609459200000,"value":"21.5"},{"ts":1609459260000,"value":"21.6"}],
                "humidity":[{"ts":1609459200000,"value":"60"},{"ts":1609459320000,"value":"61"}]}"#,
            "21.5 60 @1609459200; 21.6 _ @1609459260; _ 61 @1609459320",
        ),
        // The newest first, as they are asked for.
        (
            r#"{"temperature":[{"ts":9,"value":3},{"ts":8,"value":2},{"ts":7,"value":1}]}"#,
            "1 _ @7; 2 _ @8; 3 _ @9",
        ),
        // One each, also of other times; and what has its unit, or none.
        (
            r#"{"temperature":[{"ts":9,"value":70.7,"unit":"F"}],"humidity":[{"ts":8,"value":null}]}"#,
            "_ - @8; 21.5 _ @9",
        ),
        // At any depth, within what has a time as well, and beside nothing.
        (
            r#"{"ts":1,"d":{"temperature":[{"time":"1970-01-01T00:00:09Z","v":3}]},"e":{"humidity":[]}}"#,
            "3 _ @9",
        ),
        (
            r#"{"d":{"temperature":[{"ts":9,"value":3}]},"e":{"humidity":[{"ts":9,"value":4}]}}"#,
            "3 4 @9",
        ),
        (
            r#"{"temperature":[{"date":"1970-01-01","time":"00:00:09","value":3}]}"#,
            "3 _ @9",
        ),
        // Said twice.
        (
            r#"{"temperature":[{"ts":9,"value":3},{"ts":9,"value":3}]}"#,
            "3 _ @9",
        ),
        (
            r#"{"temperature_unit":"F","temperature":[{"ts":9,"value":70.7}]}"#,
            "21.5 _ @9",
        ),
    ] {
        reads(&["temperature/°C", "humidity"], &any(), "x", text, expected);
    }
}

#[test]
fn a_value_without_its_time_is_said() {
    let text = r#"{"temperature":[{"ts":9,"value":3},{"value":4},{"ts":"soon","value":5},{"ts":10,"value":"warm"}]}"#;
    let (readings, complaints) = read_as(&ROOM, &any(), "x", text).expect("a value");
    let codes: Vec<&str> = complaints.iter().map(Problem::code).collect();
    assert_eq!(
        (shown(&readings).as_str(), &codes[..]),
        ("3 _ @9", &["not_a_time", "not_a_time", "not_a_number"][..])
    );
    let text = r#"{"temperature":[{"ts":"soon","value":5}]}"#;
    refused(&ROOM, &any(), "x", text, "not_a_time");
    // Two values of one time, and what has none beside what has.
    for text in [
        r#"{"temperature":[{"ts":9,"value":3},{"ts":9,"value":4}]}"#,
        r#"{"temperature":[{"ts":9,"value":3}],"humidity":60}"#,
        r#"{"temperature":[{"ts":9,"value":3},{"ts":10,"value":4}],"humidity":[60,61]}"#,
    ] {
        refused(&ROOM, &any(), "x", text, "two_places");
    }
}

#[test]
fn many_values_with_times_are_bounded() {
    let items = |count: usize| {
        let items = (0..count).map(|at| alloc::format!("{{\"ts\":{at},\"v\":1}}"));
        let items: Vec<String> = items.collect();
        alloc::format!("{{\"temperature\":[{}]}}", items.join(","))
    };
    let (readings, _) = read_as(&ROOM, &any(), "x", &items(10_000)).expect("readings");
    assert_eq!(readings.len(), 10_000);
    refused(&ROOM, &any(), "x", &items(10_001), "many");
}
