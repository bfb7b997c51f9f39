//! What holds for every input: no panic, the same text twice, and agreement
//! with simpler or other people's implementations.

use proptest::prelude::*;
use senselm_readings::time::TimeUnit;
use senselm_readings::{TimeForm, Told};
use senselm_sensor::augment::{AugmentSpec, Augmenter};
use senselm_sensor::number::DigitAutomaton;
use senselm_sensor::rng::Rng;
use senselm_sensor::{
    BadRows, CsvOptions, FrontEnd, Layout, RowReader, Samples, SensorError, Task, Truth, Warning,
    Window, WindowStream, expected_columns, read_csv, read_csv_with, suggest_columns,
};

/// What is known about a file whose times are seconds, whatever steps chance has
/// given them.
fn in_seconds(bad_rows: BadRows) -> CsvOptions {
    let times = Some(TimeForm::Number(TimeUnit::Seconds));
    CsvOptions {
        bad_rows,
        told: Told {
            times,
            ..Told::default()
        },
        ..CsvOptions::default()
    }
}

/// A front end with most of what there is, for windows of 8 to 40 samples.
fn everything() -> FrontEnd {
    FrontEnd::from_json(
        r#"{
        "layout": {"kind": "cells", "column": "input", "samples": {"min": 8, "max": 40}},
        "channels": [
            {"name": "a", "source": "A", "sample_rate_hz": 2,
             "missing": {"kind": "interpolate", "empty": "?"},
             "resample": [{"points": 20, "method": "linear"}, {"points": 7, "method": "mean"}],
             "scale": {"kind": "window_min_max", "min_range": 2, "group": "g"},
             "encode": {"kind": "levels", "count": 4, "alphabet": "wxyz"},
             "features": [
                {"name": "peak", "of": {"kind": "dominant_frequency", "min_cpm": 2, "max_cpm": 50},
                 "write": {"kind": "decimal", "decimals": 2, "width": 2}},
                {"name": "again", "of": {"kind": "autocorrelation_frequency", "min_cpm": 2, "max_cpm": 50, "detrend": "parabola"},
                 "write": {"kind": "levels", "count": 9, "min": 2, "max": 50}},
                {"name": "cross", "of": {"kind": "crossing_rate", "min_cpm": 2, "max_cpm": 50, "detrend": "mean", "smooth": 0.25},
                 "write": {"kind": "decimal", "decimals": 0}}
             ]},
            {"name": "b", "source": "B",
             "missing": {"kind": "hold", "empty": "none"},
             "resample": [{"points": 7, "method": "mean"}],
             "scale": {"kind": "window_min_max", "min_range": 2, "group": "g"},
             "encode": {"kind": "levels", "count": 4, "alphabet": "wxyz"}},
            {"name": "c", "source": "C",
             "missing": {"kind": "symbol", "text": "?"},
             "scale": {"kind": "window_z_score", "min_std": 0.5, "clip": 3},
             "encode": {"kind": "decimal", "decimals": 2, "trim": true, "separator": " "},
             "features": [
                {"name": "lost", "of": {"kind": "missing_share"}, "write": {"kind": "decimal", "decimals": 2}},
                {"name": "slope", "of": {"kind": "slope"}, "write": {"kind": "levels", "count": 3, "alphabet": "-=+", "min": -1, "max": 1}},
                {"name": "rough", "of": {"kind": "roughness"}, "write": {"kind": "levels", "count": 5, "min": 0, "max": 9}},
                {"name": "run", "of": {"kind": "longest_run"}, "write": {"kind": "levels", "count": 5, "min": 0, "max": 1}}
             ]},
            {"name": "carried", "source": "D"}
        ],
        "interleave": [{"name": "both", "channels": ["a", "b"], "within": "", "between": "."}],
        "template": "Say {{what}}: {both}|{a.peak} {a.again} {a.cross}|{c} {c.lost}{c.slope}{c.rough}{c.run}"
    }"#,
    )
    .expect("valid")
}

fn sample() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => -1e3..1e3_f64,
        2 => (-5..5_i32).prop_map(f64::from),
        1 => Just(f64::NAN),
        1 => -1e14..1e14_f64,
    ]
}

fn window() -> impl Strategy<Value = Window> {
    (8..=40_usize).prop_flat_map(|length| {
        let channel = prop::collection::vec(sample(), length);
        prop::collection::vec(channel, 4).prop_map(|channels| Window { channels })
    })
}

/// Cells as they occur in files, and as they should not.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,3}",
        "-?[0-9.]{0,4}",
        Just(String::new()),
        Just("A: [1, 2, 3, 4, 5, 6, 7, 8] B: [1,2,3,4,5,6,7,8]\nC: [8 7 6 5 4 3 2 1] D: [1,1,1,1,1,1,1,1]".into()),
        // Commas with and without white space are two lists, which no file may have.
        "[A-D]: \\[[0-9,]{0,20}\\]?",
        "[A-D]: \\[([0-9 ]|, ){0,20}\\]?",
        ".{0,8}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_window_renders_the_same_twice(window in window()) {
        let front_end = everything();
        let rendered = front_end.render(&window).expect("policies cover everything");
        prop_assert_eq!(front_end.prefix(), "Say {what}: ");
        let begins = rendered.prompt.starts_with(front_end.prefix());
        prop_assert!(begins);
        prop_assert_eq!(rendered.prefix_len, 12);
        // Through JSON, as a host would hand it over, it is the same window.
        let json = serde_json::to_string(&window).expect("JSON");
        let back = Window::from_json(&json).expect("a window");
        prop_assert_eq!(back.fingerprint(), window.fingerprint());
        prop_assert_eq!(front_end.render(&back), Ok(rendered.clone()));
        let copy = FrontEnd::from_json(&front_end.to_json()).expect("valid");
        prop_assert_eq!(copy.render(&window), Ok(rendered));
    }

    #[test]
    fn no_window_panics(
        channels in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..50), 0..6),
    ) {
        let _ = everything().render(&Window { channels });
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut text = b"input,output\n".to_vec();
        text.extend(&bytes);
        let task = Task::classify(["yes", "no"]);
        for policy in [BadRows::Fail, BadRows::Skip] {
            let _ = read_csv(&everything(), &task, &text, policy);
            let _ = read_csv(&everything(), &task, &bytes, policy);
        }
        let text = String::from_utf8_lossy(&bytes);
        let _ = FrontEnd::from_json(&text);
        let _ = Task::from_json(&text);
        let _ = Window::from_json(&text);
    }

    #[test]
    fn every_row_is_accounted_for(
        rows in prop::collection::vec((cell(), "yes|no|maybe|", any::<bool>()), 0..12),
        layout in 0..3_usize,
    ) {
        let mut text = String::from("input,output\n");
        for (cell, output, quote) in &rows {
            if *quote {
                text.push_str(&format!("\"{}\",{output}\n", cell.replace('"', "\"\"")));
            } else {
                text.push_str(&format!("{cell},{output}\n"));
            }
        }
        let front_end = match layout {
            0 => everything(),
            _ => FrontEnd::from_json(&format!(
                r#"{{"layout": {}, "template": "{{a}}", "channels": [{{"name": "a", "source": {},
                    "missing": {{"kind": "symbol", "text": "?"}},
                    "encode": {{"kind": "decimal", "decimals": 3}}}}]}}"#,
                ["", r#"{"kind": "rows"}"#, r#"{"kind": "rows", "column": "input"}"#][layout],
                ["", "\"input\"", "0"][layout],
            ))
            .expect("valid"),
        };
        let task = Task::classify(["yes", "no"]);
        let dataset = match read_csv(&front_end, &task, text.as_bytes(), BadRows::Skip) {
            Ok(dataset) => dataset,
            // Cells that look like several leave open how the table is written.
            Err(SensorError::Table(_)) if rows.iter().any(|(cell, _, quoted)| {
                !quoted && cell.contains([',', ';', '\t', '"', '\n', '\r'])
            }) => return Ok(()),
            // Words only, among rows of readings: another table may begin there.
            Err(SensorError::Table(problem)) if problem.code() == "other_header" => return Ok(()),
            Err(error) => panic!("{error}"),
        };
        prop_assert_eq!(dataset.records.len() as u64 + dataset.bad.len() as u64, dataset.rows);
        let fails = read_csv(&front_end, &task, text.as_bytes(), BadRows::Fail);
        prop_assert_eq!(fails.is_err(), !dataset.bad.is_empty());
        if let Err(SensorError::BadRow(first)) = fails {
            prop_assert_eq!(Some(&first), dataset.bad.first());
        }
        for record in &dataset.records {
            prop_assert!(front_end.check(&record.window).is_ok());
        }
    }

    /// Rows that are pushed with their columns in another order, under other
    /// names, give what the file gives.
    #[test]
    fn pushed_rows_are_those_of_the_file(
        rows in prop::collection::vec((cell(), "[0-9]{1,3}|x|", "yes|no|maybe|", 0..4_u32), 0..40),
        stream in any::<bool>(),
    ) {
        let layout = if stream {
            r#"{"kind": "stream", "length": 3, "stride": 2, "timestamp": "t", "max_gap_s": 2}"#
        } else {
            r#"{"kind": "rows", "column": "cell"}"#
        };
        let source = if stream { "\"number\"" } else { "0" };
        let front_end = FrontEnd::from_json(&format!(
            r#"{{"layout": {layout}, "template": "{{a}}", "channels": [{{"name": "a", "source": {source},
                "missing": {{"kind": "symbol", "text": "?"}},
                "encode": {{"kind": "decimal", "decimals": 3}}}}]}}"#
        )).expect("valid");
        let task = Task::classify(["yes", "no"]);
        let mut time = 0;
        let mut text = String::from("cell,number,output,t\n");
        let mut shuffled = Vec::new();
        for (cell, number, output, seconds) in &rows {
            time += seconds;
            text.push_str(&format!("\"{}\",{number},{output},{time}\n", cell.replace('"', "\"\"")));
            shuffled.push([output.clone(), time.to_string(), cell.clone(), number.clone()]);
        }
        let options = in_seconds(BadRows::Skip);
        let file = match read_csv_with(&front_end, &task, text.as_bytes(), &options) {
            Ok(file) => file,
            // By chance most times stand several times.
            Err(SensorError::Table(problem)) if problem.code() == "times_repeat" => return Ok(()),
            Err(error) => panic!("{error}"),
        };
        let header = ["Output", "T (s)", "CELL", " number "];
        let expected = expected_columns(&front_end, &task);
        let columns = suggest_columns(&expected, &["Output", "T", "CELL", " number "]);
        prop_assert!(columns.iter().all(Option::is_some), "{:?}", columns);
        let mut reader = RowReader::new(&front_end, &task, &header, &columns).expect("fits");
        let mut records = Vec::new();
        let mut bad = Vec::new();
        for row in &shuffled {
            let fields: Vec<&str> = row.iter().map(String::as_str).collect();
            match reader.push(&fields) {
                Ok(record) => records.extend(record),
                Err(SensorError::BadRow(row)) => bad.push((row.row, row.reason)),
                Err(error) => panic!("{error}"),
            }
        }
        let windows = |records: &[senselm_sensor::Labelled]| -> Vec<(String, Option<Truth>, u64)> {
            let each = records.iter();
            each.map(|r| (format!("{:?}", r.window), r.truth.clone(), r.place.row)).collect()
        };
        prop_assert_eq!(windows(&records), windows(&file.records));
        let refused: Vec<_> = file.bad.into_iter().map(|row| (row.row, row.reason)).collect();
        prop_assert_eq!(bad, refused);
        // The step between readings is seen in a sample, which only a file has.
        let in_rows = |warning: &Warning| !matches!(warning, Warning::Step { .. });
        let said: Vec<_> = file.warnings.into_iter().filter(in_rows).collect();
        prop_assert_eq!(reader.warnings(), said);
        prop_assert_eq!(reader.rows(), file.rows);
    }

    /// Well-formed files are split as csv-core splits them. Text as the truth,
    /// a generated answer, is what lets both be compared.
    #[test]
    fn fields_are_those_of_csv_core(
        rows in prop::collection::vec(("[a-z0-9 ]{0,6}", "[a-z,\"\n\r]{0,8}"), 1..8),
        ending in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
    ) {
        let mut text = format!("a,output{ending}");
        for (plain, wild) in &rows {
            let wild = wild.replace('"', "\"\"");
            text.push_str(&format!("1,{plain}{ending}2,\"{wild}\"{ending}{ending}"));
        }
        let front_end = FrontEnd::from_json(
            r#"{"layout": {"kind": "rows"}, "template": "{a}", "channels": [
                {"name": "a", "source": "a", "encode": {"kind": "decimal", "decimals": 0}}]}"#,
        ).expect("valid");
        let ours = read_csv(&front_end, &Task::generate(9), text.as_bytes(), BadRows::Fail)
            .expect("well-formed");
        let found: Vec<Option<Truth>> = ours.records.into_iter().map(|r| r.truth).collect();
        let expected: Vec<Option<Truth>> = csv_core_fields(text.as_bytes())
            .into_iter()
            .skip(1)
            .map(|fields| {
                let text = fields[1].trim();
                (!text.is_empty()).then(|| Truth::Text(text.to_string()))
            })
            .collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn numbers_are_written_as_they_are_read(
        low in -1e6..1e6_f64,
        span in 1.0..1e6_f64,
        decimals in 0..=5_u8,
        width in 0..=9_u8,
        share in 0.0..=1.0_f64,
    ) {
        let automaton = DigitAutomaton::new(low, low + span, decimals)
            .and_then(|automaton| automaton.with_width(width));
        let Ok(automaton) = automaton else { return Ok(()) };
        let value = low + share * span;
        let text = format!(" {}", automaton.text_of(value));
        let parsed = automaton.parse(text.as_bytes());
        let step = 10_f64.powi(-i32::from(decimals));
        prop_assert!(parsed.is_some_and(|parsed| (parsed - value).abs() <= step * 1.01), "{text} {value}");
        prop_assert!(text.len() <= automaton.max_len());
        for end in 0..=text.len() {
            let prefix = &text.as_bytes()[..end];
            prop_assert!(automaton.is_prefix(prefix));
            let allowed = automaton.allowed(prefix);
            let some = allowed.digits != 0 || allowed.point || allowed.minus || allowed.space;
            prop_assert!(some || allowed.end);
        }
    }

    #[test]
    fn what_the_automaton_accepts_is_in_range(text in " ?-?[0-9]{0,4}\\.?[0-9]{0,3}") {
        let automaton = DigitAutomaton::new(-12.5, 840.25, 2).expect("valid");
        let expected = text
            .strip_prefix(' ')
            .filter(|number| number.split_once('.').is_some_and(|(_, d)| d.len() == 2))
            .filter(|number| !number.trim_start_matches('-').starts_with('.'))
            .and_then(|number| number.parse::<f64>().ok())
            .filter(|value| (-12.5..=840.25).contains(value))
            // One text for each number: no leading zeros, no negative zero.
            .filter(|value| format!(" {value:.2}") == text && text != " -0.00");
        prop_assert_eq!(automaton.parse(text.as_bytes()), expected, "{}", text);
    }

    #[test]
    fn a_stream_gives_the_windows_of_the_file(
        length in 1..6_usize,
        stride in 1..7_usize,
        gaps in prop::collection::vec(prop_oneof![5 => Just(1_u32), 1 => Just(60)], 0..40),
    ) {
        let front_end = FrontEnd::from_json(&format!(
            r#"{{"layout": {{"kind": "stream", "length": {length}, "stride": {stride},
                "timestamp": "t", "max_gap_s": 10}}, "template": "{{a}}", "channels": [
                {{"name": "a", "source": "a", "encode": {{"kind": "decimal", "decimals": 0}}}}]}}"#
        )).expect("valid");
        let mut stream = WindowStream::new(&front_end).expect("a stream");
        let mut text = String::from("t,a,output\n");
        let (mut time, mut windows, mut runs) = (0, Vec::new(), vec![Vec::new()]);
        for (index, gap) in gaps.iter().enumerate() {
            time += gap;
            text.push_str(&format!("{time},{index},yes\n"));
            if *gap > 10 && index > 0 {
                runs.push(Vec::new());
            }
            runs.last_mut().expect("one").push(index as f64);
            let pushed = stream.push(&[index as f64], Some(f64::from(time))).expect("a reading");
            windows.extend(pushed.window);
        }
        let expected: Vec<Window> = runs
            .iter()
            .flat_map(|run| run.windows(length).step_by(stride))
            .map(|samples| Window { channels: vec![samples.to_vec()] })
            .collect();
        prop_assert_eq!(&windows, &expected);
        let task = Task::classify(["yes", "no"]);
        let options = in_seconds(BadRows::Fail);
        let read = read_csv_with(&front_end, &task, text.as_bytes(), &options).expect("readable");
        let read: Vec<Window> = read.records.into_iter().map(|record| record.window).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn variations_are_windows_of_the_front_end(
        window in window(),
        seed in any::<u64>(),
        strength in 0.0..1.0_f64,
        fill in prop_oneof![Just("missing"), Just("min"), Just("max"), Just("mean"), Just("first")],
    ) {
        let front_end = everything();
        let factor = 1.0 + strength;
        let spec: AugmentSpec = serde_json::from_str(&format!(
            r#"{{"shift": {strength}, "stretch": {factor}, "tempo": {factor}, "crop": {strength},
                "amplitude": {factor}, "offset": {strength}, "gamma": {factor}, "trend": {strength},
                "noise": {strength}, "truth_scales_with_rate": true,
                "dropout": {{"probability": {strength}, "fill": "{fill}"}},
                "substitute": {{"probability": {strength}, "channels": ["a", "b"]}}}}"#
        )).expect("a spec");
        let augmenter = Augmenter::new(spec, &front_end).expect("valid");
        let vary = || augmenter.apply(&window, Some(&Truth::Number(10.0)), &mut Rng::new(seed, 0));
        let (varied, truth) = vary();
        prop_assert!(front_end.render(&varied).is_ok());
        prop_assert_eq!(varied.fingerprint(), vary().0.fingerprint());
        let Some(Truth::Number(value)) = truth else { return Err(TestCaseError::fail("no number")) };
        // Stretch and tempo, and half a sample of 8 for rounding the latter.
        let most = factor * factor * (1.0 + 0.5 / 8.0) + 1e-9;
        let within = (10.0 / most..=10.0 * most).contains(&value);
        prop_assert!(within, "{} {}", value, most);
    }
}

fn csv_core_fields(mut bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv_core::Reader::new();
    let (mut rows, mut fields) = (Vec::new(), Vec::new());
    let mut buffer = [0; 4096];
    let mut field = Vec::new();
    loop {
        let (result, read, written) = reader.read_field(bytes, &mut buffer);
        bytes = &bytes[read..];
        field.extend_from_slice(&buffer[..written]);
        match result {
            csv_core::ReadFieldResult::Field { record_end } => {
                fields.push(String::from_utf8(std::mem::take(&mut field)).expect("text"));
                if record_end {
                    rows.push(std::mem::take(&mut fields));
                }
            }
            csv_core::ReadFieldResult::End => return rows,
            csv_core::ReadFieldResult::InputEmpty | csv_core::ReadFieldResult::OutputFull => {}
        }
    }
}

#[test]
fn augmentation_settings_that_are_refused() {
    let front_end = everything();
    for bad in [
        r#"{"shift": 1.5}"#,
        r#"{"noise": -0.1}"#,
        r#"{"stretch": 0.5}"#,
        r#"{"gamma": 1000}"#,
        r#"{"dropout": {"probability": 2, "fill": "min"}}"#,
        r#"{"dropout": {"probability": 0.5, "fill": "min", "channels": ["z"]}}"#,
        r#"{"substitute": {"probability": 0.5, "channels": ["z"]}}"#,
        r#"{"periodic": {"probability": 0.5, "min_cpm": 3, "max_cpm": 2}}"#,
        r#"{"periodic": {"probability": 0.5, "min_cpm": 1, "max_cpm": 2, "noise": 2}}"#,
        r#"{"periodic": {"probability": 0.5, "min_cpm": 1, "max_cpm": 2}}"#,
    ] {
        let spec: AugmentSpec = serde_json::from_str(bad).expect(bad);
        assert!(Augmenter::new(spec, &front_end).is_err(), "{bad}");
    }
    assert!(serde_json::from_str::<AugmentSpec>(r#"{"loud": 1}"#).is_err());
}

/// A made-up signal has the rate that it says it has.
#[test]
fn periodic_signals_have_their_rate() {
    let mut spec = everything().spec().clone();
    spec.layout = Layout::Cells {
        column: Some(senselm_sensor::Source::Name("input".into())),
        samples: Samples { min: 8, max: 600 },
    };
    for channel in &mut spec.channels {
        channel.sample_rate_hz = Some(16.0);
    }
    let front_end = FrontEnd::new(spec).expect("valid");
    let augment: AugmentSpec = toml::from_str(
        "periodic = { probability = 1, min_cpm = 6, max_cpm = 30, wander = 0.05, swell = 0.3,
            harmonic = 0.3, trend = 0.7, noise = 0.2, within_cpm = 2 }",
    )
    .expect("a spec");
    let augmenter = Augmenter::new(augment, &front_end).expect("valid");
    let blank = Window {
        channels: vec![vec![0.0; 480]; 4],
    };
    for seed in 0..50 {
        let (window, truth) =
            augmenter.apply(&blank, Some(&Truth::Number(1.0)), &mut Rng::new(seed, 0));
        let Some(Truth::Number(rate)) = truth else {
            panic!("no rate");
        };
        let found = senselm_sensor::spectrum::dominant_cpm(
            &window.channels[0],
            16.0,
            (3.0, 40.0),
            senselm_sensor::Detrend::Line,
            senselm_sensor::Taper::Hann,
        )
        .expect("a peak");
        assert!((found - rate).abs() < 2.0, "{found} {rate}");
    }
}
