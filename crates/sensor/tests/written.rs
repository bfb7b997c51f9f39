//! Where the samples of a window stand in its prompt.

use senselm_sensor::{FrontEnd, Window};

#[test]
fn says_where_each_sample_stands() {
    let front_end = FrontEnd::from_json(
        r#"{"layout": {"kind": "stream", "length": 4, "stride": 4},
        "channels": [
            {"name": "a", "source": "a", "encode": {"kind": "decimal", "decimals": 1},
                "resample": [{"points": 2, "method": "mean"}]},
            {"name": "b", "source": "b", "missing": {"kind": "symbol", "text": "??"},
                "encode": {"kind": "decimal", "decimals": 0, "separator": ","}},
            {"name": "c", "source": "c", "encode": {"kind": "decimal", "decimals": 0}},
            {"name": "d", "source": "d", "encode": {"kind": "decimal", "decimals": 0}}],
        "interleave": [{"name": "both", "channels": ["c", "d"], "within": ":", "between": ";"}],
        "template": "x {a} y {b} z {both}"}"#,
    )
    .expect("valid");
    let window = Window {
        channels: [
            [1.0, 2.0, 3.0, 4.0],
            [5.0, f64::NAN, 70.0, 8.0],
            [1.0, 2.0, 3.0, 4.0],
            [9.0, 8.0, 7.0, 6.0],
        ]
        .map(Vec::from)
        .into(),
    };
    let rendered = front_end.render(&window).expect("renders");
    assert_eq!(rendered.prompt, "x 1.5 3.5 y 5,??,70,8 z 1:9;2:8;3:7;4:6");
    let found: Vec<_> = rendered
        .samples
        .iter()
        .map(|s| (s.channel, s.point, &rendered.prompt[s.start..s.end]))
        .collect();
    let expected = [
        (0, 0, "1.5"),
        (0, 1, "3.5"),
        (1, 0, "5"),
        (1, 1, "??"),
        (1, 2, "70"),
        (1, 3, "8"),
        (2, 0, "1"),
        (3, 0, "9"),
        (2, 1, "2"),
        (3, 1, "8"),
        (2, 2, "3"),
        (3, 2, "7"),
        (2, 3, "4"),
        (3, 3, "6"),
    ];
    assert_eq!(found, expected);
}
