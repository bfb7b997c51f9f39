//! One fixture for each way in which a specification, a window or a file can
//! be wrong.

use senselm_readings::Problem;
use senselm_sensor::limits::{MAX_CELL_BYTES, MAX_COLUMNS};
use senselm_sensor::{
    BadRow, BadRows, ColumnRole, FrontEnd, RowReader, SensorError, Task, Truth, Warning, Window,
    WindowStream, expected_columns, read_csv, suggest_columns,
};

/// A specification with the layout, channels and template put in.
fn front_end(layout: &str, channels: &str, template: &str) -> Result<FrontEnd, SensorError> {
    FrontEnd::from_json(&format!(
        r#"{{"layout": {layout}, "channels": [{channels}], "template": "{template}"}}"#
    ))
}

const STREAM: &str = r#"{"kind": "stream", "length": 3, "stride": 2}"#;
const ROWS: &str = r#"{"kind": "rows"}"#;
const CELLS: &str = r#"{"kind": "cells", "column": "input", "samples": {"min": 2, "max": 3}}"#;
const DECIMAL: &str = r#""encode": {"kind": "decimal", "decimals": 1}"#;

fn channel(settings: &str) -> Result<FrontEnd, SensorError> {
    front_end(
        STREAM,
        &format!(r#"{{"name": "a", "source": "A", {settings}}}"#),
        "{a}",
    )
}

fn plain(layout: &str) -> FrontEnd {
    front_end(
        layout,
        &format!(r#"{{"name": "a", "source": "A", {DECIMAL}}}"#),
        "x {a}",
    )
    .expect("valid")
}

fn labels() -> Task {
    Task::classify(["yes", "no"])
}

#[test]
fn specifications_that_are_refused() {
    use SensorError as E;
    type Is = fn(&SensorError) -> bool;
    let settings: [(&str, Is); 30] = [
        ("\"colour\": 1", |e| matches!(e, E::Json { .. })),
        ("\"scale\": {\"kind\": \"none\", \"min\": 1}", |e| {
            matches!(e, E::Json { .. })
        }),
        ("\"scale\": {\"kind\": \"loud\"}", |e| {
            matches!(e, E::Json { .. })
        }),
        ("\"sample_rate_hz\": 0", |e| matches!(e, E::Setting { .. })),
        ("\"sample_rate_hz\": -1", |e| matches!(e, E::Setting { .. })),
        (
            "\"resample\": [{\"points\": 0, \"method\": \"mean\"}]",
            |e| matches!(e, E::Setting { .. }),
        ),
        (
            "\"resample\": [{\"points\": 1000000, \"method\": \"mean\"}]",
            |e| matches!(e, E::Limit { .. }),
        ),
        (
            "\"scale\": {\"kind\": \"window_min_max\", \"min_range\": 0}",
            |e| matches!(e, E::Setting { .. }),
        ),
        (
            "\"scale\": {\"kind\": \"window_z_score\", \"min_std\": 1, \"clip\": 0}",
            |e| matches!(e, E::Setting { .. }),
        ),
        (
            "\"scale\": {\"kind\": \"global\", \"min\": 2, \"max\": 2}",
            |e| matches!(e, E::Setting { .. }),
        ),
        ("\"encode\": {\"kind\": \"levels\", \"count\": 4}", |e| {
            matches!(e, E::Setting { .. })
        }),
        (
            "\"scale\": {\"kind\": \"global\", \"min\": 0, \"max\": 2}, \"encode\": {\"kind\": \"levels\", \"count\": 1}",
            |e| matches!(e, E::Setting { .. }),
        ),
        (
            "\"scale\": {\"kind\": \"global\", \"min\": 0, \"max\": 2}, \"encode\": {\"kind\": \"levels\", \"count\": 16}",
            |e| matches!(e, E::Setting { .. }),
        ),
        (
            "\"scale\": {\"kind\": \"global\", \"min\": 0, \"max\": 2}, \"encode\": {\"kind\": \"levels\", \"count\": 3, \"alphabet\": \"ab\"}",
            |e| matches!(e, E::Alphabet { .. }),
        ),
        (
            "\"scale\": {\"kind\": \"global\", \"min\": 0, \"max\": 2}, \"encode\": {\"kind\": \"levels\", \"count\": 3, \"alphabet\": \"aba\"}",
            |e| matches!(e, E::Alphabet { .. }),
        ),
        (
            "\"scale\": {\"kind\": \"global\", \"min\": 0, \"max\": 2}, \"encode\": {\"kind\": \"levels\", \"count\": 99999999}",
            |e| matches!(e, E::Limit { .. }),
        ),
        (
            "\"encode\": {\"kind\": \"decimal\", \"decimals\": 10}",
            |e| matches!(e, E::Limit { .. }),
        ),
        (
            "\"encode\": {\"kind\": \"decimal\", \"decimals\": 1, \"width\": 200}",
            |e| matches!(e, E::Limit { .. }),
        ),
        (
            "\"encode\": {\"kind\": \"decimal\", \"decimals\": 1, \"separator\": \"\"}",
            |e| matches!(e, E::Setting { .. }),
        ),
        (
            "\"encode\": {\"kind\": \"decimal\", \"decimals\": 1}, \"missing\": {\"kind\": \"symbol\", \"text\": \"\"}",
            |e| matches!(e, E::Setting { .. }),
        ),
        (
            "\"encode\": {\"kind\": \"decimal\", \"decimals\": 1}, \"missing\": {\"kind\": \"symbol\", \"text\": \"0\"}",
            |e| matches!(e, E::Setting { .. }),
        ),
        (
            "\"scale\": {\"kind\": \"global\", \"min\": 0, \"max\": 2}, \"encode\": {\"kind\": \"levels\", \"count\": 2, \"alphabet\": \"ab\"}, \"missing\": {\"kind\": \"symbol\", \"text\": \"a\"}",
            |e| matches!(e, E::Setting { .. }),
        ),
        (
            "\"features\": [{\"name\": \"f\", \"of\": {\"kind\": \"dominant_frequency\", \"min_cpm\": 1, \"max_cpm\": 9}, \"write\": {\"kind\": \"decimal\", \"decimals\": 1}}]",
            |e| matches!(e, E::Setting { .. }),
        ),
        (
            "\"sample_rate_hz\": 1, \"features\": [{\"name\": \"f\", \"of\": {\"kind\": \"dominant_frequency\", \"min_cpm\": 0, \"max_cpm\": 9}, \"write\": {\"kind\": \"decimal\", \"decimals\": 1}}]",
            |e| matches!(e, E::Setting { .. }),
        ),
        (
            "\"sample_rate_hz\": 1, \"features\": [{\"name\": \"f\", \"of\": {\"kind\": \"crossing_rate\", \"min_cpm\": 1, \"max_cpm\": 9, \"smooth\": 7}, \"write\": {\"kind\": \"decimal\", \"decimals\": 1}}]",
            |e| matches!(e, E::Setting { .. }),
        ),
        (
            "\"features\": [{\"name\": \"f\", \"of\": {\"kind\": \"mean\"}, \"write\": {\"kind\": \"levels\", \"count\": 4, \"min\": 1, \"max\": 0}}]",
            |e| matches!(e, E::Setting { .. }),
        ),
        (
            "\"features\": [{\"name\": \"F\", \"of\": {\"kind\": \"mean\"}, \"write\": {\"kind\": \"decimal\", \"decimals\": 1}}]",
            |e| matches!(e, E::Name { .. }),
        ),
        (
            "\"encode\": {\"kind\": \"decimal\", \"decimals\": 1}, \"features\": [{\"name\": \"f\", \"of\": {\"kind\": \"mean\"}, \"write\": {\"kind\": \"decimal\", \"decimals\": 1}}]",
            |e| matches!(e, E::Unused { .. }),
        ),
        ("\"unit\": \"bar\"", |e| {
            matches!(e, E::UnknownPlaceholder { .. })
        }),
        (
            "\"features\": [{\"name\": \"f\", \"of\": {\"kind\": \"mean\"}, \"write\": {\"kind\": \"decimal\", \"decimals\": 1}}]",
            |e| matches!(e, E::UnknownPlaceholder { .. }),
        ),
    ];
    for (settings, is) in settings {
        let error = channel(settings).expect_err(settings);
        assert!(is(&error), "{settings}: {error:?}");
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn layouts_names_and_templates_that_are_refused() {
    let a = format!(r#"{{"name": "a", "source": "A", {DECIMAL}}}"#);
    let layouts = [
        r#"{"kind": "stream", "length": 0, "stride": 1}"#,
        r#"{"kind": "stream", "length": 1, "stride": 0}"#,
        r#"{"kind": "stream", "length": 99999999, "stride": 1}"#,
        r#"{"kind": "stream", "length": 1, "stride": 1, "max_gap_s": 3}"#,
        r#"{"kind": "stream", "length": 1, "stride": 1, "timestamp": "t", "max_gap_s": 0}"#,
        r#"{"kind": "cells", "column": "input", "samples": {"min": 3, "max": 2}}"#,
        r#"{"kind": "cells", "column": "input", "samples": {"min": 0, "max": 2}}"#,
        r#"{"kind": "rows", "column": "input"}"#,
    ];
    for layout in layouts {
        let error = front_end(layout, &a, "{a}").expect_err(layout);
        assert!(
            matches!(
                error,
                SensorError::Setting { .. } | SensorError::Limit { .. }
            ),
            "{layout}: {error:?}"
        );
    }
    let twice = format!("{a}, {a}");
    assert!(matches!(
        front_end(ROWS, &twice, "{a}"),
        Err(SensorError::Name { .. })
    ));
    let shouted = a.replace("\"a\"", "\"A b\"");
    assert!(matches!(
        front_end(ROWS, &shouted, "{a}"),
        Err(SensorError::Name { .. })
    ));
    assert!(matches!(
        front_end(ROWS, "", "x"),
        Err(SensorError::Setting { .. })
    ));
    let many: Vec<String> = (0..65)
        .map(|n| a.replace("\"a\"", &format!("\"a{n}\"")))
        .collect();
    assert!(matches!(
        front_end(ROWS, &many.join(","), "{a}"),
        Err(SensorError::Limit { .. })
    ));
    assert!(matches!(
        front_end(ROWS, &a, "{b}"),
        Err(SensorError::UnknownPlaceholder { .. })
    ));
    assert!(matches!(
        front_end(ROWS, &a, "a"),
        Err(SensorError::Unused { .. })
    ));
    assert!(matches!(
        front_end(ROWS, &a, "{a} }"),
        Err(SensorError::TemplateBrace {
            brace: '}',
            offset: 4
        })
    ));
    let long = "x".repeat(70_000) + "{a}";
    assert!(matches!(
        front_end(ROWS, &a, &long),
        Err(SensorError::Limit { .. })
    ));
    let huge = format!("\"{}\"", " ".repeat(2 << 20));
    assert!(matches!(
        FrontEnd::from_json(&huge),
        Err(SensorError::Limit { .. })
    ));
    assert!(matches!(
        FrontEnd::from_json("{"),
        Err(SensorError::Json { .. })
    ));
}

#[test]
fn groups_and_interleaves_that_are_refused() {
    let grouped = |range: u8, name: &str| {
        format!(
            r#"{{"name": "{name}", "source": 0, {DECIMAL},
                "scale": {{"kind": "window_min_max", "min_range": {range}, "group": "g"}}}}"#
        )
    };
    let both = format!("{}, {}", grouped(1, "a"), grouped(2, "b"));
    assert!(matches!(
        front_end(STREAM, &both, "{a}{b}"),
        Err(SensorError::Setting { .. })
    ));
    let with = |channels: &str| {
        FrontEnd::from_json(&format!(
            r#"{{"layout": {CELLS}, "template": "{{both}}",
                "channels": [{}, {}],
                "interleave": [{{"name": "both", "channels": [{channels}]}}]}}"#,
            grouped(1, "a"),
            grouped(1, "b")
        ))
    };
    assert!(matches!(with(r#""a""#), Err(SensorError::Setting { .. })));
    assert!(matches!(
        with(r#""a", "c""#),
        Err(SensorError::Setting { .. })
    ));
    let front_end = with(r#""a", "b""#).expect("valid");
    let uneven = Window {
        channels: vec![vec![1.0, 2.0], vec![1.0, 2.0, 3.0]],
    };
    assert!(matches!(
        front_end.render(&uneven),
        Err(SensorError::InterleaveLength { .. })
    ));
}

#[test]
fn windows_that_are_refused() {
    let front_end = plain(STREAM);
    let render = |channels: Vec<Vec<f64>>| front_end.render(&Window { channels });
    assert!(matches!(
        render(vec![]),
        Err(SensorError::ChannelCount {
            expected: 1,
            found: 0,
            ..
        })
    ));
    assert!(matches!(
        render(vec![vec![1.0; 2]]),
        Err(SensorError::WindowLength { found: 2, .. })
    ));
    let nan = f64::NAN;
    assert!(matches!(
        render(vec![vec![1.0, nan, 2.0]]),
        Err(SensorError::MissingSample { index: 1, .. })
    ));
    for infinite in [f64::INFINITY, f64::NEG_INFINITY, 1e31] {
        assert!(matches!(
            render(vec![vec![1.0, 2.0, infinite]]),
            Err(SensorError::Infinite { index: 2, .. })
        ));
    }
    assert!(matches!(
        render(vec![vec![1.0, 2.0, 1e20]]),
        Err(SensorError::ValueTooLarge { .. })
    ));
    let hold = channel(&format!(r#""missing": {{"kind": "hold"}}, {DECIMAL}"#)).expect("valid");
    let empty = Window {
        channels: vec![vec![nan; 3]],
    };
    assert!(matches!(
        hold.render(&empty),
        Err(SensorError::ChannelEmpty { .. })
    ));
    let features = r#""sample_rate_hz": 1, "features": [{"name": "f",
        "of": {"kind": "dominant_frequency", "min_cpm": 1, "max_cpm": 9},
        "write": {"kind": "decimal", "decimals": 1}}]"#;
    let spectral = FrontEnd::from_json(&format!(
        r#"{{"layout": {STREAM}, "template": "{{a.f}}",
            "channels": [{{"name": "a", "source": "A", {features}}}]}}"#
    ))
    .expect("valid");
    let flat = Window {
        channels: vec![vec![1.0; 3]],
    };
    assert!(matches!(
        spectral.render(&flat),
        Err(SensorError::FeatureUndefined { .. })
    ));
    for bad in [
        "",
        "[]",
        "{\"channels\": [[1, \"x\"]]}",
        "{\"channels\": [], \"x\": 1}",
    ] {
        assert!(
            matches!(Window::from_json(bad), Err(SensorError::Json { .. })),
            "{bad}"
        );
    }
}

fn bad_row(layout: &str, text: &str) -> BadRow {
    match read_csv(&plain(layout), &labels(), text.as_bytes(), BadRows::Fail) {
        Err(SensorError::BadRow(bad)) => bad,
        other => panic!("{text:?}: {other:?}"),
    }
}

#[test]
fn rows_that_are_refused_say_where() {
    let cases: [(&str, &str, u64, u64, &str); 13] = [
        (ROWS, "A,output\n1,yes\nx,no\n", 3, 1, "A"),
        (ROWS, "A,output\r\n1,yes\r\n\r\n2,maybe\r\n", 4, 3, "output"),
        (ROWS, "A,output\n1\n", 2, 1, ""),
        (ROWS, "A,output\n1,yes\n1,yes,3\n", 3, 1, ""),
        (ROWS, "A,output\n\"1,yes\n", 2, 1, ""),
        (ROWS, "A,output\n1,\"yes\"s\n", 2, 8, ""),
        (ROWS, "A,output\n1e99,yes\n", 2, 1, "A"),
        (ROWS, "A,output\n\"\n\n1\",maybe\n", 4, 4, "output"),
        (CELLS, "input,output\n\"A: [1, 2\",yes\n", 2, 1, "input"),
        (CELLS, "input,output\n\"B: [1, 2]\",yes\n", 2, 1, "input"),
        (CELLS, "input,output\n\"A: [1]\",yes\n", 2, 1, "input"),
        (
            CELLS,
            "input,output\n\"A: [1, 2, 3, 4]\",yes\n",
            2,
            1,
            "input",
        ),
        (STREAM, "A,output\n1,yes\nx,no\n", 3, 1, "A"),
    ];
    for (layout, text, line, column, name) in cases {
        let bad = bad_row(layout, text);
        assert_eq!(
            (bad.line, bad.column, bad.name.as_str()),
            (line, column, name),
            "{text:?}: {bad}"
        );
        assert!(
            bad.to_string()
                .starts_with(&format!("line {line}, column {column}"))
        );
    }
    let time = front_end(
        r#"{"kind": "stream", "length": 1, "stride": 1, "timestamp": "t"}"#,
        &format!(r#"{{"name": "a", "source": "A", {DECIMAL}}}"#),
        "{a}",
    )
    .expect("valid");
    let text = b"t,A,output\nnoon,1,yes\n";
    let error = read_csv(&time, &labels(), text, BadRows::Fail).expect_err("no time");
    assert!(
        error.to_string().contains("\"noon\" is not a time"),
        "{error}"
    );
    let text = b"A,output\n1,\xff\xfe\n";
    let error = read_csv(&plain(ROWS), &labels(), text, BadRows::Fail).expect_err("no text");
    assert!(error.to_string().contains("UTF-8"), "{error}");
}

#[test]
fn files_that_are_refused() {
    let read = |text: &[u8]| read_csv(&plain(ROWS), &labels(), text, BadRows::Skip);
    assert!(matches!(read(b""), Err(SensorError::EmptyFile)));
    assert!(matches!(read(b"\n\r\n"), Err(SensorError::EmptyFile)));
    assert!(matches!(
        read(b"\"A,output\n1,yes\n"),
        Err(SensorError::Table(Problem::Header { line: 1, .. }))
    ));
    assert!(matches!(
        read(b"\xff,output\n1,yes\n"),
        Err(SensorError::Table(Problem::NoColumn { .. }))
    ));
    let error = read(b"B,output\n1,yes\n").expect_err("no A");
    assert_eq!(
        error.to_string(),
        "the file has no column \"A\"; its columns are: B, output"
    );
    let wide = vec!["A"; MAX_COLUMNS + 1].join(",");
    assert!(matches!(
        read(wide.as_bytes()),
        Err(SensorError::Table(Problem::Header { .. }))
    ));
    let long = format!("A,output\n{},yes\n2,no\n", "1".repeat(MAX_CELL_BYTES + 1));
    let dataset = read(long.as_bytes()).expect("one bad row");
    assert_eq!((dataset.records.len(), dataset.bad.len()), (1, 1));
}

#[test]
fn columns_that_are_refused() {
    let stream = plain(STREAM);
    let choose = |columns: &[Option<usize>]| {
        let header = ["pressure", "state"];
        RowReader::new(&stream, &labels(), &header, columns).map(|_| ())
    };
    assert_eq!(choose(&[Some(0), Some(1)]), Ok(()));
    assert_eq!(choose(&[Some(0), None]), Ok(()));
    for (columns, reason) in [
        (&[][..], "0 were chosen where the model expects 2"),
        (&[None, Some(1)], "none was chosen for a"),
        (
            &[Some(0), Some(2)],
            "output is to be column 2 (from 0), but there are 2",
        ),
    ] {
        let error = choose(columns).expect_err("refused");
        let is_choice = matches!(error, SensorError::Table(Problem::Columns { .. }));
        assert!(is_choice, "{error}");
        assert!(error.to_string().ends_with(reason), "{error}");
    }
    let wide = vec!["a"; MAX_COLUMNS + 1];
    assert!(matches!(
        RowReader::new(&stream, &labels(), &wide, &[Some(0), None]),
        Err(SensorError::Limit { .. })
    ));
    let mut reader =
        RowReader::new(&stream, &labels(), &["a"], &[Some(0), None]).expect("a column");
    let long = "1".repeat(MAX_CELL_BYTES + 1);
    for (fields, column) in [(&["x"][..], 1), (&["1", "2"], 1), (&[long.as_str()], 1)] {
        match reader.push(fields) {
            Err(SensorError::BadRow(bad)) => assert_eq!(bad.column, column, "{bad}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn columns_are_suggested() {
    let front_end = front_end(
        r#"{"kind": "stream", "length": 1, "stride": 1, "timestamp": "time"}"#,
        &[("suction", "bar"), ("flow", "m3/h"), ("bearing", "C")]
            .map(|(name, unit)| {
                format!(r#"{{"name": "{name}", "unit": "{unit}", "source": "{name}", {DECIMAL}}}"#)
            })
            .join(","),
        "{suction}{flow}{bearing}",
    )
    .expect("valid");
    let expected = expected_columns(&front_end, &labels());
    let roles: Vec<_> = expected
        .iter()
        .map(|column| (column.role, column.required))
        .collect();
    use ColumnRole::{Channel, Time, Truth};
    assert_eq!(
        roles,
        [
            (Channel, true),
            (Channel, true),
            (Channel, true),
            (Time, false),
            (Truth, false)
        ]
    );
    let suggest = |header: &[&str]| suggest_columns(&expected, header);
    let own = ["time", "suction", "flow", "bearing", "output"];
    assert_eq!(suggest(&own), [Some(1), Some(2), Some(3), Some(0), Some(4)]);
    let other = ["Bearing [°C]", "FLOW (m3/h)", "Suction_bar", "flow", "Zeit"];
    assert_eq!(suggest(&other), [Some(2), Some(3), Some(0), None, None]);
    // One column is not two channels, and nothing is guessed from nothing.
    assert_eq!(suggest(&["flow", ""]), [None, Some(0), None, None, None]);
    assert_eq!(suggest(&[]), [None; 5]);
}

#[test]
fn nothing_is_dropped_silently() {
    let read = |layout: &str, text: &str| {
        read_csv(&plain(layout), &labels(), text.as_bytes(), BadRows::Skip).expect("readable")
    };
    // A stray quote costs its own line, not the rest of the file.
    let dataset = read(ROWS, "A,output\n1,yes\n\"2,no\n3,yes\n4,no\n");
    assert_eq!(dataset.records.len(), 3);
    assert_eq!(
        (dataset.bad.len(), dataset.bad[0].row, dataset.rows),
        (1, 2, 4)
    );
    // Readings: one window, then a bad row, two readings, and two at the end.
    let dataset = read(
        STREAM,
        "A,output\n1,yes\n1,yes\n1,no\n1,no\nx,no\n1,no\n1,no\n",
    );
    assert_eq!(dataset.records.len(), 1);
    assert_eq!(dataset.records[0].truth, Some(Truth::Label(1)));
    assert_eq!(
        dataset.warnings,
        [
            Warning::BrokenByBadRows { readings: 1 },
            Warning::IncompleteTail { readings: 2 }
        ]
    );
    let dataset = read(ROWS, "A,output\n1,yes\n2,\n");
    assert_eq!(dataset.warnings, [Warning::NoTruth { rows: 1 }]);
    let dataset = read(ROWS, "A\n1\n");
    assert!(matches!(dataset.warnings[..], [Warning::Table { .. }]));
    assert_eq!(read(ROWS, "A,output\n").warnings, [Warning::NoRows]);
    let dataset = read(ROWS, "A,output\n1,yes,\n2,no,\n");
    assert!(matches!(dataset.warnings[..], [Warning::Table { .. }]));
    assert_eq!(dataset.records.len(), 2);
    let dataset = read(ROWS, "\u{feff}A,output\n1,1,yes\n2,2,no\n");
    assert!(matches!(dataset.warnings[..], [Warning::Table { .. }]));
    assert_eq!(dataset.records[1].window.channels, [[2.0]]);
    for warning in dataset.warnings {
        assert!(!warning.to_string().is_empty());
    }
}

#[test]
fn streams_that_are_refused() {
    assert!(matches!(
        WindowStream::new(&plain(CELLS)),
        Err(SensorError::NotAStream)
    ));
    assert!(WindowStream::with_length(&plain(CELLS), 3, 1).is_ok());
    assert!(WindowStream::with_length(&plain(CELLS), 4, 1).is_err());
    assert!(WindowStream::with_length(&plain(CELLS), 3, 0).is_err());
    let mut stream = WindowStream::new(&plain(STREAM)).expect("a stream");
    assert!(matches!(
        stream.push(&[1.0, 2.0], None),
        Err(SensorError::ChannelCount { .. })
    ));
    assert_eq!(stream.pending(), 0);
}
