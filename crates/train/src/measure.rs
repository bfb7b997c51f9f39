//! Measuring a model on records it was not trained on.

use burn::tensor::Device;
use senselm_sensor::{Labelled, Task, Truth};

use crate::TrainError;
use crate::data::{Encoder, Sequence};
use crate::model::{ModelConfig, Parameters};
use crate::progress::Measurement;
use crate::scoring::{Answer, Scorer};

/// Records to measure on, encoded once.
#[derive(Debug, Clone)]
pub(crate) struct EvalSet {
    name: &'static str,
    encoder: Encoder,
    prompts: Vec<Vec<u32>>,
    sequences: Vec<Sequence>,
    truths: Vec<Truth>,
}

impl EvalSet {
    pub(crate) fn new(
        name: &'static str,
        encoder: &Encoder,
        records: &[Labelled],
    ) -> Result<Self, TrainError> {
        let mut set = Self {
            name,
            encoder: encoder.clone(),
            prompts: Vec::with_capacity(records.len()),
            sequences: Vec::with_capacity(records.len()),
            truths: Vec::with_capacity(records.len()),
        };
        for record in records {
            let Some(truth) = &record.truth else { continue };
            let sequence = encoder
                .sequence(&record.window, Some(truth))
                .map_err(|source| TrainError::Sensor {
                    path: format!("the window at line {}", record.place.line),
                    source,
                })?;
            set.prompts.push(sequence.ids[..sequence.answer].to_vec());
            set.sequences.push(sequence);
            set.truths.push(truth.clone());
        }
        Ok(set)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sequences.is_empty()
    }

    /// Loss, score and every answer of a model.
    pub(crate) fn measure(
        &self,
        config: ModelConfig,
        parameters: &Parameters,
        device: &Device,
    ) -> Result<(Measurement, Vec<Answer>), TrainError> {
        let scorer = Scorer::new(config, parameters, device);
        let loss = scorer.loss(&self.sequences)?;
        let answers = scorer.answers(&self.encoder, &self.prompts)?;
        let score = score(self.encoder.task(), &self.truths, &answers);
        let measurement = Measurement {
            on: self.name.to_owned(),
            loss,
            score,
        };
        Ok((measurement, answers))
    }
}

/// The accuracy of a classification, the mean absolute error of a number.
fn score(task: &Task, truths: &[Truth], answers: &[Answer]) -> Option<f64> {
    if answers.is_empty() || matches!(task, Task::Generate { .. }) {
        return None;
    }
    let total: f64 = truths
        .iter()
        .zip(answers)
        .map(|(truth, answer)| match (truth, answer) {
            (Truth::Label(label), Answer::Labels(_)) => {
                f64::from(u8::from(answer.label() == Some(*label)))
            }
            (Truth::Number(wanted), Answer::Number(found)) => (wanted - found).abs(),
            _ => f64::NAN,
        })
        .sum();
    Some(total / answers.len() as f64)
}
