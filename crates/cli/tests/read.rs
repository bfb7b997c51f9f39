//! `senselm read` of lines and messages: what each is read as, and why not.

mod program;

use program::{senselm, senselm_with, sensor_model, text};
use serde_json::{Value, json};

const FRONT_END: &str = r#"{
    "layout": {"kind": "rows"},
    "channels": [
        {"name": "flow", "unit": "m3/h", "source": "flow", "encode": {"kind": "decimal", "decimals": 1}},
        {"name": "temp", "unit": "°C", "source": "temp", "encode": {"kind": "decimal", "decimals": 1}}
    ],
    "template": "flow {flow} temp {temp} state"
}"#;
const LABELS: &str = r#"{"kind": "classify", "labels": ["ok", "worn"]}"#;

/// The object for a message, and the exit code.
fn message(topic: &str, channels: &str, content: &str) -> (Value, i32) {
    let run = senselm_with(
        content,
        &[
            "read",
            "-",
            "--as",
            "message",
            "--topic",
            topic,
            "--channels",
            channels,
            "--json",
        ],
    );
    let code = run.code;
    (run.ended_with(code).json(), code)
}

#[test]
fn a_message_is_a_value_for_each_channel_that_it_speaks_of() {
    let channels = "temperature:°C,humidity:%";
    let (read, code) = message("site/7/temperature", channels, "21,5");
    assert_eq!(code, 0);
    let alone = json!([{"values": {"temperature": 21.5}, "time_s": null}]);
    assert_eq!(read["readings"], alone);
    let nested = r#"{"Time": "2026-05-01T12:00:00Z", "SHT": {"Temperature": nan, "Humidity": 40}}"#;
    let (read, code) = message("tele/x", channels, nested);
    assert_eq!(code, 0);
    let values = json!({"temperature": null, "humidity": 40.0});
    assert_eq!(read["readings"][0]["values"], values);
    assert_eq!(read["readings"][0]["time_s"], 1_777_636_800.0);
    let (read, code) = message("x", channels, r#"{"temperature": 1, "humidity": "high"}"#);
    assert_eq!((code, read["error"].is_null()), (4, true));
    assert_eq!(read["complaints"][0]["code"], "not_a_number");
}

#[test]
fn a_message_that_could_mean_another_thing_is_refused() {
    for (topic, channels, content, expected) in [
        ("plant/battery", "temperature", "87", "topic"),
        (
            "plant/temperature",
            "temperature,humidity",
            "1,013",
            "two_numbers",
        ),
        ("x", "temperature,humidity", "[1,2,3]", "count"),
    ] {
        let (read, code) = message(topic, channels, content);
        assert_eq!(
            (&read["error"]["code"], code),
            (&json!(expected), 3),
            "{read}"
        );
        assert_eq!(read["readings"], json!([]));
    }
}

#[test]
fn cells_are_read_as_their_column_is() {
    let read = |table: &str| senselm_with(table, &["read", "-", "--json"]);
    let dates = read("date,v\n01/02/1970 00:00,5\n13/02/1970 00:00,6\n").ended_with(0);
    // By the second row the first is a day in February.
    assert!(dates.stdout.contains("2678400.0"), "{}", dates.stdout);
    let decimals = read("t;a;b\n1;1,5;1,042\n2;2,5;1.042\n").ended_with(0);
    assert!(
        decimals.stdout.contains("1.042,") && decimals.stdout.contains("1042.0"),
        "{}",
        decimals.stdout
    );
    for table in [
        "date,v\n01/02/1970,5\n03/02/1970,6\n",
        "date,v\n13/02/1970,5\n02/13/1970,6\n",
        "t;a\n1;1,042\n",
    ] {
        read(table).ended_with(3);
    }
}

#[test]
fn a_mark_that_the_first_rows_do_not_show_is_one_rule_for_all() {
    let read = |cells: &[&str], more: &[&str]| {
        let whole = (0..300).map(|row| format!("{row};20\n"));
        let shown = (300..)
            .zip(cells)
            .map(|(row, cell)| format!("{row};{cell}\n"));
        let table = ["t;a\n".to_owned()].into_iter().chain(whole).chain(shown);
        let run = senselm_with(
            &table.collect::<String>(),
            &[&["read", "-", "--json"], more].concat(),
        );
        let code = run.code;
        let rows = run.ended_with(code).json_lines();
        let said = rows[301..].iter().map(|row| {
            let cell = match &row["error"] {
                Value::Null => &row["cells"][1],
                error => error,
            };
            match cell["value"].as_f64() {
                Some(value) => value.to_string(),
                None => format!("{} {}", row["line"], cell["code"].as_str().expect("a code")),
            }
        });
        let all = rows.iter().map(Value::to_string).collect::<String>();
        (
            said.collect::<Vec<_>>(),
            all.contains("say --decimal"),
            code,
        )
    };
    let all =
        |said: [&str; 3], asks: bool, code: i32| (said.map(str::to_owned).to_vec(), asks, code);
    // A comma from where one is shown, and thousands by it.
    assert_eq!(
        read(&["1,5", "1.234", "3.5"], &[]),
        all(["1.5", "1234", "304 other_decimal"], true, 0)
    );
    assert_eq!(
        read(&["2.5", "1,234", "1,5"], &[]),
        all(["2.5", "1234", "304 other_decimal"], true, 0)
    );
    // Nothing shows it, or what was read with a point was another number.
    assert_eq!(
        read(&["1.234", "1,234", "2"], &[]),
        all(["1.234", "303 two_numbers", "2"], true, 0)
    );
    assert_eq!(
        read(&["1.234", "1,5", "2"], &[]),
        all(["1.234", "303 two_decimals", "2"], true, 4)
    );
    assert_eq!(
        read(&["1.234", "1,5", "1,234"], &["--decimal", "comma"]),
        all(["1234", "1.5", "1.234"], false, 0)
    );
}

#[test]
fn lines_are_read_one_after_the_other() {
    let sent = "Time;Hum (%);Temp (°C)\n12;40;21,5\r\n\nbooting\n13;41;21,6\n";
    let arguments = ["read", "-", "--as", "line", "--channels", "temp:C,hum:%"];
    let words = senselm_with(sent, &arguments).ended_with(4).stdout;
    assert!(
        words.contains("line 2      hum 40  temp 21.5  (12 s)\n"),
        "{words}"
    );
    assert!(
        words.contains("line 5      hum 41  temp 21.6  (13 s)\n"),
        "{words}"
    );
    let json_too = [&arguments[..], &["--json"]].concat();
    let lines = senselm_with(sent, &json_too).ended_with(4).json_lines();
    let numbers: Vec<_> = lines.iter().map(|line| &line["line"]).collect();
    assert_eq!(numbers, [1, 2, 4, 5]);
    assert_eq!(lines[2]["error"]["code"], "names");
}

#[test]
fn names_and_units_of_a_message_are_used() {
    let channels = "temperature:°C,humidity:%";
    for content in [
        r#"{"columns": ["humidity", "temperature"], "values": [40, 21.5]}"#,
        r#"[["humidity", "temperature (F)"], [40, 70.7]]"#,
        r#"{"SHT": {"Temperature": 70.7, "Humidity": 40}, "TempUnit": "F"}"#,
    ] {
        let (read, code) = message("x", channels, content);
        let values = json!({"temperature": 21.5, "humidity": 40.0});
        assert_eq!((&read["readings"][0]["values"], code), (&values, 0));
    }
    let two = r#"{"in": {"now": {"temperature": 4}}, "out": {"temperature": 21}}"#;
    let (read, code) = message("x", channels, two);
    assert_eq!((&read["error"]["code"], code), (&json!("two_places"), 3));
    let words = read["error"]["message"].as_str().unwrap_or_default();
    assert!(words.contains("in.now.temperature") && words.contains("out.temperature"));
}

#[test]
fn rows_are_read_between_what_a_device_says() {
    let sent = "temp (F),hum,state\n70.7,40,OK\ntemp sensor ok\ntemp 32\n32,41,low battery\n";
    let arguments = ["read", "-", "--as", "line", "--channels", "temp:C,hum:%"];
    let words = senselm_with(sent, &arguments).ended_with(4).stdout;
    for line in [
        "line 2      hum 40  temp 21.5",
        "line 4      temp 32",
        "line 5      hum 41  temp 0",
    ] {
        assert!(words.contains(line), "{words}");
    }
}

#[test]
fn a_model_says_what_the_channels_are() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let model = sensor_model(folder.path(), "sensor.gguf", FRONT_END, LABELS);
    let arguments = [
        "read",
        "-",
        "--as",
        "line",
        "--model",
        text(&model),
        "--json",
    ];
    let lines = senselm_with("temp=70.7F flow=3\n", &arguments)
        .ended_with(0)
        .json_lines();
    assert_eq!(
        lines[0]["readings"][0]["values"],
        json!({"flow": 3.0, "temp": 21.5})
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    let channels = ["--channels", "a,b"];
    for arguments in [
        &["--as", "line"][..],
        &["--as", "message", "--topic", "x"],
        &["--as", "line", "--topic", "x", channels[0], channels[1]],
        &[
            "--as",
            "line",
            "--decimal",
            "comma",
            channels[0],
            channels[1],
        ],
        &["--as", "line", "--channels", ":°C"],
        &["--as", "speech", channels[0], channels[1]],
        &channels,
    ] {
        senselm(&[&["read", "-"], arguments].concat()).ended_with(2);
    }
}

#[test]
fn a_told_form_of_times_is_that_of_the_columns_which_it_fits() {
    let run = senselm_with(
        "Date,Time,flow\n01/02/2026,23:59:58,1\n01/02/2026,23:59:59,2\n",
        &["read", "-", "--times", "dmy", "--json"],
    );
    let rows = run.ended_with(0).json_lines();
    let seconds = |row: usize, cell: usize| rows[row]["cells"][cell]["seconds"].clone();
    assert_eq!(seconds(1, 0), json!(1_769_904_000.0));
    assert_eq!(
        (seconds(1, 1), seconds(2, 1)),
        (json!(86_398.0), json!(86_399.0))
    );
}
