//! What the fuzz targets and their seeds share: the front ends that the CSV
//! target reads with, one per layout.

/// A front end and a task for every layout of a CSV file.
pub const LAYOUTS: [(&str, &str); 5] = [
    (
        r#"{"layout": {"kind": "cells", "column": "input", "samples": {"min": 1, "max": 64}},
            "channels": [
                {"name": "red", "source": "Red", "missing": {"kind": "hold", "empty": "none"},
                 "scale": {"kind": "window_min_max", "min_range": 1.0},
                 "encode": {"kind": "levels", "count": 10, "alphabet": "0123456789"}},
                {"name": "blue", "source": "Blue", "missing": {"kind": "symbol", "text": "?"},
                 "resample": [{"points": 8, "method": "mean"}],
                 "encode": {"kind": "decimal", "decimals": 2}}],
            "template": "red {red} blue {blue} is"}"#,
        r#"{"kind": "classify", "labels": ["Tap", "Swipe"]}"#,
    ),
    (
        r#"{"layout": {"kind": "cells", "column": 0, "samples": {"min": 2, "max": 64}},
            "channels": [{"name": "x", "source": 0, "sample_rate_hz": 10.0,
                "features": [
                    {"name": "f", "of": {"kind": "dominant_frequency", "min_cpm": 6.0, "max_cpm": 60.0},
                     "write": {"kind": "decimal", "decimals": 1}},
                    {"name": "c", "of": {"kind": "crossing_rate", "min_cpm": 6.0, "max_cpm": 60.0, "smooth": 0.25},
                     "write": {"kind": "levels", "count": 10, "min": 0.0, "max": 60.0}}]}],
            "template": "rate {x.f} {x.c}"}"#,
        r#"{"kind": "number", "min": 4.0, "max": 40.0, "decimals": 1, "column": 1}"#,
    ),
    (
        r#"{"layout": {"kind": "rows"},
            "channels": [{"name": "a", "source": "a", "missing": {"kind": "interpolate"},
                "encode": {"kind": "decimal", "decimals": 3, "width": 2, "trim": true}}],
            "template": "a {a}"}"#,
        r#"{"kind": "generate", "max_tokens": 8}"#,
    ),
    (
        r#"{"layout": {"kind": "rows", "column": "list"},
            "channels": [{"name": "a", "source": 0, "encode": {"kind": "decimal", "decimals": 0}},
                         {"name": "b", "source": 1, "encode": {"kind": "decimal", "decimals": 0}}],
            "interleave": [{"name": "ab", "channels": ["a", "b"], "within": ",", "between": " "}],
            "template": "{ab}"}"#,
        r#"{"kind": "classify", "labels": ["0", "1"], "label_values": {"no": "0"}}"#,
    ),
    (
        r#"{"layout": {"kind": "stream", "length": 3, "stride": 2, "label": "majority",
                "timestamp": "date", "max_gap_s": 90.0},
            "channels": [{"name": "t", "source": "T", "missing": {"kind": "hold"},
                "scale": {"kind": "window_z_score", "min_std": 0.1, "clip": 3.0},
                "encode": {"kind": "levels", "count": 16, "separator": " "}}],
            "template": "t {t} occupied"}"#,
        r#"{"kind": "classify", "labels": ["0", "1"], "column": "Occupancy"}"#,
    ),
];

/// One CSV file for each of [`LAYOUTS`].
pub const FILES: [&str; 5] = [
    "input,output\n\"Red: [1, 2, 3.5] Blue: [4, NaN, 6]\",Tap\n\"Red: [1] Blue: []\",Swipe\n",
    "\"1.0, 2.5, 3.0, 1.0\",12.5\n\"0,0\",4.0\n",
    "a,output\n1.5,fine\n,missing\n-2e3,large\n",
    "\"list\",output\n\"1, 2\",0\n\"3, -4\",no\n",
    "\"date\",\"T\",\"Occupancy\"\n\"1\",\"2015-02-04 17:51:00\",23.1,1\n\"2\",\"2015-02-04 17:52:00\",23.2,0\n\"3\",\"2015-02-04 17:53:00\",,0\n",
];
