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

#[test]
fn a_day_and_the_time_of_the_day_are_one_time() {
    for (titles, times) in [
        (
            "Date,Time",
            [
                "2026-02-01,23:59:59",
                "2026-02-02,00:00:00",
                "2026-02-04,00:00:00",
            ],
        ),
        (
            "time,date",
            [
                "23:59:59,2026-02-01",
                "00:00:00,2026-02-02",
                "00:00:00,2026-02-04",
            ],
        ),
        (
            "DATE (MM/DD/YYYY),TIME (UTC)",
            [
                "02/01/2026,11:59:59 PM",
                "02/02/2026,12:00:00 AM",
                "02/04/2026,12:00:00 AM",
            ],
        ),
        (
            "date,t",
            [
                "01.02.2026,23:59:59.0",
                "02.02.2026,00:00:00.0",
                "04.02.2026,00:00:00.0",
            ],
        ),
        (
            "date,time",
            ["20260201,235959", "20260202,000000", "20260204,000000"],
        ),
    ] {
        let text = days(titles, &times);
        let told = Told {
            times: titles
                .contains("MM/")
                .then(|| TimeForm::from_name("mdy").expect("a form")),
            ..Told::default()
        };
        let mut reader = open(&text, stream(None, false), &told, None).expect("readable");
        let notes: Vec<String> = reader.notes().iter().map(ToString::to_string).collect();
        let joined = |note: &String| note.ends_with("are read together as the time");
        assert!(notes.iter().any(joined), "{titles}: {notes:?}");
        let table = table(&text, &stream(None, false));
        let rows = rows(&text, &table);
        let times: Vec<Option<f64>> = rows
            .iter()
            .map(|row| reader.read(row, &mut Vec::new(), &mut Vec::new()))
            .map(|read| read.expect("a reading").time_s)
            .collect();
        assert_eq!(
            times,
            [1_769_990_399.0, 1_769_990_400.0, 1_770_163_200.0].map(Some),
            "{titles}"
        );
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
fn a_day_without_a_time_of_the_day_is_no_midnight() {
    let mut times = vec!["2026-02-01,10:00:00"; 9];
    times.extend([",10:00:01", "2026-02-01,", "2026-02-01,10:61:00"]);
    let text = days("Date,Time", &times);
    let read = read(&text, stream(None, false), None);
    assert!(
        read[..9]
            .iter()
            .all(|row| row.contains("Some(1769940000.0)")),
        "{read:?}"
    );
    for row in &read[9..] {
        assert!(
            row.contains("Time: ") && row.contains("is not a time"),
            "{row}"
        );
    }
}

#[test]
fn columns_that_are_no_day_and_time_stay_two() {
    for (titles, times) in [
        ("Date,Time", "2026-02-01,5"),
        ("Date,Time", "2026-02-01 10:00:00,10:00:00"),
        ("timestamp,time", "10:00:00,10:00:00"),
        ("date,time", "1.5,2.5"),
    ] {
        let text = days(titles, &[times; 3]);
        let opened = open(&text, stream(None, false), &Told::default(), None);
        assert!(
            matches!(opened, Err(Problem::TwoColumns { .. })),
            "{times}: {opened:?}"
        );
    }
    // Three columns make more than one pair.
    let text = days("date,time,datetime", &["2026-02-01,10:00:00,11:00:00"]);
    assert!(open(&text, stream(None, false), &Told::default(), None).is_err());
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
