//! Answers of a model in training, by the rules of serving: `senselm-ask` says
//! what to score and reads the answer, and here are the scores.

use burn::tensor::{Device, Int, Tensor, TensorData};
use senselm_ask::{
    Asks, Likelihood, Predictor, Question, Rounds, Shares, Spot, SpotScores, argmax, find,
    log_probabilities, softmax,
};

use crate::TrainError;
use crate::data::{Batch, Emphasis, Sequence};
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

const WINDOWS: Emphasis = Emphasis {
    window: 1.0,
    answer: 0.0,
};

/// The answer to one window.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The most probable label, and the probability of each.
    Labels(Shares),
    /// The most probable number.
    Number(f64),
}

/// A model that answers and measures.
#[derive(Debug, Clone)]
pub(crate) struct Scorer {
    config: ModelConfig,
    weights: Weights,
    device: Device,
}

/// A model behind tokens that it is taken to hold.
struct Holding<'a> {
    scorer: &'a Scorer,
    held: &'a [u32],
}

/// A sequence to run, and where in it scores are wanted.
struct Line {
    ids: Vec<u32>,
    wanted: Vec<(usize, Spot)>,
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
        question: &Question,
        prompts: &[Vec<u32>],
    ) -> Result<Vec<Answer>, TrainError> {
        let reserved = question.reserved();
        if let Some(longest) = prompts.iter().map(Vec::len).max()
            && longest + reserved > self.config.context
        {
            return Err(TrainError::TooLong {
                tokens: longest + reserved,
                context: self.config.context,
            });
        }
        let mut answers = Vec::with_capacity(prompts.len());
        match question.asks() {
            Asks::Labels(labels) => {
                for prompts in prompts.chunks(BATCH) {
                    let stems = prompts.iter().map(Vec::as_slice).collect();
                    let mut rounds = labels.rounds(stems, false);
                    self.find(&[], &mut rounds)?;
                    for scored in rounds.finish() {
                        answers.push(Answer::Labels(scored.shares()?));
                    }
                }
            }
            Asks::Number(numbers) => {
                for prompt in prompts {
                    let mut rounds = numbers.rounds();
                    self.find(prompt, &mut rounds)?;
                    answers.push(Answer::Number(rounds.finish()?.best.value));
                }
            }
            Asks::Text { .. } | Asks::Anomaly(_) => {}
        }
        Ok(answers)
    }

    fn find(&self, held: &[u32], rounds: &mut dyn Rounds) -> Result<(), TrainError> {
        let mut holding = Holding { scorer: self, held };
        pollster::block_on(find(&mut holding, rounds))
    }

    /// The scores that a round wants behind `held`.
    fn scores(&self, held: &[u32], rounds: &dyn Rounds) -> Result<SpotScores, TrainError> {
        let mut scores = SpotScores::default();
        let (mut ids, mut found) = (Vec::new(), Vec::new());
        for lines in lines(held, rounds).chunks(BATCH) {
            let mut rows = self.logits_of(lines)?;
            let spots = lines.iter().flat_map(|line| &line.wanted);
            for ((_, spot), logits) in spots.zip(rows.chunks_exact_mut(self.config.vocab)) {
                ids.clear();
                rounds.wanted(*spot, &mut ids);
                log_probabilities(logits, argmax, softmax, &ids, &mut found);
                scores.push(*spot, found.iter().copied());
            }
        }
        Ok(scores)
    }

    /// The logits behind each wanted token of each line.
    fn logits_of(&self, lines: &[Line]) -> Result<Vec<f32>, TrainError> {
        let t = lines.iter().map(|line| line.ids.len()).max().unwrap_or(0);
        // Padding lies behind everything that is wanted, and attention is
        // causal.
        let mut ids = vec![0; lines.len() * t];
        let mut rows = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            for (slot, &id) in ids[index * t..].iter_mut().zip(&line.ids) {
                *slot = id as i32;
            }
            rows.extend(line.wanted.iter().map(|(at, _)| (index * t + at) as i32));
        }
        let ids = TensorData::new(ids, [lines.len(), t]);
        let count = rows.len();
        let rows = TensorData::new(rows, [count]);
        self.forward(
            Tensor::from_data(ids, &self.device),
            Tensor::from_data(rows, &self.device),
        )
    }

    /// The logits of the given rows.
    ///
    /// # Shapes
    /// `ids` is `[B, T]`, `rows` indices into `[B*T]`; the result is `[N, V]`.
    fn forward(&self, ids: Tensor<2, Int>, rows: Tensor<1, Int>) -> Result<Vec<f32>, TrainError> {
        let mut dropout = Dropout::off(&self.device);
        let states = hidden(&self.config, &self.weights, ids, &mut dropout);
        to_host(&logits(&self.weights, states.select(0, rows)))
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
        let found = self.log_probabilities(sequences, emphasis)?;
        let total: f64 = found.iter().flatten().sum();
        Ok(-total / targets.max(1) as f64)
    }

    /// How anomalous each window is, by the rule of serving: the mean negative
    /// log-likelihood of its tokens, in nats. Those without a token have none.
    pub(crate) fn anomalies(&self, sequences: &[Sequence]) -> Result<Vec<f64>, TrainError> {
        let found = self.window_scores(sequences)?;
        let anomalies = found.iter().map(|scores| {
            let (sum, tokens) = (scores.iter().sum(), scores.len());
            Likelihood { sum, tokens }.anomaly()
        });
        let anomalies: Vec<Option<f64>> = anomalies.collect::<Result<_, _>>()?;
        Ok(anomalies.into_iter().flatten().collect())
    }

    /// The log-probabilities of the tokens of each window that are predicted.
    pub(crate) fn window_scores(
        &self,
        sequences: &[Sequence],
    ) -> Result<Vec<Vec<f64>>, TrainError> {
        self.log_probabilities(sequences, WINDOWS)
    }

    /// The log-probabilities of what counts in each sequence.
    fn log_probabilities(
        &self,
        sequences: &[Sequence],
        emphasis: Emphasis,
    ) -> Result<Vec<Vec<f64>>, TrainError> {
        let mut scores = vec![Vec::new(); sequences.len()];
        let mut found = Vec::new();
        for (chunk, scores) in sequences.chunks(BATCH).zip(scores.chunks_mut(BATCH)) {
            let batch = Batch::new(chunk, emphasis);
            let [_, t] = batch.shape;
            let (ids, rows) = (
                batch.ids_tensor(&self.device),
                batch.rows_tensor(&self.device),
            );
            let mut rows = self.forward(ids, rows)?;
            let targets = batch.rows.iter().zip(&batch.targets);
            for ((&row, &target), logits) in targets.zip(rows.chunks_exact_mut(self.config.vocab)) {
                log_probabilities(logits, argmax, softmax, &[target as u32], &mut found);
                if let Some(scores) = scores.get_mut(row as usize / t) {
                    scores.extend(found.iter().copied());
                }
            }
        }
        Ok(scores)
    }
}

impl Predictor for Holding<'_> {
    type Error = TrainError;

    async fn scores(&mut self, rounds: &dyn Rounds) -> Result<SpotScores, TrainError> {
        self.scorer.scores(self.held, rounds)
    }
}

/// What a round wants, as sequences of their own: one for each branch of a
/// stem, of which the first has what is wanted of the stem too.
fn lines(held: &[u32], rounds: &dyn Rounds) -> Vec<Line> {
    let mut lines = Vec::new();
    for (index, stem) in rounds.stems().iter().enumerate() {
        let own = [held, stem.ids].concat();
        let spot = |branch, at| Spot {
            stem: index,
            branch,
            at,
        };
        let last = stem.ids.len().saturating_sub(1);
        let first = if stem.all { 0 } else { last };
        let behind = own.len().saturating_sub(1 + last);
        let mut wanted: Vec<(usize, Spot)> = (first..=last)
            .map(|at| (behind + at, spot(None, at)))
            .collect();
        for (branch, ids) in stem.branches.iter().enumerate() {
            let of_branch = (0..ids.len()).map(|at| (own.len() + at, spot(Some(branch), at)));
            wanted.extend(of_branch);
            lines.push(Line {
                ids: [own.as_slice(), ids].concat(),
                wanted: std::mem::take(&mut wanted),
            });
        }
        if !wanted.is_empty() {
            lines.push(Line { ids: own, wanted });
        }
    }
    lines
}
