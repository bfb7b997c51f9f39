//! Classifying windows, several in a pass.

use std::sync::Arc;

use senselm_sensor::Window;

use crate::answer::{Answer, Classification, Timings};
use crate::classify::{Labels, Scored, probabilities};
use crate::clock::Stopwatch;
use crate::sensor::{Asks, Sensor};
use crate::window::Prompt;
use crate::{AsyncSession, SessionError};

/// Windows whose labels are scored together at most. What is one pass is
/// decided by the model; this bounds what is held at a time.
const BATCH: usize = 64;

/// A window as a prompt.
pub(crate) struct Prepared {
    pub(crate) prompt: Prompt,
    pub(crate) timings: Timings,
}

impl AsyncSession {
    /// Answers the model's question about several windows, in their order.
    /// Labels are scored in as few passes as fit; the answers are those of
    /// [`AsyncSession::answer`], bit for bit.
    ///
    /// # Errors
    /// [`SessionError::NoTask`]; and for each window, those of
    /// [`AsyncSession::answer`].
    pub async fn answer_all(
        &mut self,
        windows: &[Window],
    ) -> Result<Vec<Result<Answer, SessionError>>, SessionError> {
        let shared = Arc::clone(&self.shared);
        let sensor = shared.sensor()?;
        Ok(match &sensor.asks {
            Asks::Labels(labels) => {
                let answers = self.classify_all(sensor, labels, windows).await;
                let answers = answers.into_iter();
                answers
                    .map(|answer| answer.map(Answer::Classification))
                    .collect()
            }
            _ => {
                let mut answers = Vec::with_capacity(windows.len());
                for window in windows {
                    answers.push(self.answer(window).await);
                }
                answers
            }
        })
    }

    /// Which of the task's labels the window has.
    ///
    /// # Errors
    /// [`SessionError::OtherTask`] where the task is no classification; as
    /// [`AsyncSession::answer`] otherwise.
    pub async fn classify(&mut self, window: &Window) -> Result<Classification, SessionError> {
        let shared = Arc::clone(&self.shared);
        let sensor = shared.sensor()?;
        let Asks::Labels(labels) = &sensor.asks else {
            return Err(sensor.other_task("classify"));
        };
        let mut prompt = self.prepare(sensor, window, labels.longest())?;
        let scored = self.score_one(labels, &mut prompt).await?;
        self.classification(sensor, labels, prompt, &scored)
    }

    async fn classify_all(
        &mut self,
        sensor: &Sensor,
        labels: &Labels,
        windows: &[Window],
    ) -> Vec<Result<Classification, SessionError>> {
        let mut answers = Vec::with_capacity(windows.len());
        for windows in windows.chunks(BATCH) {
            let mut prepared = Vec::with_capacity(windows.len());
            let mut refused = Vec::with_capacity(windows.len());
            for window in windows {
                match self.prepare(sensor, window, labels.longest()) {
                    Ok(prompt) => {
                        prepared.push(prompt);
                        refused.push(None);
                    }
                    Err(error) => refused.push(Some(error)),
                }
            }
            let same =
                |a: &Prepared, b: &Prepared| a.prompt.instruction() == b.prompt.instruction();
            let mut batch = Vec::with_capacity(windows.len());
            for prompts in prepared.chunk_by_mut(same) {
                match self.score_labels(labels, prompts).await {
                    Ok(scored) => batch.extend(scored.into_iter().map(Ok)),
                    // What is wrong with one is said of that one.
                    Err(_) => {
                        for prompt in prompts {
                            batch.push(self.score_one(labels, prompt).await);
                        }
                    }
                }
            }
            let mut scored = prepared.into_iter().zip(batch);
            for refused in refused {
                let answer = match (refused, &mut scored) {
                    (Some(error), _) => Err(error),
                    (None, scored) => match scored.next() {
                        Some((prompt, Ok(scored))) => {
                            self.classification(sensor, labels, prompt, &scored)
                        }
                        Some((_, Err(error))) => Err(error),
                        None => Err(SessionError::NotFinite),
                    },
                };
                answers.push(answer);
            }
        }
        answers
    }

    async fn score_one(
        &mut self,
        labels: &Labels,
        prompt: &mut Prepared,
    ) -> Result<Scored, SessionError> {
        let mut scored = self
            .score_labels(labels, std::slice::from_mut(prompt))
            .await?;
        scored.pop().ok_or(SessionError::NotFinite)
    }

    /// Scores the labels behind prompts with the same instruction, which is
    /// cached afterwards.
    async fn score_labels(
        &mut self,
        labels: &Labels,
        prompts: &mut [Prepared],
    ) -> Result<Vec<Scored>, SessionError> {
        let mut watch = Stopwatch::start(self.shared.options.clock);
        let Some(first) = prompts.first() else {
            return Ok(Vec::new());
        };
        let instruction = first.prompt.instruction();
        let cached = self.feed.rewind(instruction, instruction.len());
        if cached < instruction.len() {
            self.feed.append(&instruction[cached..]).await?;
        }
        let all: Vec<&Prompt> = prompts.iter().map(|prepared| &prepared.prompt).collect();
        let anomaly = self.shared.options.anomaly;
        let scored = labels.scores(&mut self.feed, &all, anomaly).await?;
        let each_ms = watch.lap() / prompts.len() as f64;
        let mut cached = cached;
        for prepared in prompts {
            prepared.timings.prefill_ms = each_ms;
            prepared.timings.cached_tokens = cached;
            // Only the first had to wait for what is cached now.
            cached = prepared.prompt.instruction().len();
        }
        Ok(scored)
    }

    fn classification(
        &self,
        sensor: &Sensor,
        labels: &Labels,
        prepared: Prepared,
        scored: &Scored,
    ) -> Result<Classification, SessionError> {
        let (index, probabilities) = probabilities(sensor.task.labels(), &scored.labels)?;
        let best = probabilities.get(index).ok_or(SessionError::NotFinite)?;
        let mut timings = prepared.timings;
        timings.answer_tokens = labels.tokens();
        timings.add_up();
        Ok(Classification {
            label: best.label.clone(),
            index,
            probability: best.probability,
            probabilities,
            anomaly: scored.anomaly()?,
            timings,
        })
    }

    /// Renders and encodes a window.
    pub(crate) fn prepare(
        &self,
        sensor: &Sensor,
        window: &Window,
        reserved: usize,
    ) -> Result<Prepared, SessionError> {
        let mut watch = Stopwatch::start(self.shared.options.clock);
        let prompt = Prompt::of_window(&sensor.front_end, &self.shared.tokenizer, window)?;
        prompt.check_fits(self.shared.model.config().context, reserved)?;
        let timings = Timings {
            front_end_ms: watch.lap(),
            prompt_tokens: prompt.ids.len(),
            ..Timings::default()
        };
        Ok(Prepared { prompt, timings })
    }
}
