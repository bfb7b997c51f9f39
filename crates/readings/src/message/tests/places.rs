//! Where the channels of a message stand: what is read, what is refused with
//! both places, and what is set aside.

use super::{PUMP, ROOM, any, fields, path, read_as, reads, refused};
use crate::Problem;

const UNITS: [&str; 2] = ["temperature/°C", "humidity/%"];

#[track_caller]
fn two_places(text: &str, one: &str, other: &str) {
    let problem = read_as(&ROOM, &any(), "x", text).expect_err(text);
    assert_eq!(problem.code(), "two_places", "{text}");
    let words = alloc::format!("{problem}");
    assert!(words.contains(one) && words.contains(other), "{words}");
}

#[test]
fn a_list_of_one_belongs_to_what_is_beside_it_whatever_it_is_called() {
    for (text, expected) in [
        (
            r#"{"data":[{"temperature":21.5}],"state":{"humidity":60}}"#,
            "21.5 60",
        ),
        (
            r#"{"values":[{"temperature":21.5}],"more":[{"humidity":60}]}"#,
            "21.5 60",
        ),
        (
            r#"{"rows":[{"temperature":21.5}],"payload":[{"humidity":60}]}"#,
            "21.5 60",
        ),
        (
            r#"{"temperature":21.5,"sensors":[{"name":"humidity","value":60}]}"#,
            "21.5 60",
        ),
        (
            r#"{"temperature":21.5,"all":[{"id":"humidity","val":60},{"id":"rssi","val":-7}]}"#,
            "21.5 60",
        ),
        (
            r#"{"readings":[[{"temperature":21.5},{"temperature":22}]]}"#,
            "21.5 _; 22 _",
        ),
        (
            r#"{"a":[[{"temperature":21.5}]],"b":{"c":[{"humidity":60}]}}"#,
            "21.5 60",
        ),
        // Beside channels that are set aside a wrapper is alone.
        (
            r#"{"readings":[{"temperature":21.5},{"temperature":22}],"limits":{"humidity":90}}"#,
            "21.5 _; 22 _",
        ),
        (
            r#"{"samples":[[21.5,60],[22,61]],"limits":{"humidity":90}}"#,
            "21.5 60; 22 61",
        ),
        // Other numbers that are no readings.
        (
            r#"{"payload":[1,103,0,215],"decoded":{"temperature":21.5}}"#,
            "21.5 _",
        ),
    ] {
        reads(&ROOM, &any(), "x", text, expected);
    }
    for (text, one, other) in [
        (
            r#"{"data":[{"temperature":21.5},{"temperature":22}],"state":{"humidity":60}}"#,
            "state.humidity",
            "data.0.temperature",
        ),
        (
            r#"{"readings":[[21.5,60]],"state":{"humidity":61}}"#,
            "state.humidity",
            "\"readings\"",
        ),
        (
            r#"{"data":[[1,2]],"a":{"columns":["temperature"],"values":[1]}}"#,
            "a.values",
            "\"data\"",
        ),
        (
            r#"{"temperature":21.5,"e":[{"bn":"d:","bv":20,"n":"humidity","v":40}]}"#,
            "\"temperature\"",
            "e.0",
        ),
    ] {
        two_places(text, one, other);
    }
}

#[test]
fn several_objects_of_a_list_are_seen_at_any_depth() {
    for (text, one, other) in [
        (
            r#"{"temperature":21.5,"nodes":[{"h":{"humidity":60}},{"h":{"humidity":61}}]}"#,
            "\"temperature\"",
            "nodes.0.h.humidity",
        ),
        (
            r#"{"temperature":21.5,"readings":[[{"humidity":60},{"humidity":61}]]}"#,
            "\"temperature\"",
            "readings.0.0.humidity",
        ),
        (
            r#"{"temperature":21.5,"a":{"b":[{"c":1},{"d":[{"humidity":61}]}]}}"#,
            "\"temperature\"",
            "a.b.1.d.0.humidity",
        ),
        (
            r#"{"temperature":21.5,"columns":["humidity","rssi"],"values":[60,-7]}"#,
            "\"temperature\"",
            "\"values\"",
        ),
        (
            r#"{"temperature":21.5,"a":{"fields":["humidity"],"data":[[60],[61]]}}"#,
            "\"temperature\"",
            "a.data",
        ),
        (
            r#"{"temperature":21.5,"a":{"b":[["humidity"],[60]]}}"#,
            "\"temperature\"",
            "a.b",
        ),
        (
            r#"{"indoor_unit":[{"temperature":21},{"temperature":22}],"humidity":40}"#,
            "\"humidity\"",
            "indoor_unit.0.temperature",
        ),
        (
            r#"{"a":[{"temperature":21},{"temperature":22}],"b":[{"humidity":40},{"humidity":41}]}"#,
            "a.0.temperature",
            "b.0.humidity",
        ),
        // Two devices whose values stand further in.
        (
            r#"[{"id":1,"h":{"humidity":60}},{"id":2,"h":{"humidity":61}}]"#,
            "0.h.humidity",
            "1.h.humidity",
        ),
        (
            r#"[{"id":1,"l":[{"humidity":6},{"humidity":7}]},{"id":2,"l":[{"humidity":8},{"humidity":9}]}]"#,
            "0.l.0.humidity",
            "1.l.0.humidity",
        ),
        (
            r#"{"temperature":{"value":21.5,"raw":{"temperature":215}}}"#,
            "\"temperature\"",
            "temperature.raw.temperature",
        ),
    ] {
        two_places(text, one, other);
    }
    for (text, expected) in [
        // All of it is in one list: readings in turn, wherever that stands.
        (
            r#"{"ts":5,"result":[{"temperature":21},{"temperature":21.5}]}"#,
            "21 _; 21.5 _",
        ),
        (
            r#"{"a":{"b":[{"temperature":21.5},{"humidity":22}]}}"#,
            "21.5 _; _ 22",
        ),
        (
            r#"{"nodes":[{"h":{"humidity":60},"time":1},{"h":{"humidity":61},"time":2}]}"#,
            "_ 60 @1; _ 61 @2",
        ),
        (
            r#"{"a":{"columns":["humidity","temperature"],"values":[40,21.5]}}"#,
            "21.5 40",
        ),
        (
            r#"{"a":{"b":[["humidity","temperature"],[40,21.5],[41,22]]}}"#,
            "21.5 40; 22 41",
        ),
        (
            r#"{"a":{"unit":"F","b":[{"temperature":70.7},{"temperature":32}]}}"#,
            "21.5 _; 0 _",
        ),
        (
            r#"{"a":{"b":[{"bn":"d:","bt":1735689600,"n":"temperature","v":21.5},{"n":"humidity","v":40}]}}"#,
            "21.5 40 @1735689600",
        ),
        (r#"{"temperature":{"value":21.5,"humidity":40}}"#, "21.5 40"),
        (r#"{"name":"humidity","value":40}"#, "_ 40"),
        (
            r#"{"temperature":21.5,"probe":{"type":"humidity","value":40}}"#,
            "21.5 40",
        ),
    ] {
        reads(&UNITS, &any(), "x", text, expected);
    }
    // What has a channel's name and a number of another name is not passed over.
    let text = r#"{"temperature":21.5,"sensors":[{"name":"humidity","reading":60}]}"#;
    let (_, complaints) = read_as(&ROOM, &any(), "x", text).expect("temperature");
    assert_eq!(complaints[0].code(), "not_a_number");
    let text = r#"{"temperature":21.5,"has":[{"type":"humidity","unit":"%"}]}"#;
    reads(&ROOM, &any(), "x", text, "21.5 _");
    // Who says where to look is not asked again.
    let nodes = r#"{"k":{"temperature":21.5,"nodes":[{"humidity":1},{"humidity":2}]}}"#;
    reads(&ROOM, &path("k"), "x", nodes, "21.5 _");
    let told = fields(&["temperature", "k.nodes.1.humidity"]);
    let nodes = r#"{"temperature":21.5,"k":{"nodes":[{"humidity":1},{"humidity":2}]}}"#;
    reads(&ROOM, &told, "x", nodes, "21.5 2");
}

#[test]
fn only_a_text_is_a_unit() {
    for (text, expected) in [
        (
            r#"{"temperature":21,"outdoor_unit":{"humidity":40}}"#,
            "21 40",
        ),
        (
            r#"{"indoor_unit":{"temperature":"21","humidity":"40 %"}}"#,
            "21 40",
        ),
        (
            r#"{"unit":[{"temperature":21,"humidity":40}],"units":3}"#,
            "21 40",
        ),
        (
            r#"{"temperature":70.7,"humidity":0.4,"units":{"temperature":"F","humidity":"1"}}"#,
            "21.5 40",
        ),
        (
            r#"{"temperature":21.5,"humidity":40,"units":{"temperature":"C","humidity":"","system":1}}"#,
            "21.5 40",
        ),
        // A unit is of what can be had in it, nearer or further.
        (
            r#"{"unit":"F","temperature":70.7,"x":[{"humidity":40}]}"#,
            "21.5 40",
        ),
        (
            r#"{"unit":"F","humidity":40,"x":{"temperature":70.7}}"#,
            "21.5 40",
        ),
        (
            r#"{"uom":"%","x":{"temperature":21.5},"y":{"humidity":40}}"#,
            "21.5 40",
        ),
    ] {
        reads(&UNITS, &any(), "x", text, expected);
    }
    two_places(
        r#"{"temperature":21,"outdoor_unit":{"temperature":"5"}}"#,
        "\"temperature\"",
        "outdoor_unit.temperature",
    );
}

#[test]
fn what_is_not_of_now_is_set_aside_by_the_words_of_its_name() {
    for key in [
        "forecasts",
        "daily",
        "hourly",
        "previous",
        "alarmList",
        "alarm_list",
        "min_values",
        "Limits",
        "histories",
    ] {
        for inner in [r#"[{"humidity":60}]"#, r#"{"humidity":60}"#] {
            let text = alloc::format!("{{\"temperature\":21.5,\"{key}\":{inner}}}");
            reads(&ROOM, &any(), "x", &text, "21.5 _");
        }
    }
    for key in ["last", "MAX31855", "minutes", "alarmed"] {
        let text = alloc::format!("{{\"temperature\":21.5,\"{key}\":{{\"humidity\":60}}}}");
        reads(&ROOM, &any(), "x", &text, "21.5 60");
    }
}

#[test]
fn a_topics_value_stands_beside_what_is_further_in() {
    for (text, expected) in [
        (r#"{"value":21.5,"x":{"humidity":60}}"#, "21.5 60"),
        (
            r#"{"value":21.5,"x":[{"humidity":60}],"time":7}"#,
            "21.5 60 @7",
        ),
        (
            r#"{"value":70.7,"unit":"F","x":{"humidity":60}}"#,
            "21.5 60",
        ),
        (r#"{"value":{"temperature":21.5}}"#, "21.5 _"),
    ] {
        reads(&UNITS, &any(), "a/temperature", text, expected);
    }
    for text in [
        r#"{"value":21.5,"x":{"temperature":60}}"#,
        r#"{"value":21.5,"x":[{"humidity":60},{"humidity":61}]}"#,
    ] {
        refused(&UNITS, &any(), "a/temperature", text, "two_places");
    }
}

#[test]
fn what_is_there_instead_is_named() {
    for (text, known) in [
        (r#"{"t":21.5,"x":{"h":40}}"#, r#""t", "h""#),
        (
            r#"{"a":1,"b":2,"x":{"a":7},"c":3,"d":4,"e":5}"#,
            r#""a", "b", "c", "d""#,
        ),
        (r#"{"columns":["t","h"],"values":[1,2]}"#, r#""t", "h""#),
        ("t,h\n1,2", r#""t", "h""#),
        (r#"{"limits":{"temp":5}}"#, ""),
    ] {
        let problem = read_as(&PUMP, &any(), "x", text).expect_err(text);
        let words = alloc::format!("{problem}");
        let Problem::Names {
            wanted,
            known: found,
        } = problem
        else {
            panic!("{text}: {words}");
        };
        assert_eq!(
            (wanted.as_str(), found.as_str()),
            ("temp, hum, press", known)
        );
        assert!(words.ends_with(known), "{words}");
    }
}
