//! What is seen in recordings of each layout, and what is refused.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use senselm_look::{Goal, Group, LookError, Note, Options, Role, RowKind, Seen, Why, look};
use senselm_sensor::{FrontEnd, FrontEndSpec, Layout, Source, Task, Truth};
use tempfile::TempDir;

/// A folder with these files.
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
    let folder = folder(files);
    look(&[folder.path().to_path_buf()], options)
}

fn seen(text: String) -> Seen {
    look_at(&[("a.csv", text)], &Options::default()).expect("seen")
}

fn refused(text: String) -> LookError {
    let seen = look_at(&[("a.csv", text)], &Options::default());
    seen.expect_err("two readings")
}

fn names(seen: &Seen) -> Vec<&str> {
    seen.channels
        .iter()
        .map(|channel| channel.name.as_str())
        .collect()
}

fn left_out<'s>(seen: &'s Seen, title: &str) -> Option<&'s Why> {
    seen.notes.iter().find_map(|note| match note {
        Note::LeftOut { column, why } if column == title => Some(why),
        _ => None,
    })
}

/// A smooth course with a phase.
fn wave(at: usize, phase: f64) -> f64 {
    (at as f64 / 9.0 + phase).sin()
}

/// Noise that is the same every time.
fn noise(at: usize) -> f64 {
    let word = (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((word ^ (word >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f64 / f64::from(1 << 24)
}

/// Readings of `people`, each with three activities for `rows` rows.
fn people(people: usize, rows: usize) -> String {
    let mut text = String::from("no,time_s,subject,ax (g),ay,site,battery,output\n");
    let mut no = 0;
    for person in 0..people {
        for (at, label) in ["walk", "sit", "run"].iter().enumerate() {
            for row in 0..rows {
                no += 1;
                let time = at as f64 * 1000.0 + row as f64 * 0.02;
                let (x, y) = (wave(row, at as f64), noise(row + at));
                text += &format!("{no},{time:.2},{},{x:.4},{y:.4},lab,,{label}\n", person + 1);
            }
        }
    }
    text
}

#[test]
fn a_stream_of_several_people() {
    let seen = seen(people(4, 300));
    assert_eq!(names(&seen), ["ax", "ay"]);
    assert_eq!(seen.channels[0].unit, "g");
    assert_eq!(seen.rate_hz, Some(50.0));
    assert!(matches!(&seen.group, Group::Column { title, .. } if title == "subject"));
    assert_eq!(seen.groups.len(), 4);
    assert_eq!(seen.stretches, 12);
    assert_eq!(seen.gaps.count, 8);
    let Some(Task::Classify { labels, .. }) = &seen.task else {
        panic!("{:?}", seen.task);
    };
    assert_eq!(labels, &["run", "sit", "walk"]);
    assert_eq!(left_out(&seen, "no"), Some(&Why::Counter));
    assert_eq!(left_out(&seen, "battery"), Some(&Why::Empty));
    assert!(matches!(
        left_out(&seen, "site"),
        Some(Why::Constant { .. })
    ));
    let lengths: Vec<usize> = seen.sizes.iter().map(|size| size.length).collect();
    assert_eq!(lengths, [125, 150, 50]);
}

#[test]
fn windows_of_a_stream_are_of_one_person_and_one_answer() {
    let folder = folder(&[("a.csv", people(3, 300))]);
    let seen = look(&[folder.path().to_path_buf()], &Options::default()).expect("seen");
    let front_end = FrontEnd::new(seen.carrier(seen.sizes.last().copied())).expect("a front end");
    let windows = seen.windows(&front_end, Role::Train).expect("windows");
    // 50 readings every 25 in each of nine stretches of 300.
    assert_eq!(windows.records.len(), 9 * 11);
    assert_eq!(windows.groups, ["1", "2", "3"]);
    assert_eq!(windows.stretch.iter().max(), Some(&8));
    let same = windows.group.iter().zip(&windows.stretch);
    assert!(same.clone().all(|(group, stretch)| *group == stretch / 3));
    let none = seen.windows(&front_end, Role::Test).expect("windows");
    assert!(none.records.is_empty());
}

fn cells(rows: usize, cell: impl Fn(usize) -> String) -> String {
    let mut text = String::from("input,output\n");
    for row in 0..rows {
        text += &format!("\"{}\",{}\n", cell(row), ["Tap", "Hold"][row % 2]);
    }
    text
}

fn list(row: usize, length: usize) -> String {
    let samples = (0..length).map(|at| format!("{:.3}", wave(at, row as f64)));
    samples.collect::<Vec<_>>().join(", ")
}

#[test]
fn a_window_in_a_cell() {
    let named = |row| {
        format!(
            "Light: [{}] Near by: [{}]",
            list(row, 40),
            list(row + 9, 40)
        )
    };
    let seen = seen(cells(30, named));
    assert_eq!(names(&seen), ["light", "near_by"]);
    assert_eq!(seen.channels[1].source, Source::Name("Near by".into()));
    assert!(
        matches!(&seen.layout, Layout::Cells { samples, .. } if samples.min == 40 && samples.max == 40)
    );
    assert_eq!(seen.group, Group::Window);
    assert_eq!((seen.rows, seen.distinct), (30, 30));
}

#[test]
fn windows_of_other_lengths_and_equal_ones() {
    let text = cells(40, |row| list(row % 16, 70 + row % 16));
    let seen = seen(text);
    assert!(
        matches!(&seen.layout, Layout::Cells { samples, .. } if samples.min < 70 && samples.max > 85)
    );
    let doubled = |note: &Note| {
        matches!(
            note,
            Note::Doubled {
                windows: 40,
                distinct: 16
            }
        )
    };
    assert!(seen.notes.iter().any(doubled), "{:?}", seen.notes);
}

#[test]
fn a_list_of_readings_or_a_window() {
    let readings = |row: usize| {
        format!(
            "{:.1},{:.1},{:.2},{}",
            1003.0 + noise(row),
            60.0 + noise(row + 1),
            24.0 + noise(row + 2),
            row % 5
        )
    };
    let seen = seen(cells(60, readings));
    assert!(matches!(&seen.layout, Layout::Rows { column: Some(_) }));
    assert_eq!(names(&seen), ["input_0", "input_1", "input_2", "input_3"]);
    let error = refused(cells(60, |row| list(row, 12)));
    assert!(matches!(error, LookError::TwoRowKinds { .. }), "{error}");
    assert_eq!(error.choices()[0], ("rows", "window".to_owned()));
    let told = Options {
        rows: Some(RowKind::Window),
        ..Options::default()
    };
    let files = [("a.csv", cells(60, |row| list(row, 12)))];
    let seen = look_at(&files, &told).expect("seen");
    assert!(matches!(seen.layout, Layout::Cells { .. }));
}

#[test]
fn readings_that_have_nothing_to_do_with_each_other() {
    let mut text = String::from("length;width;kind\n");
    for row in 0..150 {
        let kind = ["setosa", "virginica", "other"][row / 50];
        let add = (row / 50) as f64;
        text += &format!(
            "{:.2};{:.2};{kind}\n",
            5.0 + add + noise(row),
            3.0 + noise(row + 500)
        );
    }
    let seen = seen(text);
    assert_eq!(seen.layout, Layout::Rows { column: None });
    assert!(seen.sizes.is_empty());
}

#[test]
fn folders_are_labels_and_files_are_sessions() {
    let rows = |seed: f64| -> String {
        let rows = (0..400).map(|at| format!("{:.3},{:.3}\n", wave(at, seed), noise(at)));
        format!("x,z\n{}", rows.collect::<String>())
    };
    let mut files = Vec::new();
    for label in ["normal", "worn"] {
        for session in 0..3 {
            files.push((format!("{label}/{session}.csv"), rows(f64::from(session))));
        }
    }
    let named: Vec<(&str, String)> = files.iter().map(|(n, t)| (n.as_str(), t.clone())).collect();
    let folder = folder(&named);
    let seen = look(&[folder.path().to_path_buf()], &Options::default()).expect("seen");
    let answers = seen.answers.as_ref().expect("answers");
    assert_eq!(answers.column, None);
    assert_eq!(
        answers.labels.iter().map(|l| l.rows).collect::<Vec<_>>(),
        [1200, 1200]
    );
    assert_eq!(seen.group, Group::File);
    let front_end = FrontEnd::new(seen.carrier(None)).expect("a front end");
    let windows = seen.windows(&front_end, Role::Train).expect("windows");
    assert!(windows.records.iter().all(|record| record.truth.is_some()));
    assert_eq!(windows.groups.len(), 6);
    // A column of texts in them may be the answer as well.
    let driven: Vec<(&str, String)> = named
        .iter()
        .map(|(name, text)| {
            let rows = text.lines().enumerate().map(|(at, line)| match at {
                0 => format!("{line},who\n"),
                at => format!("{line},{}\n", ["ann", "bob"][at / 200 % 2]),
            });
            (*name, rows.collect())
        })
        .collect();
    let two = look_at(&driven, &Options::default()).expect_err("two readings");
    assert!(
        matches!(&two, LookError::TwoLabels { first, second } if first == "folder" && second == "who"),
        "{two}"
    );
    let told = Options {
        label: Some("folder".into()),
        ..Options::default()
    };
    let told = look_at(&driven, &told).expect("told");
    assert_eq!(told.answers.expect("answers").labels.len(), 2);
    // Folders that are called as people are may be either.
    let people: Vec<(String, String)> = files
        .iter()
        .map(|(name, text)| {
            (
                name.replace("normal", "subject1")
                    .replace("worn", "subject2"),
                text.clone(),
            )
        })
        .collect();
    let named: Vec<(&str, String)> = people
        .iter()
        .map(|(n, t)| (n.as_str(), t.clone()))
        .collect();
    let error = look_at(&named, &Options::default()).expect_err("two readings");
    assert!(
        matches!(error, LookError::FolderLabelOrGroup { .. }),
        "{error}"
    );
    let told = Options {
        group: Some("folder".into()),
        ..Options::default()
    };
    let seen = look_at(&named, &told).expect("seen");
    assert_eq!((seen.group, seen.task), (Group::Folder, None));
}

#[test]
fn files_with_other_columns_and_names_that_say_what_for() {
    let text = |more: &str| {
        let rows =
            (0..80).map(|at| format!("{:.3},{},{}\n", wave(at, 0.0), at % 3, ["a", "b"][at / 40]));
        format!("x,{more},label\n{}", rows.collect::<String>())
    };
    let files = [
        ("train.csv", text("p")),
        ("val.csv", text("q")),
        ("test.csv", text("p")),
    ];
    let seen = look_at(&files, &Options::default()).expect("seen");
    assert_eq!(names(&seen), ["x"]);
    assert!(
        seen.notes
            .iter()
            .any(|n| matches!(n, Note::NotInAll { columns } if columns == &["p", "q"]))
    );
    let roles: Vec<Role> = seen.files.iter().map(|file| file.role).collect();
    assert_eq!(roles, [Role::Test, Role::Train, Role::Validation]);
    assert_eq!(seen.rows, 160);
    let none = [
        ("a.csv", text("p")),
        ("b.csv", "u,v\n1,2\n2,3\n".to_owned()),
    ];
    let error = look_at(&none, &Options::default()).expect_err("nothing in common");
    assert!(
        matches!(error, LookError::NoCommonColumns { .. }),
        "{error}"
    );
}

/// A stream with a column of answers.
fn answered(title: &str, rows: usize, answer: impl Fn(usize) -> String) -> String {
    let rows = (0..rows).map(|at| {
        format!(
            "{},{:.3},{:.3},{}\n",
            at * 2,
            wave(at, 0.0),
            wave(at, 1.0),
            answer(at)
        )
    });
    format!("time_s,x1,flow,{title}\n{}", rows.collect::<String>())
}

#[test]
fn words_that_say_of_a_reading_that_there_is_none_are_labels() {
    let labels = |words: &'static [&'static str]| {
        let seen = seen(answered("label", 600, move |at| {
            words[at / 40 % words.len()].to_owned()
        }));
        seen.task.as_ref().map(|task| task.labels().to_vec())
    };
    let all = |words: &[&str]| Some(words.iter().map(|&word| word.to_owned()).collect());
    assert_eq!(
        labels(&["idle", "run", "fault"]),
        all(&["fault", "idle", "run"])
    );
    assert_eq!(labels(&["none", "unknown"]), all(&["none", "unknown"]));
    // A number that is not there has no label, and numbers stay numbers.
    assert_eq!(labels(&["idle", "NaN", "run"]), all(&["idle", "run"]));
    assert_eq!(labels(&["0", "1", "error"]), all(&["0", "1"]));
    // What was seen is what is learned from.
    let folder = folder(&[(
        "a.csv",
        answered("label", 600, |at| ["idle", "fault"][at / 40 % 2].to_owned()),
    )]);
    let seen = look(&[folder.path().to_path_buf()], &Options::default()).expect("seen");
    let front_end = FrontEnd::new(seen.carrier(seen.sizes.last().copied())).expect("a front end");
    let windows = seen.windows(&front_end, Role::Train).expect("windows");
    let faults = windows
        .records
        .iter()
        .filter(|record| record.truth == Some(Truth::Label(0)));
    assert!(faults.count() * 3 > windows.records.len());
}

#[test]
fn answers_are_labels_or_numbers() {
    let goal = |seen: &Seen| seen.answers.as_ref().map(|answers| answers.goal);
    let few = seen(answered("label", 400, |at| (at / 40 % 2).to_string()));
    assert_eq!(goal(&few), Some(Goal::Classify));
    // As often as each other, as examples of labels are.
    let even = seen(answered("label", 400, |at| (at / 40).to_string()));
    assert_eq!(goal(&even), Some(Goal::Classify));
    let uneven = refused(answered("label", 400, |at| (at / 8).min(9).to_string()));
    assert!(
        matches!(uneven, LookError::ClassOrNumber { values: 10, .. }),
        "{uneven}"
    );
    let many = seen(answered("target", 400, |at| {
        format!("{:.2}", wave(at, 2.0))
    }));
    assert_eq!(goal(&many), Some(Goal::Number));
    let error = refused(answered("label", 400, |at| (at / 20).to_string()));
    assert!(
        matches!(error, LookError::ClassOrNumber { values: 20, .. }),
        "{error}"
    );
    assert_eq!(
        error.choices(),
        [
            ("task", "classify".to_owned()),
            ("task", "number".to_owned())
        ]
    );
    let told = Options {
        task: Some(Goal::Number),
        ..Options::default()
    };
    let files = [("a.csv", answered("label", 400, |at| (at / 20).to_string()))];
    let seen = look_at(&files, &told).expect("seen");
    assert!(
        matches!(
            seen.task,
            Some(Task::Number {
                min: 0.0,
                max: 21.0,
                ..
            })
        ),
        "{:?}",
        seen.task
    );
}

#[test]
fn spellings_of_one_number_are_one_label() {
    let seen = seen(answered("label", 400, |at| {
        ["0", "1", "0.0", "1.0"][at / 40 % 4].to_owned()
    }));
    let Some(Task::Classify {
        labels,
        label_values,
        ..
    }) = &seen.task
    else {
        panic!("{:?}", seen.task);
    };
    assert_eq!(labels, &["0", "1"]);
    assert_eq!(label_values.get("1.0").map(String::as_str), Some("1"));
}

#[test]
fn two_columns_that_may_be_the_answer() {
    let two = answered("kind,phase", 200, |at| {
        format!("{},{}", ["a", "b"][at / 50 % 2], ["c", "d"][at / 20 % 2])
    });
    let error = refused(two.clone());
    assert!(
        matches!(&error, LookError::TwoLabels { first, second } if first == "kind" && second == "phase")
    );
    let told = Options {
        label: Some("phase".into()),
        ..Options::default()
    };
    let seen = look_at(&[("a.csv", two)], &told).expect("seen");
    assert_eq!(
        seen.answers.map(|answers| answers.title),
        Some("phase".to_owned())
    );
    // A word for answers goes before what may be one, which is left out.
    let named = answered("state,output", 200, |at| {
        format!("{},{}", ["a", "b"][at / 50 % 2], ["c", "d"][at / 20 % 2])
    });
    let seen = self::seen(named);
    assert_eq!(left_out(&seen, "state"), Some(&Why::Answer));
    // A few whole numbers at the end under a title that says nothing.
    let error = refused(answered("valve", 200, |at| (at / 30 % 3).to_string()));
    assert!(
        matches!(error, LookError::LabelOrChannel { values: 3, .. }),
        "{error}"
    );
}

#[test]
fn marks_of_anomalies() {
    let normal = seen(answered("is_anomaly", 200, |_| "0".to_owned()));
    assert_eq!(normal.task, None);
    assert!(
        normal
            .notes
            .iter()
            .any(|n| matches!(n, Note::NoAnswers { column: Some(_) }))
    );
    assert_eq!(names(&normal), ["x1", "flow"]);
    let marked = answered("is_anomaly", 200, |at| {
        u8::from((50..60).contains(&at)).to_string()
    });
    let error = refused(marked.clone());
    assert!(matches!(error, LookError::ClassOrAnomaly { .. }), "{error}");
    let told = Options {
        task: Some(Goal::Anomaly),
        ..Options::default()
    };
    let seen = look_at(&[("a.csv", marked)], &told).expect("seen");
    assert_eq!(seen.marks, Some(Source::Name("is_anomaly".into())));
    assert_eq!(seen.task, None);
}

#[test]
fn sentinels_ids_gaps_and_doubled_rows() {
    let mut text = String::from("date,id,temp,level,label\n");
    for row in 0..300_usize {
        let minute = row + if row >= 150 { 500 } else { 0 };
        let temp = if row % 97 == 5 {
            "-9999".to_owned()
        } else {
            format!("{:.2}", 20.0 + wave(row, 0.0))
        };
        let level = if row % 10 == 0 {
            String::new()
        } else {
            format!("{:.2}", noise(row))
        };
        let line = format!(
            "2025-03-01 {:02}:{:02}:00,m{},{temp},{level},{}\n",
            minute / 60,
            minute % 60,
            row * 7 % 1009,
            ["on", "off"][row / 30 % 2]
        );
        text += &line;
        if row == 20 {
            text += &line;
        }
    }
    let seen = seen(text.replace(",m", ","));
    assert_eq!(names(&seen), ["temp", "level"]);
    let codes: Vec<f64> = seen.channels[0].sentinels.iter().map(|s| s.value).collect();
    assert_eq!(codes, [-9999.0]);
    assert!(seen.channels[0].quantiles.min > 18.0);
    assert!((seen.channels[1].missing_share - 0.1).abs() < 0.01);
    assert_eq!(seen.gaps.count, 1);
    assert_eq!(seen.gaps.step_s, Some(60.0));
    assert!(seen.notes.contains(&Note::DoubledRows { rows: 1 }));
}

#[test]
fn groups_that_are_the_labels_are_no_groups() {
    let text = answered("machine,label", 400, |at| {
        format!("M{},{}", at / 200, ["good", "bad"][at / 200])
    });
    let seen = seen(text);
    assert!(
        seen.notes
            .iter()
            .any(|n| matches!(n, Note::GroupIsLabel { .. })),
        "{:?}",
        seen.notes
    );
    assert_eq!(seen.group, Group::Stretch);
}

#[test]
fn options_that_name_nothing() {
    let told = Options {
        ignore: vec!["pressure".into()],
        ..Options::default()
    };
    let files = [("a.csv", people(2, 40))];
    let error = look_at(&files, &told).expect_err("no such column");
    assert!(
        matches!(
            error,
            LookError::NoSuchColumn {
                option: "ignore",
                ..
            }
        ),
        "{error}"
    );
    let none = [("a.csv", "label,b\nx,y\nx,y\n".to_owned())];
    assert!(look_at(&none, &Options::default()).is_err());
    let folder = tempfile::tempdir().expect("a folder");
    let error = look(&[folder.path().to_path_buf()], &Options::default()).expect_err("empty");
    assert!(matches!(error, LookError::NoFiles { .. }));
    let gone = look(&[PathBuf::from("/nowhere/at/all.csv")], &Options::default());
    assert!(matches!(gone, Err(LookError::Read { .. })));
}

#[derive(serde::Deserialize)]
struct Written {
    front_end: FrontEndSpec,
    task: Option<Task>,
}

#[test]
fn a_recipe_says_what_was_seen() {
    let odd = people(3, 300)
        .replace("ay", "ay \\ q")
        .replace("walk", "walk ''up''");
    for text in [
        odd,
        cells(30, |row| list(row, 70 + row % 3)),
        answered("label", 400, |at| {
            ["0", "1", "0.0", "1.0"][at / 40 % 4].to_owned()
        }),
        answered("target (kWh)", 400, |at| format!("{:.2}", wave(at, 2.0))),
        answered("is_anomaly", 200, |_| "0".to_owned()),
    ] {
        let seen = seen(text);
        let wanted = senselm_look::RecipeFor::of(&seen);
        let recipe = seen.recipe(&wanted);
        let read: Written =
            toml::from_str(&recipe).unwrap_or_else(|error| panic!("{error}\n{recipe}"));
        assert_eq!(read.front_end, seen.front_end(), "{recipe}");
        assert_eq!(read.task, seen.task, "{recipe}");
        FrontEnd::new(read.front_end).expect("a front end");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn odd_tables_are_seen_or_refused(
        rows in prop::collection::vec(
            prop::collection::vec(
                prop_oneof![
                    Just(String::new()), Just("label".to_owned()), Just("NaN".to_owned()),
                    Just("2025-01-31 10:00".to_owned()), Just("[1, 2]".to_owned()),
                    Just("a: [1, 2] b: [3]".to_owned()), Just("\"".to_owned()), Just("1e30".to_owned()),
                    (-5_i32..5).prop_map(|n| n.to_string()),
                    (-1e6_f64..1e6).prop_map(|n| n.to_string()),
                    "[ -~é\n;,]{0,6}",
                ],
                0..6,
            ),
            0..24,
        ),
        mark in prop::sample::select(vec![",", ";", "\t", " "]),
    ) {
        let lines: Vec<String> = rows.iter().map(|row| row.join(mark)).collect();
        let folder = folder(&[("a.csv", lines.join("\n"))]);
        if let Ok(seen) = look(&[folder.path().to_path_buf()], &Options::default()) {
            let _ = seen.to_string();
            let recipe = seen.recipe(&senselm_look::RecipeFor::of(&seen));
            let read: Written = toml::from_str(&recipe).expect("a recipe");
            let front_end = FrontEnd::new(read.front_end).expect("a front end");
            let _ = seen.windows(&front_end, Role::Train);
        }
    }
}

/// Readings by themselves, with these labels.
fn labelled(labels: &[(&str, usize)], from: usize) -> String {
    let mut text = String::from("length,width,label\n");
    let each = labels
        .iter()
        .flat_map(|(label, count)| std::iter::repeat_n(*label, *count));
    for (at, label) in each.enumerate() {
        let at = at + from;
        text += &format!("{:.3},{:.3},{label}\n", noise(at), noise(at + 5_000));
    }
    text
}

#[test]
fn labels_that_are_rare_or_never_learned() {
    let files = [
        (
            "train.csv",
            labelled(&[("ok", 300), ("worn", 20), ("hot", 1)], 0),
        ),
        ("val.csv", labelled(&[("ok", 30), ("cracked", 3)], 900)),
    ];
    let told = Options {
        rows: Some(RowKind::Reading),
        ..Options::default()
    };
    let seen = look_at(&files, &told).expect("seen");
    let Some(Task::Classify { labels, .. }) = &seen.task else {
        panic!("{:?}", seen.task);
    };
    assert_eq!(labels, &["cracked", "hot", "ok", "worn"]);
    let never: Vec<&Note> = seen
        .notes
        .iter()
        .filter(|note| matches!(note, Note::NeverLearned { .. }))
        .collect();
    assert!(
        matches!(never[..], [Note::NeverLearned { label }] if label == "cracked"),
        "{:?}",
        seen.notes
    );
    let said: Vec<String> = seen.notes.iter().map(ToString::to_string).collect();
    assert!(
        said.iter()
            .any(|note| note.starts_with("\"hot\" is in one of the")),
        "{said:?}"
    );
    assert!(
        said.iter()
            .any(|note| note.starts_with("93 % of the rows are \"ok\"")),
        "{said:?}"
    );
    assert!(
        !said.iter().any(|note| note.contains("\"worn\" is")),
        "{said:?}"
    );
}

#[test]
fn files_that_lack_the_answers() {
    let bare = |text: String| {
        let lines = text.lines().filter_map(|line| line.rsplit_once(','));
        lines
            .map(|(line, _)| format!("{line}\n"))
            .collect::<String>()
    };
    let labelled = || labelled(&[("a", 30), ("b", 30)], 0);
    let told = Options {
        rows: Some(RowKind::Reading),
        ..Options::default()
    };
    let files = [("train.csv", labelled()), ("test.csv", bare(labelled()))];
    let seen = look_at(&files, &told).expect("seen");
    assert!(matches!(&seen.task, Some(Task::Classify { labels, .. }) if labels.len() == 2));
    assert!(
        seen.notes
            .iter()
            .any(|note| matches!(note, Note::WithoutAnswers { .. }))
    );
    assert!(seen.files.iter().all(|file| file.role == Role::Train));
    let files = [("a.csv", labelled()), ("b.csv", bare(labelled()))];
    let error = look_at(&files, &told).expect_err("refused");
    assert!(matches!(error, LookError::LabelNotInAll { .. }), "{error}");
    assert_eq!(error.choices(), [("ignore", "label".to_owned())]);
    let told = Options {
        ignore: vec!["label".to_owned()],
        ..told
    };
    let seen = look_at(&files, &told).expect("seen");
    assert_eq!(
        (seen.task.as_ref(), names(&seen)),
        (None, vec!["length", "width"])
    );
}
