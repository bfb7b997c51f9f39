//! Decoding a number that cannot leave its task.
//!
//! At every step only those tokens may follow whose bytes keep the text a
//! prefix of some number in the range, and the end only behind a whole number.
//! The probabilities of these few are renormalised, so the product over the
//! steps is the probability of a number among all numbers of the task. A small
//! beam follows several of them at once, each step in one batched pass over
//! the cached prompt.

use senselm_gpt::{Logits, Stem, StemPlace};
use senselm_sensor::number::DigitAutomaton;
use senselm_tokenize::Tokenizer;

use crate::SessionError;
use crate::answer::NumberProbability;
use crate::feed::Feed;
use crate::likelihood::log_sum_exp_of;

/// A number task made ready for decoding.
#[derive(Clone, Debug)]
pub(crate) struct NumberDecoder {
    automaton: DigitAutomaton,
    /// The tokens that can occur in a number at all, with their bytes.
    tokens: Vec<(u32, Vec<u8>)>,
    end: u32,
    beam: usize,
}

/// What decoding arrived at, most probable first.
pub(crate) struct Decoded {
    /// The text, without its leading space, and the probability of the most
    /// probable number.
    pub(crate) best: (String, NumberProbability),
    /// The mean of all, weighed by their probabilities.
    pub(crate) expected: f64,
    /// All of them, most probable first.
    pub(crate) candidates: Vec<NumberProbability>,
    /// Tokens fed behind the prompt.
    pub(crate) tokens: usize,
}

/// A beginning of an answer.
#[derive(Clone, Debug, Default)]
struct Hypothesis {
    ids: Vec<u32>,
    text: Vec<u8>,
    log_probability: f64,
}

/// The hypotheses of one step.
#[derive(Debug, Default)]
struct Beam {
    open: Vec<Hypothesis>,
    finished: Vec<Hypothesis>,
    /// A text which the vocabulary could not continue.
    dead_end: Option<Vec<u8>>,
}

impl Beam {
    /// Takes the `width` most probable open hypotheses and drops the others.
    fn take_best(&mut self, width: usize) -> Vec<Hypothesis> {
        let mut open = std::mem::take(&mut self.open);
        open.sort_by(|a, b| b.log_probability.total_cmp(&a.log_probability));
        open.truncate(width);
        open
    }

    /// Remembers the first text that has no continuation.
    fn note_dead_end(&mut self, dead: Vec<Continued<'_>>) {
        if let Some(first) = dead.into_iter().next() {
            self.dead_end.get_or_insert(first.from.text);
        }
    }
}

/// A hypothesis and what may follow it.
struct Continued<'a> {
    from: Hypothesis,
    following: Vec<&'a (u32, Vec<u8>)>,
    /// Whether it is a number as it stands.
    may_end: bool,
}

impl Continued<'_> {
    fn goes_on(&self) -> bool {
        self.may_end || !self.following.is_empty()
    }

    /// The tokens whose scores are wanted: those that may follow, then the end
    /// where it may.
    fn asked(&self, end: u32) -> Vec<u32> {
        let following = self.following.iter().map(|(id, _)| *id);
        following.chain(self.may_end.then_some(end)).collect()
    }
}

impl NumberDecoder {
    pub(crate) fn new(
        automaton: DigitAutomaton,
        tokenizer: &Tokenizer,
        end: u32,
        beam: usize,
    ) -> Self {
        let of_numbers = |bytes: &[u8]| bytes.iter().all(|byte| b" -.0123456789".contains(byte));
        let tokens = (0..tokenizer.vocab_len() as u32)
            .filter(|&id| !tokenizer.is_special(id))
            .filter_map(|id| Some((id, tokenizer.token_bytes(id)?)))
            .filter(|(_, bytes)| !bytes.is_empty() && of_numbers(bytes))
            .map(|(id, bytes)| (id, bytes.to_vec()))
            .collect();
        Self {
            automaton,
            tokens,
            end,
            beam,
        }
    }

    /// Tokens that must fit behind a prompt: a token has at least one byte.
    pub(crate) fn longest(&self) -> usize {
        self.automaton.max_len()
    }

    /// Decodes behind the cached prompt.
    pub(crate) async fn decode(&self, feed: &mut Feed) -> Result<Decoded, SessionError> {
        let mut beam = Beam::default();
        let first = self.continued(Hypothesis::default());
        if first.goes_on() {
            let logits = feed.logits().await?;
            let of = |&id: &u32| logits.get(id as usize).copied().map_or(f64::NAN, f64::from);
            let scores: Vec<f64> = first.asked(self.end).iter().map(of).collect();
            self.extend(&first, &scores, &mut beam)?;
        } else {
            beam.note_dead_end(vec![first]);
        }
        let mut tokens = 0;
        loop {
            let open = beam.take_best(self.beam);
            let open = open
                .into_iter()
                .map(|hypothesis| self.continued(hypothesis));
            let (open, dead): (Vec<_>, Vec<_>) = open.partition(Continued::goes_on);
            beam.note_dead_end(dead);
            if open.is_empty() {
                break;
            }
            tokens += open.iter().map(|c| c.from.ids.len()).sum::<usize>();
            let stems: Vec<Stem<'_>> = open
                .iter()
                .map(|continued| Stem {
                    ids: &continued.from.ids,
                    want: Logits::Last,
                    branches: &[],
                })
                .collect();
            let mut result = Ok(());
            let mut ask = |place: StemPlace, ids: &mut Vec<u32>| {
                ids.extend(open[place.stem].asked(self.end));
            };
            let mut each = |place: StemPlace, scores: &[f64]| {
                if result.is_ok() {
                    result = self.extend(&open[place.stem], scores, &mut beam);
                }
            };
            feed.each_stem_score(&stems, &mut ask, &mut each).await?;
            result?;
        }
        self.finish(beam, tokens)
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

    /// Adds to the beam what may follow a hypothesis. `scores` are those of
    /// what it asked for, log-probabilities but for a constant.
    fn extend(
        &self,
        continued: &Continued<'_>,
        scores: &[f64],
        beam: &mut Beam,
    ) -> Result<(), SessionError> {
        let Continued {
            from, following, ..
        } = continued;
        let all = log_sum_exp_of(scores.iter().copied());
        if !all.is_finite() {
            return Err(SessionError::NotFinite);
        }
        let (tokens, ending) = scores.split_at(following.len());
        let mut ranked: Vec<_> = following.iter().zip(tokens).collect();
        ranked.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        for ((id, bytes), score) in ranked.into_iter().take(self.beam) {
            beam.open.push(Hypothesis {
                ids: [from.ids.as_slice(), &[*id]].concat(),
                text: [from.text.as_slice(), bytes].concat(),
                log_probability: from.log_probability + score - all,
            });
        }
        for score in ending {
            beam.finished.push(Hypothesis {
                log_probability: from.log_probability + score - all,
                ..from.clone()
            });
        }
        Ok(())
    }

    /// Takes the finished numbers of the same text together: a text can be
    /// split into tokens in several ways.
    fn finish(&self, mut beam: Beam, tokens: usize) -> Result<Decoded, SessionError> {
        beam.finished.sort_by(|a, b| a.text.cmp(&b.text));
        let of_same_text = beam.finished.chunk_by(|a, b| a.text == b.text);
        let mut numbers: Vec<(&[u8], NumberProbability)> = of_same_text
            .filter_map(|same| {
                let text = same.first()?.text.as_slice();
                let number = NumberProbability {
                    value: self.automaton.parse(text)?,
                    probability: same.iter().map(|h| h.log_probability.exp()).sum(),
                };
                Some((text, number))
            })
            .collect();
        numbers.sort_by(|(_, a), (_, b)| b.probability.total_cmp(&a.probability));
        let Some((text, best)) = numbers.first() else {
            let so_far = beam.dead_end.unwrap_or_default();
            return Err(SessionError::Unspellable {
                so_far: String::from_utf8_lossy(&so_far).into_owned(),
            });
        };
        let best = (
            String::from_utf8_lossy(text).trim_start().to_owned(),
            best.clone(),
        );
        let candidates: Vec<_> = numbers.into_iter().map(|(_, number)| number).collect();
        Ok(Decoded {
            expected: mean(&candidates).unwrap_or(best.1.value),
            best,
            candidates,
            tokens,
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
