//! Measuring a model on records it was not trained on: with the values that its
//! file will hold.

use burn::tensor::Device;
use senselm_ask::{AskError, Asks, Surprise};
use senselm_gguf::GgmlType;
use senselm_sensor::{Labelled, Quantiles, Task, Truth, Validation};

use crate::TrainError;
use crate::data::{Encoder, Sequence};
use crate::export::rounded;
use crate::model::{ModelConfig, Parameters};
use crate::progress::Measurement;
use crate::scoring::{Answer, Scorer};

/// Windows that are held as text at once.
const ENCODED: usize = 1024;

/// Records to measure on, encoded once.
#[derive(Debug, Clone)]
pub(crate) struct EvalSet {
    name: &'static str,
    /// The type of the file's matrices.
    ty: GgmlType,
    encoder: Encoder,
    prompts: Vec<Vec<u32>>,
    sequences: Vec<Sequence>,
    truths: Vec<Truth>,
    /// What the front end's projection alone answers.
    projected: Vec<Option<Truth>>,
}

impl EvalSet {
    pub(crate) fn new(
        name: &'static str,
        ty: GgmlType,
        encoder: &Encoder,
        records: &[Labelled],
    ) -> Result<Self, TrainError> {
        let mut set = Self {
            name,
            ty,
            encoder: encoder.clone(),
            prompts: Vec::with_capacity(records.len()),
            sequences: Vec::with_capacity(records.len()),
            truths: Vec::with_capacity(records.len()),
            projected: Vec::with_capacity(records.len()),
        };
        let front_end = encoder.question().front_end();
        for record in records {
            let Some(truth) = &record.truth else { continue };
            let wrong =
                |error| TrainError::ask(format!("the window at line {}", record.place.line), error);
            let computed = front_end.compute(&record.window);
            let computed = computed.map_err(|error| wrong(error.into()))?;
            let rendered = front_end.write(&computed);
            let rendered = rendered.map_err(|error| wrong(error.into()))?;
            let sequence = encoder.sequence_of(&rendered, Some(truth)).map_err(wrong)?;
            let projected = front_end.projected(&computed, encoder.task());
            set.projected.push(projected);
            set.prompts.push(sequence.ids[..sequence.answer].to_vec());
            set.sequences.push(sequence);
            set.truths.push(truth.clone());
        }
        Ok(set)
    }

    /// What the front end's projection alone answers to each record.
    pub(crate) fn projected(&self) -> &[Option<Truth>] {
        &self.projected
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sequences.is_empty()
    }

    /// How a model takes these windows: how certain its labels are and, where it
    /// `learned` what windows look like, how anomalous they are to it.
    pub(crate) fn validation(
        &self,
        config: ModelConfig,
        parameters: &Parameters,
        answers: &[Answer],
        learned: bool,
        device: &Device,
    ) -> Result<Validation, TrainError> {
        let best = answers.iter().filter_map(|answer| match answer {
            Answer::Labels(shares) => shares.probabilities.get(shares.best).copied(),
            Answer::Number(_) => None,
        });
        let best: Vec<f64> = best.collect();
        let anomalies = if learned {
            let parameters = rounded(&config, parameters, self.ty, device)?;
            Scorer::new(config, &parameters, device).anomalies(&self.sequences)?
        } else {
            Vec::new()
        };
        Ok(Validation {
            windows: self.sequences.len() as u64,
            certainty: Quantiles::of(&best),
            anomaly: Quantiles::of(&anomalies),
        })
    }

    /// Loss, score and every answer of a model.
    pub(crate) fn measure(
        &self,
        config: ModelConfig,
        parameters: &Parameters,
        device: &Device,
    ) -> Result<(Measurement, Vec<Answer>), TrainError> {
        let parameters = rounded(&config, parameters, self.ty, device)?;
        let scorer = Scorer::new(config, &parameters, device);
        let loss = scorer.loss(&self.sequences)?;
        let answers = scorer.answers(self.encoder.question(), &self.prompts)?;
        let score = score(self.encoder.task(), &self.truths, &answers);
        let measurement = Measurement {
            on: self.name.to_owned(),
            loss,
            score,
        };
        Ok((measurement, answers))
    }
}

/// The score of each window as serving gives it, by the values that the file will
/// hold: how unlike the learned it is. None for another task.
pub(crate) fn surprise(
    encoder: &Encoder,
    windows: &[Labelled],
    config: ModelConfig,
    parameters: &Parameters,
    ty: GgmlType,
    device: &Device,
) -> Result<Vec<f64>, TrainError> {
    let question = encoder.question();
    let Asks::Anomaly(alarm) = question.asks() else {
        return Ok(Vec::new());
    };
    let parameters = rounded(&config, parameters, ty, device)?;
    let scorer = Scorer::new(config, &parameters, device);
    let mut all = Vec::with_capacity(windows.len());
    for records in windows.chunks(ENCODED) {
        let (mut asked, mut sequences) = (Vec::new(), Vec::new());
        for record in records {
            let wrong =
                |error| TrainError::ask(format!("the window at line {}", record.place.line), error);
            let (prompt, rendered) = question.rendered(&record.window).map_err(wrong)?;
            sequences.push(encoder.sequence_of(&rendered, None).map_err(wrong)?);
            asked.push((prompt, rendered));
        }
        let scores = scorer.window_scores(&sequences)?;
        for ((prompt, rendered), scores) in asked.iter().zip(&scores) {
            let channels = question.front_end().channels().len();
            let surprise = Surprise::of(question.tokenizer(), channels, rendered, prompt, scores);
            all.push(surprise.score(alarm)?.ok_or(AskError::EmptyPrompt)?);
        }
    }
    Ok(all)
}

/// The accuracy of a classification, the mean absolute error of a number.
fn score(task: &Task, truths: &[Truth], answers: &[Answer]) -> Option<f64> {
    if answers.is_empty() || matches!(task, Task::Generate { .. } | Task::Anomaly(_)) {
        return None;
    }
    let total: f64 = truths
        .iter()
        .zip(answers)
        .map(|(truth, answer)| match (truth, answer) {
            (Truth::Label(label), Answer::Labels(shares)) => {
                f64::from(u8::from(shares.best == *label))
            }
            (Truth::Number(wanted), Answer::Number(found)) => (wanted - found).abs(),
            _ => f64::NAN,
        })
        .sum();
    Some(total / answers.len() as f64)
}
