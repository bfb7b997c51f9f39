//! Classifying windows, several in a pass.

use std::sync::Arc;

use senselm_ask::{AskError, Asks, Labels, Prompt, Question, Scored, find};
use senselm_sensor::{Window, is_new};

use crate::answer::{Answer, Classification, LabelProbability, Timings};
use crate::clock::Stopwatch;
use crate::questions::other_task;
use crate::{AsyncSession, SessionError};

/// Windows whose labels are scored together at most. What is one pass is
/// decided by the model; this bounds what is held at a time.
const BATCH: usize = 64;

/// A window as a prompt.
pub(crate) struct Prepared {
    pub(crate) prompt: Prompt,
    /// How new the window is, where the front end says that.
    pub(crate) novelty: Option<f64>,
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
        let question = shared.question()?;
        Ok(match question.asks() {
            Asks::Labels(labels) => {
                let answers = self.classify_all(question, labels, windows).await;
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
        let question = shared.question()?;
        let Asks::Labels(labels) = question.asks() else {
            return Err(other_task(question, "classify"));
        };
        let mut prompt = self.prepare(question, window)?;
        let scored = self.score_one(labels, &mut prompt).await?;
        self.classification(question, labels, prompt, &scored)
    }

    async fn classify_all(
        &mut self,
        question: &Question,
        labels: &Labels,
        windows: &[Window],
    ) -> Vec<Result<Classification, SessionError>> {
        let mut answers = Vec::with_capacity(windows.len());
        for windows in windows.chunks(BATCH) {
            let mut prepared = Vec::with_capacity(windows.len());
            let mut refused = Vec::with_capacity(windows.len());
            for window in windows {
                match self.prepare(question, window) {
                    Ok(prompt) => {
                        prepared.push(prompt);
                        refused.push(None);
                    }
                    Err(error) => refused.push(Some(error)),
                }
            }
            let same = |a: &Prepared, b: &Prepared| a.prompt.held() == b.prompt.held();
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
                            self.classification(question, labels, prompt, &scored)
                        }
                        Some((_, Err(error))) => Err(error),
                        None => Err(AskError::NotFinite.into()),
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
        scored.pop().ok_or(AskError::NotFinite.into())
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
        let held = first.prompt.held();
        let cached = self.feed.rewind(held, held.len());
        if cached < held.len() {
            self.feed.append(&held[cached..]).await?;
        }
        let behind = prompts.iter().map(|prepared| prepared.prompt.scored());
        let mut rounds = labels.rounds(behind.collect(), self.shared.anomaly);
        find(&mut self.feed, &mut rounds).await?;
        let scored = rounds.finish();
        let each_ms = watch.lap() / prompts.len() as f64;
        let mut cached = cached;
        for prepared in prompts {
            prepared.timings.prefill_ms = each_ms;
            prepared.timings.cached_tokens = cached;
            // Only the first had to wait for what is cached now.
            cached = prepared.prompt.held().len();
        }
        Ok(scored)
    }

    fn classification(
        &self,
        question: &Question,
        labels: &Labels,
        prepared: Prepared,
        scored: &Scored,
    ) -> Result<Classification, SessionError> {
        let shares = scored.shares()?;
        let named = question.task().labels().iter().zip(shares.probabilities);
        let probabilities: Vec<LabelProbability> = named
            .map(|(label, probability)| LabelProbability {
                label: label.clone(),
                probability,
            })
            .collect();
        let index = shares.best;
        let best = probabilities.get(index).ok_or(AskError::NotFinite)?;
        let mut timings = prepared.timings;
        timings.answer_tokens = labels.tokens();
        timings.add_up();
        Ok(Classification {
            label: best.label.clone(),
            index,
            probability: best.probability,
            probabilities,
            anomaly: scored.window.anomaly()?,
            novelty: prepared.novelty,
            rejected: is_new(prepared.novelty),
            timings,
        })
    }

    /// Renders and encodes a window.
    pub(crate) fn prepare(
        &self,
        question: &Question,
        window: &Window,
    ) -> Result<Prepared, SessionError> {
        let mut watch = Stopwatch::start(self.shared.options.clock);
        question.check(window)?;
        let (prompt, novelty) = self.shared.prompt(window, question.reserved())?;
        let timings = Timings {
            front_end_ms: watch.lap(),
            prompt_tokens: prompt.ids().len(),
            ..Timings::default()
        };
        Ok(Prepared {
            prompt,
            novelty,
            timings,
        })
    }
}
