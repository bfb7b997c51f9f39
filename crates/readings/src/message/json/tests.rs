//! What is read as JSON, and what is not.

use alloc::string::String;
use alloc::vec;

use super::{Json, MAX_LEVELS, parse};
use crate::Problem;

#[test]
fn words_for_missing_are_null_outside_of_strings() {
    for word in [
        "nan",
        "NaN",
        "NAN",
        "-nan",
        "inf",
        "-inf",
        "Infinity",
        "-Infinity",
        "None",
        "-nan(ind)",
        "1.#QNAN",
    ] {
        let text =
            alloc::format!("{{\"a\": {word},\"b\":[{word} ,1], \"c\":\"{word} \\\" {word}\"}}");
        let read = parse(&text).expect(word);
        assert_eq!(read.own("a"), Some(&Json::Null), "{word}");
        assert_eq!(read.at("b.0"), Some(&Json::Null), "{word}");
        assert_eq!(read.at("b.1"), Some(&Json::Number(1.0)), "{word}");
        let kept = alloc::format!("{word} \" {word}");
        assert_eq!(read.own("c"), Some(&Json::Text(kept)), "{word}");
    }
}

#[test]
fn what_is_no_json_is_refused() {
    for broken in [
        "",
        "{",
        "{\"a\":}",
        "[1,2",
        "[NaNN]",
        "{'a':1}",
        "[21,5,]",
        "{\"a\":1,}",
        "[1 nan]",
        "[nannan]",
        "nan:",
        "\"",
    ] {
        assert_eq!(parse(broken), Err(Problem::Json), "{broken}");
    }
    assert_eq!(parse(&"\"\\\"".repeat(50_000)), Err(Problem::Json));
}

#[test]
fn nesting_is_bounded() {
    let nested = |levels: usize| -> String { "[".repeat(levels) + &"]".repeat(levels) };
    assert!(parse(&nested(MAX_LEVELS)).is_ok());
    let limit = Problem::Depth { limit: MAX_LEVELS };
    assert_eq!(parse(&nested(MAX_LEVELS + 1)), Err(limit.clone()));
    assert_eq!(parse(&"[".repeat(200_000)), Err(limit));
}

#[test]
fn strings_and_numbers_as_the_standard_has_them() {
    for (text, expected) in [
        (
            r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#,
            "\"\\/\u{8}\u{c}\n\r\té\u{1f600}é",
        ),
        (r#""""#, ""),
    ] {
        assert_eq!(parse(text), Ok(Json::Text(expected.into())), "{text}");
    }
    for (text, expected) in [
        ("-0.25e+2", -25.0),
        (" 1E-3 ", 0.001),
        ("0", 0.0),
        ("18446744073709551615", 18_446_744_073_709_551_615.0),
        ("0.1000000000000000055511151231257827", 0.1),
    ] {
        assert_eq!(parse(text), Ok(Json::Number(expected)), "{text}");
    }
    for broken in [
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "1.e5",
        "0x1",
        "1.5.2",
        "-",
        "\"\u{1}\"",
        r#""\u12""#,
        r#""\ud800""#,
        r#""\ud800\u0041""#,
        r#""\udc00""#,
        r#""\x""#,
        "[,]",
        "[1,]",
        "{1:2}",
        "1 2",
        "tru",
        "\"\\u12é\"",
        "é",
    ] {
        // A dash alone is a missing value.
        let expected = if broken == "-" {
            Ok(Json::Null)
        } else {
            Err(Problem::Json)
        };
        assert_eq!(parse(broken), expected, "{broken}");
    }
    let large = parse("[1e39, 1e99]");
    assert!(matches!(large, Err(Problem::TooLarge { .. })), "{large:?}");
}

/// The same as another reader's, but for numbers, which that rounds otherwise.
fn same(ours: &Json, theirs: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (ours, theirs) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (Json::Number(ours), Value::Number(theirs)) => theirs
            .as_f64()
            .is_some_and(|theirs| (ours - theirs).abs() <= ours.abs() * 1e-15),
        (Json::Text(ours), Value::String(theirs)) => ours == theirs,
        (Json::List(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| same(a, b))
        }
        // Of a key that is there twice that one keeps the last.
        (Json::Object(ours), Value::Object(theirs)) => theirs.iter().all(|(key, theirs)| {
            let last = ours.iter().rev().find(|(ours, _)| ours == key);
            last.is_some_and(|(_, ours)| same(ours, theirs))
        }),
        _ => false,
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4096))]

    #[test]
    fn texts_are_read_as_others_read_them(
        pieces in proptest::collection::vec(
            proptest::sample::select(vec![
                "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"a\":", "\"b\":1,", "[1,", "\\", "\\n",
                "\\u00e9", "\\ud83d\\ude00", "\\ud800", "0", "1", "-1", "1.5", ".", "e5", "E+2",
                "true", "false", "null", " ", "\n", "é", "\u{1}", "x",
            ]),
            0..10,
        )
    ) {
        let text = pieces.concat();
        match (parse(&text), serde_json::from_str::<serde_json::Value>(&text)) {
            (Ok(ours), Ok(theirs)) => proptest::prop_assert!(same(&ours, &theirs), "{text}"),
            // Their numbers are larger.
            (Err(Problem::TooLarge { .. }), _) => {}
            (ours, theirs) => proptest::prop_assert!(ours.is_err() && theirs.is_err(), "{text}: {ours:?} {theirs:?}"),
        }
    }
}

#[test]
fn a_path_reaches_fields_and_positions() {
    let read = parse(r#"{"a":{"b":[{"c":5}]},"x.y":6,"x":{"y":7}}"#).expect("json");
    assert_eq!(read.at("a.b.0.c"), Some(&Json::Number(5.0)));
    assert_eq!(read.at("x.y"), Some(&Json::Number(6.0)));
    assert_eq!(read.at(""), Some(&read));
    for path in [
        "a.b.length",
        "a.b.-1",
        "a.b.+0",
        "a..b",
        "a.b.99999999999999999999",
    ] {
        assert_eq!(read.at(path), None, "{path}");
    }
}

#[test]
fn a_key_that_is_there_twice_is_kept_twice() {
    let read = parse(r#"{"a":1,"a":2}"#).expect("json");
    let field = |value| (String::from("a"), Json::Number(value));
    assert_eq!(read, Json::Object(vec![field(1.0), field(2.0)]));
}
