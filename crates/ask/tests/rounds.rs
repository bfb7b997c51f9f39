//! Questions put to a model that is a table of pairs.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use pollster::block_on;
use senselm_ask::{
    AskError, Asks, DEFAULT_BEAM, Prompt, Question, Rounds, Segment, Spot, SpotScores, argmax,
    find, log_probabilities, softmax,
};
use senselm_sensor::{FrontEnd, Task, Truth, Window};
use senselm_tokenize::{Ends, TokenKind, Tokenizer, TokenizerBuilder};

const FRONT_END: &str = r#"{
    "layout": {"kind": "rows"},
    "channels": [{
        "name": "x", "source": "x", "scale": {"kind": "global", "min": 0, "max": 1},
        "encode": {"kind": "levels", "count": 10, "alphabet": "0123456789"}
    }],
    "template": "level {x} is"
}"#;

/// Bytes, a token that reaches over the end of the fixed text, and some that
/// spell numbers in more than one way.
fn tokenizer() -> Tokenizer {
    let mut builder = TokenizerBuilder::new();
    builder.push_byte_tokens().unwrap();
    let merges = [("Ġ", "1"), ("1", "2"), (".", "5"), ("h", "i")];
    for (left, right) in merges {
        let text = format!("{left}{right}");
        builder.push_token(&text, TokenKind::Normal).unwrap();
        builder.push_merge(left, right).unwrap();
    }
    let eos = builder.push_token("<end>", TokenKind::Control).unwrap();
    let ends = Ends {
        eos: Some(eos),
        bos: None,
    };
    builder.finish(ends).unwrap()
}

fn question(task: Task, beam: usize) -> Question {
    let front_end = FrontEnd::from_json(FRONT_END).unwrap();
    Question::new(front_end, task, tokenizer(), beam).unwrap()
}

fn window(x: f64) -> Window {
    Window {
        channels: vec![vec![x]],
    }
}

/// Log-probabilities of what follows a token depend on it alone.
struct Pairs {
    held: Vec<u32>,
    vocab: u32,
    rounds: usize,
}

impl Pairs {
    fn log_probability(&self, before: u32, id: u32) -> f64 {
        let mut found = Vec::new();
        self.score(before, &[id], &mut found);
        found[0]
    }

    fn score(&self, before: u32, ids: &[u32], found: &mut Vec<f64>) {
        let logit = |id: u32| ((before * 7919 + id * 104_729) % 1009) as f32 / 300.0;
        let mut logits: Vec<f32> = (0..self.vocab).map(logit).collect();
        log_probabilities(&mut logits, argmax, softmax, ids, found);
    }
}

impl senselm_ask::Predictor for Pairs {
    type Error = AskError;

    async fn scores(&mut self, rounds: &dyn Rounds) -> Result<SpotScores, AskError> {
        self.rounds += 1;
        let mut scores = SpotScores::default();
        let (mut ids, mut found) = (Vec::new(), Vec::new());
        let mut push = |spot: Spot, before: u32| {
            ids.clear();
            rounds.wanted(spot, &mut ids);
            self.score(before, &ids, &mut found);
            scores.push(spot, found.iter().copied());
        };
        for (stem, asked) in rounds.stems().iter().enumerate() {
            let mut spots = |branch, tokens: &[u32], from: usize| {
                for (at, &before) in tokens.iter().enumerate().skip(from) {
                    push(Spot { stem, branch, at }, before);
                }
            };
            match asked.ids {
                [] => spots(None, &self.held[self.held.len() - 1..], 0),
                ids if asked.all => spots(None, ids, 0),
                ids => spots(None, ids, ids.len() - 1),
            }
            for (branch, ids) in asked.branches.iter().enumerate() {
                spots(Some(branch), ids, 0);
            }
        }
        Ok(scores)
    }
}

fn pairs(prompt: &Prompt) -> Pairs {
    Pairs {
        held: prompt.ids().to_vec(),
        vocab: tokenizer().vocab_len() as u32,
        rounds: 0,
    }
}

#[test]
fn a_token_that_reaches_into_the_window_is_of_the_window() {
    let question = question(Task::classify(["low", "high"]), DEFAULT_BEAM);
    let apart = question.prompt(&window(0.35)).unwrap();
    assert_eq!(apart.segment(Segment::Fixed), 0.."level ".len());
    assert_eq!(apart.held().len(), "level".len());
    let across = question.prompt(&window(0.15)).unwrap();
    assert_eq!(across.segment(Segment::Fixed), 0.."level".len());
    assert_eq!(across.segment(Segment::Window), 5..across.ids().len());
    assert_eq!(across.scored().len(), across.ids().len() - 4);
    assert!(across.fits(across.ids().len() + 2, 2));
    assert!(!across.fits(across.ids().len() + 1, 2));
    let empty = Prompt::of_text(&tokenizer(), "");
    assert!(matches!(empty, Err(AskError::EmptyPrompt)));
}

#[test]
fn labels_and_windows_are_scored_in_one_round() {
    let question = question(Task::classify(["low", "high", "hi"]), DEFAULT_BEAM);
    let Asks::Labels(labels) = question.asks() else {
        panic!("labels");
    };
    let prompts: Vec<Prompt> = [0.1, 0.5, 0.9]
        .map(|x| question.prompt(&window(x)).unwrap())
        .into();
    let mut model = pairs(&prompts[0]);
    let mut rounds = labels.rounds(prompts.iter().map(Prompt::scored).collect(), true);
    block_on(find(&mut model, &mut rounds)).unwrap();
    assert_eq!(model.rounds, 1);
    for (prompt, scored) in prompts.iter().zip(rounds.finish()) {
        let sum = |ids: &[u32]| -> f64 {
            ids.windows(2)
                .map(|pair| model.log_probability(pair[0], pair[1]))
                .sum()
        };
        let last = prompt.ids().last().unwrap();
        let weights: Vec<f64> = (0..3)
            .map(|label| sum(&[&[*last], &question.answer(&Truth::Label(label))[..]].concat()))
            .map(f64::exp)
            .collect();
        let shares = scored.shares().unwrap();
        for (share, weight) in shares.probabilities.iter().zip(&weights) {
            assert!((share - weight / weights.iter().sum::<f64>()).abs() < 1e-9);
        }
        let behind = prompt.scored();
        let anomaly = scored.window.anomaly().unwrap().unwrap();
        assert!((anomaly + sum(behind) / (behind.len() - 1) as f64).abs() < 1e-9);
    }
}

#[test]
fn a_wide_beam_finds_every_number_once() {
    let task = Task::from_json(
        r#"{"kind": "number", "min": 0.5, "max": 12.5, "decimals": 1, "width": 2}"#,
    );
    let task = task.unwrap();
    let wide = question(task.clone(), 64);
    let prompt = wide.prompt(&window(0.4)).unwrap();
    let Asks::Number(numbers) = wide.asks() else {
        panic!("numbers");
    };
    let mut rounds = numbers.rounds();
    block_on(find(&mut pairs(&prompt), &mut rounds)).unwrap();
    let found = rounds.finish().unwrap();
    let all: Vec<f64> = found.candidates.iter().map(|c| c.probability).collect();
    assert!(all.is_sorted_by(|a, b| a >= b), "{all:?}");
    assert!(
        found
            .candidates
            .iter()
            .all(|c| (0.5..=12.5).contains(&c.value))
    );
    let text = task.answer_text(&Truth::Number(found.best.value));
    assert_eq!(found.text, text.trim_start());
    for (beam, least) in [(1, 0.0), (DEFAULT_BEAM, 0.0), (64, 0.9)] {
        let narrow = question(task.clone(), beam);
        let Asks::Number(numbers) = narrow.asks() else {
            panic!("numbers");
        };
        let mut rounds = numbers.rounds();
        block_on(find(&mut pairs(&prompt), &mut rounds)).unwrap();
        let found = rounds.finish().unwrap();
        let total: f64 = found.candidates.iter().map(|c| c.probability).sum();
        assert!((least..=1.0 + 1e-9).contains(&total), "{beam}: {total}");
        assert!(found.tokens > 0);
    }
}

#[test]
fn a_vocabulary_without_an_end_cannot_be_asked() {
    let mut builder = TokenizerBuilder::new();
    builder.push_byte_tokens().unwrap();
    let tokenizer = builder.finish(Ends::default()).unwrap();
    let front_end = FrontEnd::from_json(FRONT_END).unwrap();
    let refused = Question::new(front_end, Task::classify(["a", "b"]), tokenizer, 1);
    assert!(matches!(refused, Err(AskError::NoEnd)));
}
