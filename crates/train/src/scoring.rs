//! Answers of a model in training, by the rules of serving: a label's score
//! is the log-probability of its tokens and the end of text; a number is
//! decoded greedily, one token at a time, under the task's automaton.

use burn::tensor::Device;
use senselm_sensor::number::DigitAutomaton;
use senselm_sensor::{Task, Truth};
use senselm_tokenize::Tokenizer;

use crate::TrainError;
use crate::data::{Batch, Emphasis, Encoder, Sequence};
use crate::model::{Dropout, ModelConfig, Parameters, Weights, hidden, logits, to_host};

/// Sequences of one forward pass.
const BATCH: usize = 128;
/// Every target counts once.
const ALL: Emphasis = Emphasis {
    window: 1.0,
    answer: 1.0,
};
const ANSWERS: Emphasis = Emphasis {
    window: 0.0,
    answer: 1.0,
};

/// The answer to one window.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The probability of each label.
    Labels(Vec<f64>),
    /// A number, by its text.
    Number(f64),
}

/// A model that answers and measures.
#[derive(Debug, Clone)]
pub(crate) struct Scorer {
    config: ModelConfig,
    weights: Weights,
    device: Device,
}

impl Scorer {
    pub(crate) fn new(config: ModelConfig, parameters: &Parameters, device: &Device) -> Self {
        Self {
            config,
            weights: Weights::view(&config, &parameters.values()),
            device: device.clone(),
        }
    }

    /// The answers to prompts; a task of free text has none.
    pub(crate) fn answers(
        &self,
        encoder: &Encoder,
        prompts: &[Vec<u32>],
    ) -> Result<Vec<Answer>, TrainError> {
        match encoder.task() {
            Task::Classify { labels, .. } => {
                let labels: Vec<Vec<u32>> = (0..labels.len())
                    .map(|label| encoder.answer(&Truth::Label(label)))
                    .collect();
                self.classify(prompts, &labels)
            }
            task @ Task::Number { .. } => {
                let automaton =
                    DigitAutomaton::for_task(task).map_err(|source| TrainError::Sensor {
                        path: "recipe, task".into(),
                        source,
                    })?;
                let Some(automaton) = automaton else {
                    return Ok(Vec::new());
                };
                prompts
                    .iter()
                    .map(|prompt| self.number(encoder.tokenizer(), &automaton, prompt))
                    .collect()
            }
            Task::Generate { .. } => Ok(Vec::new()),
        }
    }

    fn classify(
        &self,
        prompts: &[Vec<u32>],
        labels: &[Vec<u32>],
    ) -> Result<Vec<Answer>, TrainError> {
        let sequences: Vec<Sequence> = prompts
            .iter()
            .flat_map(|prompt| {
                labels.iter().map(move |label| Sequence {
                    ids: [prompt.as_slice(), label].concat(),
                    window: prompt.len(),
                    answer: prompt.len(),
                })
            })
            .collect();
        let scores = self.log_probabilities(&sequences, ANSWERS)?;
        Ok(scores
            .chunks(labels.len().max(1))
            .map(|scores| Answer::Labels(softmax(scores)))
            .collect())
    }

    fn number(
        &self,
        tokenizer: &Tokenizer,
        automaton: &DigitAutomaton,
        prompt: &[u32],
    ) -> Result<Answer, TrainError> {
        let mut ids = prompt.to_vec();
        let mut text = Vec::new();
        while ids.len() < self.config.context {
            let last = self.last_logits(&ids)?;
            let mut best: Option<(u32, f32)> = None;
            for (id, &logit) in (0_u32..).zip(&last) {
                if best.is_some_and(|(_, best)| logit <= best) {
                    continue;
                }
                let allowed = if tokenizer.eos_id() == Some(id) {
                    automaton.parse(&text).is_some()
                } else {
                    tokenizer.token_bytes(id).is_some_and(|bytes| {
                        !bytes.is_empty()
                            && !tokenizer.is_special(id)
                            && automaton.is_prefix(&[text.as_slice(), bytes].concat())
                    })
                };
                if allowed {
                    best = Some((id, logit));
                }
            }
            match best {
                Some((id, _)) if tokenizer.eos_id() != Some(id) => {
                    text.extend_from_slice(tokenizer.token_bytes(id).unwrap_or_default());
                    ids.push(id);
                }
                _ => break,
            }
        }
        automaton
            .parse(&text)
            .map(Answer::Number)
            .ok_or(TrainError::TooLong {
                tokens: ids.len() + 1,
                context: self.config.context,
            })
    }

    /// The mean loss of the answers' tokens, or of all tokens where nothing
    /// has an answer.
    pub(crate) fn loss(&self, sequences: &[Sequence]) -> Result<f64, TrainError> {
        let targets: usize = sequences.iter().map(|s| s.targets().answer).sum();
        let (emphasis, targets) = if targets > 0 {
            (ANSWERS, targets)
        } else {
            (ALL, sequences.iter().map(|s| s.targets().window).sum())
        };
        let total: f64 = self.log_probabilities(sequences, emphasis)?.iter().sum();
        Ok(-total / targets.max(1) as f64)
    }

    /// The log-probability of what counts in each sequence.
    fn log_probabilities(
        &self,
        sequences: &[Sequence],
        emphasis: Emphasis,
    ) -> Result<Vec<f64>, TrainError> {
        let mut found = vec![0.0; sequences.len()];
        let v = self.config.vocab;
        for (chunk, found) in sequences.chunks(BATCH).zip(found.chunks_mut(BATCH)) {
            let batch = Batch::new(chunk, emphasis);
            let [_, t] = batch.shape;
            let rows = self.rows(&batch)?;
            let targets = batch.rows.iter().zip(&batch.targets);
            for ((&row, &target), logits) in targets.zip(rows.chunks_exact(v)) {
                if let (Some(found), Some(&wanted)) =
                    (found.get_mut(row as usize / t), logits.get(target as usize))
                {
                    *found += f64::from(wanted) - log_sum_exp(logits);
                }
            }
        }
        Ok(found)
    }

    /// The logits of the rows that count.
    fn rows(&self, batch: &Batch) -> Result<Vec<f32>, TrainError> {
        let mut dropout = Dropout::off(&self.device);
        let ids = batch.ids_tensor(&self.device);
        let states = hidden(&self.config, &self.weights, ids, &mut dropout);
        let rows = states.select(0, batch.rows_tensor(&self.device));
        to_host(&logits(&self.weights, rows))
    }

    fn last_logits(&self, ids: &[u32]) -> Result<Vec<f32>, TrainError> {
        // A batch predicts what follows each id but the last: one more id
        // makes the last one count, and its value does not matter.
        let mut ids = ids.to_vec();
        let answer = ids.len();
        ids.push(0);
        let sequence = Sequence {
            ids,
            window: answer,
            answer,
        };
        self.rows(&Batch::new(&[sequence], ANSWERS))
    }
}

fn log_sum_exp(logits: &[f32]) -> f64 {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|&x| f64::from(x - top).exp()).sum();
    f64::from(top) + sum.ln()
}

fn softmax(scores: &[f64]) -> Vec<f64> {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = scores.iter().map(|score| (score - top).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

impl Answer {
    /// The most probable label.
    #[must_use]
    pub fn label(&self) -> Option<usize> {
        match self {
            Self::Labels(shares) => {
                let mut best = None;
                for (label, share) in shares.iter().enumerate() {
                    if best.is_none_or(|(_, top)| share > top) {
                        best = Some((label, share));
                    }
                }
                best.map(|(label, _)| label)
            }
            Self::Number(_) => None,
        }
    }
}
