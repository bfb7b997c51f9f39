//! How tables are written: each kind of file that people have, made here.

use senselm_readings::names::{Kind, Wanted};
use senselm_readings::rows::{Delimiter, Row, Rows};
use senselm_readings::{Decimal, HeaderLine, Note, Problem, Shape, Table, Told, detect};

const fn number(name: &'static str, unit: &'static str) -> Wanted<'static> {
    Wanted {
        name,
        unit,
        kind: Kind::Number,
    }
}

const TIME: Wanted<'static> = Wanted {
    name: "time_s",
    unit: "",
    kind: Kind::Time,
};

fn wanted() -> Vec<Wanted<'static>> {
    vec![number("level", "m"), number("flow", "l/min"), TIME]
}

fn read(text: &str, told: &Told) -> Result<Table, Problem> {
    detect(text.as_bytes(), true, told, &wanted())
}

fn plain(text: &str) -> Table {
    read(text, &Told::default()).unwrap_or_else(|problem| panic!("{problem}\n{text}"))
}

fn refused(text: &str) -> Problem {
    read(text, &Told::default()).expect_err(text)
}

/// The fields of the rows behind the header.
fn body(text: &str, table: &Table) -> Vec<Vec<String>> {
    let rows = Rows::from_position(text.as_bytes(), table.delimiter, table.body);
    rows.map(|row| {
        let row: Row = row.expect("a row");
        let fields = table.shape.fields(&row, table.width).expect("fields");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        fields.iter().map(|field| text(&field.bytes)).collect()
    })
    .collect()
}

#[test]
fn separators_and_decimal_marks() {
    for (text, delimiter, decimal) in [
        (
            "time_s,level,flow\n0,1.5,20\n1,1.6,21\n",
            Delimiter::Comma,
            Some(Decimal::Point),
        ),
        (
            "time_s;level;flow\n0;1,5;20\n1;1,6;21\n",
            Delimiter::Semicolon,
            Some(Decimal::Comma),
        ),
        (
            "time_s;level;flow\n0;1.5;20\n1;1.6;21\n",
            Delimiter::Semicolon,
            Some(Decimal::Point),
        ),
        (
            "time_s\tlevel\tflow\n0\t1,5\t20\n",
            Delimiter::Tab,
            Some(Decimal::Comma),
        ),
        ("time_s|level|flow\n0|1|20\n", Delimiter::Pipe, None),
        (
            "time_s  level  flow\n0   1.5   20\n10  1.6   21\n",
            Delimiter::Spaces,
            Some(Decimal::Point),
        ),
        (
            "\"time_s\",\"level\",\"flow\"\n\"0\",\"1,5\",\"20\"\n",
            Delimiter::Comma,
            Some(Decimal::Comma),
        ),
        (
            "time_s,level,flow\n0, 1.5, 20\n",
            Delimiter::Comma,
            Some(Decimal::Point),
        ),
        (
            "sep=;\r\ntime_s;level;flow\r\n0;1.5;20\r\n",
            Delimiter::Semicolon,
            Some(Decimal::Point),
        ),
        (
            "\u{feff}\"sep=,\"\ntime_s,level,flow\n0,1.5,20\n",
            Delimiter::Comma,
            Some(Decimal::Point),
        ),
        // Four columns at the commas, three at the semicolons.
        (
            "time_s;level;flow\n0;0,25;2,5\n1;0,26;2,6\n",
            Delimiter::Semicolon,
            Some(Decimal::Comma),
        ),
    ] {
        let table = plain(text);
        assert_eq!(
            (table.delimiter, table.decimal),
            (delimiter, decimal),
            "{text}"
        );
        assert_eq!(table.names, ["time_s", "level", "flow"], "{text}");
        assert!(body(text, &table).iter().all(|row| row.len() == 3));
    }
}

#[test]
fn lines_before_the_header() {
    for text in [
        "Plot of a well\ntime_s,level,flow\n0,1.5,20\n",
        "\"Well 3\"\n\"made by\",\"a logger\"\n\ntime_s,level,flow\n0,1.5,20\n",
        "card online\nlogging online\ntime_s,level,flow\n0,1.5,20\n",
        "# a comment, with commas, inside\ntime_s,level,flow\n0,1.5,20\n",
    ] {
        let table = plain(text);
        let Some(Note::Preamble { header_line }) = table.notes.first() else {
            panic!("{:?}", table.notes);
        };
        assert_eq!(Some(*header_line), table.header_line);
        assert_eq!(body(text, &table), [["0", "1.5", "20"]], "{text}");
    }
    // A person may know better.
    let text = "time_s,level,flow\na,b,c\n0,1,2\n";
    let told = Told {
        header_line: Some(HeaderLine::Line(2)),
        ..Told::default()
    };
    assert_eq!(read(text, &told).expect("readable").names, ["a", "b", "c"]);
    let told = Told {
        header_line: Some(HeaderLine::Line(9)),
        ..Told::default()
    };
    assert_eq!(read(text, &told), Err(Problem::NoSuchHeader { line: 9 }));
}

#[test]
fn no_header() {
    let problem = refused("0,1.5,20\n1,1.6,21\n");
    assert!(
        matches!(problem, Problem::NoHeader { line: 1, .. }),
        "{problem:?}"
    );
    let table = detect(b"0,1.5,20\n1,1.6,21\n", true, &Told::default(), &[]).expect("readable");
    assert_eq!((table.header_line, table.width), (None, 3));
    assert_eq!(table.notes, [Note::NoHeader]);
    assert_eq!(table.body.line, 1);
}

#[test]
fn one_column_with_decimal_commas_is_two_readings() {
    let wanted = [number("level", "m")];
    let read = |text: &str, told: Told| detect(text.as_bytes(), true, &told, &wanted);
    let text = "level\n20,0\n21,1\n22,2\n23,1\n";
    let problem = read(text, Told::default()).expect_err("two readings");
    assert!(
        matches!(problem, Problem::CellsOrDecimals { .. }),
        "{problem:?}"
    );
    let told = Told {
        decimal: Some(Decimal::Comma),
        ..Told::default()
    };
    let table = read(text, told).expect("told");
    assert_eq!(
        (table.names.len(), table.decimal),
        (1, Some(Decimal::Comma))
    );
    assert_eq!(body(text, &table)[1], ["21,1"]);
    let told = Told {
        delimiter: Some(Delimiter::Comma),
        ..Told::default()
    };
    assert!(matches!(
        read(text, told),
        Err(Problem::UnnamedColumn { .. })
    ));
    let table = read("level\n20.0\n21.1\n", Told::default()).expect("one column");
    assert_eq!(table.decimal, Some(Decimal::Point));
}

#[test]
fn a_field_that_the_header_does_not_name() {
    for (text, shape) in [
        // R quotes the numbers of its rows.
        (
            "\"time_s\",\"level\",\"flow\"\n\"1\",0,1.5,20\n\"2\",1,1.6,21\n",
            Shape::UnnamedFirst,
        ),
        (
            "time_s,level,flow\n1,0,1.5,20\n2,1,1.6,21\n",
            Shape::UnnamedFirst,
        ),
        // A date cannot be a level, so that the first is what has no name.
        (
            "time_s,level,flow\n140,2025-01-01 10:00,1,20\n141,2025-01-01 10:01,1,20\n",
            Shape::UnnamedFirst,
        ),
        // A part of a longer table: its rows are not counted from one.
        (
            "\"time_s\",\"other\",\"level\",\"flow\"\n\
             \"140\",\"2025-01-01 10:00:00\",1,1.5,20\n\"141\",\"2025-01-01 10:01:00\",1,1.6,21\n",
            Shape::UnnamedFirst,
        ),
        (
            "time_s,level,flow\n0,1.5,20,OK\n1,1.6,21,OK\n",
            Shape::UnnamedLast,
        ),
        ("time_s,level,flow\n0,1.5,20,\n1,1.6,21,\n", Shape::Same),
        ("time_s,level,flow\n0,1.5,20,,\n1,1.6,21,,\n", Shape::Same),
        ("time_s,level,flow\n0,1.5,20\n1,1.6,21,\n", Shape::Same),
        ("time_s,level,flow,\n0,1.5,20,\n1,1.6,21,\n", Shape::Same),
    ] {
        let table = plain(text);
        assert_eq!(table.shape, shape, "{text}");
        let last = body(text, &table).pop().expect("two rows");
        let level = if text.contains("140") { "1" } else { "1.6" };
        assert_eq!(last[1], level, "{text}");
    }
    for text in [
        "time_s,level,flow\n0,1.5,20,200\n1,1.6,21,200\n",
        "time_s,level,flow\n1,1.5,20,200\n2,0.5,21,200\n",
        "time_s,level,flow\n1,1,1.5,1\n2,2,1.6,2\n",
    ] {
        let problem = refused(text);
        assert!(
            matches!(problem, Problem::UnnamedColumn { named: 3, .. }),
            "{text} {problem:?}"
        );
    }
}

#[test]
fn decimals_that_could_be_thousands() {
    let problem = refused("time_s;level;flow\n0;1,042;2\n1;1,043;3\n");
    assert!(matches!(problem, Problem::TwoNumbers { .. }), "{problem:?}");
    assert_eq!(problem.choices()[0].0, "decimal");
    let problem = refused("time_s;level;flow\n0;1,5;2.5\n1;1,6;3.5\n");
    assert!(
        matches!(problem, Problem::TwoDecimals { .. }),
        "{problem:?}"
    );
    // One number that decides is enough.
    let table = plain("time_s;level;flow\n0;1,042;2\n1;1,5;3\n");
    assert_eq!(table.decimal, Some(Decimal::Comma));
    let table = plain("time_s,level,flow\n0,\"1,042\",2\n1,\"1,042.5\",3\n");
    assert_eq!(table.decimal, Some(Decimal::Point));
}

#[test]
fn cells_that_hold_lists_keep_their_commas() {
    let wanted = [Wanted {
        name: "input",
        unit: "",
        kind: Kind::Other,
    }];
    for text in [
        "input,output\n\"Red: [1, 2]\nBlue: [3, 4]\",x\n\"Red: [1, 2]\nBlue: [3, 4]\",y\n",
        "input,output\n1.5 2 3,x\n4 5 6,y\n",
        "input;output\n1.5 2 3;x\n4 5 6;y\n",
    ] {
        let table = detect(text.as_bytes(), true, &Told::default(), &wanted).expect("readable");
        assert_eq!(table.names, ["input", "output"], "{text}");
        assert_eq!(body(text, &table).len(), 2);
    }
}

#[test]
fn without_anything_to_look_for() {
    let told = Told::default();
    let table = detect(b"a;b\n1,5;x\n2,5;y\n", true, &told, &[]).expect("readable");
    assert_eq!(
        (table.delimiter, table.decimal),
        (Delimiter::Semicolon, Some(Decimal::Comma))
    );
    let table = detect(b"a b\n1 2\n3 4\n", true, &told, &[]).expect("readable");
    assert_eq!(table.delimiter, Delimiter::Spaces);
    let two = detect(b"acc\n20,0\n21,5\n", true, &told, &[]);
    assert!(
        matches!(two, Err(Problem::CellsOrDecimals { .. })),
        "{two:?}"
    );
    let table = detect(b"a;b;c\n1;2;3\n4;5;x\n6;7\n", true, &told, &[]).expect("readable");
    assert_eq!((table.delimiter, table.width), (Delimiter::Semicolon, 3));
    assert_eq!(detect(b"", true, &told, &[]), Err(Problem::Empty));
    assert_eq!(detect(b"\n  \n\0\0", true, &told, &[]), Err(Problem::Empty));
}

#[test]
fn lists_show_their_decimal_mark_or_two_readings() {
    let wanted = [Wanted {
        name: "input",
        unit: "",
        kind: Kind::Other,
    }];
    let read = |text: &str| detect(text.as_bytes(), true, &Told::default(), &wanted);
    for (text, decimal) in [
        ("input\n\"[1,5; 2,25; 3,0]\"\n", Some(Decimal::Comma)),
        ("input\n\"1,5;2,042;3\"\n", Some(Decimal::Comma)),
        (
            "input\n\"Red: [1,5; 2] Blue: [3,0]\"\n",
            Some(Decimal::Comma),
        ),
        ("input\n\"[1.5; 2]\"\n", Some(Decimal::Point)),
        ("input\n\"[1.5, 2]\"\n", None),
        ("input,output\n\"1,2\",a\n\"3,4\",b\n", None),
    ] {
        let table = read(text).unwrap_or_else(|problem| panic!("{problem}\n{text}"));
        assert_eq!(table.decimal, decimal, "{text}");
    }
    for text in [
        "input\n\"[1,5, 2,25, 3,0]\"\n",
        "input\n\"Red: [1,5, 2,25]\"\n",
        "input;output\n1,5, 2,25, 3;a\n",
    ] {
        let problem = read(text).expect_err("two readings");
        let Problem::TwoLists { .. } = problem else {
            panic!("{problem:?}");
        };
        assert_eq!(problem.choices()[0].0, "decimal");
    }
}

#[test]
fn a_point_between_thousands_where_other_columns_have_decimal_commas() {
    // Nobody looks for `other`, which shows the mark all the same.
    let text = "time_s;level;flow;other\n0;1.234;2;0,5\n1;433;3;0,6\n";
    assert_eq!(plain(text).decimal, Some(Decimal::Comma));
    let text = "time_s;level;flow\n0;1.234;2\n1;1.234.567;3\n";
    assert_eq!(plain(text).decimal, Some(Decimal::Comma));
    let text = "time_s;level;flow;other\n0;1,234;2;0.5\n1;433;3;0.6\n";
    assert_eq!(plain(text).decimal, Some(Decimal::Point));
    // Nothing shows it, or what nobody looks for is written in two ways.
    let text = "time_s;level;flow;other\n0;1.234;2;x\n1;433;3;y\n";
    assert_eq!(plain(text).decimal, None);
    let text = "time_s;level;flow;other\n0;1.234;2;0,5\n1;433;3;0.5\n";
    assert_eq!(plain(text).decimal, None);
    let nobody = detect(b"t;b\n1;1.234\n2;1.234.567\n", true, &Told::default(), &[]);
    assert_eq!(nobody.expect("readable").decimal, Some(Decimal::Comma));
}

#[test]
fn a_header_that_ends_in_a_delimiter() {
    let text = "time_s,level,flow,\n0,1.5,20\n1,1.6,21\n";
    let table = plain(text);
    assert_eq!(table.names, ["time_s", "level", "flow"]);
    assert_eq!(table.notes, [Note::EmptyLastTitle]);
    assert_eq!(body(text, &table).len(), 2);
    // Where rows have the field it is one.
    let text = "time_s,level,flow,\n0,1.5,20,x\n1,1.6,21,y\n";
    assert_eq!(plain(text).names.len(), 4);
}

#[test]
fn titles_without_cells() {
    for (text, missing) in [
        ("time_s,level,flow,Comment\n0,1.5,20\n1,1.6,21\n", 1),
        (
            "time_s\tlevel\tflow\tComment\n0\t1.5\t20\n1\t1.6\t21\n2\t1.7\t22",
            1,
        ),
        (
            "time_s,level,flow,Comment,Operator\n0,1.5,20\n1,1.6,21\n",
            2,
        ),
        // The last row is cut off, and a comment stands further below.
        ("time_s;level;flow;Comment\n0;1,5;20\n1;1,6;21\n2;1", 1),
    ] {
        let table = plain(text);
        assert_eq!(table.shape, Shape::WithoutLast(missing), "{text}");
        assert_eq!(table.names.len(), 3 + missing, "{text}");
        let titles = table.names[3..].to_vec();
        assert_eq!(table.notes, [Note::NoCells { titles }], "{text}");
    }
    let text = "time_s,level,flow,Comment\n0,1.5,20\n1,1.6,21\n";
    let table = plain(text);
    assert_eq!(body(text, &table), [["0", "1.5", "20"], ["1", "1.6", "21"]]);
    // Other lengths are none of the table's; a whole row is.
    for (line, found) in [
        ("2,1.7\n", Err((2, 3))),
        ("2,1.7,22\n", Ok(3)),
        ("2,1.7,22,fine\n", Ok(4)),
        ("2,1.7,22,fine,x\n", Err((5, 4))),
    ] {
        let row = Rows::new(line.as_bytes(), table.delimiter).next();
        let row = row.expect("a row").expect("well-formed");
        let fields = table.shape.fields(&row, table.width);
        let fields = fields.map(<[_]>::len).map_err(|problem| match problem {
            Problem::FieldCount { found, expected } => (found, expected),
            other => panic!("{other}"),
        });
        assert_eq!(fields, found, "{line}");
    }
    for text in [
        // Not all rows, or one alone, which may be cut off.
        "time_s,level,flow,Comment\n0,1.5,20\n1,1.6,21,fine\n2,1.7,22\n",
        "time_s,level,flow,Comment\n0,1.5,20\n",
        // The first may be what has no cells.
        ",level,flow\n1.5,20\n1.6,21\n",
        "index,level,flow\n1.5,20\n1.6,21\n",
        // Two titles share a cell.
        "date,time,level,flow\n2025-01-01 10:00,1.5,20\n2025-01-01 10:01,1.6,21\n",
        // What is wanted is not where its title is.
        "time_s,level,flow,state\n0,OK,20\n1,OK,21\n",
        // Another delimiter.
        "time_s,level,flow\n0;1;20\n1;1;21\n",
    ] {
        assert_eq!(plain(text).shape, Shape::Same, "{text}");
    }
    // What counts is there.
    let text = "index,level,flow\n1,20\n2,21\n";
    assert_eq!(plain(text).shape, Shape::WithoutLast(1));
    // Nobody wants a column.
    let text = "made by hand\nX_Value,Voltage,Comment\n0.0,1.5\n0.1,1.6\n";
    let table = detect(text.as_bytes(), true, &Told::default(), &[]).expect("readable");
    assert_eq!(table.header_line, Some(2));
    assert_eq!(table.shape, Shape::WithoutLast(1));
}

#[test]
fn a_row_of_units_is_no_row_of_readings() {
    let text = "time_s,level,flow\ns,m,l/min\n0,1.5,20\n";
    let table = plain(text);
    assert_eq!(table.names, ["time_s", "level (m)", "flow (l/min)"]);
    assert_eq!(table.titles, ["time_s", "level", "flow"]);
    assert_eq!(table.notes, [Note::Units { line: 2 }]);
    assert_eq!(body(text, &table), [["0", "1.5", "20"]]);
    // What a title says already is not said twice, and another unit is not lost.
    let text = "time_s,level (m),Flow_lpm\ns,m,m3/h\n0,1.5,20\n";
    assert_eq!(
        plain(text).names,
        ["time_s", "level (m)", "Flow_lpm (m3/h)"]
    );
    // A column without a unit says so in ways that are values elsewhere.
    for none in ["[-]", "[]", "-", "1"] {
        let below = format!("time_s,level,flow,state\ns,[mm],l/min,{none}\n0,1.5,20,1\n");
        let above = format!("s,[mm],l/min,{none}\ntime_s,level,flow,state\n0,1.5,20,1\n");
        for text in [below, above] {
            let table = plain(&text);
            assert_eq!(
                table.names[..3],
                ["time_s", "level (mm)", "flow (l/min)"],
                "{text}"
            );
            assert_eq!(body(&text, &table).len(), 1, "{text}");
        }
    }
    // Words may stand between, and units that nobody knows are others.
    for units in [
        "s,mm,l/min",
        "s,psig,l/min",
        "s,m,degrees F",
        ",in/s pk,gpm",
    ] {
        let text = format!("time_s,level,flow\nsince start,of the tank,Avg\n{units}\n0,1.5,20\n");
        let table = plain(&text);
        assert_eq!(table.notes, [Note::Units { line: 3 }], "{text}");
        assert_eq!(body(&text, &table).len(), 1, "{text}");
        assert!(table.names[1].contains('('), "{:?}", table.names);
    }
    let nobody = |text: &str| detect(text.as_bytes(), true, &Told::default(), &[]);
    let table = nobody("t;p\ns;mbar\n0;250\n").expect("readable");
    assert_eq!(table.names, ["t (s)", "p (mbar)"]);
    // What may be a reading stays one: a missing level, and words.
    for text in [
        "time_s,level,flow,state\n-,-,-,A\n0,1.5,20,B\n",
        "time_s,level,flow,state\n-,x,y,z\n0,1.5,20,B\n",
    ] {
        assert_eq!(body(text, &plain(text)).len(), 2, "{text}");
    }
    let text = "name;grade\nred;A\nblue;B\n";
    assert_eq!(body(text, &nobody(text).expect("readable")).len(), 2);
}

#[test]
fn numbers_that_count_columns_are_titles() {
    let nobody = |text: &str| detect(text.as_bytes(), true, &Told::default(), &[]);
    let titles: Vec<String> = (0..12).map(|at| at.to_string()).collect();
    let row: Vec<String> = (0..12)
        .map(|at| format!("{:.2}", f64::from(at * at)))
        .collect();
    let (titles, row) = (titles.join(","), row.join(","));
    for text in [
        format!("{titles}\n{row}\n{row}\n"),
        format!("{titles},label\n{row},a\n{row},b\n"),
        format!("class,{titles}\n1,{row}\n2,{row}\n"),
    ] {
        let table = nobody(&text).expect("readable");
        assert_eq!(
            (table.header_line, body(&text, &table).len()),
            (Some(1), 2),
            "{text}"
        );
    }
    // Rows that count themselves are readings, and a few numbers may be either.
    for text in [
        format!("{titles}\n{titles}\n"),
        "1,2,3\n4.5,5.5,6.5\n".to_owned(),
        format!("{titles}\n"),
    ] {
        let table = nobody(&text).expect("readable");
        assert_eq!(table.header_line, None, "{text}");
    }
}

#[test]
fn rows_may_end_in_empty_fields() {
    let nobody = |text: &str| detect(text.as_bytes(), true, &Told::default(), &[]);
    let rows = |widths: &[usize], full: usize| -> String {
        let row = |width: &usize| {
            let filled = (0..*width).map(|at| format!("{:.2}", at as f64 / 3.0));
            let row: Vec<String> = filled
                .chain((*width..full).map(|_| String::new()))
                .collect();
            row.join(",") + "\n"
        };
        widths.iter().map(row).collect()
    };
    for widths in [&[3, 5, 4, 6][..], &[3, 5, 5, 5, 6], &[5, 5, 3], &[6, 3, 5]] {
        let bare = rows(widths, 6);
        let table = nobody(&bare).expect("readable");
        let width = *widths.iter().max().expect("some");
        assert_eq!(
            (table.delimiter, table.header_line),
            (Delimiter::Comma, None),
            "{bare}"
        );
        assert_eq!(
            (table.width, body(&bare, &table).len()),
            (width, widths.len()),
            "{bare}"
        );
        let titled = format!("a,b,c,d,e,f\n{bare}");
        let table = nobody(&titled).expect("readable");
        assert_eq!(
            (table.delimiter, table.header_line),
            (Delimiter::Comma, Some(1)),
            "{titled}"
        );
        assert_eq!(
            (table.width, body(&titled, &table).len()),
            (6, widths.len()),
            "{titled}"
        );
    }
    // What a spreadsheet fills up is a title all the same.
    let text = "pump 7,,\n,,\nx,y,z\n1.5,2,3\n1.5,,3\n1.5,2,\n1.5,2,\n1.5,2,\n";
    let table = nobody(text).expect("readable");
    assert_eq!((table.header_line, body(text, &table).len()), (Some(3), 5));
}
