//! Recordings as people have them: each kind is read right or refused with what
//! to do.

use senselm_readings::Problem;
use senselm_sensor::{
    BadRows, CsvOptions, Dataset, FrontEnd, OtherPace, RowReader, SensorError, Task, Truths,
    Warning, expected_columns, read_csv_with,
};

const SPEC: &str = r#"{"layout": {"kind": "stream", "length": 3, "stride": 3, "timestamp": "time_s", "max_gap_s": 5},
            "template": "{level}{flow}", "channels": [
            {"name": "level", "unit": "m", "source": "level", "sample_rate_hz": 1,
             "missing": {"kind": "symbol", "text": "?"}, "encode": {"kind": "decimal", "decimals": 2}},
            {"name": "flow", "unit": "l/min", "source": "flow", "sample_rate_hz": 1,
             "missing": {"kind": "symbol", "text": "?"}, "encode": {"kind": "decimal", "decimals": 2}}]}"#;

fn front_end() -> FrontEnd {
    FrontEnd::from_json(SPEC).expect("valid")
}

fn read(text: &str) -> Result<Dataset, SensorError> {
    let options = CsvOptions {
        bad_rows: BadRows::Skip,
        truths: Truths::Optional,
        ..CsvOptions::default()
    };
    let task = Task::classify(["low", "high"]);
    read_csv_with(&front_end(), &task, text.as_bytes(), &options)
}

fn good(text: &str) -> Dataset {
    let dataset = read(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(dataset.bad.is_empty(), "{:?}\n{text}", dataset.bad);
    dataset
}

/// Twelve rows with these times.
fn timed(time: impl Fn(u32) -> String) -> String {
    let mut text = String::from("time_s,level,flow,output\n");
    for at in 0..12 {
        text += &format!("{},1.{at},2{at},low\n", time(at));
    }
    text
}

#[test]
fn words_for_missing_in_a_cell() {
    for word in [
        "-nan",
        "1.#QNAN",
        "--",
        "#N/A",
        "nil",
        "inf",
        "unavailable",
        "ovf",
        "Err",
        "",
    ] {
        let text = format!("time_s,level,flow,output\n0,1,2,low\n1,{word},2,low\n2,1,2,low\n");
        let window = &good(&text).records[0].window;
        assert!(window.channels[0][1].is_nan(), "{word}");
        assert_eq!(window.channels[1], [2.0; 3], "{word}");
    }
}

#[test]
fn times_that_are_certain() {
    for text in [
        timed(|at| format!("{}", 1_735_689_600_000_u64 + u64::from(at) * 1000)),
        timed(|at| format!("2025-01-01 11:59:{:02} UTC", 30 + at)),
        timed(|at| format!("\"2025-01-01 11:59:{:02},250\"", 30 + at)),
        timed(|at| format!("2025/01/01 11:59:{:02}", 30 + at)),
        timed(|at| format!("01.02.2025 11:59:{:02}", 30 + at)),
        timed(|at| format!("20250101T1159{:02}Z", 30 + at)),
        timed(|at| format!("01/31/2025 11:59:{:02} AM", 30 + at)),
        timed(|_| "2025-01-01".into()),
        timed(|_| "2025-01-01 11:59".into()),
    ] {
        let dataset = good(&text);
        assert_eq!(dataset.records.len(), 4, "{text}");
    }
}

#[test]
fn times_in_two_forms_are_named_once() {
    let two = read(&timed(|at| format!("01/02/2025 11:59:{:02}", 30 + at)));
    assert!(matches!(two, Err(SensorError::Table(_))), "{two:?}");
    let two = read(&timed(|at| (at * 1000).to_string())).expect_err("s or ms");
    assert!(two.to_string().contains("milliseconds"), "{two}");
    let none = read(&timed(|at| format!("noon {at}"))).expect_err("no times");
    assert!(none.to_string().contains("is not a time"), "{none}");
}

#[test]
fn steps_that_are_all_gaps() {
    let spec = SPEC.replace(r#""sample_rate_hz": 1,"#, "");
    let front_end = FrontEnd::from_json(&spec).expect("valid");
    let read = |text: &str| {
        let task = Task::classify(["low", "high"]);
        let options = CsvOptions::default();
        read_csv_with(&front_end, &task, text.as_bytes(), &options).expect("readable")
    };
    let stamp = |seconds: u32| format!("2026-03-01 10:{:02}:{:02}", seconds / 60, seconds % 60);
    let each_minute = read(&timed(|at| stamp(61 * at)));
    assert_eq!(each_minute.records, []);
    let only = Warning::OnlyGaps {
        step_s: 61.0,
        max_gap_s: 5.0,
    };
    assert!(
        each_minute.warnings.contains(&only),
        "{:?}",
        each_minute.warnings
    );
    let words = only.to_string();
    for part in ["every 61 s", "more than 5 s apart is a gap", "max_gap_s"] {
        assert!(words.contains(part), "{words}");
    }
    // One step that is none makes them gaps among others.
    let mixed = read(&timed(|at| stamp(61 * at - u32::from(at == 7) * 58)));
    let gaps = |warning: &Warning| matches!(warning, Warning::Gaps { .. });
    assert!(mixed.warnings.iter().any(gaps), "{:?}", mixed.warnings);
}

#[test]
fn the_rate_that_was_told() {
    let told = |spec: &str, rate_hz: f64, text: &str| {
        let mut options = CsvOptions::default();
        options.told.rate_hz = Some(rate_hz);
        let front_end = FrontEnd::from_json(spec).expect("valid");
        let task = Task::classify(["low", "high"]);
        read_csv_with(&front_end, &task, text.as_bytes(), &options)
    };
    let cells = r#"{"layout": {"kind": "cells", "column": "wave", "samples": {"min": 2, "max": 4}},
        "template": "{level}", "channels": [{"name": "level", "source": 0, "sample_rate_hz": 8,
        "encode": {"kind": "decimal", "decimals": 1}}]}"#;
    let rows = r#"{"layout": {"kind": "rows"},
        "template": "{level}", "channels": [{"name": "level", "source": "wave", "sample_rate_hz": 8,
        "encode": {"kind": "decimal", "decimals": 1}}]}"#;
    let stream = r#"{"layout": {"kind": "stream", "length": 2, "stride": 1},
        "template": "{level}", "channels": [{"name": "level", "source": "wave", "sample_rate_hz": 8,
        "encode": {"kind": "decimal", "decimals": 1}}]}"#;
    let arrays = "wave,output\n\"[1,2]\",low\n\"[2,1]\",high\n";
    let numbers = "wave,output\n1,low\n2,high\n3,low\n";
    for (spec, text) in [(cells, arrays), (stream, numbers)] {
        for rate_hz in [5.9, 16.0] {
            let error = told(spec, rate_hz, text).expect_err("another rate");
            assert_eq!(
                error,
                SensorError::Table(Problem::OtherRate {
                    found_hz: rate_hz,
                    expected_hz: 8.0
                })
            );
        }
        for rate_hz in [6.1, 8.0] {
            assert!(told(spec, rate_hz, text).is_ok(), "{rate_hz}");
        }
    }
    // Windows of one reading have no rate, and who says none reads any.
    assert!(told(rows, 16.0, numbers).is_ok());
    let unknown = cells.replace(r#""sample_rate_hz": 8,"#, "");
    assert!(told(&unknown, 16.0, arrays).is_ok());
}

#[test]
fn order_and_rate() {
    let error = read(&timed(|at| (100 - at).to_string())).expect_err("newest first");
    assert!(
        matches!(
            error,
            SensorError::Table(Problem::TimesBackwards { line: 3, .. })
        ),
        "{error}"
    );
    assert!(error.to_string().contains("sort"), "{error}");
    // Steps of rows in no order say nothing about the unit of their times.
    let error = read(&timed(|at| (at * 37 % 101).to_string())).expect_err("shuffled");
    assert!(error.to_string().contains("sort"), "{error}");
    for step in [0.1, 4.0] {
        let error = read(&timed(|at| (f64::from(at) * step).to_string())).expect_err("rate");
        let is_rate = matches!(error, SensorError::Table(Problem::OtherRate { .. }));
        assert!(is_rate, "{error}");
    }
    let mut text = String::from("time_s,level,flow,output\n");
    for at in 0..12 {
        text += &format!("{at},1.{at},2,low\n{at},1.{at},2,low\n");
    }
    let dataset = good(&text);
    assert!(
        dataset.warnings.contains(&Warning::Doubled { rows: 12 }),
        "{:?}",
        dataset.warnings
    );
    // Some rows twice, a time twice, and another rate for a while.
    let odd = |row: &dyn Fn(u32) -> String| {
        let mut text = String::from("time_s,level,flow,output\n");
        for at in 0..40 {
            text += &row(at);
        }
        good(&text).warnings
    };
    let doubled = odd(&|at| format!("{at},1.{at},2,low\n").repeat(1 + usize::from(at % 20 == 3)));
    assert!(
        doubled.contains(&Warning::Doubled { rows: 2 }),
        "{doubled:?}"
    );
    let same = odd(&|at| format!("{},1.{at},2,low\n", at - u32::from(at % 20 == 3)));
    assert!(same.contains(&Warning::SameTime { rows: 2 }), "{same:?}");
    let slower = |at: u32| f64::from(at) + 3.0 * f64::from(at.saturating_sub(30));
    let changed = odd(&|at| format!("{},1.{at},2,low\n", slower(at)));
    let expected = Warning::OtherPace(OtherPace {
        usual_s: 1.0,
        other_s: 4.0,
        windows: 3,
        of: 13,
        line: 34,
    });
    assert!(changed.contains(&expected), "{changed:?}");
    // A clock that ticks once a minute says each time sixty times.
    let minute = |at: u32| format!("2026-02-01 10:{:02},1.{at},2,low\n", at / 60);
    let coarse = format!(
        "time_s,level,flow,output\n{}",
        (0..300).map(minute).collect::<String>()
    );
    let coarse = good(&coarse).warnings;
    let same = |one: &Warning| matches!(one, Warning::SameTime { .. } | Warning::Doubled { .. });
    assert!(!coarse.iter().any(same), "{coarse:?}");
    let hour_back = |at: u32| {
        format!(
            "2025-10-26 02:{:02}:{:02}",
            if at < 6 { 59 } else { 0 },
            if at < 6 { 54 + at } else { at - 6 }
        )
    };
    let dataset = good(&timed(hour_back));
    assert!(
        dataset.warnings.contains(&Warning::ClockChange { line: 8 }),
        "{:?}",
        dataset.warnings
    );
}

#[test]
fn truths_that_the_task_does_not_know() {
    let text = timed(|at| at.to_string()).replace(",low", ",leak");
    let dataset = good(&text);
    assert_eq!(dataset.records.len(), 4);
    assert!(dataset.records.iter().all(|record| record.truth.is_none()));
    let odd = |warning: &&Warning| matches!(warning, Warning::OddTruth { rows: 12, .. });
    assert_eq!(dataset.warnings.iter().filter(odd).count(), 1);
}

#[test]
fn titles_of_columns() {
    let rows = "0,1,2,low\n1,1,2,low\n2,1,2,low\n";
    let dataset = good(&format!("Time_S,Level,flow (l/min),Output\n{rows}"));
    let taken = |warning: &&Warning| warning.to_string().contains("can be nothing else");
    assert_eq!(dataset.warnings.iter().filter(taken).count(), 4);
    let error = read(&format!("time_s,level,flow (bar),output\n{rows}")).expect_err("bar");
    assert!(error.to_string().contains("flow (bar)"), "{error}");
    let double = "time_s,level,flow,flow\n0,1,2,3\n1,1,2,3\n2,1,2,3\n";
    let error = read(double).expect_err("two");
    assert!(error.to_string().contains("column 3") && error.to_string().contains("column 4"));
    let dataset = good("level,flow\n1,2\n1,2\n1,2\n");
    let no_times = |warning: &Warning| warning.to_string().contains("gaps in time");
    assert!(dataset.warnings.iter().any(no_times));
}

#[test]
fn rows_that_are_none() {
    let text = "banner\ntime_s,level,flow,output\n0,1,2,low\n , ,\n1,1,2,low\n\n2,1,2,low\n,,,\n,,,\n\u{1a}";
    let dataset = good(text);
    assert_eq!((dataset.records.len(), dataset.rows), (1, 3));
    let again = "time_s,level,flow,output\n0,1,2,low\ntime_s,level,flow,output\n0,1,2,low\n1,1,2,low\n2,1,2,low\n";
    let dataset = good(again);
    assert_eq!(dataset.records.len(), 1);
    let warned = |warning: &Warning| matches!(warning, Warning::HeaderAgain { times: 1, line: 3 });
    assert!(dataset.warnings.iter().any(warned));
    let error = read("0,1,2,low\n1,1,2,low\n2,1,2,low\n").expect_err("no header");
    assert!(
        error.to_string().contains("line 1 holds readings"),
        "{error}"
    );
}

#[test]
fn units_in_cells_are_those_of_the_channel() {
    let text = "time_s,level,flow\n0,120 cm,2 l/s\n1,1.2 m,120 l/min\n2,120 cm,120 l/min\n";
    let window = &good(text).records[0].window;
    assert_eq!(window.channels, [vec![1.2; 3], vec![120.0; 3]]);
    let text = "time_s,level,flow\n0,1 bar,2\n1,1,2\n";
    assert_eq!(read(text).expect("a bad row").bad.len(), 1);
}

/// A page pushes what its parser could not take apart as a row without fields.
#[test]
fn a_pushed_row_without_fields_is_bad_and_a_blank_one_is_none() {
    let task = Task::classify(["low", "high"]);
    let header = ["time_s", "level", "flow", "output"];
    let columns: Vec<Option<usize>> = expected_columns(&front_end(), &task)
        .iter()
        .map(|column| header.iter().position(|name| *name == column.name))
        .collect();
    let mut reader = RowReader::new(&front_end(), &task, &header, &columns).expect("fits");
    assert!(matches!(reader.push(&["0", "1", "2", "low"]), Ok(None)));
    assert!(matches!(reader.push(&[]), Err(SensorError::BadRow(bad)) if bad.row == 2));
    assert!(matches!(reader.push(&["", " ", "", ""]), Ok(None)));
    assert_eq!(reader.rows(), 2);
}

fn lists() -> FrontEnd {
    FrontEnd::from_json(
        r#"{"layout": {"kind": "rows", "column": "input"}, "template": "{level}{flow}", "channels": [
            {"name": "level", "source": 0, "missing": {"kind": "symbol", "text": "?"},
             "encode": {"kind": "decimal", "decimals": 2}},
            {"name": "flow", "source": 1, "missing": {"kind": "symbol", "text": "?"},
             "encode": {"kind": "decimal", "decimals": 2}}]}"#,
    )
    .expect("valid")
}

#[test]
fn lists_in_cells_are_read_as_they_are_written() {
    let read = |text: &str| {
        let options = CsvOptions {
            bad_rows: BadRows::Skip,
            ..CsvOptions::default()
        };
        let task = Task::classify(["low", "high"]);
        read_csv_with(&lists(), &task, text.as_bytes(), &options)
    };
    let dataset = read("input\n\"1,5;40,1\"\n\"1,625; 41\"\n").expect("readable");
    let values = |at: usize| dataset.records[at].window.channels.concat();
    assert_eq!([values(0), values(1)], [[1.5, 40.1], [1.625, 41.0]]);
    let two = read("input\n\"1,5, 40,1\"\n\"1,6, 41\"\n").expect_err("two lists");
    assert!(two.to_string().contains("write semicolons"), "{two}");
    // A number in front would move all others.
    let dataset = read("input\n\"7, 1.5, 40\"\n\"1.5, 40\"\n\"1.5, 40,\"\n").expect("readable");
    assert_eq!((dataset.records.len(), dataset.bad.len()), (2, 1));
    let reason = &dataset.bad[0].reason;
    assert!(
        reason.contains("3 values where the front end reads 2"),
        "{reason}"
    );
}

#[test]
fn times_that_stand_several_times_are_two_readings() {
    let header = "time_s,level,flow,output\n";
    let repeated = |times: u32, step: u32| {
        let mut text = String::from(header);
        for at in 0..120 {
            text += &format!("{},1.{at},{},low\n", at / times * step, at % times);
        }
        text
    };
    let without_rate = |text: &str| {
        let spec = SPEC.replace(r#""sample_rate_hz": 1,"#, "");
        let front_end = FrontEnd::from_json(&spec).expect("valid");
        let task = Task::classify(["low", "high"]);
        let options = CsvOptions {
            truths: Truths::Optional,
            ..CsvOptions::default()
        };
        read_csv_with(&front_end, &task, text.as_bytes(), &options)
    };
    for (times, step) in [(2, 1), (3, 1), (10, 1), (2, 2)] {
        let text = repeated(times, step);
        for read in [read(&text), without_rate(&text)] {
            let error = read.expect_err("two readings");
            let SensorError::Table(problem @ Problem::TimesRepeat { .. }) = error else {
                panic!("{error}");
            };
            assert_eq!(problem.choices()[0].0, "rate");
        }
    }
    // Sixty in a minute are one a second.
    let mut text = String::from(header);
    for at in 20..200 {
        text += &format!("2025-01-01 10:{:02},1.{at},2,low\n", at / 60);
    }
    assert_eq!(good(&text).records.len(), 60);
    assert!(without_rate(&text).is_ok());
}

#[test]
fn a_header_that_ends_in_a_delimiter_is_none_the_less() {
    let text = "time_s,level,flow,output,\n0,1,2,low\n1,1,2,low\n2,1,2,low\n";
    let dataset = good(&(text.to_owned() + text));
    assert_eq!(dataset.records.len(), 2);
    let says = |warning: &Warning| warning.to_string().contains("the header ends in");
    assert!(dataset.warnings.iter().any(says));
}

#[test]
fn a_row_of_units_is_as_titles_with_units() {
    let rows = "0,1,2,low\n1,1,2,low\n2,1,2,low\n";
    let header = "time_s,level,flow,output\n";
    for text in [
        format!("{header}s,m,l/min,\n{rows}"),
        format!("\"s\",[m],(l/min),\n{header}{rows}"),
        format!("{header},m,-,\n{rows}"),
    ] {
        let dataset = good(&text);
        assert_eq!((dataset.records.len(), dataset.rows), (1, 3), "{text}");
        let says = |warning: &Warning| warning.to_string().contains("says the units");
        assert!(dataset.warnings.iter().any(says), "{text}");
    }
    for (text, unit) in [
        (format!("{header}s,cm,l/min,\n{rows}"), "level (cm)"),
        (format!("{header}s,m,gal/min,\n{rows}"), "flow (gal/min)"),
        (format!("s,m,m3/h,\n{header}{rows}"), "flow (m3/h)"),
        (
            format!("\"TOA5\",\"CR6\"\n{header}\"TS\",\"cm\",\"l/min\",\"\"\n,Avg,Smp,\n{rows}"),
            "level (cm)",
        ),
    ] {
        let error = read(&text).expect_err(&text);
        assert!(error.to_string().contains(unit), "{error}\n{text}");
    }
    // Times, too, and the header with its units once more.
    let text = format!("{header}ms,m,l/min,\n0,1,2,low\n1000,1,2,low\n2000,1,2,low\n{header}");
    assert_eq!(good(&text).records.len(), 1);
    // Words are no units: such a row is none, and listed.
    let dataset = read(&format!("{header},Avg,Smp,\n{rows}")).expect("readable");
    assert_eq!((dataset.records.len(), dataset.bad.len()), (1, 1));
}

#[test]
fn a_column_of_units_says_those_of_its_cells() {
    for text in [
        "time_s,level,unit,flow\n0,120,cm,2\n1,1.2,m,2\n2,120,cm,2\n",
        "time_s,Unit,level,flow\n0,cm,120,2\n1,m,1.2,2\n2,cm,120,2\n",
        "time_s,level,flow,Level Unit\n0,120,2,cm\n1,1.2,2,m\n2,120,2,cm\n",
    ] {
        let window = &good(text).records[0].window;
        assert_eq!(window.channels, [vec![1.2; 3], vec![2.0; 3]], "{text}");
    }
    let text = "time_s,level,unit,flow\n0,120,bar,2\n1,1,apples,2\n2,1,m,2\n";
    assert_eq!(read(text).expect("bad rows").bad.len(), 2);
}

#[test]
fn a_unit_in_some_cells_only_is_two_readings() {
    for text in [
        "time_s,level,flow\n0,120 cm,2\n1,120,2\n2,120,2\n",
        "time_s,level,flow\n0,1.2,2\n1,120 cm,2\n2,1.2,2\n",
        "time_s,level,unit,flow\n0,120,cm,2\n1,1.2,,2\n2,120,cm,2\n",
    ] {
        let error = read(text).expect_err(text);
        assert!(
            matches!(error, SensorError::Table(Problem::TwoUnits { .. })),
            "{error}"
        );
    }
    // The channel's own unit, or a title that says it, leaves one reading.
    let text = "time_s,level,flow\n0,1.2 m,2\n1,1.2,2\n2,--,2\n";
    assert_eq!(good(text).records.len(), 1);
    let text = "time_s,level (m),flow\n0,120 cm,2\n1,1.2,2\n2,1.2,2\n";
    assert_eq!(good(text).records[0].window.channels[0], [1.2; 3]);
}

#[test]
fn another_header_among_the_rows_is_another_table() {
    let rows = "0,1,2,low\n1,1,2,low\n2,1,2,low\n";
    let first = format!("time_s,level,flow,output\n{rows}");
    for header in [
        "time_s,flow,level,output",
        "time_s,level (cm),flow,output",
        "time_s,level,flow,comment",
        "when,pressure,speed,comment",
        "level,flow",
    ] {
        let error = read(&format!("{first}{header}\n{rows}")).expect_err(header);
        let is_header = matches!(
            error,
            SensorError::Table(Problem::OtherHeader { line: 5, .. })
        );
        assert!(
            is_header && error.to_string().contains("split it"),
            "{error}"
        );
    }
    let with_units = |unit: &str| format!("time_s,level,flow,output\ns,{unit},l/min,\n{rows}");
    let again = read(&(with_units("m") + &with_units("m"))).expect("the same units");
    assert_eq!((again.records.len(), again.bad.len()), (2, 1));
    let error = read(&(with_units("m") + &with_units("cm"))).expect_err("other units");
    assert!(error.to_string().contains("line 7"), "{error}");
    let error = read(&(first.clone() + &with_units("cm"))).expect_err("units");
    assert!(error.to_string().contains("line 6"), "{error}");
    // The same once more, words, and a row that was cut off are none.
    let dataset = good(&format!("{first}time_s,level,flow,output\n{rows}"));
    assert_eq!(dataset.records.len(), 2);
    for row in [
        "Time_S,Level,Flow,Output",
        "logging online",
        "3,,fault,low,x",
        "--,error,?,",
    ] {
        let dataset = read(&format!("{first}{row}\n{rows}")).expect(row);
        assert_eq!(dataset.records.len(), 2, "{row}");
    }
}
