//! Profiles and what they say of recordings: made up ones, for the front ends of
//! the committed recipes.

use std::collections::BTreeMap;

use proptest::prelude::*;
use senselm_sensor::{
    BadRows, CsvOptions, Finding, Fits, FrontEnd, FrontEndSpec, Profile, Quantiles, Refusal,
    Stated, Task, Truths, Verdict, Window, fits, read_csv_with,
};
use senselm_tests::recorded::Recorded;
use senselm_tests::trained::RECIPES;
use senselm_tests::workspace_root;

/// A front end and what was trained on.
struct Model {
    front_end: FrontEnd,
    task: Task,
    profile: Profile,
}

#[derive(serde::Deserialize)]
struct Recipe {
    front_end: FrontEndSpec,
    task: Task,
}

/// Of a recipe that was trained on made up recordings.
fn model(recipe: &'static str) -> Model {
    let path = workspace_root().join(format!("recipes/{recipe}.toml"));
    let text = std::fs::read_to_string(path).expect("a recipe");
    let Recipe { front_end, task } = toml::from_str(&text).expect("a front end and a task");
    let front_end = FrontEnd::new(front_end).expect("a front end");
    let (windows, stated) = read(
        &front_end,
        &task,
        &Recorded::made_up(recipe, trained(recipe), 7),
    );
    let profile = Profile::gather(&front_end, &windows, &stated).expect("windows");
    Model {
        front_end,
        task,
        profile,
    }
}

/// Windows that it was trained on, and that a recording has.
fn trained(recipe: &str) -> usize {
    match recipe {
        "occupancy" => 5 * 1440,
        "breathing" => 12,
        _ => 300,
    }
}

fn recorded(recipe: &'static str, seed: u64) -> Recorded {
    let count = match recipe {
        "occupancy" => 2 * 1440,
        "breathing" => 3,
        _ => 60,
    };
    Recorded::made_up(recipe, count, seed)
}

fn read(front_end: &FrontEnd, task: &Task, recorded: &Recorded) -> (Vec<Window>, Stated) {
    let options = CsvOptions {
        bad_rows: BadRows::Skip,
        truths: Truths::Optional,
        ..CsvOptions::default()
    };
    let text = recorded.csv();
    let dataset = read_csv_with(front_end, task, text.as_bytes(), &options).expect("a recording");
    let records = dataset.records.into_iter();
    (
        records.map(|record| record.window).collect(),
        dataset.stated,
    )
}

impl Model {
    fn check(&self, recorded: &Recorded) -> Fits {
        let options = CsvOptions {
            bad_rows: BadRows::Skip,
            truths: Truths::Optional,
            ..CsvOptions::default()
        };
        let text = recorded.csv();
        match read_csv_with(&self.front_end, &self.task, text.as_bytes(), &options) {
            Ok(dataset) => {
                let windows: Vec<Window> = dataset.records.into_iter().map(|r| r.window).collect();
                fits(&self.front_end, &self.profile, &windows, &dataset.stated)
            }
            Err(error) => Fits::of_refused(&error).expect("refused for what was trained on"),
        }
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (recipe, _) in RECIPES {
        let model = model(recipe);
        let wrong = recorded(recipe, 11).wrong();
        assert_eq!(wrong.len(), 10);
        for case in wrong {
            let found = model.check(&case.recorded);
            let named = |code: &str| found.reasons.iter().any(|r| r.finding.code() == code);
            assert!(
                found.verdict != Verdict::Yes && case.named.iter().any(|code| named(code)),
                "{recipe}, {}: {found:?}",
                case.what
            );
        }
    }
}

#[test]
fn what_is_right_fits_however_short() {
    for (recipe, _) in RECIPES {
        let model = model(recipe);
        let whole = recorded(recipe, 13);
        for length in [1, 2, 3, 5, 8, 20, 60, 240, whole.windows.len()] {
            for from in (0..whole.windows.len()).step_by(length.max(whole.windows.len() / 24)) {
                let found = model.check(&whole.slice(from..from + length));
                assert_eq!(found.reasons, [], "{recipe}, {from} and {length} more");
            }
        }
        let mut shuffled = whole.clone();
        shuffled.windows.reverse();
        assert_eq!(model.check(&shuffled).reasons, [], "{recipe}, reversed");
    }
}

#[test]
fn few_windows_are_no_only_where_they_are_far() {
    for (recipe, _) in RECIPES {
        let model = model(recipe);
        let few = recorded(recipe, 17).slice(0..3);
        let near = few.map(|_, x| x * 1.3);
        assert_ne!(model.check(&near).verdict, Verdict::No, "{recipe}");
        let far = few.map(|_, x| x + 1e6);
        assert_eq!(model.check(&far).verdict, Verdict::No, "{recipe}");
    }
}

/// One channel in °C, with a reading a second.
fn thermometer(unit: &str) -> FrontEnd {
    let json = format!(
        r#"{{
        "layout": {{"kind": "stream", "length": 8, "stride": 4, "timestamp": "time_s"}},
        "channels": [{{"name": "temp", "unit": "{unit}", "source": "temp",
            "missing": {{"kind": "hold"}}, "encode": {{"kind": "decimal", "decimals": 1}}}}],
        "template": "{{temp}} is"
    }}"#
    );
    FrontEnd::from_json(&json).expect("a front end")
}

/// A room that is heated: windows of eight readings.
fn room(count: usize, scale: f64, offset: f64) -> Vec<Window> {
    let reading = |at: usize| {
        let wave = libm::sin(at as f64 / 17.0) * 3.0 + libm::sin(at as f64 * 1.3) * 0.4;
        (21.0 + wave) * scale + offset
    };
    let window = |at: usize| Window {
        channels: vec![(at * 4..at * 4 + 8).map(reading).collect()],
    };
    (0..count).map(window).collect()
}

#[test]
fn a_unit_of_the_same_quantity_is_named_with_its_repair() {
    let front_end = thermometer("°C");
    let stated = Stated::default();
    let profile = Profile::gather(&front_end, &room(300, 1.0, 0.0), &stated).expect("windows");
    for count in [1, 3, 40] {
        let found = fits(&front_end, &profile, &room(count, 1.8, 32.0), &stated);
        assert_eq!(found.verdict, Verdict::No);
        let [reason] = &found.reasons[..] else {
            panic!("{found:?}");
        };
        assert_eq!(
            reason.to_string(),
            "temp: values look like those of another unit: expected values in °C, found these \
             times 1.8 plus 32; see whether the values are in °F where they should be in °C, and \
             convert them"
        );
    }
    let kelvin = fits(&front_end, &profile, &room(60, 1.0, 273.15), &stated);
    assert!(
        matches!(&kelvin.reasons[0].finding, Finding::Converted { units: Some([_, found]), .. } if found == "K"),
        "{kelvin:?}"
    );
}

#[test]
fn a_unit_that_is_stated_counts_where_the_front_end_has_none() {
    let front_end = thermometer("");
    let said = |unit: &str| Stated {
        units: vec![unit.to_owned()],
        ..Stated::default()
    };
    let windows = room(100, 1.0, 0.0);
    let profile = Profile::gather(&front_end, &windows, &said("°C")).expect("windows");
    assert_eq!(profile.channels[0].unit.as_deref(), Some("°C"));
    for unit in ["", "degC"] {
        let found = fits(&front_end, &profile, &windows, &said(unit));
        assert_eq!(found.verdict, Verdict::Yes, "{unit}: {found:?}");
    }
    let found = fits(&front_end, &profile, &windows, &said("K"));
    assert_eq!(found.reasons[0].finding.code(), "unit");
    assert_eq!(found.verdict, Verdict::No);
}

#[test]
fn a_steady_recording_fits_and_one_that_stands_still_does_not() {
    let front_end = thermometer("°C");
    let stated = Stated::default();
    let profile = Profile::gather(&front_end, &room(300, 1.0, 0.0), &stated).expect("windows");
    // A tenth of the usual changes, around the usual level.
    let steady = room(60, 0.1, 18.9);
    assert_eq!(fits(&front_end, &profile, &steady, &stated).reasons, []);
    let still = room(60, 0.0, 21.0);
    let found = fits(&front_end, &profile, &still, &stated);
    assert_eq!(found.reasons[0].finding.code(), "constant");
    assert_eq!(found.verdict, Verdict::No);
}

#[test]
fn a_channel_that_never_changed_is_not_to_change() {
    let front_end = thermometer("");
    let stated = Stated::default();
    let profile = Profile::gather(&front_end, &room(300, 0.0, 300.0), &stated).expect("windows");
    let found = |scale: f64, offset: f64| {
        fits(&front_end, &profile, &room(60, scale, offset), &stated).verdict
    };
    assert_eq!(found(0.0, 300.0), Verdict::Yes);
    // Half a hundredth of the value, and values that a profile writes alike.
    assert_eq!(found(0.05, 299.0), Verdict::Unsure);
    assert_eq!(found(1e-5, 300.0), Verdict::Yes);
    assert_eq!(found(0.0, 310.0), Verdict::No);
}

#[test]
fn changes_below_the_digits_of_a_profile_are_no_news() {
    let front_end = thermometer("");
    let stated = Stated::default();
    let windows = room(300, 3e-4, 300.0);
    let profile = Profile::gather(&front_end, &windows, &stated).expect("windows");
    let found = fits(&front_end, &profile, &windows, &stated);
    assert_eq!(found.reasons, []);
}

#[test]
fn a_sensor_that_dies_in_the_middle_is_told() {
    let Model {
        front_end,
        task,
        profile,
    } = model("gesture");
    let (windows, stated) = read(&front_end, &task, &recorded("gesture", 5));
    let count = windows.len();
    let found = |spoil: &dyn Fn(&mut [f64]), from: usize| {
        let mut windows = windows.clone();
        windows[from..]
            .iter_mut()
            .for_each(|window| spoil(&mut window.channels[0]));
        fits(&front_end, &profile, &windows, &stated)
    };
    let dead = |samples: &mut [f64]| samples.fill(samples[0]);
    let empty = |samples: &mut [f64]| samples.fill(f64::NAN);
    for from in [count / 3, count * 4 / 5] {
        for (spoil, code) in [
            (&dead as &dyn Fn(&mut [f64]), "steady"),
            (&empty, "missing"),
        ] {
            let fits = found(spoil, from);
            assert_ne!(fits.verdict, Verdict::Yes, "{code} from {from}: {fits:?}");
            let codes: Vec<&str> = fits.reasons.iter().map(|one| one.finding.code()).collect();
            assert!(codes.contains(&code), "{codes:?}");
        }
    }
    // Once is chance.
    assert_eq!(found(&dead, count - 1).verdict, Verdict::Yes);
}

#[test]
fn rates_that_are_stated_or_shown_are_compared() {
    let front_end = thermometer("°C");
    let stated = |rate_hz| Stated {
        rate_hz,
        ..Stated::default()
    };
    let windows = room(100, 1.0, 0.0);
    let profile = Profile::gather(&front_end, &windows, &stated(Some(1.0))).expect("windows");
    assert_eq!(profile.channels[0].rate_hz, Some(1.0));
    for (rate_hz, verdict) in [
        (None, Verdict::Yes),
        (Some(1.02), Verdict::Yes),
        // It is answered, since the steps of a clock jitter as much, and said.
        (Some(0.8), Verdict::Unsure),
        (Some(1.25), Verdict::Unsure),
        (Some(2.0), Verdict::No),
        (Some(0.1), Verdict::No),
    ] {
        let found = fits(&front_end, &profile, &windows, &stated(rate_hz));
        assert_eq!(found.verdict, verdict, "{rate_hz:?}: {found:?}");
    }
}

#[test]
fn the_rate_is_that_of_most_times() {
    let front_end = thermometer("°C");
    let task = Task::from_json(r#"{"kind": "classify", "labels": ["a", "b"]}"#).expect("a task");
    let rows = (0..40).map(|at| {
        let pause = if at < 20 { 0.0 } else { 900.0 };
        format!("{},{}\n", f64::from(at) * 0.5 + pause, 20 + at % 3)
    });
    let rows: Vec<String> = rows.collect();
    let twice = format!(
        "time_s,temp (°C)\n{}",
        rows.iter().map(|row| row.repeat(2)).collect::<String>()
    );
    let text = format!("time_s,temp (°C)\n{}", rows.concat());
    let options = CsvOptions {
        truths: Truths::Optional,
        ..CsvOptions::default()
    };
    let read = read_csv_with(&front_end, &task, text.as_bytes(), &options).expect("a recording");
    assert_eq!(read.stated.rate_hz, Some(2.0));
    assert_eq!(read.stated.units, ["°C"]);
    // A window of rows that are there twice covers half of the time.
    let read = read_csv_with(&front_end, &task, twice.as_bytes(), &options).expect("a recording");
    assert!(
        read.stated
            .rate_hz
            .is_some_and(|rate| (3.9..4.1).contains(&rate))
    );
}

#[test]
fn rows_that_are_refused_for_their_length_are_said() {
    let model = model("gesture");
    let mut some = recorded("gesture", 3);
    let long = some.stretched(3.0);
    some.windows[5..10].clone_from_slice(&long.windows[5..10]);
    let found = model.check(&some);
    assert_eq!(found.verdict, Verdict::Unsure);
    assert!(
        matches!(
            &found.reasons[0].finding,
            Finding::Refused {
                refusal: Refusal::Rate,
                ..
            }
        ),
        "{found:?}"
    );
}

#[test]
fn nothing_to_look_at_is_unsure() {
    let front_end = thermometer("°C");
    let stated = Stated::default();
    assert_eq!(Profile::gather(&front_end, &[], &stated), None);
    let profile = Profile::gather(&front_end, &room(9, 1.0, 0.0), &stated).expect("windows");
    let found = fits(&front_end, &profile, &[], &stated);
    assert_eq!(found.reasons[0].finding, Finding::NoWindows);
    assert_eq!(found.verdict, Verdict::Unsure);
    assert_eq!(Fits::unknown(3).verdict, Verdict::Unsure);
    let gone = Window {
        channels: vec![vec![f64::NAN; 8]],
    };
    let found = fits(&front_end, &profile, &[gone], &stated);
    assert_eq!(found.reasons[0].finding.code(), "missing");
}

#[test]
fn a_profile_is_small_and_comes_back() {
    for (recipe, _) in RECIPES {
        let Model {
            front_end, profile, ..
        } = model(recipe);
        let text = profile.to_json();
        assert!(text.len() < 4_000, "{recipe}: {}", text.len());
        assert_eq!(
            Profile::from_json(&front_end, &text),
            Ok(profile),
            "{recipe}"
        );
    }
}

#[test]
fn a_profile_that_cannot_be_is_refused() {
    let front_end = thermometer("°C");
    let profile = Profile::gather(&front_end, &room(9, 1.0, 0.0), &Stated::default());
    let good = profile.expect("windows").to_json();
    let refused: BTreeMap<&str, String> = [
        ("no JSON", good[1..].to_owned()),
        ("unknown field", good.replacen('{', r#"{"more": 1, "#, 1)),
        ("other channel", good.replace("\"temp\"", "\"hum\"")),
        ("no windows", good.replace(r#""windows":9"#, r#""windows":0"#)),
        ("more distinct than all", good.replace(r#""distinct":9"#, r#""distinct":10"#)),
        ("share above one", good.replace(r#""missing":0.0"#, r#""missing":1.5"#)),
        ("falling", good.replace(r#""length":[8.0"#, r#""length":[9.0"#)),
        ("eight quantiles", good.replace(r#""length":[8.0,"#, r#""length":["#)),
        (
            "pair of one channel",
            good.replacen(
                r#""channels""#,
                r#""pairs": [{"one": 0, "other": 0, "above": 0.5, "correlation": 1.0}], "channels""#,
                1,
            ),
        ),
        ("too long", format!("{good}{}", " ".repeat(300_000))),
    ]
    .into();
    Profile::from_json(&front_end, &good).expect("a good one");
    for (what, text) in refused {
        assert_ne!(text, good, "{what}");
        let error = Profile::from_json(&front_end, &text).expect_err(what);
        assert!(!error.to_string().is_empty());
    }
}

fn any_sample() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -100.0..100.0,
        2 => (-3_i32..3).prop_map(f64::from),
        1 => Just(f64::NAN),
        1 => -1e30..1e30,
    ]
}

fn any_windows() -> impl Strategy<Value = Vec<Window>> {
    let channel = prop::collection::vec(any_sample(), 8);
    let window = channel.prop_map(|channel| Window {
        channels: vec![channel],
    });
    prop::collection::vec(window, 1..80)
}

proptest! {
    #[test]
    fn what_was_trained_on_fits(windows in any_windows()) {
        let front_end = thermometer("°C");
        let stated = Stated::default();
        let profile = Profile::gather(&front_end, &windows, &stated).expect("windows");
        let found = fits(&front_end, &profile, &windows, &stated);
        prop_assert_eq!(found.verdict, Verdict::Yes, "{:?}", found);
        let text = profile.to_json();
        prop_assert_eq!(Profile::from_json(&front_end, &text), Ok(profile));
    }

    #[test]
    fn anything_gets_a_verdict(trained in any_windows(), found in any_windows()) {
        let front_end = thermometer("°C");
        let stated = Stated::default();
        let profile = Profile::gather(&front_end, &trained, &stated).expect("windows");
        let found = fits(&front_end, &profile, &found, &stated);
        prop_assert!(found.reasons.iter().all(|reason| !reason.to_string().is_empty()));
        prop_assert_eq!(found.reasons.is_empty(), found.verdict == Verdict::Yes);
    }

    #[test]
    fn quantiles_do_not_fall(values in prop::collection::vec(-1e30..1e30, 1..200)) {
        let found = Quantiles::of(&values).expect("values");
        prop_assert!(found.0.is_sorted());
    }
}
