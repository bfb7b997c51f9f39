//! Parquet files, made here, as the text of their tables.

use std::io::Read;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, Int96};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use senselm_decode::{ParquetText, Unknown, decode};

/// The values of one column of a group of rows, with their levels.
enum Values<'v> {
    Bools(&'v [bool]),
    Ints(&'v [i32]),
    Longs(&'v [i64]),
    Old(&'v [Int96]),
    Floats(&'v [f32]),
    Doubles(&'v [f64]),
    Texts(&'v [&'v str]),
}

type Column<'v> = (Values<'v>, Option<&'v [i16]>, Option<&'v [i16]>);

fn file(schema: &str, groups: &[&[Column<'_>]], compression: Compression) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let properties = WriterProperties::builder().set_compression(compression);
    let properties = Arc::new(properties.build());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, properties).expect("a writer");
    for group in groups {
        let mut rows = file.next_row_group().expect("a group");
        for (values, levels, repeated) in *group {
            let mut writer = rows.next_column().expect("a column").expect("one more");
            let written = match (values, writer.untyped()) {
                (Values::Bools(v), ColumnWriter::BoolColumnWriter(w)) => {
                    w.write_batch(v, *levels, *repeated)
                }
                (Values::Ints(v), ColumnWriter::Int32ColumnWriter(w)) => {
                    w.write_batch(v, *levels, *repeated)
                }
                (Values::Longs(v), ColumnWriter::Int64ColumnWriter(w)) => {
                    w.write_batch(v, *levels, *repeated)
                }
                (Values::Old(v), ColumnWriter::Int96ColumnWriter(w)) => {
                    w.write_batch(v, *levels, *repeated)
                }
                (Values::Floats(v), ColumnWriter::FloatColumnWriter(w)) => {
                    w.write_batch(v, *levels, *repeated)
                }
                (Values::Doubles(v), ColumnWriter::DoubleColumnWriter(w)) => {
                    w.write_batch(v, *levels, *repeated)
                }
                (Values::Texts(v), ColumnWriter::ByteArrayColumnWriter(w)) => {
                    let bytes: Vec<ByteArray> =
                        v.iter().map(|text| ByteArray::from(*text)).collect();
                    w.write_batch(&bytes, *levels, *repeated)
                }
                _ => panic!("another type"),
            };
            written.expect("written");
            writer.close().expect("closed");
        }
        rows.close().expect("closed");
    }
    file.into_inner().expect("a file")
}

fn text(bytes: Vec<u8>) -> Result<String, Unknown> {
    decode(bytes, None).map(|decoded| String::from_utf8(decoded.text).expect("UTF-8"))
}

#[test]
fn flat_columns_with_what_is_missing() {
    let schema = "message m {
        required int64 at (TIMESTAMP(MICROS, false));
        optional int64 utc (TIMESTAMP(NANOS, true));
        required int96 old;
        required int32 day (DATE);
        optional double value;
        optional float small;
        required boolean on;
        optional binary label (STRING);
        required int32 money (DECIMAL(9, 2));
        optional group acc { required int32 x (INTEGER(32, false)); }
    }";
    let mut old = Int96::new();
    old.set_data(0, 0, 2_440_589);
    let columns: [Column<'_>; 10] = [
        (Values::Longs(&[1_500_000, 86_400_000_000]), None, None),
        (Values::Longs(&[1]), Some(&[1, 0]), None),
        (Values::Old(&[old, old]), None, None),
        (Values::Ints(&[19_782, -1]), None, None),
        (Values::Doubles(&[f64::NAN, 1e-9]), Some(&[1, 1]), None),
        (Values::Floats(&[0.1]), Some(&[0, 1]), None),
        (Values::Bools(&[true, false]), None, None),
        (Values::Texts(&["say \"a, b\"\nc"]), Some(&[1, 0]), None),
        (Values::Ints(&[-1_234, 5]), None, None),
        (Values::Ints(&[-1]), Some(&[0, 1]), None),
    ];
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::ZSTD(Default::default()),
        Compression::LZ4_RAW,
        Compression::GZIP(Default::default()),
    ] {
        assert_eq!(
            text(file(schema, &[&columns], compression)).expect("a table"),
            "sep=,\n\"at\",\"utc\",\"old\",\"day\",\"value\",\"small\",\"on\",\"label\",\"money\",\"acc.x\"\n\
            1970-01-01 00:00:01.5,1970-01-01 00:00:00.000000001Z,1970-01-02 00:00:00,2024-02-29,NaN,,true,\"say \"\"a, b\"\"\nc\",-12.34,\n\
            1970-01-02 00:00:00,,1970-01-02 00:00:00,1969-12-31,1e-9,0.1,false,,0.05,4294967295\n"
        );
    }
}

const LISTS: &str = "message m {
    optional group x (LIST) { repeated group list { optional double element; } }
    required group y (LIST) { repeated group list { required int32 element; } }
    optional group z (LIST) { repeated group list { optional group element (LIST) {
        repeated group list { optional int32 element; } } } }
}";

fn lists() -> Vec<u8> {
    let group: [Column<'_>; 3] = [
        // [1, missing, 3], none, [], [4]
        (
            Values::Doubles(&[1.0, 3.5, 4.0]),
            Some(&[3, 2, 3, 0, 1, 3]),
            Some(&[0, 1, 1, 0, 0, 0]),
        ),
        (
            Values::Ints(&[1, 2, 3, 4, 5]),
            Some(&[1, 1, 1, 1, 1]),
            Some(&[0, 1, 0, 0, 0]),
        ),
        (
            Values::Ints(&[7, 8, 9]),
            Some(&[5, 5, 5, 0, 0, 0]),
            Some(&[0, 2, 1, 0, 0, 0]),
        ),
    ];
    file(LISTS, &[&group, &group], Compression::SNAPPY)
}

#[test]
fn lists_are_lists() {
    let rows = "\"[1, NaN, 3.5]\",\"[1, 2]\",lists of lists\n\
        \"[]\",\"[3]\",lists of lists\n\
        \"[]\",\"[4]\",lists of lists\n\
        \"[4]\",\"[5]\",lists of lists\n";
    let found = text(lists()).expect("a table");
    assert_eq!(found, format!("sep=,\n\"x\",\"y\",\"z\"\n{rows}{rows}"));
}

#[test]
fn a_file_is_read_piece_by_piece() {
    let values: Vec<f64> = (0..1_000).map(f64::from).collect();
    let column: [Column<'_>; 1] = [(Values::Doubles(&values), None, None)];
    let bytes = file(
        "message m { required double v; }",
        &[&column, &[(Values::Doubles(&[]), None, None)], &column],
        Compression::SNAPPY,
    );
    let mut pieces = ParquetText::of_bytes(bytes.clone()).expect("a table");
    let (mut read, mut buffer) = (Vec::new(), [0; 7]);
    loop {
        match pieces.read(&mut buffer).expect("read") {
            0 => break,
            length => read.extend_from_slice(&buffer[..length]),
        }
    }
    let whole = text(bytes).expect("a table");
    assert_eq!(String::from_utf8(read).expect("text"), whole);
    assert_eq!(whole.lines().count(), 2_002);
    assert!(whole.ends_with("\n999\n"));
}

/// Whatever happened to a file, it is read or refused.
/// Memory is set aside for what a page says of its size, so that this is looked at
/// first.
#[test]
fn a_page_that_says_that_it_is_huge_is_refused() {
    let numbers: Vec<f64> = (0..500).map(f64::from).collect();
    let schema = "message m { required double a; }";
    for compression in [Compression::SNAPPY, Compression::UNCOMPRESSED] {
        let whole = file(
            schema,
            &[&[(Values::Doubles(&numbers), None, None)]],
            compression,
        );
        text(whole.clone()).expect("a table");
        // Behind the mark stands the first header: its type, then its size.
        assert_eq!((whole[4], whole[6]), (0x15, 0x15));
        let end = 7 + whole[7..]
            .iter()
            .position(|byte| byte & 0x80 == 0)
            .expect("an end");
        let mut lying = whole[..7].to_vec();
        lying.extend([0xfe, 0xff, 0xff, 0xff, 0x0f]);
        lying.extend(&whole[end + 1..]);
        let error = text(lying).expect_err("refused").to_string();
        assert!(error.contains("2147483647 bytes"), "{error}");
        assert!(error.contains("smaller pages"), "{error}");
    }
}

#[test]
fn damaged_files_are_refused() {
    let bytes = lists();
    let (mut refused, mut read) = (0, 0);
    let mut try_it = |bytes: Vec<u8>| match decode(bytes, None) {
        Ok(_) => read += 1,
        Err(problem) => {
            refused += 1;
            let words = problem.to_string();
            assert!(
                words.contains("write") || words.contains("it is no text"),
                "{words}"
            );
        }
    };
    for length in (4..bytes.len()).step_by(3) {
        try_it(bytes[..length].to_vec());
    }
    for at in 4..bytes.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= change;
            try_it(bytes);
        }
    }
    assert!(refused > read / 2 && read > 0, "{refused} {read}");
    let none = decode(b"PAR1 is the name of a pump\n1\n".to_vec(), None);
    assert!(matches!(none, Err(Unknown::Parquet { .. })), "{none:?}");
}
