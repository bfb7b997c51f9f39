//! Recordings in Parquet files, by the same rules as the tables of text.

use std::path::Path;
use std::sync::Arc;

use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use senselm_look::{Answers, LookError, Options, Role, Seen, look};
use senselm_sensor::{FrontEnd, Layout, Source};
use tempfile::TempDir;

enum Values {
    Moments(Vec<i64>),
    Numbers(Vec<f64>),
    /// Lists of so many numbers each.
    Lists(Vec<f64>, usize),
    Texts(Vec<String>),
}

/// Writes a table, two groups of rows of it.
fn write(path: &Path, columns: &[(String, Values)]) {
    let fields = columns.iter().map(|(name, values)| match values {
        Values::Moments(_) => format!("required int64 {name} (TIMESTAMP(MILLIS, false));"),
        Values::Numbers(_) => format!("optional double {name};"),
        Values::Lists(..) => format!(
            "required group {name} (LIST) {{ repeated group list {{ required double element; }} }}"
        ),
        Values::Texts(_) => format!("required binary {name} (STRING);"),
    });
    let schema = format!("message m {{ {} }}", fields.collect::<String>());
    let schema = Arc::new(parse_message_type(&schema).expect("a schema"));
    let file = std::fs::File::create(path).expect("a file");
    let mut file = SerializedFileWriter::new(file, schema, Arc::default()).expect("a writer");
    for half in 0..2 {
        let mut rows = file.next_row_group().expect("a group");
        for (_, values) in columns {
            let mut column = rows.next_column().expect("a column").expect("one more");
            let part = |length: usize| length / 2 * half..length / 2 * (half + 1);
            let written = match (values, column.untyped()) {
                (Values::Moments(v), ColumnWriter::Int64ColumnWriter(w)) => {
                    w.write_batch(&v[part(v.len())], None, None)
                }
                (Values::Numbers(v), ColumnWriter::DoubleColumnWriter(w)) => {
                    let v = &v[part(v.len())];
                    let levels: Vec<i16> = v.iter().map(|v| i16::from(!v.is_nan())).collect();
                    let there: Vec<f64> = v.iter().copied().filter(|v| !v.is_nan()).collect();
                    w.write_batch(&there, Some(&levels), None)
                }
                (Values::Lists(v, length), ColumnWriter::DoubleColumnWriter(w)) => {
                    let v = &v[part(v.len())];
                    let repeated = (0..v.len()).map(|at| i16::from(at % length > 0));
                    let repeated: Vec<i16> = repeated.collect();
                    w.write_batch(v, Some(&vec![1; v.len()]), Some(&repeated))
                }
                (Values::Texts(v), ColumnWriter::ByteArrayColumnWriter(w)) => {
                    let v = v[part(v.len())].iter();
                    let v: Vec<ByteArray> = v.map(|text| text.as_str().into()).collect();
                    w.write_batch(&v, None, None)
                }
                _ => panic!("another type"),
            };
            written.expect("written");
            column.close().expect("closed");
        }
        rows.close().expect("closed");
    }
    file.close().expect("closed");
}

fn seen(columns: &[(String, Values)]) -> (TempDir, Seen) {
    let folder = tempfile::tempdir().expect("a folder");
    write(&folder.path().join("a.parquet"), columns);
    let seen = look(&[folder.path().to_path_buf()], &Options::default()).expect("seen");
    (folder, seen)
}

fn windows(seen: &Seen) -> usize {
    let front_end = FrontEnd::new(seen.front_end()).expect("a front end");
    let windows = seen.windows(&front_end, Role::Train).expect("windows");
    assert!(windows.bad.is_empty(), "{:?}", windows.bad);
    assert!(windows.records.iter().all(|record| record.truth.is_some()));
    windows.records.len()
}

fn labels(answers: &Option<Answers>) -> Vec<(&str, u64)> {
    let labels = answers.iter().flat_map(|answers| &answers.labels);
    labels
        .map(|label| (label.name.as_str(), label.rows))
        .collect()
}

fn wave(at: usize, phase: f64) -> f64 {
    (at as f64 / 9.0 + phase).sin()
}

#[test]
fn a_stream_with_times_and_labels() {
    let count = 2_000;
    let rows = || 0..count;
    let value = |at: usize| match at % 50 {
        7 => f64::NAN,
        // Three decimals are decimals, and no thousands.
        _ => (wave(at, 0.0) * 1e3).round() / 1e3 + 20.0,
    };
    let columns = [
        (
            "at",
            Values::Moments(
                rows()
                    .map(|at| 1_700_000_000_000 + at as i64 * 20)
                    .collect(),
            ),
        ),
        ("temp", Values::Numbers(rows().map(value).collect())),
        (
            "flow",
            Values::Numbers(rows().map(|at| wave(at, 1.0) * 1e-7).collect()),
        ),
        (
            "state",
            Values::Texts(
                rows()
                    .map(|at| ["on, loud", "off"][at / 250 % 2].into())
                    .collect(),
            ),
        ),
    ];
    let columns = columns.map(|(name, values)| (name.to_owned(), values));
    let (_folder, seen) = seen(&columns);
    assert!(seen.is_stream());
    assert_eq!((seen.rows, seen.rate_hz), (2_000, Some(50.0)));
    assert_eq!(labels(&seen.answers), [("off", 1_000), ("on, loud", 1_000)]);
    let temp = &seen.channels[0];
    assert!((temp.missing_share - 0.02).abs() < 1e-9);
    assert_eq!((temp.quantiles.min, temp.quantiles.max), (19.0, 21.0));
    assert!(windows(&seen) > 10);
}

#[test]
fn lists_and_columns_are_windows() {
    let label = |rows: usize| {
        let labels = (0..rows).map(|at| ["a", "b"][at % 2].to_owned());
        ("label".to_owned(), Values::Texts(labels.collect()))
    };
    let list = |phase: f64| {
        let samples = (0..40 * 30).map(|at| wave(at % 30, phase + (at / 30) as f64));
        Values::Lists(samples.collect(), 30)
    };
    let (_folder, lists) = seen(&[
        ("x".to_owned(), list(0.0)),
        ("y".to_owned(), list(2.0)),
        label(40),
    ]);
    assert!(matches!(lists.layout, Layout::Cells { column: None, samples } if samples.max == 30));
    assert_eq!((lists.channels.len(), windows(&lists)), (2, 40));
    let mut columns: Vec<(String, Values)> = (0..100)
        .map(|at| {
            let samples = (0..40).map(|row| wave(at, row as f64));
            (format!("s{at}"), Values::Numbers(samples.collect()))
        })
        .collect();
    columns.push(label(40));
    let (_folder, wide) = seen(&columns);
    assert!(matches!(wide.layout, Layout::SideBySide { samples } if samples.min == 100));
    assert_eq!(wide.channels[0].source, Source::Name("s0".to_owned()));
    assert_eq!(windows(&wide), 40);
}

#[test]
fn a_damaged_file_is_refused_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.parquet");
    let values = Values::Numbers((0..500).map(|at| wave(at, 0.0)).collect());
    write(&path, &[("x".to_owned(), values)]);
    let bytes = std::fs::read(&path).expect("a file");
    let middle = bytes.len() / 2;
    std::fs::write(&path, &bytes[..middle]).expect("written");
    let error = look(&[path], &Options::default()).expect_err("refused");
    assert!(matches!(error, LookError::Encoding { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains("a.parquet: this Parquet file cannot be read"),
        "{error}"
    );
}
