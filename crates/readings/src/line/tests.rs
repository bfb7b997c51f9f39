//! Lines as devices print them.

use alloc::vec::Vec;

use super::split::{Line, parse};
use super::{LineReader, MAX_LINE};
use crate::Problem;
use crate::message::{Channel, Fields, Format};

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

#[test]
fn forms_of_lines() {
    let fields = Fields::new(&channels(&["temp", "hum"]), &Format::default());
    let pairs = |temp, hum| Line::Named([("temp", temp), ("hum", hum)].into());
    for (line, expected) in [
        ("21.5,40", Line::Values(["21.5", "40"].into())),
        ("21,5;40", Line::Values(["21,5", "40"].into())),
        ("21.5\t40", Line::Values(["21.5", "40"].into())),
        ("  21.5   40 ", Line::Values(["21.5", "40"].into())),
        ("21,5 40,25", Line::Values(["21,5", "40,25"].into())),
        (
            "2023-11-14 22:13:20,nan,",
            Line::Values(["2023-11-14 22:13:20", "nan", ""].into()),
        ),
        ("temp:21.5,hum:40", pairs("21.5", "40")),
        ("temp: 21.5\thum: 40", pairs("21.5", "40")),
        ("temp=21.5 hum=40", pairs("21.5", "40")),
        ("temp: 21.5C, hum: 40%", pairs("21.5C", "40%")),
        ("temp: 21.5 °C, hum: 40 %", pairs("21.5 °C", "40 %")),
        ("temp: 21.5 °C hum: 40 %", pairs("21.5 °C", "40 %")),
        ("temp:21,5 hum:40,25", pairs("21,5", "40,25")),
        ("temp:21,5,hum:40", pairs("21,5", "40")),
        ("temp:21,hum:40", pairs("21", "40")),
        ("temp:21,5; hum:40", pairs("21,5", "40")),
        ("temp = \"21.5\"; hum = 40", pairs("21.5", "40")),
        ("\"temp\",\"hum\"", Line::Words(["temp", "hum"].into())),
        ("\"temp, C\";hum", Line::Words(["temp, C", "hum"].into())),
        ("[1,2]", Line::Json),
        ("{\"a\":1}", Line::Json),
        ("5V,3V3,12V", Line::Words(["5V", "3V3", "12V"].into())),
    ] {
        assert_eq!(parse(line, None, &fields), expected, "{line}");
    }
}

/// The values of a line, or why it has none.
fn read(reader: &mut LineReader, line: &str) -> Result<Vec<Vec<f64>>, &'static str> {
    let mut complaints = Vec::new();
    let read = reader.read(line, &mut complaints);
    assert_eq!(complaints, [], "{line}");
    let readings = read.map_err(|problem| problem.code())?;
    Ok(readings.into_iter().map(|reading| reading.values).collect())
}

fn one(values: &[f64]) -> Result<Vec<Vec<f64>>, &'static str> {
    Ok([values.into()].into())
}

#[test]
fn lines_are_read_whatever_their_form() {
    let mut reader = LineReader::new(&channels(&["temp", "hum"]), &Format::default());
    assert_eq!(read(&mut reader, "21.5,40"), one(&[21.5, 40.0]));
    assert_eq!(read(&mut reader, "21.5,40,"), one(&[21.5, 40.0]));
    assert_eq!(read(&mut reader, "Time,Hum (%),Temp (°C)"), Ok([].into()));
    let timed = reader.read("12,40,21.5", &mut Vec::new()).expect("a line");
    assert_eq!(
        (&timed[0].values[..], timed[0].time_s),
        (&[21.5, 40.0][..], Some(12.0))
    );
    assert_eq!(read(&mut reader, "temp:1,hum:2"), one(&[1.0, 2.0]));
    assert_eq!(
        read(&mut reader, "{\"temp\":3,\"hum\":4}"),
        one(&[3.0, 4.0])
    );
    assert_eq!(read(&mut reader, "hum:40,temp:21.5 C"), one(&[21.5, 40.0]));
    for (line, code) in [
        ("1,2", "count"),
        ("booting", "names"),
        ("21\u{fffd}5,3,4", "noise"),
        ("temp:1,temp:2", "two_places"),
        ("temp:0x1F,hum:1.2.3.4", "unknown_unit"),
    ] {
        assert_eq!(read(&mut reader, line), Err(code), "{line}");
    }
    let long = "1,".repeat(MAX_LINE);
    assert_eq!(read(&mut reader, &long), Err("count"));
    assert_eq!(read(&mut reader, "temp,Temp,hum"), Err("two_places"));
}

#[test]
fn what_one_line_shows_of_the_decimals_holds_for_the_next() {
    let mut reader = LineReader::new(&channels(&["a", "b"]), &Format::default());
    // 1.013 or 1013: nothing has shown it yet.
    let two = reader.read("1,013;2,125", &mut Vec::new());
    assert!(matches!(two, Err(Problem::TwoNumbers { .. })), "{two:?}");
    assert_eq!(read(&mut reader, "0,230E-2;-9,8"), one(&[0.0023, -9.8]));
    assert_eq!(read(&mut reader, "1,013;2,125"), one(&[1.013, 2.125]));
    assert_eq!(read(&mut reader, "1.013;2"), one(&[1013.0, 2.0]));
    // A number that can be only one is read as that.
    let mut reader = LineReader::new(&channels(&["a"]), &Format::default());
    assert_eq!(read(&mut reader, "21,5"), one(&[21.5]));
    // Beside that, the other mark is a contradiction.
    assert_eq!(read(&mut reader, "21.5"), Err("other_decimal"));
}

#[test]
fn what_ends_a_header_is_no_header_to_start_with() {
    let reader = LineReader::new(&channels(&["temp", "hum"]), &Format::default());
    for (line, whole) in [
        ("hum,temp,time", true),
        ("mp,hum", false),
        ("temp:1,hum:2", false),
        ("1,2", false),
    ] {
        assert_eq!(reader.is_whole_header(line), whole, "{line}");
    }
}

#[test]
fn a_long_line_costs_its_length() {
    let mut reader = LineReader::new(&channels(&["temp", "hum"]), &Format::default());
    for piece in ["a,", "a:", "a=1,", "1:", ", ;", "\"", "a b ", "temp:1,5 "] {
        let line = piece.repeat(64 * 1024 / piece.len());
        let _ = reader.read(&line, &mut Vec::new());
    }
}

/// What lines are read as, one after the other: channels that are not spoken of
/// are `_`, and where there is a code it is of a refusal or a complaint.
#[track_caller]
fn all(names: &[&str], lines: &[(&str, &str)]) {
    let mut reader = LineReader::new(&channels(names), &Format::default());
    for (line, expected) in lines {
        let mut complaints = Vec::new();
        let mut shown: Vec<alloc::string::String> = Vec::new();
        match reader.read(line, &mut complaints) {
            Ok(readings) => {
                let values = readings
                    .iter()
                    .flat_map(|one| one.values.iter().zip(&one.named));
                shown.extend(values.map(|(value, named)| match (named, value.is_nan()) {
                    (false, _) => "_".into(),
                    (true, true) => "-".into(),
                    (true, false) => alloc::format!("{value}"),
                }));
            }
            Err(problem) => shown.push(problem.code().into()),
        }
        shown.extend(complaints.iter().map(|problem| problem.code().into()));
        assert_eq!(shown.join(" "), *expected, "{line}");
    }
}

#[test]
fn units_of_headers_and_names() {
    let names = ["temp/°C", "hum/%"];
    let f = [
        ("temp (F),hum", ""),
        ("70.7,40", "21.5 40"),
        ("32,41", "0 41"),
    ];
    all(&names, &f);
    all(&names, &[("temp_F,hum", ""), ("70.7,40", "21.5 40")]);
    all(
        &names,
        &[("temp (psi),hum", ""), ("70,40", "- 40 other_unit")],
    );
    let pairs = [
        ("temp(F):70.7,hum(%):40", "21.5 40"),
        ("temp=70.7 unit=F", "21.5 _"),
        ("{\"temp (F)\":70.7}", "21.5 _"),
    ];
    all(&names, &pairs);
}

#[test]
fn a_header_that_is_refused_stays_refused() {
    let names = ["temp/°C", "hum/%", "press/hPa"];
    for header in ["temp,temp,hum", "temp (C),temp (F),hum"] {
        let lines = [
            (header, "two_places"),
            ("21,22,40", "two_places"),
            ("temp:21", "21 _ _"),
            ("21,22,40", "two_places"),
            ("temp,hum,press", ""),
            ("21,40,1013", "21 40 1013"),
        ];
        all(&names, &lines);
    }
}

#[test]
fn names_and_values_in_turn() {
    let names = ["temp/°C", "hum/%", "press/hPa"];
    let lines = [
        ("temp 21.5", "21.5 _ _"),
        ("hum,40", "_ 40 _"),
        ("temp 21.5 hum 40 press 1013", "21.5 40 1013"),
        ("temp;70.7F;rssi;-60", "21.5 _ _"),
        ("temp nan", "- _ _"),
        ("21.5,40,1013", "21.5 40 1013"),
        ("temp 22.5", "22.5 _ _"),
        ("21.6,40,1013", "21.6 40 1013"),
        ("rssi -60", "names"),
        ("temp sensor 3", "words"),
    ];
    all(&names, &lines);
}

#[test]
fn what_a_device_says_of_itself_is_no_header() {
    let names = ["temp", "hum", "press"];
    for status in [
        "temp sensor ok",
        "temp,sensor,ok",
        "temp",
        "temp sensor temp ok",
    ] {
        let code = if status.ends_with("temp ok") {
            "two_places"
        } else {
            "words"
        };
        let lines = [
            ("21.5,40,1013", "21.5 40 1013"),
            (status, code),
            ("21.6,40,1013", "21.6 40 1013"),
            ("press,hum,temp", ""),
            ("1013,40,21.7", "21.7 40 1013"),
        ];
        all(&names, &lines);
    }
    // To start with nobody can tell, unless values come otherwise.
    let spaces = [
        ("temp sensor ok", "words"),
        ("21 40 1013", "words"),
        ("22 40 1013", "words"),
    ];
    all(&names, &spaces);
    all(
        &names,
        &[("temp sensor ok", "words"), ("21,40,1013", "21 40 1013")],
    );
    all(&names, &[("voc,co2,lux", "names"), ("21,40,1013", "names")]);
    all(
        &names,
        &[
            ("Booting, please wait, 1", "names"),
            ("21,40,1013", "21 40 1013"),
        ],
    );
}

#[test]
fn texts_in_other_columns_are_left_out() {
    let lines = [
        ("temp,hum,status", ""),
        ("21,40,OK", "21 40"),
        ("22 C,41,sensor warm", "22 41"),
        ("warm,42,OK", "- 42 not_a_number"),
        ("23,43,", "23 43"),
        ("sensor,not,found", "names"),
        ("24,44,OK", "24 44"),
    ];
    all(&["temp/°C", "hum/%"], &lines);
    all(
        &["temp", "hum"],
        &[("temp hum status", ""), ("21 40 OK", "21 40")],
    );
    let recording = [
        ("time_s,machine,suction,flow,output,source", ""),
        ("0,0,0.25,42.8,normal,simulated", "0.25 42.8"),
        ("1,0,0.26,43.4,leak,simulated", "0.26 43.4"),
    ];
    all(&["suction/bar", "flow/m3/h"], &recording);
}

#[test]
fn units_without_a_header() {
    let names = ["temp/°C", "hum/%", "press/hPa"];
    let lines = [
        ("21.5 C,40 %,1013 hPa", "21.5 40 1013"),
        ("70.7 F;40 %;1.013 bar", "21.5 40 1013"),
        ("21.5 C,40 %", "names"),
    ];
    all(&names, &lines);
    all(&["temp/°C"], &[("70.7 F", "21.5")]);
}

#[test]
fn what_logs_write_in_front_is_no_name() {
    let names = ["temp", "hum"];
    let lines = [
        ("I (1234) main: temp=21.5, hum=40", "21.5 40"),
        ("I (1234) main: temp: 21.5, hum: 40", "21.5 40"),
        ("[INFO] temp=21.5 hum=40", "json"),
        ("12:00:01 temp=21.5 hum=40", "21.5 40"),
        ("12:00:01.250 -> temp=21.5 hum=40", "21.5 40"),
        ("1234 temp=21.5 hum=40", "21.5 40"),
        // Another name.
        ("Outside temp=21.5 hum=40", "_ 40"),
    ];
    all(&names, &lines);
}

#[test]
fn two_marks_of_decimals_are_a_contradiction() {
    let lines = [
        ("1,5;40,25", "1.5 40.25"),
        ("1.5;40,25", "other_decimal"),
        ("1,6;40,25", "1.6 40.25"),
    ];
    all(&["temp", "hum"], &lines);
}

#[test]
fn times_of_lines_are_whole() {
    let times = |lines: &[&str]| -> Vec<Option<f64>> {
        let mut reader = LineReader::new(&channels(&["temp", "hum"]), &Format::default());
        let mut times = Vec::new();
        for line in lines {
            let mut complaints = Vec::new();
            let read = reader.read(line, &mut complaints).expect(line);
            assert_eq!(complaints, [], "{line}");
            times.extend(read.iter().map(|reading| reading.time_s));
        }
        times
    };
    // 2025-02-01, in seconds since 1970, and the second in front of it.
    let midnight = [Some(1_738_367_999.0), Some(1_738_368_000.0)];
    for lines in [
        [
            "Date,Time,temp,hum",
            "2025-01-31,23:59:59,21.5,40",
            "2025-02-01,00:00:00,21.5,40",
        ],
        [
            "Time;temp;hum;Date",
            "23:59:59;21,5;40;31.01.2025",
            "00:00:00;21,5;40;2025-02-01",
        ],
        [
            "Date Time temp hum",
            "2025-01-31 23:59:59 21.5 40",
            "2025-02-01 00:00:00 21.5 40",
        ],
        ["t,temp,hum", "1738367999,21.5,40", "1738368000000,21.5,40"],
        [
            "Date,temp,hum",
            "2025-01-31 23:59:59,21.5,40",
            "2025-02-01 00:00:00,21.5,40",
        ],
    ] {
        assert_eq!(times(&lines), midnight, "{lines:?}");
    }
    // Another column that may have been a time has no more to say.
    let lines = ["t temp hum note", "7 21.5 40 ok", "- 21.5 40 ok"];
    assert_eq!(times(&lines), [None, None]);
    let influx = [
        "room,site=a temp=21.5,hum=60 1738367999",
        "room temp=21.5,hum=60i 1738368000000",
    ];
    assert_eq!(times(&influx), midnight);
}
