//! The embedder's API over files made by hand.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::ops::ControlFlow;

use proptest::prelude::*;
use senselm_gguf::{OwnedValue, keys};
use senselm_sensor::{Profile, Stated};
use senselm_session::{
    Answer, AskError, Bytes, GenerateOptions, LoadOptions, Overflow, SamplerSpec, Session,
    SessionError, StoppedBy, Timings, Window,
};
use senselm_tests::models::{FRONT_END, Tiny, shared, tokenizer};
use senselm_tokenize::Special;

const LABELS: &str = r#"{"kind": "classify", "labels": ["Tap", "Tapping", "Hold", "dry running"]}"#;
const NUMBER: &str = r#"{"kind": "number", "min": 3, "max": 40, "decimals": 1, "unit": "1/min"}"#;
const TEXT: &str = r#"{"kind": "generate", "max_tokens": 12}"#;
const ANOMALY: &str = r#"{"kind": "anomaly", "threshold": 4.5, "usual": 4.0}"#;

/// Sums of `f32` exponentials, taken in another order.
const CLOSE: f64 = 1e-5;

fn load(bytes: Bytes) -> Session {
    Session::load(bytes, LoadOptions::default()).unwrap()
}

fn refused(bytes: Bytes) -> SessionError {
    Session::load(bytes, LoadOptions::default()).unwrap_err()
}

fn asking(task: &str) -> Session {
    load(Tiny::default().sensor_bytes(FRONT_END, task))
}

fn window(seed: u32) -> Window {
    let sample = |i: u32| f64::from((seed * 31 + i * 17) % 23) / 7.0;
    Window {
        channels: vec![(0..8).map(sample).collect()],
    }
}

/// Log-probabilities of what follows each of `ids`, from logits alone.
fn log_probabilities(session: &mut Session, ids: &[u32]) -> Vec<Vec<f64>> {
    let logits = session.logits(ids, true).unwrap();
    let vocab = session.info().vocab;
    let rows = logits.chunks(vocab).map(|row| {
        let sum: f64 = row.iter().map(|&x| f64::from(x).exp()).sum();
        row.iter().map(|&x| f64::from(x) - sum.ln()).collect()
    });
    rows.collect()
}

fn prompt_ids(session: &Session, window: &Window) -> Vec<u32> {
    let prompt = session.render(window).unwrap().prompt;
    session.tokenizer().encode(&prompt, Special::AsText)
}

fn without_timings(mut answer: Answer) -> Answer {
    match &mut answer {
        Answer::Classification(a) => a.timings = Timings::default(),
        Answer::Number(a) => a.timings = Timings::default(),
        Answer::Text(a) => a.timings = Timings::default(),
        Answer::Anomaly(a) => a.timings = Timings::default(),
    }
    answer
}

#[test]
fn labels_are_scored_as_if_each_were_written() {
    let mut session = asking(LABELS);
    let window = window(1);
    let answer = session.classify(&window).unwrap();

    let prompt = prompt_ids(&session, &window);
    let end = session.tokenizer().eos_id().unwrap();
    let scores: Vec<f64> = [" Tap", " Tapping", " Hold", " dry running"]
        .iter()
        .map(|label| {
            let label = session.tokenizer().encode(label, Special::AsText);
            let rows = log_probabilities(&mut session, &[&prompt[..], &label].concat());
            let followed = label.iter().chain([&end]);
            rows[prompt.len() - 1..]
                .iter()
                .zip(followed)
                .map(|(row, &id)| row[id as usize])
                .sum()
        })
        .collect();
    let total: f64 = scores.iter().map(|score| score.exp()).sum();
    for (found, score) in answer.probabilities.iter().zip(&scores) {
        let expected = score.exp() / total;
        assert!(
            (found.probability - expected).abs() < CLOSE,
            "{found:?}, not {expected}"
        );
    }
    let best = scores.iter().copied().fold(f64::MIN, f64::max);
    assert_eq!(scores[answer.index], best);
    assert_eq!(answer.label, answer.probabilities[answer.index].label);
}

#[test]
fn a_model_that_did_not_learn_windows_gives_no_anomaly() {
    for task in [LABELS, NUMBER, TEXT] {
        let with = |weight: &str| {
            let mut writer = Tiny::default().writer(&tokenizer());
            for (key, value) in [
                (keys::SENSELM_FRONT_END, FRONT_END),
                (keys::SENSELM_TASK, task),
                (keys::SENSELM_WINDOW_LOSS, weight),
            ] {
                writer.set(key, value).unwrap();
            }
            shared(&writer)
        };
        let window = window(2);
        for (weight, has) in [("0", false), ("0.0", false), ("0.3", true), ("1", true)] {
            let mut session = load(with(weight));
            let answer = session.answer(&window).unwrap();
            assert_eq!(answer.anomaly().is_some(), has, "{weight}");
            let mut all = session.answer_all(std::slice::from_ref(&window)).unwrap();
            let one_of_all = all.remove(0).unwrap();
            assert_eq!(without_timings(one_of_all), without_timings(answer));
        }
        for weight in ["-1", "\"0.3\"", "null", "0.3 x"] {
            assert_eq!(refused(with(weight)).code(), "bad_keys", "{weight}");
        }
    }
}

#[test]
fn an_anomaly_is_the_mean_nll_of_the_window() {
    for task in [LABELS, NUMBER, TEXT, ANOMALY] {
        let mut session = asking(task);
        let window = window(2);
        let score = session.score(&window).unwrap();
        assert_eq!(session.answer(&window).unwrap().anomaly(), Some(score));

        let ids = prompt_ids(&session, &window);
        let prefix = session.render(&window).unwrap().prefix_len;
        let rows = log_probabilities(&mut session, &ids);
        let mut bytes = 0;
        let mut nlls = Vec::new();
        for (at, &id) in ids.iter().enumerate() {
            bytes += session.tokenizer().token_bytes(id).unwrap().len();
            if bytes > prefix {
                nlls.push(-rows[at - 1][id as usize]);
            }
        }
        let expected = nlls.iter().sum::<f64>() / nlls.len() as f64;
        assert!((score - expected).abs() < CLOSE, "{score}, not {expected}");
    }
}

#[test]
fn an_anomaly_says_which_samples_are_unlikely() {
    let mut session = asking(ANOMALY);
    let window = window(2);
    let answer = session.anomaly(&window).unwrap();
    let score = answer.anomaly.unwrap();
    assert_eq!(answer.above, score > 4.5);
    assert_eq!(answer.text, if score > 4.5 { "anomaly" } else { "normal" });

    // Each sample is one digit, which is a token of its own, or part of one with
    // the space before it.
    let ids = prompt_ids(&session, &window);
    let rendered = session.render(&window).unwrap();
    let rows = log_probabilities(&mut session, &ids);
    let mut expected = Vec::new();
    let mut start = 0;
    for (at, &id) in ids.iter().enumerate() {
        let end = start + session.tokenizer().token_bytes(id).unwrap().len();
        let samples = rendered.samples.iter();
        let of_token = samples.filter(|s| s.start < end && s.end > start).count();
        for _ in 0..of_token {
            expected.push(-rows[at - 1][id as usize] / of_token as f64);
        }
        start = end;
    }
    assert_eq!((answer.surprise.len(), expected.len()), (1, 8));
    for (found, expected) in answer.surprise[0].iter().zip(&expected) {
        assert!((found - expected).abs() < CLOSE, "{found}, not {expected}");
    }
    assert_eq!(
        asking(LABELS).anomaly(&window).unwrap_err().code(),
        "other_task"
    );
    let none = asking(r#"{"kind": "anomaly"}"#).anomaly(&window).unwrap();
    assert_eq!((none.text.as_str(), none.above), ("unknown", false));
}

#[test]
fn what_was_asked_before_changes_nothing() {
    for task in [LABELS, NUMBER, TEXT, ANOMALY] {
        let mut session = asking(task);
        let fresh: Vec<Answer> = (0..4)
            .map(|seed| without_timings(asking(task).answer(&window(seed)).unwrap()))
            .collect();
        for seed in [0, 1, 1, 3, 2, 0] {
            let answer = session.answer(&window(seed)).unwrap();
            assert_eq!(without_timings(answer), fresh[seed as usize]);
        }
        session
            .generate("A pump.", &GenerateOptions::default(), &mut |_| {
                ControlFlow::Continue(())
            })
            .unwrap();
        let answer = session.answer(&window(3)).unwrap();
        assert!(answer.timings().cached_tokens > 0);
        assert_eq!(without_timings(answer), fresh[3]);
        let answer = session.answer(&window(2)).unwrap();
        let instruction = session.front_end().unwrap().prefix().len();
        let cached = answer.timings().cached_tokens;
        assert!(cached > instruction / 2 && cached < instruction, "{cached}");
    }
}

#[test]
fn windows_in_a_batch_are_answered_as_alone() {
    for task in [LABELS, NUMBER, TEXT, ANOMALY] {
        let mut session = asking(task);
        let mut windows: Vec<Window> = (0..70).map(window).collect();
        // One that is refused, and one that is there twice.
        windows[3].channels.clear();
        windows[5] = windows[4].clone();
        let batch = session.answer_all(&windows).unwrap();
        assert_eq!(batch.len(), windows.len());
        let mut alone = asking(task);
        for (index, (window, answer)) in windows.iter().zip(batch).enumerate() {
            match (answer, alone.answer(window)) {
                (Ok(found), Ok(expected)) => {
                    assert_eq!(without_timings(found), without_timings(expected), "{index}");
                }
                (Err(found), Err(expected)) => {
                    assert_eq!(index, 3);
                    assert_eq!(found.code(), expected.code());
                }
                (found, expected) => panic!("{index}: {found:?}, alone {expected:?}"),
            }
        }
    }
    assert!(asking(LABELS).answer_all(&[]).unwrap().is_empty());
}

#[test]
fn a_fork_answers_alike_on_another_thread() {
    let mut session = asking(LABELS);
    let mut fork = session.fork();
    let there = std::thread::spawn(move || fork.answer(&window(5)).unwrap());
    let here = session.answer(&window(5)).unwrap();
    assert_eq!(
        without_timings(here),
        without_timings(there.join().unwrap())
    );
}

#[test]
fn a_wide_beam_sees_every_number() {
    let task = r#"{"kind": "number", "min": -3, "max": 12, "decimals": 0}"#;
    let options = LoadOptions {
        number_beam: 64,
        ..LoadOptions::default()
    };
    let bytes = Tiny::default().sensor_bytes(FRONT_END, task);
    let mut session = Session::load(bytes, options).unwrap();
    let number = session.number(&window(1)).unwrap();
    let mut values: Vec<f64> = number.candidates.iter().map(|c| c.value).collect();
    let total: f64 = number.candidates.iter().map(|c| c.probability).sum();
    let mean: f64 = number
        .candidates
        .iter()
        .map(|c| c.probability * c.value)
        .sum();
    assert!((total - 1.0).abs() < CLOSE, "{total}");
    assert!((mean - number.expected).abs() < 1e-4);
    assert_eq!(values[0], number.value);
    values.sort_by(f64::total_cmp);
    assert!(values.into_iter().eq((-3..=12).map(f64::from)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the weights say, the number is one of the task's.
    #[test]
    fn a_number_is_always_in_range(
        seed in any::<u32>(),
        bounds in (-2000_i32..2000, 1_i32..3000),
        decimals in 0_u8..4,
        scale in 0_u8..3,
        beam in 1_usize..6,
        spread in 0.1_f32..12.0,
    ) {
        let power = 10_f64.powi(i32::from(scale.min(decimals)));
        let min = f64::from(bounds.0) / power;
        let max = f64::from(bounds.0 + bounds.1) / power;
        let task = format!(
            r#"{{"kind": "number", "min": {min}, "max": {max}, "decimals": {decimals}}}"#
        );
        let tiny = Tiny { seed, spread, layers: 1, width: 16, ff_width: 16, ..Tiny::default() };
        let options = LoadOptions { number_beam: beam, ..LoadOptions::default() };
        let mut session = Session::load(tiny.sensor_bytes(FRONT_END, &task), options).unwrap();
        let number = session.number(&window(seed % 100)).unwrap();
        prop_assert!((min..=max).contains(&number.value), "{number:?}");
        prop_assert!((min..=max).contains(&number.expected), "{number:?}");
        prop_assert_eq!(number.text.parse::<f64>().unwrap(), number.value);
        let after_point = number.text.split_once('.').map_or(0, |(_, digits)| digits.len());
        prop_assert_eq!(after_point, usize::from(decimals));
        prop_assert!(number.probability > 0.0 && number.probability <= 1.0 + CLOSE);
        let total: f64 = number.candidates.iter().map(|c| c.probability).sum();
        prop_assert!(total <= 1.0 + CLOSE, "{}", total);
    }

    #[test]
    fn label_probabilities_add_up(seed in any::<u32>(), spread in 0.1_f32..12.0) {
        let tiny = Tiny { seed, spread, layers: 1, width: 16, ff_width: 16, ..Tiny::default() };
        let answer = load(tiny.sensor_bytes(FRONT_END, LABELS)).classify(&window(seed % 100)).unwrap();
        let total: f64 = answer.probabilities.iter().map(|p| p.probability).sum();
        prop_assert!((total - 1.0).abs() < 1e-9);
        let best = answer.probabilities.iter().map(|p| p.probability).fold(0.0, f64::max);
        prop_assert_eq!(answer.probability, best);
    }
}

/// Generates and collects the pieces; breaks after `limit` calls.
fn generate(
    session: &mut Session,
    prompt: &str,
    options: &GenerateOptions,
    limit: usize,
) -> (senselm_session::Generated, Vec<String>) {
    let mut pieces = Vec::new();
    let generated = session
        .generate(prompt, options, &mut |piece| {
            pieces.push(piece.to_owned());
            if pieces.len() < limit {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })
        .unwrap();
    (generated, pieces)
}

fn sampled(max_tokens: usize) -> GenerateOptions {
    GenerateOptions {
        max_tokens,
        ignore_end: true,
        sampler: SamplerSpec {
            temperature: 1.0,
            seed: 3,
            ..SamplerSpec::default()
        },
        ..GenerateOptions::default()
    }
}

#[test]
fn a_stop_string_ends_the_text_and_is_not_in_it() {
    let mut session = load(Tiny::default().bytes());
    let (whole, pieces) = generate(&mut session, "pump", &sampled(60), usize::MAX);
    assert_eq!(whole.text, pieces.concat());
    assert_eq!(whole.stopped_by, StoppedBy::MaxTokens);
    assert_eq!(whole.tokens.len(), 60);
    assert_eq!(whole.timings.answer_tokens, 60);

    let chars: Vec<char> = whole.text.chars().collect();
    for at in 1..chars.len() - 4 {
        let stop: String = chars[at..at + 4].iter().collect();
        let options = GenerateOptions {
            stop: vec!["never".into(), stop.clone()],
            ..sampled(60)
        };
        let (cut, pieces) = generate(&mut session, "pump", &options, usize::MAX);
        assert_eq!(cut.text, whole.text[..whole.text.find(&stop).unwrap()]);
        assert_eq!(pieces.concat(), cut.text);
        assert_eq!(cut.stopped_by, StoppedBy::Stop(stop));
    }
}

#[test]
fn the_caller_can_cancel() {
    let mut session = load(Tiny::default().bytes());
    let (generated, pieces) = generate(&mut session, "pump", &sampled(60), 7);
    assert_eq!(generated.stopped_by, StoppedBy::Cancelled);
    assert_eq!((generated.tokens.len(), pieces.len()), (7, 7));
    assert_eq!(generated.text, pieces.concat());
}

#[test]
fn a_long_prompt_is_refused_or_cut_as_asked() {
    let mut session = load(Tiny::default().bytes());
    let context = session.info().context;
    let prompt = "x".repeat(context + 5);
    let error = session
        .generate(&prompt, &sampled(10), &mut |_| ControlFlow::Continue(()))
        .unwrap_err();
    assert_eq!(error.code(), "prompt_too_long");
    assert!(
        error.to_string().contains(&format!("{}", context + 5)),
        "{error}"
    );
    assert!(error.to_string().contains(&format!("{context}")), "{error}");

    let keep_end = |max_tokens| GenerateOptions {
        on_overflow: Overflow::KeepEnd,
        ..sampled(max_tokens)
    };
    let (generated, _) = generate(&mut session, &prompt, &keep_end(10), usize::MAX);
    assert_eq!(generated.dropped_tokens, 15);
    assert_eq!(generated.timings.prompt_tokens, context - 10);
    assert_eq!(generated.tokens.len(), 10);
    let (generated, _) = generate(&mut session, &prompt, &keep_end(10_000), usize::MAX);
    assert_eq!(generated.timings.prompt_tokens, context / 2);
    assert_eq!(generated.stopped_by, StoppedBy::Context);

    // A prompt that fits to the last token still gets one token.
    let (generated, _) = generate(&mut session, &"x".repeat(context), &sampled(10), usize::MAX);
    assert_eq!(generated.stopped_by, StoppedBy::Context);
    assert_eq!(generated.tokens.len(), 1);
}

#[test]
fn an_empty_prompt_begins_with_the_end_of_another_text() {
    let mut session = load(Tiny::default().bytes());
    let (empty, _) = generate(&mut session, "", &sampled(10), usize::MAX);
    let parse = GenerateOptions {
        parse_special: true,
        ..sampled(10)
    };
    let (special, _) = generate(&mut session, "<|endoftext|>", &parse, usize::MAX);
    let (as_text, _) = generate(&mut session, "<|endoftext|>", &sampled(10), usize::MAX);
    assert_eq!(empty.tokens, special.tokens);
    assert_eq!(special.timings.prompt_tokens, 1);
    assert_eq!(as_text.timings.prompt_tokens, 13);
}

#[test]
fn senseless_options_are_refused() {
    let mut session = load(Tiny::default().bytes());
    let bad = [
        GenerateOptions {
            max_tokens: 0,
            ..sampled(1)
        },
        GenerateOptions {
            stop: vec![String::new()],
            ..sampled(1)
        },
        GenerateOptions {
            stop: vec!["x".into(); 33],
            ..sampled(1)
        },
        GenerateOptions {
            stop: vec!["x".repeat(2000)],
            ..sampled(1)
        },
        GenerateOptions {
            sampler: SamplerSpec {
                top_p: 7.0,
                ..SamplerSpec::default()
            },
            ..sampled(1)
        },
    ];
    for options in bad {
        let error = session.generate("x", &options, &mut |_| ControlFlow::Continue(()));
        assert_eq!(error.unwrap_err().code(), "bad_option");
    }
    let bytes = Tiny::default().bytes();
    for options in [
        LoadOptions {
            number_beam: 0,
            ..LoadOptions::default()
        },
        LoadOptions {
            number_beam: 65,
            ..LoadOptions::default()
        },
    ] {
        let error = Session::load(bytes.clone(), options).unwrap_err();
        assert_eq!(error.code(), "bad_option");
    }
    let options = LoadOptions {
        kernels: Some("abacus".into()),
        ..LoadOptions::default()
    };
    let error = Session::load(bytes.clone(), options).unwrap_err();
    assert_eq!(error.code(), "no_such_kernels");
    assert!(error.to_string().contains("scalar"), "{error}");
    let options = LoadOptions {
        kernels: Some("scalar".into()),
        ..LoadOptions::default()
    };
    assert_eq!(
        Session::load(bytes, options).unwrap().info().kernels,
        "scalar"
    );
}

#[test]
fn a_plain_language_model_has_no_task() {
    let mut session = load(Tiny::default().bytes());
    assert!(session.task().is_none() && session.front_end().is_none());
    for error in [
        session.answer(&window(1)).unwrap_err(),
        session.score(&window(1)).unwrap_err(),
        session.embed(&window(1)).unwrap_err(),
    ] {
        assert_eq!(error.code(), "no_task");
    }
}

#[test]
fn a_window_is_checked() {
    let mut session = asking(LABELS);
    let bad = [
        Window { channels: vec![] },
        Window {
            channels: vec![vec![1.0; 7]],
        },
        Window {
            channels: vec![vec![f64::INFINITY; 8]],
        },
        Window {
            channels: vec![vec![f64::NAN; 8]],
        },
    ];
    for window in bad {
        assert_eq!(session.answer(&window).unwrap_err().code(), "bad_input");
    }
    assert_eq!(session.number(&window(1)).unwrap_err().code(), "other_task");
    assert_eq!(session.text(&window(1)).unwrap_err().code(), "other_task");
    assert_eq!(
        asking(TEXT).classify(&window(1)).unwrap_err().code(),
        "other_task"
    );
}

#[test]
fn a_window_that_does_not_fit_is_refused() {
    let tiny = Tiny {
        context: 40,
        ..Tiny::default()
    };
    let mut session = load(tiny.sensor_bytes(FRONT_END, LABELS));
    let error = session.answer(&window(1)).unwrap_err();
    assert_eq!(error.code(), "prompt_too_long");
    assert!(error.to_string().contains("40"), "{error}");
}

#[test]
fn a_text_task_answers_with_text() {
    let mut session = asking(TEXT);
    let Answer::Text(text) = session.answer(&window(1)).unwrap() else {
        panic!("not a text");
    };
    assert!(text.timings.answer_tokens <= 12);
    assert_eq!(text.text, text.text.trim_start());
}

#[test]
fn windows_become_vectors() {
    let mut session = asking(LABELS);
    let vector = session.embed(&window(1)).unwrap();
    assert_eq!(vector.len(), session.info().width);
    assert!(vector.iter().all(|x| x.is_finite()));
    session.answer(&window(2)).unwrap();
    assert_eq!(session.embed(&window(1)).unwrap(), vector);
    assert_ne!(session.embed(&window(2)).unwrap(), vector);
}

#[test]
fn weights_that_are_no_numbers_are_an_error() {
    let broken = Tiny {
        spread: f32::NAN,
        ..Tiny::default()
    };
    for task in [LABELS, NUMBER, TEXT, ANOMALY] {
        let error = load(broken.sensor_bytes(FRONT_END, task))
            .answer(&window(1))
            .unwrap_err();
        assert_eq!(error.code(), "not_finite");
    }
    let mut plain = load(broken.bytes());
    for options in [GenerateOptions::default(), sampled(3)] {
        let error = plain.generate("x", &options, &mut |_| ControlFlow::Continue(()));
        assert_eq!(error.unwrap_err().code(), "not_finite");
    }
}

#[test]
fn the_beginning_that_a_file_wants_stands_in_front_of_a_prompt() {
    let with = |adds: bool| {
        let tokenizer = tokenizer();
        let mut writer = Tiny::default().writer(&tokenizer);
        let end = tokenizer.eos_id().unwrap();
        writer.set(keys::TOKENIZER_BOS_ID, end).unwrap();
        writer.set(keys::TOKENIZER_ADD_BOS, adds).unwrap();
        load(shared(&writer))
    };
    let parse = GenerateOptions {
        parse_special: true,
        ..sampled(10)
    };
    let (written, _) = generate(&mut with(false), "<|endoftext|>1.5", &parse, usize::MAX);
    let (added, _) = generate(&mut with(true), "1.5", &parse, usize::MAX);
    let (once, _) = generate(&mut with(true), "<|endoftext|>1.5", &parse, usize::MAX);
    let (plain, _) = generate(&mut with(false), "1.5", &parse, usize::MAX);
    assert_eq!(added.tokens, written.tokens);
    assert_eq!(once.tokens, written.tokens);
    assert_eq!(added.timings.prompt_tokens, plain.timings.prompt_tokens + 1);

    let keep_end = GenerateOptions {
        on_overflow: Overflow::KeepEnd,
        ..sampled(10)
    };
    let long = "1.5 ".repeat(100);
    let (cut, _) = generate(&mut with(true), &long, &keep_end, usize::MAX);
    let (same, _) = generate(&mut with(false), &long, &keep_end, usize::MAX);
    assert_eq!(cut.timings.prompt_tokens, same.timings.prompt_tokens);
    assert_eq!(cut.dropped_tokens, same.dropped_tokens + 1);
}

#[test]
fn an_end_outside_the_vocabulary_is_none_and_a_task_needs_one() {
    let with = |writer: &mut senselm_gguf::Writer<'_>| {
        writer.set(keys::TOKENIZER_EOS_ID, 50_256_u32).unwrap();
        writer
            .set(keys::TOKENIZER_BOS_ID, OwnedValue::I32(-1))
            .unwrap();
    };
    let mut writer = Tiny::default().writer(&tokenizer());
    with(&mut writer);
    let mut session = load(shared(&writer));
    assert_eq!(session.tokenizer().eos_id(), None);
    assert_eq!(session.tokenizer().warnings().len(), 2);
    assert!(session.logits(&[1, 2], false).is_ok());
    let (text, _) = generate(&mut session, "1.5", &sampled(3), usize::MAX);
    assert_eq!(text.tokens.len(), 3);
    for (key, value) in [
        (keys::SENSELM_FRONT_END, FRONT_END),
        (keys::SENSELM_TASK, LABELS),
    ] {
        writer.set(key, value).unwrap();
    }
    assert!(matches!(
        refused(shared(&writer)),
        SessionError::Ask(AskError::NoEnd)
    ));
}

#[test]
fn keys_that_do_not_fit_are_refused() {
    let with = |entries: &[(&str, OwnedValue)]| {
        let mut writer = Tiny::default().writer(&tokenizer());
        for (key, value) in entries {
            writer.set(*key, value.clone()).unwrap();
        }
        shared(&writer)
    };
    let (front_end, task) = (OwnedValue::from(FRONT_END), OwnedValue::from(LABELS));
    let cases: [(&[(&str, OwnedValue)], &str); 7] = [
        (&[(keys::SENSELM_FRONT_END, front_end.clone())], "bad_keys"),
        (&[(keys::SENSELM_TASK, task.clone())], "bad_keys"),
        (&[(keys::SENSELM_SCHEMA_VERSION, 3_u32.into())], "bad_keys"),
        (&[(keys::SENSELM_CARD, "{".into())], "bad_keys"),
        (&[(keys::SENSELM_METRICS, 7_u32.into())], "bad_model"),
        (
            &[
                (keys::SENSELM_FRONT_END, front_end),
                (keys::SENSELM_TASK, "{}".into()),
            ],
            "bad_input",
        ),
        (
            &[
                (keys::SENSELM_FRONT_END, "{}".into()),
                (keys::SENSELM_TASK, task),
            ],
            "bad_input",
        ),
    ];
    for (entries, code) in cases {
        let error = refused(with(entries));
        assert_eq!(error.code(), code, "{error}");
    }
}

#[test]
fn a_profile_is_read_and_files_of_version_1_have_none() {
    let prompt = |session: &Session| session.render(&window(1)).unwrap().prompt;
    let mut old = Tiny::default().writer(&tokenizer());
    for (key, value) in [
        (keys::SENSELM_FRONT_END, FRONT_END),
        (keys::SENSELM_TASK, LABELS),
    ] {
        old.set(key, value).unwrap();
    }
    old.set(keys::SENSELM_SCHEMA_VERSION, 1_u32).unwrap();
    let old = Session::load(shared(&old), LoadOptions::default()).unwrap();
    assert_eq!(old.profile().unwrap(), None);
    let front_end = old.front_end().unwrap();
    let profile = Profile::gather(front_end, [&window(1)], &Stated::default()).unwrap();
    let mut new = Tiny::default().writer(&tokenizer());
    for (key, value) in [
        (keys::SENSELM_FRONT_END, FRONT_END.to_owned()),
        (keys::SENSELM_TASK, LABELS.to_owned()),
        (keys::SENSELM_PROFILE, profile.to_json()),
    ] {
        new.set(key, value).unwrap();
    }
    new.set(keys::SENSELM_SCHEMA_VERSION, keys::SCHEMA_VERSION)
        .unwrap();
    let new = Session::load(shared(&new), LoadOptions::default()).unwrap();
    assert_eq!(new.profile().unwrap(), Some(profile));
    assert_eq!(prompt(&new), prompt(&old));

    // It is read by who asks for it, and refused there.
    let mut broken = Tiny::default().writer(&tokenizer());
    for (key, value) in [
        (keys::SENSELM_FRONT_END, FRONT_END),
        (keys::SENSELM_TASK, LABELS),
        (keys::SENSELM_PROFILE, r#"{"windows": -1}"#),
    ] {
        broken.set(key, value).unwrap();
    }
    let broken = Session::load(shared(&broken), LoadOptions::default()).unwrap();
    assert!(broken.profile().is_err());
}

#[test]
fn info_and_answers_are_json() {
    let mut writer = Tiny::default().writer(&tokenizer());
    for (key, value) in [
        (keys::GENERAL_NAME, "pump"),
        (keys::SENSELM_FRONT_END, FRONT_END),
        (keys::SENSELM_TASK, LABELS),
        (keys::SENSELM_CARD, r#"{"simulated": true}"#),
        (keys::SENSELM_RECIPE_SHA256, "abc"),
    ] {
        writer.set(key, value).unwrap();
    }
    let mut session = load(shared(&writer));
    let info = session.info();
    assert_eq!(info.quantization, "F32");
    assert_eq!((info.min_samples, info.max_samples), (8, 8));
    assert_eq!(info.channels[0].unit, "bar");
    assert_eq!(info.recipe_sha256.as_deref(), Some("abc"));
    let json = serde_json::to_value(info).unwrap();
    assert_eq!(json["card"]["simulated"], true);
    assert_eq!(json["task"]["kind"], "classify");

    let answer = session.answer(&window(1)).unwrap();
    let json = serde_json::to_value(&answer).unwrap();
    assert_eq!(json["kind"], "classification");
    assert_eq!(json["probabilities"].as_array().unwrap().len(), 4);
    let back: Answer = serde_json::from_value(json).unwrap();
    assert_eq!(without_timings(back), without_timings(answer));

    let options: GenerateOptions = serde_json::from_str(
        r#"{"max_tokens": 5, "on_overflow": "keep_end", "sampler": {"top_k": 3}}"#,
    )
    .unwrap();
    assert_eq!((options.max_tokens, options.sampler.top_k), (5, 3));
    assert!(serde_json::from_str::<GenerateOptions>(r#"{"max_token": 5}"#).is_err());
}

#[test]
fn a_build_without_gpu_says_so() {
    use senselm_session::Backend;
    let mut session = asking(LABELS);
    let error = session.use_backend(Backend::Gpu, &mut |_| ()).unwrap_err();
    assert_eq!(error.code(), "no_gpu");
    assert!(error.to_string().contains("feature `gpu`"), "{error}");
    session.use_backend(Backend::Cpu, &mut |_| ()).unwrap();
    session.answer(&window(1)).unwrap();
}

#[test]
fn a_session_can_be_measured() {
    for task in [LABELS, NUMBER, TEXT, ANOMALY] {
        let mut session = asking(task);
        let before = session.answer(&window(1)).unwrap();
        let speed = session.measure().unwrap();
        assert!(speed.prompt_ms > 0.0 && speed.token_ms > 0.0, "{speed:?}");
        assert!(speed.question_ms >= speed.prompt_ms, "{speed:?}");
        let after = session.answer(&window(1)).unwrap();
        assert_eq!(without_timings(after), without_timings(before));
    }
    let options = LoadOptions {
        clock: None,
        ..LoadOptions::default()
    };
    let bytes = Tiny::default().sensor_bytes(FRONT_END, LABELS);
    let error = Session::load(bytes, options)
        .unwrap()
        .measure()
        .unwrap_err();
    assert_eq!(error.code(), "bad_option");
}
