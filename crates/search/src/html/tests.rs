use senselm_evaluate::{Calibration, CalibrationBin, Confusion, Interval};

use senselm_sensor::AlarmSpec;

use super::text::{Escaped, bytes, count, significant};
use super::{page, page_of_normal};
use crate::choice::Difference;
use crate::outcome::{
    Answered, Baseline, CandidateOutcome, Certainty, GroupFigure, Learned, LearnedBaseline,
    Mistake, Outcome, Rejection, Spread, Unknown,
};
use crate::{AnomalyOutcome, Contaminated, KeptApart, Rate, ScoreBin};

/// A search that found out nothing.
fn nothing() -> Outcome {
    Outcome {
        name: "pump".into(),
        task: "classify",
        figure: "accuracy",
        unit: String::new(),
        channels: Vec::new(),
        labels: Vec::new(),
        windows: 0,
        distinct: 0,
        never_split: "group",
        clusters: 0,
        label_counts: Vec::new(),
        candidates: Vec::new(),
        chosen: 0,
        baselines: Vec::new(),
        model: None,
        projection: None,
        simulated: false,
        verdicts: Vec::new(),
        confusion: None,
        answered: Vec::new(),
        calibration: None,
        rejection: None,
        groups: Vec::new(),
        learning: Vec::new(),
        errors: Vec::new(),
        prompt: String::new(),
        kept: None,
        kept_projection: None,
        kept_baselines: Vec::new(),
        kept_candidates: Vec::new(),
        bytes: 0,
        windows_per_s: 0.0,
        left_out: Vec::new(),
        notes: Vec::new(),
        seed: 1,
        seconds: 0.0,
    }
}

fn spread(mean: f64, low: f64, high: f64) -> Spread {
    Spread {
        mean,
        interval: Some(Interval { low, high }),
        windows: 90,
    }
}

/// A search in which everything was found out, with labels of these names.
fn everything(labels: &[&str]) -> Outcome {
    let count = labels.len();
    let truths: Vec<usize> = (0..3 * count).map(|at| at % count).collect();
    let answers: Vec<usize> = (0..3 * count)
        .map(|at| {
            if at < 2 * count {
                at % count
            } else {
                (at + 1) % count
            }
        })
        .collect();
    let candidate = |name: &str, figure, difference| CandidateOutcome {
        name: name.into(),
        what: "statistics".into(),
        by: "projection",
        figure,
        folds: vec![0.1, f64::NAN],
        difference,
        seconds: 1.0,
    };
    let baseline = |name, figure| Baseline {
        name,
        figure,
        interval: Some(Interval {
            low: figure - 0.1,
            high: figure + 0.02,
        }),
        folds: vec![f64::NAN, 0.1],
    };
    Outcome {
        unit: "bar".into(),
        channels: vec!["suction".into(), "flow".into()],
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        windows: 90,
        distinct: 88,
        clusters: 9,
        label_counts: vec![3; count],
        candidates: vec![
            candidate("shapes", Some(0.9), None),
            candidate(
                "facts",
                Some(0.85),
                Some(Difference {
                    mean: -0.05,
                    standard_error: 0.02,
                }),
            ),
            candidate("late", None, None),
            candidate(
                "odd",
                Some(f64::NAN),
                Some(Difference {
                    mean: f64::NAN,
                    standard_error: f64::NAN,
                }),
            ),
        ],
        baselines: vec![
            baseline("random forest", 0.93),
            baseline("most frequent label", 0.4),
        ],
        model: Some(spread(0.9, 0.81, 0.97)),
        projection: Some(spread(0.88, 0.8, 0.95)),
        verdicts: vec!["A simpler model is better".into()],
        confusion: Confusion::new(count, &truths, &answers).ok(),
        answered: vec![
            Answered {
                truth: 2.0,
                answer: 2.5,
            },
            Answered {
                truth: 9.0,
                answer: f64::NAN,
            },
        ],
        calibration: Some(Certainty {
            temperature: 1.7,
            ece_before: 0.12,
            calibration: Calibration {
                bins: vec![CalibrationBin {
                    from: 0.9,
                    to: 1.0,
                    windows: 90,
                    confidence: 0.97,
                    accuracy: 0.9,
                }],
                ece: 0.07,
            },
        }),
        rejection: Some(Rejection {
            rate: 0.02,
            windows: 90,
            refused: 1,
            kept_windows: 30,
            kept_refused: 2,
            unknown: labels
                .iter()
                .map(|label| Unknown {
                    label: (*label).into(),
                    windows: 30,
                    refused: 21,
                })
                .collect(),
        }),
        groups: ["anna", "bert"]
            .map(|name| GroupFigure {
                name: name.into(),
                windows: 45,
                figure: 0.9,
            })
            .into(),
        learning: [
            (Some(2), 4, 0.7, None),
            (Some(8), 16, f64::NAN, Some(0.65)),
            (None, 40, 0.9, Some(0.88)),
        ]
        .map(|(of_each, windows, figure, model)| Learned {
            of_each,
            windows,
            projection: Some(figure),
            model,
            baselines: vec![LearnedBaseline {
                name: "random forest",
                figure: 0.75,
            }],
        })
        .into(),
        errors: (0..9)
            .map(|line| Mistake {
                line,
                group: Some("anna".into()),
                truth: labels.first().copied().unwrap_or_default().into(),
                answer: labels.last().copied().unwrap_or_default().into(),
                samples: vec![
                    vec![1.0, f64::NAN, 3.0, -f64::MAX, f64::MAX],
                    vec![f64::NAN; 4],
                ],
            })
            .collect(),
        prompt: "scores 105 answer".into(),
        kept: Some(spread(0.86, 0.8, 0.9)),
        kept_projection: Some(spread(0.86, 0.8, 0.9)),
        bytes: 74_048,
        windows_per_s: 536.4,
        left_out: vec!["candidate \"late\"".into()],
        notes: vec!["a channel is constant".into()],
        ..nothing()
    }
}

fn as_numbers(outcome: Outcome) -> Outcome {
    Outcome {
        task: "number",
        figure: "mean absolute error",
        labels: Vec::new(),
        label_counts: Vec::new(),
        confusion: None,
        calibration: None,
        ..outcome
    }
}

/// What every page has to be.
fn is_sound(html: &str) {
    for tag in [
        "section", "table", "svg", "figure", "details", "dl", "ul", "tr", "td", "th", "div",
    ] {
        let opened =
            html.matches(&format!("<{tag} ")).count() + html.matches(&format!("<{tag}>")).count();
        assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    for nowhere in [
        "http:", "https:", "//", "src=", "href=", "url(", "@import", "<script",
    ] {
        assert!(!html.contains(nowhere), "{nowhere}");
    }
    assert!(!html.contains("NaN") && !html.contains("inf%") && !html.contains("Infinity"));
    assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"));
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn a_search_that_found_nothing_is_a_page() {
    let html = page(&nothing());
    is_sound(&html);
    assert!(html.contains("nothing was measured"));
    assert!(!html.contains("Is it worth it?"));
    is_sound(&page(&as_numbers(nothing())));
}

/// A model of the normal with everything that can be said of it.
fn normal() -> AnomalyOutcome {
    let candidate = |name: &str, error: f64| CandidateOutcome {
        name: name.into(),
        what: "each sample <b>".into(),
        by: "model",
        figure: Some(1.0 - error),
        difference: None,
        folds: vec![error, 0.5],
        seconds: 1.0,
    };
    let scores: Vec<f64> = (0..200).map(|at| f64::from(at % 40) / 10.0).collect();
    AnomalyOutcome {
        name: "pump <1>".into(),
        task: "anomaly",
        figure: "AUROC on made-up anomalies",
        windows: 200,
        distinct: 200,
        made_up: vec!["spike", "another place"],
        candidates: vec![candidate("shape", 0.1), candidate("place", 0.2)],
        chosen: 0,
        baselines: vec![Baseline {
            name: "nearest window",
            figure: 0.8,
            interval: None,
            folds: vec![0.2, 0.2],
        }],
        false_alarms: Rate {
            asked: 0.01,
            found: 0.009,
            interval: None,
            windows: 200,
            apart: 25,
        },
        alarm: AlarmSpec {
            threshold: Some(4.5),
            threshold_interval: Some([4.0, 5.0]),
            ..AlarmSpec::default()
        },
        scores: ScoreBin::of(&scores),
        simulated: true,
        beyond: 1,
        contaminated: vec![Contaminated {
            line: 77,
            score: 9.0,
        }],
        kept: Some(KeptApart {
            windows: 50,
            alarms: 2,
            drifted: 0,
        }),
        verdicts: vec!["It hardly sees these kinds of anomalies: another place.".into()],
        prompt: "window 0A<".into(),
        bytes: 87_000,
        left_out: Vec::new(),
        notes: Vec::new(),
        seed: 1,
        seconds: 60.0,
    }
}

#[test]
fn a_model_of_the_normal_has_its_page() {
    let html = page_of_normal(&normal());
    is_sound(&html);
    let order = [
        "pump &lt;1&gt;",
        "are simulated",
        "hardly sees",
        "false alarms",
        "What does it see?",
        "another place",
        "When is it an alarm?",
        "alarm above",
        "What was tried",
        "Left out as not normal",
        "77",
        "What the model reads",
        "senselm check",
    ];
    let mut from = 0;
    for words in order {
        let found = html[from..].find(words);
        from += found.unwrap_or_else(|| panic!("{words} is not behind the one before it"));
    }
    let windows: usize = normal().scores.iter().map(|bin| bin.windows).sum();
    assert_eq!(windows, 200);
    // Without a threshold, and where nothing was found, there is still a page.
    let bare = AnomalyOutcome {
        alarm: AlarmSpec::default(),
        candidates: Vec::new(),
        scores: ScoreBin::of(&[]),
        kept: None,
        ..normal()
    };
    is_sound(&page_of_normal(&bare));
}

#[test]
fn what_has_to_be_known_comes_first_and_everything_is_there() {
    let html = page(&everything(&["empty", "full", "half"]));
    is_sound(&html);
    let order = [
        "A simpler model is better",
        "answered right in folds",
        "Is it worth it?",
        "projection alone",
        "random forest",
        "How it was measured",
        "What is taken for what",
        "Label by label",
        "Group by group",
        "Would more recordings help?",
        "Can its certainty be trusted?",
        "What was tried",
        "Wrong answers",
        "What the model reads",
        "About the recordings",
        "Left out for lack of time",
        "senselm answer --model model.gguf",
    ];
    let at: Vec<usize> = order
        .iter()
        .map(|text| html.find(text).expect(text))
        .collect();
    assert!(at.is_sorted(), "{at:?}");
    // The forest is better than the model, the most frequent label is not.
    assert_eq!(html.matches(">better</span>").count(), 1);
    assert!(html.contains("93.0\u{a0}%") && html.contains("81.0 to 97.0\u{a0}%"));
    assert!(html.contains("not tried") && html.contains("−5.0 <small>± 2.0</small>"));
    // Where a figure is not known there is a dash.
    assert!(html.contains("<b>–</b>"));
    // Few windows: the projection, the model and simple models, each by its name.
    for said in [
        "windows of each label",
        "<th scope=\"row\">2</th><td class=\"end\">70.0\u{a0}%</td><td class=\"end\">–</td>",
        "<th scope=\"row\">all (40)</th><td class=\"end\">90.0\u{a0}%</td>\
         <td class=\"end\">88.0\u{a0}%</td><td class=\"end\">75.0\u{a0}%</td>",
        "The line is of the projection alone",
        "to a window of something else it gives one of them too",
    ] {
        assert!(html.contains(said), "{said}");
    }
}

#[test]
fn names_from_recordings_stay_text() {
    let hostile = "</td><script>alert(1)</script>\"' onclick=&amp;\u{202e}\0";
    let mut outcome = everything(&[hostile, "b"]);
    let text = || hostile.to_owned();
    outcome.name = text();
    outcome.unit = text();
    outcome.prompt = text();
    outcome.verdicts[0] = text();
    outcome.notes[0] = text();
    outcome.left_out[0] = text();
    outcome.groups[0].name = text();
    outcome.channels[0] = text();
    outcome.candidates[0].name = text();
    outcome.candidates[0].what = text();
    outcome.errors[0].truth = text();
    outcome.errors[0].answer = text();
    outcome.errors[0].group = Some(text());
    for outcome in [as_numbers(outcome.clone()), outcome] {
        let html = page(&outcome);
        for never in ["<script", "\"' on", "\u{202e}", "\0", "</td>&"] {
            assert!(!html.contains(never), "{never}");
        }
        assert!(html.contains("&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39; onclick=&amp;amp;\u{fffd}\u{fffd}"));
    }
}

#[test]
fn many_labels_have_a_matrix_of_their_own() {
    let names: Vec<String> = (0..40).map(|at| format!("label {at}")).collect();
    let labels: Vec<&str> = names.iter().map(String::as_str).collect();
    let html = page(&everything(&labels));
    is_sound(&html);
    assert!(html.contains("matrix many") && html.contains("and 32 more"));
    let from = html.find("Confusion matrix").expect("a matrix");
    assert_eq!(
        html[from..]
            .split("</table>")
            .next()
            .map(|one| one.matches("<td").count()),
        Some(1600)
    );
}

#[test]
fn numbers_say_that_lower_is_better() {
    let mut outcome = as_numbers(everything(&[]));
    outcome.baselines[1].figure = 2.5;
    let html = page(&outcome);
    is_sound(&html);
    assert!(html.contains("lower is better") && html.contains("0.900\u{a0}bar"));
    assert!(!html.contains("<b>confusion matrix") && html.contains("What was answered"));
    // 0.93 is worse than 0.9 here.
    assert_eq!(html.matches(">better</span>").count(), 0);
    // A number that is not known is no dot.
    assert_eq!(html.matches("class=\"pair\"").count(), 1);
}

#[test]
fn no_wrong_answer_is_no_certainty() {
    let mut outcome = everything(&["a", "b"]);
    outcome.errors.clear();
    outcome.model = Some(spread(1.0, 1.0, 1.0));
    outcome.clusters = 50;
    let html = page(&outcome);
    is_sound(&html);
    assert!(!html.contains("<h2>Wrong answers"));
    assert!(html.contains("up to about 6\u{a0}% of wrong answers"));
    outcome.model = Some(spread(0.9999, 0.9, 1.0));
    let html = page(&outcome);
    assert!(!html.contains("could still have gone unseen") && html.contains("99.9\u{a0}%"));
}

#[test]
fn what_was_measured_instead_of_the_model_is_named() {
    let mut outcome = everything(&["a", "b"]);
    outcome.model = None;
    assert!(page(&outcome).contains("the model itself was not measured"));
    outcome.projection = None;
    assert!(page(&outcome).contains("the chosen candidate in folds"));
    assert!(!page(&outcome).contains("are simulated"));
    outcome.simulated = true;
    assert!(page(&outcome).contains("are simulated"));
    // Groups of one window are no groups.
    outcome
        .groups
        .iter_mut()
        .for_each(|group| group.windows = 1);
    assert!(!page(&outcome).contains("Group by group"));
}

#[test]
fn digits_mean_something() {
    assert_eq!(significant(0.012_345), "0.0123");
    assert_eq!(significant(-1234.5), "−1234");
    assert_eq!(significant(f64::NAN), "–");
    assert_eq!(significant(1e-7), "1.00e−7");
    assert_eq!(significant(999.9), "1000");
    assert_eq!(bytes(74_048), "74.0\u{a0}kB");
    assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
    assert_eq!(Escaped("a\nb\u{7}").to_string(), "a\nb\u{fffd}");
}

/// The page looks as the dashboard does: variables of one name have one value.
#[test]
fn colours_are_those_of_the_dashboard() {
    let variables = |css: &str| -> Vec<(String, String)> {
        css.lines()
            .filter_map(|line| {
                line.trim()
                    .strip_prefix("--")?
                    .strip_suffix(';')?
                    .split_once(": ")
            })
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    };
    let style = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/src/style");
    let theirs = ["colours.css", "scale.css"].map(|name| {
        std::fs::read_to_string(format!("{style}/{name}")).expect("the dashboard's style")
    });
    let theirs = variables(&theirs.concat());
    let ours = variables(include_str!("page.css"));
    assert!(ours.len() > 40);
    // In both files light comes before dark.
    for (name, _) in &ours {
        let of = |all: &[(String, String)]| -> Vec<String> {
            let same = all.iter().filter(|(other, _)| other == name);
            same.map(|(_, value)| value.clone()).collect()
        };
        assert_eq!(of(&ours), of(&theirs), "--{name}");
    }
}
