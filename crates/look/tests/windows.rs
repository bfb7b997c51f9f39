//! Rows that are whole windows: their samples side by side, or a list for each
//! channel.

use senselm_look::{
    Goal, Group, LookError, Note, Options, RecipeFor, Role, RowKind, Seen, Why, look,
};
use senselm_sensor::{FrontEnd, FrontEndSpec, Layout, Samples, Source, Task};

fn look_at(files: &[(&str, String)], options: &Options) -> Result<Seen, LookError> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    let seen = look(&[folder.path().to_path_buf()], options)?;
    is_read(&seen);
    Ok(seen)
}

/// What was seen is read as it was seen, also by who has the recipe alone.
fn is_read(seen: &Seen) {
    #[derive(serde::Deserialize)]
    struct Written {
        front_end: FrontEndSpec,
    }
    let recipe = seen.recipe(&RecipeFor::of(seen));
    let written: Written = toml::from_str(&recipe).unwrap_or_else(|e| panic!("{e}\n{recipe}"));
    assert_eq!(written.front_end, seen.front_end(), "{recipe}");
    let front_end = FrontEnd::new(written.front_end).expect("a front end");
    let windows = seen.windows(&front_end, Role::Train).expect("windows");
    if !seen.is_stream() {
        let read = (windows.records.len() as u64, windows.bad.len());
        assert_eq!(read, (seen.rows, 0));
    }
}

fn seen(text: String) -> Seen {
    look_at(&[("a.csv", text)], &Options::default()).expect("seen")
}

fn refused(text: String, options: &Options) -> LookError {
    look_at(&[("a.csv", text)], options).expect_err("refused")
}

fn told(rows: RowKind) -> Options {
    Options {
        rows: Some(rows),
        ..Options::default()
    }
}

fn samples(seen: &Seen) -> (usize, usize) {
    match seen.layout {
        Layout::SideBySide {
            samples: Samples { min, max },
        } => (min, max),
        ref layout => panic!("{layout:?}"),
    }
}

fn names(seen: &Seen) -> Vec<&str> {
    seen.channels
        .iter()
        .map(|channel| channel.name.as_str())
        .collect()
}

fn labels(seen: &Seen) -> Vec<&str> {
    match &seen.task {
        Some(Task::Classify { labels, .. }) => labels.iter().map(String::as_str).collect(),
        task => panic!("{task:?}"),
    }
}

/// Noise that is the same every time.
fn noise(at: usize) -> f64 {
    let word = (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((word ^ (word >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f64 / f64::from(1 << 24)
}

/// A smooth sample of a window of its own.
fn sample(row: usize, at: usize) -> f64 {
    (at as f64 / 7.0 + noise(row) * 6.0).sin() * (1.0 + noise(row + 1_000))
}

/// Cells between these marks.
fn row(cells: impl Iterator<Item = String>, mark: &str) -> String {
    cells.collect::<Vec<String>>().join(mark) + "\n"
}

fn window(row: usize, length: usize) -> impl Iterator<Item = String> {
    (0..length).map(move |at| format!("{:.4}", sample(row, at)))
}

#[test]
fn titles_that_go_on_counting_are_samples() {
    for title in ["s{}", "t_{}", "V ({})", "value {}", "{}"] {
        let titles = (0..150).map(|at| title.replace("{}", &at.to_string()));
        let mut text = row(titles.chain(["label".to_owned()]), ",");
        for at in 0..30 {
            let label = ["up", "down"][at % 2].to_owned();
            text += &row(window(at, 150).chain([label]), ",");
        }
        let seen = seen(text);
        assert_eq!(samples(&seen), (150, 150), "{title}");
        assert_eq!((labels(&seen), seen.rows), (vec!["down", "up"], 30));
        assert_eq!(seen.group, Group::Window);
        let name = title.replace("{}", "0");
        assert_eq!(seen.channels[0].source, Source::Name(name));
        let said = seen.to_string();
        assert!(
            said.contains("each a window of 150 samples of one channel"),
            "{said}"
        );
    }
}

#[test]
fn channels_stand_one_behind_the_other_or_sample_by_sample() {
    let titles = |at: usize| ["ax", "ay", "az"].map(|name| format!("{name}_{}", at + 1));
    let value = |row: usize, at: usize, channel: usize| {
        format!("{:.3}", sample(row + 40 * channel, at) + channel as f64)
    };
    // Sample by sample.
    let first = ["subject", "activity"].map(str::to_owned).into_iter();
    let mut by_sample = row(first.clone().chain((0..60).flat_map(titles)), ",");
    // Channel by channel.
    let by_name = (0..3).flat_map(|channel| (0..60).map(move |at| titles(at)[channel].clone()));
    let mut by_channel = row(first.chain(by_name), ",");
    for at in 0..48 {
        let who = [
            format!("P{}", at / 12),
            ["walk", "sit", "run"][at % 3].to_owned(),
        ];
        let cells = (0..60).flat_map(|sample| (0..3).map(move |c| value(at, sample, c)));
        by_sample += &row(who.clone().into_iter().chain(cells), ",");
        let cells = (0..3).flat_map(|c| (0..60).map(move |sample| value(at, sample, c)));
        by_channel += &row(who.into_iter().chain(cells), ",");
    }
    let both = [by_sample, by_channel].map(seen);
    for seen in &both {
        assert_eq!(samples(seen), (60, 60));
        assert_eq!(names(seen), ["ax", "ay", "az"]);
        assert_eq!(labels(seen), ["run", "sit", "walk"]);
        assert!(matches!(&seen.group, Group::Column { title, .. } if title == "subject"));
        assert!(seen.channels[2].quantiles.min > -0.1 && seen.channels[0].quantiles.min < -1.0);
    }
    let windows = both.each_ref().map(|seen| {
        let front_end = FrontEnd::new(seen.carrier(None)).expect("a front end");
        // The files are gone, what was read of them is in the spreads.
        (
            front_end,
            seen.channels
                .iter()
                .map(|c| c.quantiles)
                .collect::<Vec<_>>(),
        )
    });
    assert_eq!(windows[0].1, windows[1].1);
}

/// Rows as the UCR archive has them.
fn archive(mark: &str, last: bool, label: impl Fn(usize) -> String, value: &str) -> String {
    let mut text = String::new();
    for at in 0..36 {
        let cells = (0..96).map(|sample_at| match value {
            "whole" => format!("{:.0}", 500.0 * sample(at, sample_at)),
            _ => format!("{:.7e}", sample(at, sample_at)),
        });
        let label = [label(at)].into_iter();
        text += &match last {
            true => row(cells.chain(label), mark),
            false => row(label.chain(cells), mark),
        };
    }
    text
}

#[test]
fn without_a_header_the_column_of_labels_is_at_one_end() {
    for mark in ["\t", ",", "  "] {
        for last in [false, true] {
            for value in ["fraction", "whole"] {
                for label in ["number", "sorted", "float", "text"] {
                    let of = |at: usize| match label {
                        "number" => (at % 3 + 1).to_string(),
                        "sorted" => (at / 12).to_string(),
                        "float" => format!("{:.7e}", (at % 3) as f64 - 1.0),
                        _ => ["up", "down", "flat"][at % 3].to_owned(),
                    };
                    let text = archive(mark, last, of, value);
                    let seen = look_at(&[("A_TRAIN.tsv", text)], &Options::default());
                    let case = format!("{mark:?} {last} {value} {label}");
                    let seen = seen.unwrap_or_else(|error| panic!("{case}: {error}"));
                    assert_eq!(samples(&seen), (96, 96), "{case}");
                    assert_eq!(labels(&seen).len(), 3, "{case}");
                    assert_eq!(seen.channels[0].source, Source::Index(usize::from(!last)));
                }
            }
        }
    }
}

#[test]
fn without_labels_all_columns_are_samples() {
    let mut text = String::new();
    for at in 0..30 {
        text += &row(window(at, 64), ";");
    }
    let seen = seen(text);
    assert_eq!((samples(&seen), seen.task.as_ref()), ((64, 64), None));
    assert_eq!(names(&seen), ["value"]);
}

#[test]
fn windows_that_end_before_the_last_column_are_shorter() {
    let titles = (0..80).map(|at| format!("s{at}"));
    let mut text = row(["label".to_owned()].into_iter().chain(titles), ",");
    for at in 0..30 {
        let length = 50 + at;
        let empty = (length..80).map(|_| ["", "NaN"][at % 2].to_owned());
        let label = ["a", "b"][at % 2].to_owned();
        text += &row(
            [label].into_iter().chain(window(at, length)).chain(empty),
            ",",
        );
    }
    let seen = seen(text);
    assert_eq!(samples(&seen), (30, 80));
    assert_eq!(seen.channels[0].missing_share, 0.0);
}

#[test]
fn a_window_has_the_samples_that_its_file_has() {
    let text = |length: usize| {
        let titles = (1..=length).map(|at| format!("x_{at}"));
        let mut text = row(["label".to_owned()].into_iter().chain(titles), ",");
        for at in 0..20 {
            let label = ["a", "b"][at % 2].to_owned();
            text += &row([label].into_iter().chain(window(at, length)), ",");
        }
        text
    };
    let files = [("a.csv", text(40)), ("b.csv", text(60))];
    let seen = look_at(&files, &Options::default()).expect("seen");
    assert_eq!(samples(&seen).1, 60);
    assert!(
        !seen
            .notes
            .iter()
            .any(|n| matches!(n, Note::NotInAll { .. })),
        "{:?}",
        seen.notes
    );
    // Without titles nobody knows which columns the others are.
    let bare = |length: usize| {
        let rows = (0..20).map(|at| {
            row(
                [(at % 2).to_string()].into_iter().chain(window(at, length)),
                ",",
            )
        });
        rows.collect::<String>()
    };
    let files = [("a.csv", bare(40)), ("b.csv", bare(60))];
    let error = look_at(&files, &Options::default()).expect_err("refused");
    assert!(
        matches!(
            error,
            LookError::OtherWidths {
                first_columns: 41,
                second_columns: 61,
                ..
            }
        ),
        "{error}"
    );
}

/// Rows of numbered columns, of which each goes on from row to row.
fn sensors(columns: usize, value: impl Fn(usize, usize) -> f64) -> String {
    let mut text = row(
        (1..=columns)
            .map(|at| format!("temp{at}"))
            .chain(["state".to_owned()]),
        ",",
    );
    for at in 0..240 {
        let cells = (0..columns).map(|column| format!("{:.3}", value(at, column)));
        text += &row(cells.chain([["on", "off"][at / 60 % 2].to_owned()]), ",");
    }
    text
}

#[test]
fn numbered_columns_may_be_channels() {
    let course = |at: usize, column: usize| (at as f64 / 20.0).sin() + 40.0 * noise(column);
    // A handful are channels, whatever is in them.
    for columns in [4, 20] {
        let seen = seen(sensors(columns, course));
        assert!(seen.is_stream());
        assert_eq!(seen.channels.len(), columns);
    }
    // Where neighbours are alike in rows and in columns, or in neither, somebody
    // has to say it.
    let both = |at: usize, column: usize| (at as f64 / 20.0 + column as f64 / 9.0).sin();
    let neither = |at: usize, column: usize| noise(at * 31 + column * 977);
    for text in [sensors(20, both), sensors(20, neither)] {
        let error = refused(text.clone(), &Options::default());
        assert!(matches!(error, LookError::TwoRowKinds { .. }), "{error}");
        assert_eq!(error.choices()[0], ("rows", "window".to_owned()));
        let windows = look_at(&[("a.csv", text.clone())], &told(RowKind::Window)).expect("seen");
        assert_eq!(samples(&windows), (20, 20));
        let stream = look_at(&[("a.csv", text)], &told(RowKind::Stream)).expect("seen");
        assert_eq!(stream.channels.len(), 20);
    }
    // A handful are windows if somebody says so, and what does not count is none.
    let four = look_at(&[("a.csv", sensors(4, course))], &told(RowKind::Window)).expect("seen");
    assert_eq!(samples(&four), (4, 4));
    let plain = "x,y,label\n1,2,a\n2,1,b\n3,1,a\n4,2,b\n".to_owned();
    let error = refused(plain, &told(RowKind::Window));
    assert!(matches!(error, LookError::NoWindows), "{error}");
}

#[test]
fn a_channel_of_windows_can_be_left_out() {
    let titles = (0..40).flat_map(|at| ["x", "y"].map(|name| format!("{name}{at}")));
    let mut text = row(titles.chain(["age", "class"].map(str::to_owned)), ",");
    for at in 0..40 {
        let cells = window(at, 40)
            .zip(window(at + 50, 40))
            .flat_map(|(x, y)| [x, y]);
        let age = format!("{:.1}", 20.0 + 30.0 * noise(at));
        text += &row(cells.chain([age, (at % 2).to_string()]), ",");
    }
    let seen_all = seen(text.clone());
    assert_eq!(names(&seen_all), ["x", "y"]);
    let beside = Note::LeftOut {
        column: "age".to_owned(),
        why: Why::BesideWindows,
    };
    assert!(seen_all.notes.contains(&beside), "{:?}", seen_all.notes);
    let one = Options {
        ignore: vec!["y".to_owned()],
        ..Options::default()
    };
    let seen = look_at(&[("a.csv", text.clone())], &one).expect("seen");
    assert_eq!((names(&seen), samples(&seen)), (vec!["x"], (40, 40)));
    let options = Options {
        task: Some(Goal::Anomaly),
        ..Options::default()
    };
    let seen = look_at(&[("a.csv", text)], &options).expect("seen");
    assert_eq!((names(&seen), seen.task.as_ref()), (vec!["x", "y"], None));
}

#[test]
fn more_columns_than_a_row_of_readings_has() {
    let titles = (0..3_000).map(|at| format!("s{at}"));
    let mut text = row(titles.chain(["label".to_owned()]), ",");
    for at in 0..20 {
        text += &row(
            window(at, 3_000).chain([["a", "b"][at % 2].to_owned()]),
            ",",
        );
    }
    assert_eq!(samples(&seen(text)), (3_000, 3_000));
}

#[test]
fn a_column_of_lists_for_each_channel() {
    for (open, between, close) in [
        ("[", ", ", "]"),
        ("[", ",", "]"),
        ("", " ", ""),
        ("", ";", ""),
    ] {
        let mut text = String::from("x,\"y (mV)\",who,label\n");
        for at in 0..30 {
            let list = |row, length| {
                let cells: Vec<String> = window(row, length).collect();
                format!("\"{open}{}{close}\"", cells.join(between))
            };
            let (x, y) = (list(at, 40), list(at + 60, 40 + at % 2));
            text += &format!("{x},{y},P{},{}\n", at / 6, ["a", "b"][at % 2]);
        }
        let seen = seen(text);
        let Layout::Cells {
            column: None,
            samples,
        } = seen.layout
        else {
            panic!("{:?}", seen.layout);
        };
        assert_eq!((samples.min, samples.max), (29, 52), "{between:?}");
        assert_eq!(names(&seen), ["x", "y"]);
        assert_eq!(seen.channels[1].unit, "mV");
        assert_eq!(seen.channels[1].source, Source::Name("y (mV)".to_owned()));
        assert_eq!(labels(&seen), ["a", "b"]);
        let said = seen.to_string();
        assert!(
            said.contains("29 to 52 samples of 2 channels as a list for each"),
            "{said}"
        );
    }
    let mixed =
        "x,y,label\n\"a: [1, 2] b: [3, 4]\",\"[1, 2]\",u\n\"a: [1, 2] b: [3, 5]\",\"[2, 2]\",v\n";
    let error = refused(mixed.to_owned(), &Options::default());
    assert!(matches!(error, LookError::SeveralLists { .. }), "{error}");
}

#[test]
fn samples_that_are_no_numbers_leave_their_rows_out() {
    let mut text = row(
        (0..20)
            .map(|at| format!("s{at}"))
            .chain(["label".to_owned()]),
        ",",
    );
    for at in 0..60 {
        let cells = window(at, 20).enumerate();
        let cells = cells.map(|(sample, text)| match (at, sample) {
            (7, 3) => "overload".to_owned(),
            _ => text,
        });
        text += &row(cells.chain([["a", "b"][at % 2].to_owned()]), ",");
    }
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.csv"), text).expect("written");
    let seen = look(&[folder.path().to_path_buf()], &Options::default()).expect("seen");
    assert_eq!(seen.rows, 59);
    let odd =
        |note: &&Note| matches!(note, Note::OddSamples { cells: 1, text } if text == "overload");
    assert_eq!(seen.notes.iter().filter(odd).count(), 1, "{:?}", seen.notes);
}
