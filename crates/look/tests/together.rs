//! Files beside one another, and what makes all that is learned from them wrong:
//! other units, rates and columns, recordings that are there twice, channels that give
//! the answer away, numbers that stand for nothing.

use std::path::Path;

use senselm_look::{Goal, LookError, Note, Options, RecipeFor, Role, Seen, look};
use senselm_sensor::FrontEnd;
use tempfile::TempDir;

fn folder(files: &[(&str, String)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        std::fs::write(path, text).expect("written");
    }
    folder
}

fn look_at(files: &[(&str, String)], options: &Options) -> Result<Seen, LookError> {
    look(&[folder(files).path().to_path_buf()], options)
}

fn seen(files: &[(&str, String)]) -> Seen {
    look_at(files, &Options::default()).expect("seen")
}

fn refused(files: &[(&str, String)]) -> (LookError, String) {
    let error = look_at(files, &Options::default()).expect_err("two readings");
    let words = error.to_string();
    (error, words)
}

/// The values of all windows, channel by channel.
fn values(files: &[(&str, String)], options: &Options) -> Vec<Vec<f64>> {
    let folder = folder(files);
    let seen = look(&[folder.path().to_path_buf()], options).expect("seen");
    let front_end = FrontEnd::new(seen.carrier(seen.sizes.last().copied())).expect("a front end");
    let windows = seen.windows(&front_end, Role::Train).expect("windows");
    let mut values = vec![Vec::new(); seen.channels.len()];
    for record in &windows.records {
        for (all, samples) in values.iter_mut().zip(&record.window.channels) {
            all.extend_from_slice(samples);
        }
    }
    values
}

/// Noise that is the same every time, from 0 to 1.
fn noise(at: usize) -> f64 {
    let word = (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((word ^ (word >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f64 / f64::from(1 << 24)
}

/// Rows of a temperature and a level at so many readings a second.
fn recording(head: &str, hz: f64, from: usize, row: impl Fn(f64, f64, usize) -> String) -> String {
    let mut text = format!("time_s,{head}\n");
    for at in from..from + 400 {
        let temp = 21.0 + 2.0 * (at as f64 / 23.0).sin() + noise(at);
        let level = 600.0 + 80.0 * (at as f64 / 31.0).cos() + 9.0 * noise(at + 7);
        let time = (at - from) as f64 / hz;
        text += &format!("{time:.3},{}\n", row(temp, level, at));
    }
    text
}

fn plain(temp: f64, level: f64, at: usize) -> String {
    format!("{temp:.3},{level:.3},{}", ["on", "off"][at / 50 % 2])
}

fn fahrenheit(temp: f64, level: f64, at: usize) -> String {
    plain(temp * 1.8 + 32.0, level, at)
}

const HEAD: &str = "temp,level,state";

#[test]
fn units_that_titles_say() {
    let c = |from| recording("temp (°C),level,state", 10.0, from, plain);
    let f = recording("temp (°F),level,state", 10.0, 900, fahrenheit);
    let files = [("a.csv", c(0)), ("b.csv", c(500)), ("c.csv", f)];
    let (error, words) = refused(&files);
    assert!(matches!(error, LookError::OtherUnits { .. }), "{words}");
    for part in ["a.csv", "c.csv", "°C", "°F", "Convert"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert_eq!(error.choices(), [("ignore", "temp".to_owned())]);
    let ignore = Options {
        ignore: vec!["temp".to_owned()],
        ..Options::default()
    };
    let without = look_at(&files, &ignore).expect("decided");
    assert_eq!(without.channels.len(), 1);
    // Another way to write the same unit is no other unit.
    let same = recording("temp_C,level,state", 10.0, 900, plain);
    let files = [("a.csv", c(0)), ("b.csv", same)];
    let found = look_at(&files, &Options::default());
    assert!(!matches!(found, Err(LookError::OtherUnits { .. })));
}

#[test]
fn a_unit_that_only_some_files_say() {
    let with = recording("temp (°C),level,state", 10.0, 0, plain);
    let files = [
        ("a.csv", with),
        ("b.csv", recording(HEAD, 10.0, 500, plain)),
    ];
    let seen = seen(&files);
    let names: Vec<&str> = seen.channels.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["temp", "level"]);
    assert_eq!(seen.channels[0].unit, "°C");
    assert!(
        seen.notes.iter().any(|note| {
            matches!(note, Note::UnitAssumed { path, .. } if path.ends_with("b.csv"))
        })
    );
    let values = values(&files, &Options::default());
    assert!(values[0].len() > 600, "windows of both files");
}

#[test]
fn units_in_cells_are_converted_and_said() {
    let unit = |unit: &'static str, scale: f64, offset: f64| {
        move |temp: f64, level: f64, at: usize| {
            let temp = temp * scale + offset;
            format!("{temp:.3} {unit},{level:.3},{}", ["on", "off"][at / 50 % 2])
        }
    };
    let files = [
        ("a.csv", recording(HEAD, 10.0, 0, unit("°C", 1.0, 0.0))),
        ("b.csv", recording(HEAD, 10.0, 500, unit("°F", 1.8, 32.0))),
    ];
    let seen = seen(&files);
    assert!(seen.channels[0].quantiles.max < 25.0, "in the first unit");
    assert!(seen.notes.iter().any(|note| {
        matches!(note, Note::UnitConverted { path, .. } if path.ends_with("b.csv"))
    }));
    let values = values(&files, &Options::default());
    assert!(values[0].iter().all(|value| (18.0..25.0).contains(value)));
    let files = [
        files[0].clone(),
        ("b.csv", recording(HEAD, 10.0, 500, unit("bar", 1.0, 0.0))),
    ];
    let (error, words) = refused(&files);
    assert!(matches!(error, LookError::OtherUnits { .. }), "{words}");
    assert!(words.contains("a.csv") && words.contains("b.csv"));
}

#[test]
fn a_unit_in_some_cells_has_two_readings() {
    let mixed = |temp: f64, level: f64, at: usize| {
        let state = ["on", "off"][at / 50 % 2];
        match at % 9 {
            4 => format!("{:.0} mV,{level:.3},{state}", temp * 1_000.0),
            _ => format!("{temp:.3},{level:.3},{state}"),
        }
    };
    let (error, words) = refused(&[("a.csv", recording(HEAD, 10.0, 0, mixed))]);
    assert!(matches!(error, LookError::UnitInSome { .. }), "{words}");
    assert!(words.contains("temp") && words.contains("mV"), "{words}");
    assert_eq!(error.choices(), [("ignore", "temp".to_owned())]);
    // A title says what those mean that say nothing, and nothing is nothing in any unit.
    let titled = recording("temp (V),level,state", 10.0, 0, mixed);
    let values = values(&[("a.csv", titled)], &Options::default());
    assert!(values[0].iter().all(|value| (18.0..25.0).contains(value)));
    let zeros = |temp: f64, level: f64, at: usize| match at % 9 {
        4 => plain(0.0, level, at).replace("0.000,", "0,"),
        _ => plain(temp, level, at).replacen(',', " V,", 1),
    };
    seen(&[("a.csv", recording(HEAD, 10.0, 0, zeros))]);
}

#[test]
fn rates_that_differ() {
    let of = |hz, from| recording(HEAD, hz, from, plain);
    let files = [("a.csv", of(10.0, 0)), ("b.csv", of(100.0, 500))];
    let (error, words) = refused(&files);
    assert!(matches!(error, LookError::OtherRates { .. }), "{words}");
    for part in ["a.csv", "b.csv", "10 times", "100 times"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert_eq!(error.choices(), [("rate", "10".to_owned())]);
    let mut told = Options::default();
    told.told.rate_hz = Some(10.0);
    look_at(&files, &told).expect("decided");
    seen(&[("a.csv", of(10.0, 0)), ("b.csv", of(10.03, 500))]);
    // A file that has no steady rate decides nothing, wherever it stands.
    let uneven = |at: usize| (at * at % 7) as f64 * 0.4 + 0.05;
    let mut odd = format!("time_s,{HEAD}\n");
    let mut time = 0.0;
    for at in 0..400 {
        time += uneven(at);
        odd += &format!("{time:.3},{}\n", plain(noise(at), noise(at + 9), at));
    }
    let (error, _) = refused(&[("0.csv", odd.clone()), files[0].clone(), files[1].clone()]);
    assert!(matches!(error, LookError::OtherRates { .. }));
    seen(&[("0.csv", odd), files[0].clone()]);
}

/// What titles do not say values may: it is said, before anything else.
#[test]
fn files_of_one_answer_are_held_against_each_other() {
    let a = || ("a.csv", recording(HEAD, 10.0, 0, plain));
    let exchanged = |temp, level, at| plain(level, temp, at);
    for other in [
        recording(HEAD, 10.0, 500, exchanged),
        recording(HEAD, 10.0, 500, fahrenheit),
        recording(HEAD, 10.0, 500, |temp, level, at| {
            plain(temp * 1_000.0, level, at)
        }),
    ] {
        let seen = seen(&[a(), ("b.csv", other)]);
        let Some(Note::Differs {
            first,
            second,
            reasons,
        }) = seen.notes.first()
        else {
            panic!("{:?}", seen.notes);
        };
        assert!(first.ends_with("a.csv") && second.ends_with("b.csv"));
        assert!(reasons[0].contains("temp"), "{reasons:?}");
    }
    // Whichever comes first.
    let thousandth = |temp: f64, level: f64, at: usize| {
        let state = ["on", "off"][at / 50 % 2];
        format!("{:.6},{level:.3},{state}", (temp - 21.0) / 1_000.0)
    };
    let around = |temp: f64, level: f64, at: usize| plain(temp - 21.0, level, at);
    let small = recording(HEAD, 10.0, 500, thousandth);
    let large = recording(HEAD, 10.0, 0, around);
    let orders = [(large.clone(), small.clone()), (small, large)];
    for (first, second) in orders {
        let found = seen(&[("a.csv", first), ("b.csv", second)]);
        let said = matches!(found.notes[0], Note::Differs { .. });
        assert!(said, "{:?}", found.notes);
    }
    let differs = |seen: &Seen| (seen.notes.iter()).any(|n| matches!(n, Note::Differs { .. }));
    assert!(!differs(&seen(&[
        a(),
        ("b.csv", recording(HEAD, 10.0, 500, plain))
    ])));
    // Another machine may have another gain.
    let gain = |temp, level, at| plain(temp * 4.0, level, at);
    assert!(!differs(&seen(&[
        a(),
        ("b.csv", recording(HEAD, 10.0, 500, gain))
    ])));
    // Answers may differ in everything.
    let head = "temp,level";
    let unlabelled = |swap: bool| {
        recording(head, 10.0, 500, move |temp, level, _| match swap {
            true => format!("{level:.3},{temp:.3}"),
            false => format!("{temp:.3},{level:.3}"),
        })
    };
    let options = Options {
        label: Some("folder".to_owned()),
        ..Options::default()
    };
    let folders = [
        ("walk/a.csv", unlabelled(false)),
        ("run/a.csv", unlabelled(true)),
    ];
    assert!(!differs(&look_at(&folders, &options).expect("seen")));
}

#[test]
fn a_recording_that_is_there_twice() {
    let text = recording("temp,level", 10.0, 0, |temp, level, _| {
        format!("{temp:.3},{level:.3}")
    });
    let other = |from| {
        recording("temp,level", 10.0, from, |temp, level, _| {
            format!("{temp:.3},{level:.3}")
        })
    };
    let options = |option: &str| Options {
        label: (option == "label").then(|| "folder".to_owned()),
        group: (option == "group").then(|| "folder".to_owned()),
        task: (option == "group").then_some(Goal::Anomaly),
        ..Options::default()
    };
    let files = [
        ("idle/a.csv", text.clone()),
        ("idle/b.csv", other(700)),
        ("busy/c.csv", text.clone()),
        ("busy/d.csv", other(1500)),
    ];
    for option in ["label", "group"] {
        let seen = look_at(&files, &options(option)).expect("seen");
        let Some(Note::Again {
            first,
            second,
            share,
            labels,
            groups,
        }) = seen.notes.first()
        else {
            panic!("{:?}", seen.notes);
        };
        assert!(first.ends_with("busy/c.csv") && second.ends_with("idle/a.csv"));
        assert_eq!(*share, 1.0);
        let said = seen.said_first();
        assert!(
            said[0].contains("c.csv") && said[0].contains("a.csv"),
            "{said:?}"
        );
        let two = Some(("busy".to_owned(), "idle".to_owned()));
        assert_eq!(*labels, two.clone().filter(|_| option == "label"));
        assert_eq!(*groups, two.filter(|_| option == "group"));
    }
    // A part of it, from somewhere on, in one file with others.
    let rows: Vec<&str> = text.lines().collect();
    let part = format!("{}\n{}\n", rows[0], rows[150..].join("\n"));
    let seen = seen(&[("a.csv", text.clone()), ("b.csv", part)]);
    assert!(matches!(seen.notes.first(), Some(Note::Again { .. })));
}

#[test]
fn windows_that_are_there_under_another_label() {
    let mut text = String::from("input,label\n");
    for row in 0..40 {
        let samples: Vec<String> = (0..20)
            .map(|at| format!("{:.4}", noise(row / 2 * 20 + at)))
            .collect();
        text += &format!("\"[{}]\",{}\n", samples.join(", "), ["a", "b"][row % 2]);
    }
    let seen = seen(&[("a.csv", text)]);
    let first: Vec<&Note> = seen.notes.iter().filter(|n| n.comes_first()).collect();
    assert!(
        first
            .iter()
            .any(|n| matches!(n, Note::Contradictory { windows: 20 }))
    );
    assert!(matches!(
        seen.notes[0],
        Note::Again { .. } | Note::Contradictory { .. }
    ));
}

#[test]
fn channels_that_give_the_answer_away() {
    let row = |temp: f64, level: f64, at: usize| {
        let on = at / 50 % 2;
        let copy = [17, 4][on];
        let session = at / 50 * 3 + 1000;
        let mixed = temp + on as f64;
        format!(
            "{mixed:.3},{level:.3},{copy},{session},{}",
            ["on", "off"][on]
        )
    };
    let text = recording("temp,level,code,battery,state", 10.0, 0, row);
    let seen = seen(&[("a.csv", text)]);
    let given: Vec<&str> = (seen.notes.iter())
        .filter_map(|note| match note {
            Note::GivesAway { column } => Some(column.as_str()),
            _ => None,
        })
        .collect();
    assert!(given.contains(&"code"), "{:?}", seen.notes);
    assert!(!given.contains(&"temp") && !given.contains(&"level"));
    assert!(matches!(seen.notes[0], Note::GivesAway { .. }));
    let words = seen.notes[0].to_string();
    assert!(words.contains("--ignore"), "{words}");
}

#[test]
fn a_number_that_is_another_column_once_more() {
    let row = |temp: f64, level: f64, _| format!("{level:.3},{:.3},{:.2}", temp * 1.8 + 32.0, temp);
    let text = recording("level,temp_f,target", 10.0, 0, row);
    let options = Options {
        label: Some("target".to_owned()),
        task: Some(Goal::Number),
        ..Options::default()
    };
    let seen = look_at(&[("a.csv", text)], &options).expect("seen");
    let given = |note: &&Note| matches!(note, Note::GivesAway { .. });
    assert_eq!(seen.notes.iter().filter(given).count(), 1);
    assert!(seen.notes[0].to_string().contains("temp_f"));
}

#[test]
fn numbers_that_stand_for_nothing() {
    let row = |temp: f64, level: f64, at: usize| match at % 40 {
        3 => format!("-999,{level:.3},{}", ["on", "off"][at / 50 % 2]),
        _ => plain(temp, level, at),
    };
    let files = [("a.csv", recording(HEAD, 10.0, 0, row))];
    let found = seen(&files);
    assert!(matches!(found.notes[0], Note::Sentinel { .. }));
    assert!(found.notes[0].to_string().contains("--missing=-999"));
    let options = Options {
        missing: vec![-999.0],
        ..Options::default()
    };
    let told = look_at(&files, &options).expect("seen");
    assert!(
        !told
            .notes
            .iter()
            .any(|n| matches!(n, Note::Sentinel { .. }))
    );
    assert!((told.channels[0].missing_share - 0.025).abs() < 1e-9);
    assert!(told.channels[0].quantiles.min > 10.0);
    let recipe = told.recipe(&RecipeFor::of(&told));
    assert!(recipe.contains("missing_values = [-999.0]"), "{recipe}");
    toml::from_str::<toml::Value>(&recipe).expect("TOML");
    let read = values(&files, &options);
    assert!(!read[0].contains(&-999.0));
    assert!(read[0].iter().any(|value| value.is_nan()));
}

/// A number that stands for nothing among samples may be a label, and one that does
/// among numbers to learn is said.
#[test]
fn numbers_that_stand_for_nothing_among_answers() {
    let bit = |temp: f64, level: f64, at: usize| format!("{temp:.3},{level:.3},{}", at / 50 % 2);
    let zero = Options {
        missing: vec![0.0],
        ..Options::default()
    };
    let found = look_at(&[("a.csv", recording(HEAD, 10.0, 0, bit))], &zero).expect("seen");
    let labels = found.answers.expect("labels").labels;
    let labels: Vec<(&str, u64)> = (labels.iter())
        .map(|label| (label.name.as_str(), label.rows))
        .collect();
    assert_eq!(labels, [("0", 200), ("1", 200)]);
    let number = |temp: f64, level: f64, at: usize| {
        let answer = if at % 40 == 3 {
            -999.0
        } else {
            temp + level / 50.0
        };
        format!("{temp:.3},{level:.3},{answer:.2}")
    };
    let numbers = Options {
        task: Some(Goal::Number),
        label: Some("state".to_owned()),
        ..Options::default()
    };
    let found = look_at(&[("a.csv", recording(HEAD, 10.0, 0, number))], &numbers).expect("seen");
    assert!(
        matches!(found.notes[0], Note::OddAnswer { .. }),
        "{:?}",
        found.notes
    );
    assert!(found.notes[0].to_string().contains("-999 in 10 rows"));
}

#[test]
fn files_without_rows_are_left_out_by_name() {
    let a = || ("a.csv", recording(HEAD, 10.0, 0, plain));
    let header = format!("time_s,{HEAD}\n");
    for nothing in [String::new(), "\n\n".to_owned(), header] {
        let found = seen(&[a(), ("b.csv", nothing.clone())]);
        assert_eq!(found.files.len(), 1, "{nothing:?}");
        assert!(
            found.notes.iter().any(|note| {
                matches!(note, Note::EmptyFile { path } if path.ends_with("b.csv"))
            })
        );
        // First of all, too; and where there is nothing else it is refused.
        let found = seen(&[("0.csv", nothing.clone()), a()]);
        assert_eq!(found.files.len(), 1);
        let (_, words) = refused(&[("b.csv", nothing)]);
        assert!(words.contains("b.csv"), "{words}");
    }
}

#[test]
fn rows_that_are_all_there_twice() {
    let twice = |text: &str| {
        let mut lines = text.lines();
        let mut all = format!("{}\n", lines.next().unwrap_or_default());
        lines.for_each(|line| all += &format!("{line}\n{line}\n"));
        all
    };
    let text = twice(&recording(HEAD, 10.0, 0, plain));
    let timed = seen(&[("a.csv", text)]);
    assert_eq!(timed.rate_hz, Some(10.0), "copies are no readings");
    assert!(matches!(timed.notes[0], Note::DoubledRows { rows: 400 }));
    let mut untimed = String::from("temp,level,state\n");
    for at in 0..400_usize {
        let temp = (at as f64 / 23.0).sin();
        untimed += &format!("{}\n", plain(temp, noise(at), at));
    }
    let once = seen(&[("a.csv", untimed.clone())]);
    assert!(
        !once
            .notes
            .iter()
            .any(|n| matches!(n, Note::DoubledRows { .. }))
    );
    let found = seen(&[("a.csv", twice(&untimed))]);
    assert!(matches!(found.notes[0], Note::DoubledRows { rows: 400 }));
}
