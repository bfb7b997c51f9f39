//! Messages as devices send them, and what they are read as.

mod places;
mod times;

use alloc::string::String;
use alloc::vec::Vec;

use super::{Channel, Format, Holds, MAX_MESSAGE_BYTES, MessageReader, Reading};
use crate::{Problem, TimeForm};

/// Channels by name, with a unit behind a slash where they have one.
fn channels(names: &[&str]) -> Vec<Channel> {
    let channel = |name: &&str| {
        let (name, unit) = name.split_once('/').unwrap_or((name, ""));
        Channel {
            name: name.into(),
            unit: unit.into(),
        }
    };
    names.iter().map(channel).collect()
}

const PUMP: [&str; 3] = ["temp", "hum", "press"];
const ROOM: [&str; 2] = ["temperature", "humidity"];

fn read_as(
    names: &[&str],
    format: &Format,
    topic: &str,
    text: &str,
) -> Result<(Vec<Reading>, Vec<Problem>), Problem> {
    let reader = MessageReader::new(&channels(names), Holds::Auto, format, &[]);
    let mut complaints = Vec::new();
    let readings = reader.read(topic, text.as_bytes(), &mut complaints)?;
    Ok((readings, complaints))
}

/// The values of whole readings, or of what they speak of: `_` is a channel
/// that they do not name, `-` one that is missing.
fn shown(readings: &[Reading]) -> String {
    let shown = readings.iter().map(|reading| {
        let values = reading.values.iter().zip(&reading.named);
        let mut text: Vec<String> = values
            .map(|(value, named)| match (named, value.is_nan()) {
                (false, _) => "_".into(),
                (true, true) => "-".into(),
                (true, false) => alloc::format!("{value}"),
            })
            .collect();
        text.extend(reading.time_s.map(|time| alloc::format!("@{time}")));
        text.join(" ")
    });
    shown.collect::<Vec<_>>().join("; ")
}

#[track_caller]
fn reads(names: &[&str], format: &Format, topic: &str, text: &str, expected: &str) {
    match read_as(names, format, topic, text) {
        Ok((readings, complaints)) => {
            assert_eq!(shown(&readings), expected, "{topic} {text}");
            assert_eq!(complaints, [], "{topic} {text}");
        }
        Err(problem) => panic!("{topic} {text}: {problem}"),
    }
}

#[track_caller]
fn refused(names: &[&str], format: &Format, topic: &str, text: &str, code: &str) {
    match read_as(names, format, topic, text) {
        Ok((readings, _)) => panic!("{topic} {text} is {}", shown(&readings)),
        Err(problem) => assert_eq!(problem.code(), code, "{topic} {text}: {problem}"),
    }
}

fn any() -> Format {
    Format::default()
}

fn path(path: &str) -> Format {
    Format {
        path: path.into(),
        ..any()
    }
}

fn fields(fields: &[&str]) -> Format {
    Format {
        fields: fields.iter().map(|field| Some((*field).into())).collect(),
        ..any()
    }
}

#[test]
fn shapes_of_readings() {
    let columns = Format {
        columns: ["counter", "press", "hum", "temp"].map(String::from).into(),
        ..any()
    };
    let time = Format {
        time: "at".into(),
        times: TimeForm::from_name("ms"),
        ..any()
    };
    for (text, format, expected) in [
        (
            r#"{"temp":21.5,"hum":40,"press":1013}"#,
            any(),
            "21.5 40 1013",
        ),
        (
            r#"{"Temp":"21.5","HUM ":40,"press (hPa)":1013}"#,
            any(),
            "21.5 40 1013",
        ),
        (r#"{"temp":21.5}"#, any(), "21.5 _ _"),
        (r#"{"temp":NaN,"hum":null,"press":1013}"#, any(), "- - 1013"),
        (
            r#"{"temp":-nan,"hum":inf,"press":"unavailable"}"#,
            any(),
            "- - -",
        ),
        ("\u{feff}{\"temp\":1,\"hum\":2,\"press\":3}", any(), "1 2 3"),
        (r#"{"temp":true,"hum":false,"press":3}"#, any(), "1 0 3"),
        (
            r#"{"temp":"27,23","hum":"40 %","press":"1013.2hPa"}"#,
            any(),
            "27.23 40 1013.2",
        ),
        ("[21.5,40,1013]", any(), "21.5 40 1013"),
        ("[7,1013,40,21.5]", columns, "21.5 40 1013"),
        ("[[21.5,40,1013],[1,2,3]]", any(), "21.5 40 1013; 1 2 3"),
        (
            r#"[{"temp":21.5,"hum":40,"press":1013},{"temp":1}]"#,
            any(),
            "21.5 40 1013; 1 _ _",
        ),
        (
            r#"{"id":7,"readings":[[21.5,40,1013]]}"#,
            any(),
            "21.5 40 1013",
        ),
        (
            r#"{"id":7,"data":{"temp":1,"hum":2,"press":3}}"#,
            any(),
            "1 2 3",
        ),
        (
            r#"{"temp":[21.5,1],"hum":[40,2],"press":[1013,3],"time":[10,11]}"#,
            any(),
            "21.5 40 1013 @10; 1 2 3 @11",
        ),
        ("21.5,40,1013", any(), "21.5 40 1013"),
        ("21,5;40;1013", any(), "21.5 40 1013"),
        (
            "press,temp,hum\n1013,21.5,40\r\n3,1,2\n",
            any(),
            "21.5 40 1013; 1 2 3",
        ),
        ("temp:21.5 hum:40 press:1013", any(), "21.5 40 1013"),
        (
            r#"{"dev":{"out":{"temp":21.5,"hum":40,"press":1013}}}"#,
            path("dev.out"),
            "21.5 40 1013",
        ),
        (
            r#"{"bme":{"t":21.5,"h":40},"p":1013}"#,
            fields(&["bme.t", "bme.h", "p"]),
            "21.5 40 1013",
        ),
        (
            r#"{"ts":1700000000500,"v":{"temp":21.5,"hum":40,"press":1013}}"#,
            path("v"),
            "21.5 40 1013 @1700000000.5",
        ),
        (
            r#"{"at":1500,"temp":21.5,"hum":40,"press":1013}"#,
            time,
            "21.5 40 1013 @1.5",
        ),
    ] {
        reads(&PUMP, &format, "site/device", text, expected);
    }
}

#[test]
fn objects_in_objects_need_no_path() {
    for (text, expected) in [
        (
            r#"{"Time":"2025-01-01T10:00:00","AM2301":{"Temperature":28.8,"Humidity":43.0},"TempUnit":"C"}"#,
            "28.8 43 @1735725600",
        ),
        (r#"{"SI7021":{"Temperature":nan,"Humidity":43.0}}"#, "- 43"),
        (
            r#"{"A":{"Temperature":28.8},"B":{"Humidity":43}}"#,
            "28.8 43",
        ),
        (r#"{"A":{"Temperature":28.8}}"#, "28.8 _"),
        (
            r#"{"temperature":21.5,"readings":[{"humidity":40}]}"#,
            "21.5 40",
        ),
        (
            r#"{"modules":[{"A":{"temperature":21.5,"humidity":40}}]}"#,
            "21.5 40",
        ),
        (
            r#"{"StatusSNS":{"DHT":{"Temperature":"69.8","Humidity":"26.9"}}}"#,
            "69.8 26.9",
        ),
        // What stands outside counts, deeper levels do not.
        (
            r#"{"temperature":1,"humidity":2,"limits":{"temperature":80}}"#,
            "1 2",
        ),
        (
            r#"{"DHT":{"temperature":1,"humidity":2,"max":{"temperature":80}}}"#,
            "1 2",
        ),
        (
            r#"{"temperature":{"value":21.5,"unit":"C"},"humidity":{"val":40}}"#,
            "21.5 40",
        ),
    ] {
        reads(&ROOM, &any(), "tele/x/SENSOR", text, expected);
    }
    for (text, code) in [
        (
            r#"{"DS18B20-1":{"Temperature":20},"DS18B20-2":{"Temperature":30}}"#,
            "two_places",
        ),
        (
            r#"{"temperature":21.5,"temperature":99,"humidity":40}"#,
            "two_places",
        ),
        (r#"{"Temperature":21.5,"TEMPERATURE":99}"#, "two_places"),
        (r#"{"readings":[[1,2]],"samples":[[3,4]]}"#, "two_places"),
        (r#"{"temperature":{"value":1,"val":2}}"#, "two_places"),
        (r#"{"last_seen":"2025-05-12","linkquality":174}"#, "names"),
        (r#"{"state":"online"}"#, "names"),
        (r#"{"a":{"b":{"c":{}}}}"#, "names"),
    ] {
        refused(&ROOM, &any(), "x", text, code);
    }
    let problem = read_as(
        &ROOM,
        &any(),
        "x",
        r#"{"a":{"DS-1":{"Temperature":20},"DS-2":{"Temperature":30}}}"#,
    );
    let two = alloc::format!("{}", problem.expect_err("two"));
    assert!(two.contains("a.DS-1") && two.contains("a.DS-2"), "{two}");
}

#[test]
fn lists_of_names_and_values() {
    for (text, expected) in [
        (
            r#"[{"name":"temperature","value":21.5},{"name":"humidity","value":40}]"#,
            "21.5 40",
        ),
        (
            r#"{"time":5,"sensors":[{"id":"Humidity","val":"40 %"},{"id":"rssi","val":-60}]}"#,
            "_ 40 @5",
        ),
        (
            r#"{"sensordatavalues":[{"value_type":"temperature","value":"10.20"}]}"#,
            "10.2 _",
        ),
        // SenML: base values, units, and what came at one time is one reading.
        (
            r#"[{"bn":"d:","bt":1735689600,"n":"temperature","u":"Cel","v":21.5},{"n":"humidity","u":"%RH","v":40}]"#,
            "21.5 40 @1735689600",
        ),
        (
            r#"[{"bn":"urn:dev:ow:10e2073a01080063:temperature","bt":1735689600,"bv":20,"v":1},{"v":2,"t":1}]"#,
            "21 _ @1735689600; 22 _ @1735689601",
        ),
        (
            r#"[{"n":"temperature","v":21.5,"t":0},{"n":"humidity","v":40}]"#,
            "21.5 40",
        ),
    ] {
        reads(
            &["temperature/°C", "humidity/%"],
            &any(),
            "x",
            text,
            expected,
        );
    }
    for (text, code) in [
        (
            r#"[{"name":"temperature","value":21.5},{"name":"temperature","value":22}]"#,
            "two_places",
        ),
        (
            r#"[{"name":"temperature","type":"humidity","value":21.5}]"#,
            "two_places",
        ),
        (
            r#"[{"bn":"a/","n":"temperature","v":1},{"bn":"b/","n":"temperature","v":2}]"#,
            "two_places",
        ),
        (r#"[{"name":"rssi","value":21.5}]"#, "names"),
        (r#"[{"n":"temperature","u":"bar","v":21.5}]"#, "other_unit"),
    ] {
        refused(&["temperature/°C", "humidity/%"], &any(), "x", text, code);
    }
}

#[test]
fn a_channels_own_topic() {
    let names = ["temperature/°C", "humidity/%"];
    for (topic, text, expected) in [
        ("site/7/temperature", "21.5", "21.5 _"),
        ("site/7/Humidity", " nan ", "_ -"),
        ("site/7/temperature", "unavailable", "- _"),
        ("node/sensor/temperature/state", "21.5", "21.5 _"),
        ("site/7/temperature", "21.5 °C", "21.5 _"),
        ("site/7/temperature", "70.7 °F", "21.5 _"),
        ("site/7/humidity", "40 %", "_ 40"),
        ("site/7/temperature", r#""21.5""#, "21.5 _"),
        ("site/7/temperature", r#""21,5 °C""#, "21.5 _"),
        // Never 21 and 5.
        ("site/7/temperature", "21,5", "21.5 _"),
        (
            "site/7/temperature",
            r#"{"value":21.5,"unit":"C","ts":9}"#,
            "21.5 _ @9",
        ),
        ("site/7/temperature", r#"{"val":21.5,"ack":true}"#, "21.5 _"),
        (
            "site/7/temperature",
            r#"{"value":70.7,"unit":"°F"}"#,
            "21.5 _",
        ),
        // More than one value.
        (
            "site/7/temperature",
            r#"{"temperature":21.5,"humidity":40}"#,
            "21.5 40",
        ),
        ("site/7/temperature", "21.5 40", "21.5 40"),
        ("site/7/temperature", "[21.5,40]", "21.5 40"),
    ] {
        reads(&names, &any(), topic, text, expected);
    }
    for (topic, text, code) in [
        ("site/7/temperature", "1,013", "two_numbers"),
        ("site/7/temperature", "Offline", "not_a_number"),
        ("site/7/temperature", "", "not_a_number"),
        ("site/7/temperature", "21.5 bar", "other_unit"),
        ("site/7/temperature", "0x1F", "unknown_unit"),
        (
            "site/7/temperature",
            r#"{"temperature":1,"value":2}"#,
            "two_places",
        ),
        ("site/7/temperature", r#"{"value":1,"val":2}"#, "two_places"),
        ("site/7/room_temperature", "21.5", "count"),
    ] {
        refused(&names, &any(), topic, text, code);
    }
    let of_topics = fields(&["temperature/state", "humidity/state"]);
    reads(
        &ROOM,
        &of_topics,
        "node/sensor/temperature/state",
        "21.5",
        "21.5 _",
    );
}

#[test]
fn a_lone_channel_takes_no_other_topics_values() {
    let one = ["temperature"];
    reads(&one, &any(), "plant/7/temperature", "21.5", "21.5");
    reads(&one, &any(), "plant/7/temperature", "21,5", "21.5");
    reads(&one, &any(), "plant/7/temperature", "1\n2\n", "1; 2");
    reads(&one, &any(), "plant/7", r#"{"temperature":21.5}"#, "21.5");
    reads(&one, &any(), "plant/7", "temperature=21.5", "21.5");
    reads(&one, &any(), "plant/7", "temperature\n21.5", "21.5");
    for (topic, text) in [
        ("plant/7/battery", "87"),
        ("plant/7/rssi", "-61"),
        ("plant/7/uptime", "123456"),
        ("plant/7/battery", "[87]"),
        ("plant/7/battery", "[[87]]"),
        ("plant/7/battery", "1\n2"),
        ("x", "51"),
    ] {
        refused(&one, &any(), topic, text, "topic");
    }
    refused(&one, &any(), "plant/7/battery", r#"{"value":87}"#, "names");
    refused(&one, &any(), "plant/7/LWT", "Online", "names");
    // Who asks for one topic by its name knows what comes under it.
    let read = |topics: &[&str], holds| {
        let topics: Vec<String> = topics.iter().map(|topic| (*topic).into()).collect();
        let reader = MessageReader::new(&channels(&one), holds, &any(), &topics);
        let read = reader.read("plant/7", b"21.5", &mut Vec::new());
        read.map(|readings| shown(&readings)).ok()
    };
    assert_eq!(read(&["plant/7"], Holds::Auto).as_deref(), Some("21.5"));
    assert_eq!(read(&["plant/+"], Holds::Auto), None);
    assert_eq!(read(&["plant/7", "plant/8"], Holds::Auto), None);
    assert_eq!(read(&[], Holds::Readings).as_deref(), Some("21.5"));
    assert_eq!(read(&["plant/7"], Holds::Value), None);
}

#[test]
fn what_cannot_be_used_says_why() {
    for (text, code) in [
        (r#"{"temp":21.5"#, "json"),
        (r#"{"temp":1,}"#, "json"),
        ("{'temp': 1}", "json"),
        (r#"{"foo":1}"#, "names"),
        (r#"{"temp":"warm"}"#, "not_a_number"),
        (r#"{"temp":"1,013"}"#, "two_numbers"),
        ("[1,2]", "count"),
        ("1,2,3,4", "count"),
        ("", "not_a_number"),
        ("[]", "count"),
        (r#"{"temp":[1,2],"hum":[1]}"#, "count"),
        (r#"{"__proto__":{"tem":1}}"#, "names"),
        ("WiFi connected", "names"),
    ] {
        refused(&PUMP, &any(), "site/device", text, code);
    }
    refused(&PUMP, &path("a.b"), "x", r#"{"temp":1}"#, "path");
    let many = alloc::format!("[{}[1,2,3]]", "[1,2,3],".repeat(10_000));
    refused(&PUMP, &any(), "x", &many, "many");
    let reader = MessageReader::new(&channels(&PUMP), Holds::Value, &any(), &[]);
    let read = |topic: &str, bytes: &[u8]| reader.read(topic, bytes, &mut Vec::new());
    let code = |read: Result<Vec<Reading>, Problem>| read.map_err(|problem| problem.code()).err();
    assert_eq!(code(read("pump/7/speed", b"5")), Some("topic"));
    assert_eq!(code(read("pump/7/temp", b"5 6")), Some("not_a_number"));
    assert_eq!(code(read("temp", &[0xff, 0xfe, 0x31])), Some("encoding"));
    let long = alloc::vec![b' '; MAX_MESSAGE_BYTES + 1];
    assert_eq!(code(read("temp", &long)), Some("size"));
}

#[test]
fn what_is_good_is_kept_beside_what_is_not() {
    let codes = |text: &str| {
        let (readings, complaints) = read_as(&PUMP, &any(), "x", text).expect(text);
        let codes: Vec<_> = complaints.iter().map(Problem::code).collect();
        (shown(&readings), codes.join(" "))
    };
    for (text, expected, complaints) in [
        (
            r#"[{"temp":1,"hum":2,"press":3},{"foo":1},[1,2,3],null]"#,
            "1 2 3; 1 2 3",
            "names shape",
        ),
        ("1,2,3\nnoise\n1,2,3", "1 2 3; 1 2 3", "names"),
        (
            r#"{"temp":1,"hum":"high","press":3,"time":"soon"}"#,
            "1 - 3",
            "not_a_number not_a_time",
        ),
    ] {
        assert_eq!(codes(text), (expected.into(), complaints.into()), "{text}");
    }
}

#[test]
fn mutilated_messages_are_read_or_refused() {
    let whole =
        br#"{"ts":"2023-11-14T22:13:20Z","readings":[{"temp":21.5,"hum":NaN,"press":[1]}]}"#;
    let mut seed: u32 = 7;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        (seed >> 8) as usize % below
    };
    let reader = MessageReader::new(&channels(&PUMP), Holds::Auto, &any(), &[]);
    for turn in 0..2_000 {
        let mut bytes = *whole;
        for _ in 0..=turn % 5 {
            bytes[random(whole.len())] = random(256) as u8;
        }
        let cut = &bytes[..=random(whole.len())];
        for reading in reader.read("x", cut, &mut Vec::new()).unwrap_or_default() {
            assert_eq!(reading.values.len(), 3);
            assert!(!reading.values.iter().any(|value| value.is_infinite()));
        }
    }
}

#[test]
fn names_beside_values_say_what_these_are() {
    for (text, expected) in [
        (
            r#"{"columns":["humidity","temperature"],"values":[40,21.5]}"#,
            "21.5 40",
        ),
        (
            r#"{"fields":["humidity","id","temperature"],"data":[[40,7,21.5],[41,7,22]]}"#,
            "21.5 40; 22 41",
        ),
        (
            r#"{"sensors":["Humidity","Temperature"],"values":["40","21,5"]}"#,
            "21.5 40",
        ),
        (r#"[["humidity","temperature"],[40,21.5]]"#, "21.5 40"),
        (
            r#"{"data":[["time","humidity","temperature"],[9,40,21.5],[10,41,22]]}"#,
            "21.5 40 @9; 22 41 @10",
        ),
        (
            r#"{"columns":["temperature","rssi"],"rows":[[21.5,-60]]}"#,
            "21.5 _",
        ),
    ] {
        reads(&ROOM, &any(), "x", text, expected);
    }
    for (text, code) in [
        (
            r#"{"columns":["humidity","temperature"],"values":[1,40,21.5]}"#,
            "count",
        ),
        (r#"{"columns":["rssi","lqi"],"values":[40,21.5]}"#, "names"),
        (r#"[["rssi","lqi"],[40,21.5]]"#, "names"),
        (
            r#"{"columns":["temperature","Temperature"],"values":[40,21.5]}"#,
            "two_places",
        ),
        (
            r#"{"columns":["humidity","temperature"],"names":["a","b"],"values":[40,21.5]}"#,
            "two_places",
        ),
    ] {
        refused(&ROOM, &any(), "x", text, code);
    }
    let text = r#"{"id":7,"p":{"columns":["humidity","temperature"],"values":[40,21.5]}}"#;
    reads(&ROOM, &path("p.values"), "x", text, "21.5 40");
}

#[test]
fn units_that_stand_elsewhere_count() {
    let names = ["temperature/°C", "humidity/%", "pressure/hPa"];
    for (text, expected) in [
        (r#"{"temperature":70.7,"unit":"F"}"#, "21.5 _ _"),
        (
            r#"{"temperature":70.7,"unit_of_measurement":"°F"}"#,
            "21.5 _ _",
        ),
        (r#"{"temperature":{"val":70.7,"uom":"F"}}"#, "21.5 _ _"),
        (
            r#"{"temperature":70.7,"temperature_unit":"fahrenheit","humidity":40}"#,
            "21.5 40 _",
        ),
        // Only one of them can be had in it.
        (
            r#"{"temperature":70.7,"humidity":40,"uom":"F"}"#,
            "21.5 40 _",
        ),
        (
            r#"{"temperature":70.7,"humidity":0.4,"units":{"temperature":"F","Humidity":"fraction"}}"#,
            "21.5 40 _",
        ),
        (
            r#"{"BMP":{"Temperature":70.7,"Pressure":1.0},"PressureUnit":"bar","TempUnit":"F"}"#,
            "21.5 _ 1000",
        ),
        (
            r#"{"unit":"F","readings":[{"temperature":70.7},{"temperature":32}]}"#,
            "21.5 _ _; 0 _ _",
        ),
        (
            r#"{"columns":["temperature (F)","humidity"],"values":[70.7,40]}"#,
            "21.5 40 _",
        ),
        (r#"{"temperature":[70.7,32],"unit":"F"}"#, "21.5 _ _; 0 _ _"),
        (r#"{"temperature (F)":70.7}"#, "21.5 _ _"),
        (r#"{"temperature_F":70.7}"#, "21.5 _ _"),
        (
            r#"{"dewpoint":50,"dewpoint_unit":"F","temperature":21.5}"#,
            "21.5 _ _",
        ),
        (
            r#"{"time":5,"time_unit":"s","temperature":21.5}"#,
            "21.5 _ _ @5",
        ),
        (
            r#"{"temperature":21.5,"power":{"value":3,"unit":"W"},"unit":"C"}"#,
            "21.5 _ _",
        ),
        (
            r#"{"a":{"b":{"temperature":70.7},"TempUnit":"F"},"c":{"pressure":1013}}"#,
            "21.5 _ 1013",
        ),
        // A list of them beside names, below a first row of names, or alone.
        (
            r#"{"columns":["humidity","temperature"],"units":["%","F"],"values":[[40,70.7],[41,32]]}"#,
            "21.5 40 _; 0 41 _",
        ),
        (
            r#"{"fields":["id","temperature"],"field_units":[null,"°F"],"data":[7,70.7]}"#,
            "21.5 _ _",
        ),
        (
            r#"{"a":{"columns":["time","temperature (C)","pressure"],"uom":["s","F",""],"rows":[[9,21.5,1013]]}}"#,
            "21.5 _ 1013 @9",
        ),
        (
            r#"[["humidity","temperature"],["%","F"],[40,70.7],[41,32]]"#,
            "21.5 40 _; 0 41 _",
        ),
        (
            r#"{"temperature":70.7,"humidity":40,"units":["F","%"]}"#,
            "21.5 40 _",
        ),
        (
            r#"[["temperature","humidity"],["1","1"],[2,3]]"#,
            "1 1 _; 2 3 _",
        ),
        // What names machines is no unit of a column.
        (
            r#"{"columns":["temperature"],"units":["pump 7","pump 8"],"values":[21.5]}"#,
            "21.5 _ _",
        ),
        // The nearest counts.
        (
            r#"{"temperature":{"value":70.7,"unit":"F"},"unit":"K"}"#,
            "21.5 _ _",
        ),
        (r#"{"temperature":"70.7 °F","unit":"C"}"#, "21.5 _ _"),
        (r#"[{"name":"temperature_F","value":70.7}]"#, "21.5 _ _"),
    ] {
        reads(&names, &any(), "x", text, expected);
    }
    reads(&names, &any(), "a/temperature_F", "70.7", "21.5 _ _");
    for (text, code) in [
        (r#"{"temperature":70,"unit":"bar"}"#, "other_unit"),
        (
            r#"{"BMP":{"pressure":29.9},"PressureUnit":"inOz"}"#,
            "other_unit",
        ),
        (r#"{"temperature (raw)":70}"#, "other_unit"),
        (
            r#"{"columns":["temperature","humidity"],"units":["F"],"values":[70,40]}"#,
            "count",
        ),
        (
            r#"{"columns":["temperature","humidity"],"units":["%","bar"],"values":[70,40]}"#,
            "other_unit",
        ),
        (
            r#"{"columns":["temperature"],"units":["C"],"uom":["F"],"values":[70]}"#,
            "two_places",
        ),
        (r#"{"temperature":70,"units":["C","F"]}"#, "loose_unit"),
    ] {
        refused(&names, &any(), "x", text, code);
    }
    let two = ["indoor/°C", "outdoor/°C", "humidity/%"];
    let text = r#"{"indoor":70,"outdoor":50,"humidity":40,"unit":"F"}"#;
    let (readings, complaints) = read_as(&two, &any(), "x", text).expect("humidity");
    assert_eq!(shown(&readings), "- - 40");
    assert_eq!(complaints[0].code(), "loose_unit");
    // What is no unit may be the name of a machine.
    let text = r#"{"temperature":21.5,"unit":"pump 7"}"#;
    let (readings, complaints) = read_as(&names, &any(), "x", text).expect("a value");
    assert_eq!(shown(&readings), "21.5 _ _");
    assert_eq!(complaints[0].code(), "loose_unit");
}

#[test]
fn two_places_of_one_channel_are_refused_with_both() {
    for (text, one, other) in [
        (
            r#"{"fridge":{"inside":{"temperature":4}},"kitchen":{"temperature":21.5}}"#,
            "fridge.inside.temperature",
            "kitchen.temperature",
        ),
        (
            r#"{"temperature":21.5,"outdoor":{"temperature":-3}}"#,
            "\"temperature\"",
            "outdoor.temperature",
        ),
        (
            r#"{"TEMPERATURE":21.5,"temperature":22.5}"#,
            "TEMPERATURE",
            "temperature",
        ),
        (
            r#"{"readings":[{"temperature":21.5}],"Temperature":99}"#,
            "Temperature",
            "readings.0.temperature",
        ),
        (
            r#"{"temperature":21.5,"readings":[{"humidity":40},{"humidity":41}]}"#,
            "temperature",
            "readings.0.humidity",
        ),
        (
            r#"{"sensors":[{"name":"temperature","value":4}],"temperature":99}"#,
            "temperature",
            "sensors.0",
        ),
        (
            r#"{"data":{"temperature":1},"outside":{"temperature":2}}"#,
            "data.temperature",
            "outside.temperature",
        ),
        (
            r#"[{"id":"A","temperature":21.5},{"id":"B","temperature":-18}]"#,
            "0.temperature",
            "1.temperature",
        ),
        (
            r#"{"sensors":[{"sensor_id":1,"temperature":21.5},{"sensor_id":2,"temperature":-18}]}"#,
            "sensors.0.temperature",
            "sensors.1.temperature",
        ),
        (
            r#"[{"id":"A","time":1,"temperature":1},{"id":"B","time":1,"temperature":2}]"#,
            "0.temperature",
            "1.temperature",
        ),
    ] {
        let problem = read_as(&ROOM, &any(), "x", text).expect_err(text);
        assert_eq!(problem.code(), "two_places", "{text}");
        let words = alloc::format!("{problem}");
        assert!(words.contains(one) && words.contains(other), "{words}");
    }
    for (format, text, expected) in [
        (
            fields(&["temperature", "humidity"]),
            r#"{"temperature":21.5,"outdoor":{"temperature":-3}}"#,
            "21.5 _",
        ),
        (
            fields(&["kitchen.temperature", "humidity"]),
            r#"{"fridge":{"temperature":4},"kitchen":{"temperature":21.5}}"#,
            "21.5 _",
        ),
        (
            fields(&["temperature", "humidity"]),
            r#"{"TEMPERATURE":21.5,"temperature":22.5}"#,
            "22.5 _",
        ),
        (
            path("kitchen"),
            r#"{"fridge":{"temperature":4},"kitchen":{"temperature":21.5,"oven":{"temperature":180}}}"#,
            "21.5 _",
        ),
        (
            path("sensors.1"),
            r#"{"sensors":[{"id":1,"temperature":21.5},{"id":2,"temperature":-18}]}"#,
            "-18 _",
        ),
        // One reading, or readings in turn.
        (
            any(),
            r#"{"temperature":21.5,"raw":{"temperature":21.5}}"#,
            "21.5 _",
        ),
        (
            any(),
            r#"{"temperature":21.5,"DHT":{"inside":{"humidity":40}}}"#,
            "21.5 40",
        ),
        (
            any(),
            r#"[{"id":"A","temperature":21.5},{"id":"A","temperature":22}]"#,
            "21.5 _; 22 _",
        ),
        (
            any(),
            r#"[{"id":"A","temperature":21.5},{"id":"B","humidity":40}]"#,
            "21.5 _; _ 40",
        ),
        (
            any(),
            r#"[{"id":7,"time":1,"temperature":21.5},{"id":8,"time":2,"temperature":22}]"#,
            "21.5 _ @1; 22 _ @2",
        ),
    ] {
        reads(&ROOM, &format, "x", text, expected);
    }
}

#[test]
fn many_units_cost_their_number() {
    let units: String = (0..10_000)
        .map(|at| alloc::format!("\"a{at}_unit\":\"F\","))
        .collect();
    let items = "{\"temperature\":1},".repeat(2_000);
    let text = alloc::format!("{{{units}\"readings\":[{}]}}", items.trim_end_matches(','));
    let read = read_as(&["temperature/°C"], &any(), "x", &text);
    assert_eq!(read.map(|(readings, _)| readings.len()), Ok(2_000));
}

#[test]
fn a_value_stands_beside_other_channels() {
    let names = ["temperature/°C", "humidity/%"];
    for (text, expected) in [
        (r#"{"value":21.5,"humidity":40}"#, "21.5 40"),
        (r#"{"value":70.7,"unit":"F","humidity":40}"#, "21.5 40"),
        (r#"{"value":null,"humidity":40,"time":7}"#, "- 40 @7"),
    ] {
        reads(&names, &any(), "a/temperature", text, expected);
    }
    let electric = ["v/V", "temperature/°C"];
    reads(&electric, &any(), "a/temperature", r#"{"v":3.3}"#, "3.3 _");
    reads(&electric, &any(), "a/v", r#"{"v":3.3}"#, "3.3 _");
    let warm = r#"{"value":"warm","humidity":40}"#;
    let (readings, complaints) = read_as(&names, &any(), "a/temperature", warm).expect("humidity");
    assert_eq!((shown(&readings).as_str(), complaints.len()), ("- 40", 1));
    let text = r#"[{"bn":"d:","n":"temperature","vb":true},{"n":"humidity","v":40}]"#;
    let (readings, complaints) = read_as(&names, &any(), "x", text).expect("humidity");
    assert_eq!(shown(&readings), "_ 40");
    assert_eq!(complaints[0].code(), "not_a_number");
}
