//! Recordings: the wanted columns of a table, and the numbers of its rows.

use proptest::prelude::*;
use senselm_readings::recording::{
    BadCell, ColumnRole, ExpectedColumn, InCell, Reader, Rows as Holds, Source, TruthCell, Wants,
    find,
};
use senselm_readings::rows::{Row, Rows};
use senselm_readings::{Problem, Table, TimeForm, Told};

fn column(role: ColumnRole, name: &str, unit: &str) -> ExpectedColumn {
    ExpectedColumn {
        role,
        name: name.into(),
        source: Source::Name(name.into()),
        unit: unit.into(),
        sample_rate_hz: None,
        required: matches!(role, ColumnRole::Channel | ColumnRole::Window),
    }
}

/// A stream of two channels with times and truths.
fn stream(rate_hz: Option<f64>, number: bool) -> Wants {
    Wants {
        columns: vec![
            column(ColumnRole::Channel, "level", "m"),
            column(ColumnRole::Channel, "flow", "l/min"),
            column(ColumnRole::Time, "t", ""),
            column(ColumnRole::Truth, "output", ""),
        ],
        rows: Holds::Stream {
            several: true,
            rate_hz,
            longest_s: Some(5.0),
        },
        number,
    }
}

fn arrays() -> Wants {
    let channels = ["a", "b"].map(|name| InCell {
        name: name.into(),
        source: Source::Name(name.into()),
    });
    Wants {
        columns: vec![
            column(ColumnRole::Window, "input", ""),
            column(ColumnRole::Truth, "output", ""),
        ],
        rows: Holds::Arrays {
            channels: channels.into(),
        },
        number: false,
    }
}

fn table(text: &str, wants: &Wants) -> Table {
    let found = find(text.as_bytes(), true, &Told::default(), wants);
    found
        .unwrap_or_else(|problem| panic!("{problem}\n{text}"))
        .expect("all of it is there")
}

fn rows<'a>(text: &'a str, table: &Table) -> Vec<Row<'a>> {
    let rows = Rows::from_position(text.as_bytes(), table.delimiter, table.body);
    rows.filter_map(Result::ok).collect()
}

fn open(
    text: &str,
    wants: Wants,
    told: &Told,
    chosen: Option<&[Option<usize>]>,
) -> Result<Reader, Problem> {
    let table = table(text, &wants);
    Reader::of_table(wants, &table, &rows(text, &table), told, chosen)
}

/// The numbers, time and truth of each row.
fn read(text: &str, wants: Wants, chosen: Option<&[Option<usize>]>) -> Vec<String> {
    let table = table(text, &wants);
    let mut reader = open(text, wants, &Told::default(), chosen).expect("readable");
    let mut said = Vec::new();
    for row in rows(text, &table) {
        let (mut values, mut lengths) = (Vec::new(), Vec::new());
        said.push(match reader.read(&row, &mut values, &mut lengths) {
            Ok(cells) => {
                let truth = match cells.truth {
                    TruthCell::Nothing => "-".into(),
                    TruthCell::Number(number) => number.to_string(),
                    TruthCell::Text(text) => text.into_owned(),
                    TruthCell::Unreadable(reason) => reason,
                };
                format!("{values:?} {lengths:?} {:?} {truth}", cells.time_s)
            }
            Err(BadCell { spot, problem }) => {
                format!("{}:{} {}: {problem}", spot.line, spot.column, spot.name)
            }
        });
    }
    said
}

const DATED: &str = "title\n\nt;Level (m);flow;output\n\
    01.02.2026 10:00:00;1,5;120 l/min;low\n\
    01.02.2026 10:00:01;150 cm;2 l/s;\n\
    01.02.2026 10:00:02;--;high;low\n";

#[test]
fn columns_go_by_their_names() {
    let told = Told::default();
    let reader = open(DATED, stream(None, false), &told, None).expect("readable");
    let notes: Vec<String> = reader.notes().iter().map(ToString::to_string).collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(reader.facts().dates);
    assert_eq!(
        read(DATED, stream(None, false), None),
        [
            "[1.5, 120.0] [1, 1] Some(1769940000.0) low",
            "[1.5, 120.0] [1, 1] Some(1769940001.0) -",
            "6:24 flow: \"high\" is not a number",
        ]
    );
}

/// Rows with a title for each of four columns, the first two of them times.
fn days(titles: &str, times: &[&str]) -> String {
    let rows = times.iter().map(|time| format!("{time},1,2\n"));
    format!("{titles},level,flow\n{}", rows.collect::<String>())
}

/// The times of a file's rows, what was said of the columns, or why they are not
/// read.
fn times(text: &str, told: &Told) -> Result<(Vec<Option<f64>>, String), Problem> {
    let wants = stream(None, false);
    let mut reader = open(text, wants.clone(), told, None)?;
    let notes: Vec<String> = reader.notes().iter().map(ToString::to_string).collect();
    let table = table(text, &wants);
    let rows = rows(text, &table);
    let read = rows.iter().map(|row| {
        let read = reader.read(row, &mut Vec::new(), &mut Vec::new());
        read.ok().and_then(|cells| cells.time_s)
    });
    Ok((read.collect(), notes.join("; ")))
}

const MIDNIGHT: f64 = 1_769_990_400.0;

#[test]
fn a_day_and_the_time_of_the_day_are_one_time() {
    let iso = [
        "2026-02-01,23:59:59",
        "2026-02-02,00:00:00",
        "2026-02-04,00:00:00",
    ];
    let turned = [
        "23:59:59,2026-02-01",
        "00:00:00,2026-02-02",
        "00:00:00,2026-02-04",
    ];
    let halves = [
        "02/01/2026,11:59:59 PM",
        "02/02/2026,12:00:00 AM",
        "02/04/2026,12:00:00 AM",
    ];
    let german = [
        "01.02.2026,23:59:59.0",
        "02.02.2026,00:00:00.0",
        "04.02.2026,00:00:00.0",
    ];
    for (titles, written, told) in [
        ("Date,Time", iso, None),
        ("time,date", turned, None),
        ("DATE (MM/DD/YYYY),TIME (UTC)", halves, Some("mdy")),
        ("Datum,Uhrzeit", german, None),
        // One of both has a usual name, the other none.
        ("Date,Uhrzeit", iso, None),
        ("Day,Time", iso, None),
        ("day,t", iso, None),
    ] {
        let told = Told {
            times: told.and_then(TimeForm::from_name),
            ..Told::default()
        };
        let (found, notes) = times(&days(titles, &written), &told).expect("readable");
        assert!(
            notes.contains("are read together as the time"),
            "{titles}: {notes}"
        );
        let expected = [MIDNIGHT - 1.0, MIDNIGHT, MIDNIGHT + 172_800.0].map(Some);
        assert_eq!(found, expected, "{titles}");
    }
    // Whoever chose one of both means both.
    let text = days("when,Date,Time", &["7,2026-02-01,23:59:59"]);
    let chosen = [Some(3), Some(4), Some(2), None];
    assert_eq!(
        read(&text, stream(None, false), Some(&chosen)),
        ["[1.0, 2.0] [1, 1] Some(1769990399.0) -"]
    );
}

#[test]
fn a_day_that_is_left_out_is_the_last_one() {
    let written = [
        "2026-02-01,10:00:00",
        ",10:00:01",
        "2026-02-02,10:00:02",
        ",10:00:03",
    ];
    let (found, _) = times(&days("Date,Time", &written), &Told::default()).expect("readable");
    let from_first = [0.0, 1.0, 86_402.0, 86_403.0];
    assert_eq!(
        found,
        from_first.map(|after| Some(MIDNIGHT - 50_400.0 + after))
    );
    // Before the first there is none, and a day alone is no midnight.
    let mut written = vec![",10:00:00"];
    written.extend(["2026-02-01,10:00:01"; 9]);
    written.extend(["2026-02-01,", "2026-02-01,10:61:00"]);
    let read = read(&days("Date,Time", &written), stream(None, false), None);
    assert!(
        read[0].contains("without a day is not a time"),
        "{}",
        read[0]
    );
    for row in &read[10..] {
        assert!(
            row.contains("Time: ") && row.contains("is not a time"),
            "{row}"
        );
    }
}

#[test]
fn columns_that_hold_times_need_no_name() {
    for (titles, written, expected) in [
        (
            "Zeitpunkt,x",
            ["01.02.2026 23:59:59,5", "02.02.2026 00:00:00,5"],
            [Some(MIDNIGHT - 1.0), Some(MIDNIGHT)],
        ),
        (
            "Uhrzeit,x",
            ["10:00:00,5", "10:00:01,5"],
            [Some(36_000.0), Some(36_001.0)],
        ),
        // Two moments, numbers, or days alone are none.
        (
            "Beginn,Ende",
            [
                "2026-02-01 10:00,2026-02-01 11:00",
                "2026-02-01 10:01,2026-02-01 11:01",
            ],
            [None; 2],
        ),
        ("x,y", ["1,2", "2,2"], [None; 2]),
        ("x,Kalibriert", ["1,2026-02-01", "2,2026-02-01"], [None; 2]),
    ] {
        let text = days(titles, &written);
        let (found, notes) = times(&text, &Told::default()).expect("readable");
        assert_eq!(found, expected, "{titles}");
        let said = if expected[0].is_some() {
            "is read as t: it can"
        } else {
            "there is no column t,"
        };
        assert!(notes.contains(said), "{titles}: {notes}");
    }
}

#[test]
fn a_title_with_another_unit_is_no_time() {
    for titles in ["T (\u{b0}C),x", "T [K],x", "t (ut),x"] {
        let text = days(titles, &["21.1,1", "21.3,1", "21.2,1"]);
        let (found, notes) = times(&text, &Told::default()).expect("readable");
        assert_eq!(found, [None; 3], "{titles}");
        assert!(notes.contains("there is no column t,"), "{titles}: {notes}");
    }
    let (found, _) =
        times(&days("t (ms),x", &["0,1", "1000,1"]), &Told::default()).expect("readable");
    assert_eq!(found, [Some(0.0), Some(1.0)]);
}

#[test]
fn a_day_beside_a_number_that_is_a_time_says_nothing() {
    for titles in ["Date,Time (s)", "Date,Time"] {
        let text = days(
            titles,
            &[
                "2026-02-01,100000.0",
                "2026-02-01,100000.2",
                "2026-02-01,100061.0",
            ],
        );
        let (found, _) = times(&text, &Told::default()).expect("readable");
        assert_eq!(
            found,
            [100_000.0, 100_000.2, 100_061.0].map(Some),
            "{titles}"
        );
    }
}

#[test]
fn columns_that_are_no_day_and_time_stay_two() {
    for (titles, written) in [
        ("Date,Time", "2026-02-01 10:00:00,10:00:00"),
        ("timestamp,time", "10:00:00,10:00:00"),
        ("date,time", "1.5,2.5"),
        ("Date,Time", "2026-02-01,09.57.00"),
        // Three columns make more than one pair.
        ("date,time,datetime", "2026-02-01,10:00:00,2026-02-01 11:00"),
    ] {
        let text = days(titles, &[written; 3]);
        let opened = times(&text, &Told::default());
        assert!(
            matches!(opened, Err(Problem::TwoColumns { .. })),
            "{written}: {opened:?}"
        );
        // Who knows the rate needs no times.
        let told = Told {
            rate_hz: Some(1.0),
            ..Told::default()
        };
        let (found, notes) = times(&text, &told).expect("readable");
        assert_eq!(
            (found, notes.contains("time")),
            (vec![None; 3], false),
            "{notes}"
        );
    }
    // Who says what times are decides which column they are.
    let told = Told {
        times: TimeForm::from_name("clock"),
        ..Told::default()
    };
    let text = days("timestamp,time", &["2026-02-01 11:00,10:00:00"; 3]);
    let (found, _) = times(&text, &told).expect("readable");
    assert_eq!(found, [Some(36_000.0); 3]);
}

#[test]
fn columns_are_those_that_somebody_chose() {
    let text = "a;b;c\n1,5;2;7\n";
    let chosen = [Some(2), Some(0), None, Some(1)];
    let wants = stream(None, true);
    let table = table(
        text,
        &Wants {
            columns: Vec::new(),
            ..wants.clone()
        },
    );
    let told = Told::default();
    let mut reader =
        Reader::of_table(wants.clone(), &table, &[], &told, Some(&chosen)).expect("chosen");
    let (mut values, mut lengths) = (Vec::new(), Vec::new());
    let row = &rows(text, &table)[0];
    let cells = reader.read(row, &mut values, &mut lengths).expect("a row");
    assert_eq!(values, [7.0, 1.5]);
    assert_eq!((cells.time_s, cells.truth), (None, TruthCell::Number(2.0)));
    for wrong in [&[][..], &[None; 4], &[Some(0), Some(9), None, None]] {
        let refused = Reader::of_table(wants.clone(), &table, &[], &told, Some(wrong));
        assert!(matches!(refused, Err(Problem::Columns { .. })), "{wrong:?}");
    }
}

#[test]
fn columns_that_are_missing_or_doubled_are_named() {
    let told = Told::default();
    for (header, code) in [
        ("t,level,other,output", "no_column"),
        ("t,level,flow (bar),output", "near_column"),
        ("t,level,flow,flow", "two_columns"),
    ] {
        let text = format!("{header}\n0,1,2,3\n");
        let refused = open(&text, stream(None, false), &told, None).expect_err(header);
        assert_eq!(refused.code(), code, "{refused}");
        assert!(!refused.values().is_empty());
    }
}

#[test]
fn a_mark_that_the_first_rows_do_not_show_is_one_rule_for_all() {
    let read = |header: &str, wants: Wants, further: &[&str]| -> Vec<String> {
        let sample: String = (0..9).map(|at| format!("{at};{at};20;\n")).collect();
        let text = format!("{header}\n{sample}");
        let table = table(&text, &wants);
        assert_eq!(table.decimal, None);
        let told = Told::default();
        let reader = Reader::of_table(wants, &table, &rows(&text, &table), &told, None);
        let mut reader = reader.expect("readable");
        let further = further.join("\n");
        let further = Rows::new(further.as_bytes(), table.delimiter);
        let mut said = Vec::new();
        for row in further.filter_map(Result::ok) {
            let (mut values, mut lengths) = (Vec::new(), Vec::new());
            said.push(match reader.read(&row, &mut values, &mut lengths) {
                Ok(cells) => match cells.truth {
                    TruthCell::Number(truth) => format!("{values:?} {truth}"),
                    _ => format!("{values:?} {:?}", cells.time_s),
                },
                Err(bad) => {
                    let choices = bad.problem.choices();
                    assert!(choices.iter().all(|(setting, _)| *setting == "decimal"));
                    assert_eq!(choices.len(), 2);
                    format!("{} {}", bad.spot.line, bad.problem.code())
                }
            });
        }
        said
    };
    let header = "t;level;flow;output";
    // In any column that is read: channels, times and truths.
    for (further, expected) in [
        (
            &["9;1,5;20;", "10;1.234;20;", "11;3.5;20;", "12,5;4;4;"][..],
            &[
                "[1.5, 20.0] Some(9.0)",
                "[1234.0, 20.0] Some(10.0)",
                "3 other_decimal",
                "[4.0, 4.0] Some(12.5)",
            ][..],
        ),
        (
            &["9,5;1;20;", "10;1.234;20;"],
            &["[1.0, 20.0] Some(9.5)", "[1234.0, 20.0] Some(10.0)"],
        ),
        (
            &[
                "9;1.234;20;",
                "10;1,5;20;",
                "11;1,234;20;",
                "12;2.5;1;",
                "13;1,234;2;",
            ],
            &[
                "[1.234, 20.0] Some(9.0)",
                "2 two_decimals",
                "3 two_numbers",
                "[2.5, 1.0] Some(12.0)",
                "[1234.0, 2.0] Some(13.0)",
            ],
        ),
        (&["9;1.5;2,5;"], &["1 two_decimals"]),
        (
            &["9;1,234;2,5;x.5", "10;1;2;3.5"],
            &["[1.234, 2.5] Some(9.0)", "[1.0, 2.0] Some(10.0)"],
        ),
    ] {
        assert_eq!(read(header, stream(None, false), further), expected);
    }
    let numbers = read(header, stream(None, true), &["9;1;2;3,5", "10;1.234;2;4"]);
    assert_eq!(numbers, ["[1.0, 2.0] 3.5", "[1234.0, 2.0] 4"]);
}

#[test]
fn a_column_that_has_a_title_and_no_cells() {
    let told = Told::default();
    let rows = "0,1,2\n1,2,3\n2,3,4\n";
    // What is wanted is refused, what may be missing is as if it were.
    let text = format!("t,level,other,flow\n{rows}");
    let refused = open(&text, stream(None, false), &told, None).expect_err("no flow");
    assert_eq!(refused.code(), "no_cells", "{refused}");
    assert!(refused.to_string().contains("\"flow\""), "{refused}");
    let chosen = [Some(1), Some(3), Some(0), None];
    let refused = open(&text, stream(None, false), &told, Some(&chosen));
    assert!(matches!(refused, Err(Problem::Columns { .. })));
    let text = format!("t,level,flow,output\n{rows}");
    let mut reader = open(&text, stream(None, false), &told, None).expect("times and channels");
    assert!(!reader.has_truth());
    let notes: Vec<String> = reader.notes().iter().map(ToString::to_string).collect();
    assert!(
        notes.iter().any(|note| note.contains("\"output\"")),
        "{notes:?}"
    );
    let further = Rows::new(
        b"3,4\n4,5,6,ok\nt,level,flow,output\n",
        senselm_readings::rows::Delimiter::Comma,
    );
    let further: Vec<Row<'_>> = further.filter_map(Result::ok).collect();
    let (mut values, mut lengths) = (Vec::new(), Vec::new());
    let short = reader.read(&further[0], &mut values, &mut lengths);
    assert_eq!(short.expect_err("short").problem.code(), "field_count");
    let whole = reader.read(&further[1], &mut values, &mut lengths);
    assert_eq!(whole.expect("a reading").time_s, Some(4.0));
    assert_eq!(values, [5.0, 6.0]);
    // The header once more is no row.
    assert!(reader.is_header(&further[2]));
}

#[test]
fn times_that_make_windows_wrong_are_refused() {
    let text = |time: &dyn Fn(u32) -> String| {
        let rows = (0..12).map(|at| format!("{},1,2\n", time(at)));
        format!("t,level,flow\n{}", rows.collect::<String>())
    };
    let told = Told::default();
    for (rate_hz, text, code) in [
        (None, text(&|at| (100 - at).to_string()), "times_backwards"),
        (Some(1.0), text(&|at| (at * 4).to_string()), "other_rate"),
        (Some(1.0), text(&|at| (at * 1000).to_string()), "two_times"),
        (None, text(&|at| format!("noon {at}")), "no_times"),
    ] {
        let refused = open(&text, stream(rate_hz, false), &told, None).expect_err(code);
        assert_eq!(refused.code(), code, "{refused}");
    }
    let slow = text(&|at| (at * 4).to_string());
    let rate = |rate_hz| Told {
        rate_hz: Some(rate_hz),
        ..Told::default()
    };
    let reader = open(&slow, stream(Some(1.0), false), &rate(1.0), None).expect("told");
    assert_eq!(
        reader.facts(),
        senselm_readings::recording::Facts::default()
    );
    let refused = open(&slow, stream(Some(1.0), false), &rate(4.0), None).expect_err("told");
    assert_eq!(refused.choices(), [("rate", "1".into())]);
    let step = open(&slow, stream(None, false), &told, None).expect("any rate");
    assert_eq!(step.facts().step_s, Some(4.0));
}

#[test]
fn a_minute_of_its_own_for_each_reading_hides_no_gap() {
    let minutes = |times: i32| -> Vec<String> {
        let one = |at: i32| format!("2026-02-01 10:{:02},x", at / times);
        (0..20 * times).map(one).collect()
    };
    for (times, resolution_s) in [(1, 0.0), (60, 60.0)] {
        let minutes = minutes(times);
        let written: Vec<&str> = minutes.iter().map(String::as_str).collect();
        let text = days("t,note", &written);
        let reader = open(&text, stream(None, false), &Told::default(), None).expect("readable");
        assert_eq!(reader.facts().resolution_s, resolution_s, "{times}");
    }
}

#[test]
fn columns_that_may_be_another_are_refused() {
    let text = |titles: &str| format!("{titles}\n1,2,3,4\n2,2,3,4\n");
    for titles in [
        "level,flow,level (m),x",
        "level_m,flow,level,x",
        "level (m),flow,Level [m],x",
    ] {
        let opened = open(&text(titles), stream(None, false), &Told::default(), None);
        assert!(
            matches!(opened, Err(Problem::TwoColumns { .. })),
            "{titles}: {opened:?}"
        );
    }
    // Letters that tell columns apart are no units.
    let near = "level_A,level_M,level_C,flow";
    let opened = open(&text(near), stream(None, false), &Told::default(), None);
    assert!(
        matches!(opened, Err(Problem::NearColumn { .. })),
        "{opened:?}"
    );
    // The raw column is another where it says so, and other units are no others.
    for titles in ["level_raw,flow,level (m),x", "level (m),flow,level (cm),x"] {
        let opened = open(&text(titles), stream(None, false), &Told::default(), None);
        assert!(opened.is_ok(), "{titles}: {opened:?}");
    }
}

#[test]
fn a_row_that_sums_up_others_is_no_reading() {
    let mut text = String::from("No,level,flow,note\n");
    for at in 1..9 {
        text.push_str(&format!("{at},1,2,\n"));
    }
    text.push_str("Average,1,2,\nMinimum,1,2,\n,1,2,\n9,1,2,A3\n");
    let rows = read(&text, stream(None, false), None);
    let (summed, rest): (Vec<&String>, Vec<&String>) =
        rows.iter().partition(|row| row.contains("No:"));
    assert_eq!((summed.len(), rest.len()), (2, 10), "{rows:?}");
    assert!(
        summed[0].contains("\"Average\" is not a number"),
        "{}",
        summed[0]
    );
    // A column of names is none of counts.
    let text = "name,level,flow\n1,1,2\n2,1,2\nthree,1,2\nfour,1,2\nfive,1,2\nsix,1,2\n";
    let rows = read(text, stream(None, false), None);
    assert!(rows.iter().all(|row| row.starts_with('[')), "{rows:?}");
}

#[test]
fn a_cell_holds_windows() {
    let text = "input,output\n\"a: [1, 2] b: [3]\",x\n\"b: [1]\",y\n";
    assert_eq!(
        read(text, arrays(), None),
        [
            "[1.0, 2.0, 3.0] [2, 1] None x",
            "3:1 input: no array for channel a",
        ]
    );
}

/// Windows whose samples have a column each, or a list for each channel.
fn windows(channels: &[&str], rows: Holds) -> Wants {
    let mut columns: Vec<ExpectedColumn> = channels
        .iter()
        .map(|name| column(ColumnRole::Channel, name, ""))
        .collect();
    columns.push(column(ColumnRole::Truth, "output", ""));
    Wants {
        columns,
        rows,
        number: false,
    }
}

#[test]
fn samples_side_by_side_are_a_window() {
    let side_by_side = |least| Holds::SideBySide { least, most: 3 };
    // In any order, with anything between them.
    let text = "output,x_1,y_1,x_2,y_2,note,x_3,y_3\n\
        a,1,4,2,5,q,3,6\nb,1,4,,5,q,,\nc,1,high,2,5,q,3,6\n";
    assert_eq!(
        read(text, windows(&["x_1", "y_1"], side_by_side(2)), None),
        [
            "[1.0, 2.0, 3.0, 4.0, 5.0, 6.0] [3, 3] None a",
            "[1.0, NaN, 4.0, 5.0] [2, 2] None b",
            "4:5 y_1: \"high\" is not a number",
        ]
    );
    // Commas before decimals count, whichever sample shows them first.
    let text = "0;1;2;3;4;5;6;7;output\n1;2;3;4;5;6;7;9;a\n1;2,5;3;4;5;6;7;8;a\n";
    let wants = windows(&["0"], Holds::SideBySide { least: 8, most: 8 });
    assert_eq!(
        read(text, wants, None)[1],
        "[1.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0] [8] None a"
    );
    let text = "output,x_1,x_2,x_4\na,1,2,3\n";
    let wants = windows(&["x_1"], side_by_side(3));
    let error = open(text, wants, &Told::default(), None).expect_err("x_3 is missing");
    assert!(matches!(error, Problem::NoColumn { .. }), "{error}");
}

#[test]
fn samples_without_titles_are_as_many_as_a_window_has() {
    let wants = |index| {
        let mut wants = windows(&["x"], Holds::SideBySide { least: 2, most: 3 });
        wants.columns[0].source = Source::Index(index);
        wants.columns[1].source = Source::Index(0);
        wants
    };
    let text = "2\t0.5\t0.6\t0.7\n1\t0.5\t0.6\tNaN\n";
    assert_eq!(
        read(text, wants(1), None),
        ["[0.5, 0.6, 0.7] [3] None 2", "[0.5, 0.6] [2] None 1"]
    );
    let error = open(text, wants(2), &Told::default(), None).expect_err("too few");
    assert!(matches!(error, Problem::NoColumn { .. }), "{error}");
}

#[test]
fn a_list_for_each_channel() {
    let text = "a,b,output\n\"[1, 2]\",3 4 5,x\n\"[1, up]\",3 4,y\n";
    assert_eq!(
        read(text, windows(&["a", "b"], Holds::Lists), None),
        [
            "[1.0, 2.0, 3.0, 4.0, 5.0] [2, 3] None x",
            "3:1 a: \"up\" is not a number",
        ]
    );
}

proptest! {
    /// Whatever a file is: what is read has as many numbers as it says, and a bad row
    /// leaves nothing behind.
    #[test]
    fn nothing_is_left_of_a_bad_row(
        text in "[t,;0-9a-c\\[\\]\" :.\n-]{0,200}",
        header in prop::sample::select(vec!["t,level,flow,output\n", "input;output\n", ""]),
    ) {
        let text = format!("{header}{text}");
        for wants in [stream(None, false), stream(Some(1.0), true), arrays()] {
            let told = Told::default();
            let Ok(Some(table)) = find(text.as_bytes(), true, &told, &wants) else {
                continue;
            };
            let sample = rows(&text, &table);
            let Ok(mut reader) = Reader::of_table(wants, &table, &sample, &told, None) else {
                continue;
            };
            let (mut values, mut lengths) = (Vec::new(), Vec::new());
            for row in &sample {
                let before = (values.len(), lengths.len());
                match reader.read(row, &mut values, &mut lengths) {
                    Ok(_) => {
                        prop_assert_eq!(lengths.len(), before.1 + reader.channels());
                        let read: usize = lengths.iter().sum();
                        prop_assert_eq!(values.len(), read);
                    }
                    Err(_) => prop_assert_eq!((values.len(), lengths.len()), before),
                }
            }
        }
    }
}
