//! Decoding a number that cannot leave its task.
//!
//! At every step only those tokens may follow whose bytes keep the text a
//! prefix of some number in the range, and the end only behind a whole number.
//! The probabilities of these few are renormalised, so the product over the
//! steps is the probability of a number among all numbers of the task. A small
//! beam follows several of them at once, each step in one round behind the
//! prompt.

use std::collections::BTreeMap;

use senselm_sensor::number::DigitAutomaton;
use senselm_sensor::{SensorError, Task, largest_first};
use senselm_tokenize::Tokenizer;
use serde::{Deserialize, Serialize};

use crate::likelihood::log_sum_exp;
use crate::{AskError, Rounds, Spot, SpotScores, Stem};

/// How many numbers are followed up while decoding one, where nobody says
/// otherwise. Training measures with it.
pub const DEFAULT_BEAM: usize = 4;
/// The widest beam of a number.
pub const MAX_BEAM: usize = 64;

/// A task for a number, made ready for decoding.
#[derive(Clone, Debug)]
pub struct Numbers {
    automaton: DigitAutomaton,
    /// The tokens that can occur in a number at all, with their bytes.
    tokens: Vec<(u32, Vec<u8>)>,
    end: u32,
    beam: usize,
}

/// One number that decoding arrived at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberProbability {
    /// The number.
    pub value: f64,
    /// Among all numbers of the task; those which the beam dropped are missing
    /// from the sum.
    pub probability: f64,
}

/// What decoding arrived at.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The most probable number, as text without its leading space.
    pub text: String,
    /// The most probable number.
    pub best: NumberProbability,
    /// The mean of all, weighed by their probabilities.
    pub expected: f64,
    /// All of them, most probable first; of equals the one whose text comes
    /// first.
    pub candidates: Vec<NumberProbability>,
    /// Tokens that were scored behind the prompt.
    pub tokens: usize,
}

/// A beginning of an answer.
#[derive(Clone, Debug, Default)]
struct Hypothesis {
    ids: Vec<u32>,
    text: Vec<u8>,
    log_probability: f64,
}

/// A hypothesis and what may follow it.
#[derive(Clone, Debug)]
struct Continued<'a> {
    from: Hypothesis,
    following: Vec<&'a (u32, Vec<u8>)>,
    /// Whether it is a number as it stands.
    may_end: bool,
}

/// A number being decoded.
#[derive(Clone, Debug)]
pub struct NumberRounds<'a> {
    numbers: &'a Numbers,
    /// Those whose continuations are scored next.
    open: Vec<Continued<'a>>,
    finished: Vec<Hypothesis>,
    /// A text which the vocabulary could not continue.
    dead_end: Option<Vec<u8>>,
    tokens: usize,
}

impl Numbers {
    pub(crate) fn new(
        task: &Task,
        tokenizer: &Tokenizer,
        end: u32,
        beam: usize,
    ) -> Result<Self, SensorError> {
        let Some(automaton) = DigitAutomaton::for_task(task)? else {
            return Err(SensorError::Truth {
                reason: "the task asks for no number".into(),
            });
        };
        let of_numbers = |bytes: &[u8]| bytes.iter().all(|byte| b" -.0123456789".contains(byte));
        let tokens = (0..tokenizer.vocab_len() as u32)
            .filter(|&id| !tokenizer.is_special(id))
            .filter_map(|id| Some((id, tokenizer.token_bytes(id)?)))
            .filter(|(_, bytes)| !bytes.is_empty() && of_numbers(bytes))
            .map(|(id, bytes)| (id, bytes.to_vec()))
            .collect();
        Ok(Self {
            automaton,
            tokens,
            end,
            beam: beam.clamp(1, MAX_BEAM),
        })
    }

    /// Tokens that must fit behind a prompt: a token has at least one byte.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.automaton.max_len()
    }

    /// Decodes a number behind the prompt that the model holds.
    #[must_use]
    pub fn rounds(&self) -> NumberRounds<'_> {
        let mut rounds = NumberRounds {
            numbers: self,
            open: Vec::new(),
            finished: Vec::new(),
            dead_end: None,
            tokens: 0,
        };
        rounds.follow_up(vec![Hypothesis::default()]);
        rounds
    }

    /// What may follow a hypothesis.
    fn continued(&self, from: Hypothesis) -> Continued<'_> {
        let mut text = from.text.clone();
        let mut continues = |bytes: &[u8]| {
            text.truncate(from.text.len());
            text.extend_from_slice(bytes);
            self.automaton.is_prefix(&text)
        };
        let tokens = self.tokens.iter();
        Continued {
            following: tokens.filter(|(_, bytes)| continues(bytes)).collect(),
            may_end: self.automaton.is_complete(&from.text),
            from,
        }
    }
}

impl Rounds for NumberRounds<'_> {
    fn stems(&self) -> Vec<Stem<'_>> {
        let stems = self.open.iter().map(|continued| Stem {
            ids: &continued.from.ids,
            all: false,
            branches: &[],
        });
        stems.collect()
    }

    /// The tokens that may follow, then the end where it may.
    fn wanted(&self, spot: Spot, ids: &mut Vec<u32>) {
        if let Some(continued) = self.open.get(spot.stem) {
            ids.extend(continued.following.iter().map(|(id, _)| *id));
            ids.extend(continued.may_end.then_some(self.numbers.end));
        }
    }

    fn take(&mut self, scores: &SpotScores) -> Result<(), AskError> {
        let open = std::mem::take(&mut self.open);
        let mut next = Vec::new();
        for (spot, scores) in scores.iter() {
            if let Some(continued) = open.get(spot.stem) {
                self.extend(continued, scores, &mut next)?;
            }
        }
        let probabilities: Vec<f64> = next.iter().map(|h| h.log_probability).collect();
        let best = largest_first(&probabilities).into_iter();
        let best = best.take(self.numbers.beam);
        let best = best.filter_map(|at| next.get_mut(at).map(std::mem::take));
        self.follow_up(best.collect());
        Ok(())
    }
}

impl NumberRounds<'_> {
    /// Adds to `next` and to those that are finished what may follow a
    /// hypothesis. `scores` are those of what it wanted.
    fn extend(
        &mut self,
        continued: &Continued<'_>,
        scores: &[f64],
        next: &mut Vec<Hypothesis>,
    ) -> Result<(), AskError> {
        let Continued {
            from, following, ..
        } = continued;
        let all = log_sum_exp(scores);
        if !all.is_finite() {
            return Err(AskError::NotFinite);
        }
        let (of_following, of_end) = scores.split_at(following.len().min(scores.len()));
        for at in largest_first(of_following)
            .into_iter()
            .take(self.numbers.beam)
        {
            let ((id, bytes), score) = (following[at], of_following[at]);
            next.push(Hypothesis {
                ids: [from.ids.as_slice(), &[*id]].concat(),
                text: [from.text.as_slice(), bytes].concat(),
                log_probability: from.log_probability + score - all,
            });
        }
        for score in of_end {
            self.finished.push(Hypothesis {
                log_probability: from.log_probability + score - all,
                ..from.clone()
            });
        }
        Ok(())
    }

    /// Opens hypotheses, and remembers the first text that nothing continues.
    fn follow_up(&mut self, hypotheses: Vec<Hypothesis>) {
        for hypothesis in hypotheses {
            let continued = self.numbers.continued(hypothesis);
            if continued.may_end || !continued.following.is_empty() {
                self.tokens += continued.from.ids.len();
                self.open.push(continued);
            } else {
                self.dead_end.get_or_insert(continued.from.text);
            }
        }
    }

    /// The number. Those of the same text count together: a text can be split
    /// into tokens in several ways.
    ///
    /// # Errors
    /// [`AskError::Unspellable`] where the vocabulary cannot write any number
    /// that was followed up.
    pub fn finish(self) -> Result<Decoded, AskError> {
        let mut of_text: BTreeMap<&[u8], f64> = BTreeMap::new();
        for one in &self.finished {
            *of_text.entry(&one.text).or_insert(0.0) += one.log_probability.exp();
        }
        let numbers = of_text.into_iter().filter_map(|(text, probability)| {
            let value = self.numbers.automaton.parse(text)?;
            Some((text, NumberProbability { value, probability }))
        });
        let numbers: Vec<_> = numbers.collect();
        let probabilities: Vec<f64> = numbers.iter().map(|(_, n)| n.probability).collect();
        let order = largest_first(&probabilities).into_iter();
        let numbers: Vec<_> = order.map(|at| numbers[at].clone()).collect();
        let Some((text, best)) = numbers.first().cloned() else {
            let so_far = self.dead_end.unwrap_or_default();
            return Err(AskError::Unspellable {
                so_far: String::from_utf8_lossy(&so_far).into_owned(),
            });
        };
        let candidates: Vec<_> = numbers.into_iter().map(|(_, number)| number).collect();
        Ok(Decoded {
            text: String::from_utf8_lossy(text).trim_start().to_owned(),
            expected: mean(&candidates).unwrap_or(best.value),
            best,
            candidates,
            tokens: self.tokens,
        })
    }
}

/// The mean of numbers weighed by their probabilities; `None` where all of
/// those are zero.
fn mean(numbers: &[NumberProbability]) -> Option<f64> {
    let total: f64 = numbers.iter().map(|n| n.probability).sum();
    let weighed: f64 = numbers.iter().map(|n| n.probability * n.value).sum();
    (total > 0.0).then(|| weighed / total)
}
