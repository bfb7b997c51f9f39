//! What can be asked about a window, and the answers put together.

use std::ops::ControlFlow;
use std::sync::Arc;

use senselm_ask::{AskError, Asks, Prompt, Question, Surprise, find};
use senselm_gpt::SamplerSpec;
use senselm_sensor::{Task, Window};

use crate::answer::{Anomaly, Answer, Number, Text, Timings};
use crate::backend::Backend;
use crate::batch::Prepared;
use crate::clock::Stopwatch;
use crate::feed::Feed;
use crate::generate::decode;
use crate::options::GenerateOptions;
use crate::window::{Prefilled, check_fits, likelihoods, mean_state, prefill};
use crate::{AsyncSession, SessionError};

impl AsyncSession {
    /// Answers the model's question about a window, whatever that is.
    ///
    /// # Errors
    /// What is wrong with the window, or a prompt that does not fit.
    pub async fn answer(&mut self, window: &Window) -> Result<Answer, SessionError> {
        match self.shared.question()?.asks() {
            Asks::Labels(_) => self.classify(window).await.map(Answer::Classification),
            Asks::Number(_) => self.number(window).await.map(Answer::Number),
            Asks::Text { .. } => self.text(window).await.map(Answer::Text),
            Asks::Anomaly(_) => self.anomaly(window).await.map(Answer::Anomaly),
        }
    }

    /// The number that the task asks for.
    ///
    /// # Errors
    /// [`SessionError::OtherTask`] where the task is for no number; as
    /// [`AsyncSession::answer`] otherwise.
    pub async fn number(&mut self, window: &Window) -> Result<Number, SessionError> {
        let shared = Arc::clone(&self.shared);
        let question = shared.question()?;
        let (Asks::Number(numbers), Task::Number { unit, .. }) = (question.asks(), question.task())
        else {
            return Err(other_task(question, "number"));
        };
        let mut asked = self.ask(question, window).await?;
        let mut rounds = numbers.rounds();
        find(&mut self.feed, &mut rounds).await?;
        let decoded = rounds.finish()?;
        Ok(Number {
            value: decoded.best.value,
            unit: unit.clone(),
            text: decoded.text,
            probability: decoded.best.probability,
            expected: decoded.expected,
            candidates: decoded.candidates,
            anomaly: asked.anomaly,
            timings: asked.timings(decoded.tokens),
        })
    }

    /// The text that the task asks for.
    ///
    /// # Errors
    /// [`SessionError::OtherTask`] where the task is for no text; as
    /// [`AsyncSession::answer`] otherwise.
    pub async fn text(&mut self, window: &Window) -> Result<Text, SessionError> {
        let shared = Arc::clone(&self.shared);
        let question = shared.question()?;
        let Asks::Text { max_tokens } = question.asks() else {
            return Err(other_task(question, "text"));
        };
        let mut asked = self.ask(question, window).await?;
        let options = GenerateOptions {
            max_tokens: *max_tokens,
            sampler: SamplerSpec::default(),
            ..GenerateOptions::default()
        };
        let decoded = decode(
            &mut self.feed,
            &shared.tokenizer,
            &shared.options,
            &options,
            &mut |_| ControlFlow::Continue(()),
        )
        .await?;
        Ok(Text {
            text: decoded.text.trim_start().to_owned(),
            stopped_by: decoded.stopped_by,
            anomaly: asked.anomaly,
            timings: asked.timings(decoded.tokens.len()),
        })
    }

    /// How unlike the learned the window is, and which of its samples are.
    ///
    /// # Errors
    /// [`SessionError::OtherTask`] where the task is not this; as
    /// [`AsyncSession::answer`] otherwise.
    pub async fn anomaly(&mut self, window: &Window) -> Result<Anomaly, SessionError> {
        let shared = Arc::clone(&self.shared);
        let question = shared.question()?;
        let Asks::Anomaly(alarm) = question.asks() else {
            return Err(other_task(question, "anomaly"));
        };
        let mut watch = Stopwatch::start(shared.options.clock);
        question.check(window)?;
        let (prompt, rendered) = question.rendered(window)?;
        check_fits(&prompt, shared.model.config().context, question.reserved())?;
        let front_end_ms = watch.lap();
        let (cached_tokens, scores) = likelihoods(&mut self.feed, &prompt).await?;
        let channels = window.channels.len();
        let surprise = Surprise::of(question.tokenizer(), channels, &rendered, &prompt, &scores);
        let score = surprise.score(alarm)?.ok_or(AskError::EmptyPrompt)?;
        let (above, text) = match alarm.threshold {
            Some(threshold) if score > threshold => (true, "anomaly"),
            Some(_) => (false, "normal"),
            None => (false, "unknown"),
        };
        let mut timings = Timings {
            front_end_ms,
            prefill_ms: watch.lap(),
            prompt_tokens: prompt.ids().len(),
            cached_tokens,
            ..Timings::default()
        };
        timings.add_up();
        Ok(Anomaly {
            above,
            text: text.into(),
            anomaly: Some(score),
            surprise: surprise.samples(window),
            timings,
        })
    }

    /// How unlike anything known the window is: the mean negative
    /// log-likelihood of its part of the prompt, in nats a token. Also of a
    /// model that never learned what windows look like, whose answers have none.
    ///
    /// # Errors
    /// As [`AsyncSession::answer`]; [`AskError::EmptyPrompt`] where the prompt
    /// has no window part.
    pub async fn score(&mut self, window: &Window) -> Result<f64, SessionError> {
        let shared = Arc::clone(&self.shared);
        let (prompt, _) = shared.prompt(window, 0)?;
        let done = prefill(&mut self.feed, &prompt, true).await?;
        done.anomaly.ok_or(AskError::EmptyPrompt.into())
    }

    /// A vector for the window: the mean of the final states of its part of
    /// the prompt. Close windows have close vectors. The CPU computes it, on
    /// every backend.
    ///
    /// # Shapes
    /// `[C]`.
    ///
    /// # Errors
    /// As [`AsyncSession::answer`].
    pub async fn embed(&mut self, window: &Window) -> Result<Vec<f32>, SessionError> {
        let shared = Arc::clone(&self.shared);
        let (prompt, _) = shared.prompt(window, 0)?;
        self.embed_prompt(&prompt).await
    }

    /// A vector for a text: the mean of its final states. Close texts have close
    /// vectors. The CPU computes it, on every backend.
    ///
    /// # Shapes
    /// `[C]`.
    ///
    /// # Errors
    /// [`SessionError::PromptTooLong`], [`AskError::EmptyPrompt`].
    pub async fn embed_text(&mut self, text: &str) -> Result<Vec<f32>, SessionError> {
        let shared = Arc::clone(&self.shared);
        let prompt = Prompt::of_text(&shared.tokenizer, text)?;
        let (tokens, context) = (prompt.ids().len(), shared.model.config().context);
        if tokens > context {
            return Err(SessionError::PromptTooLong {
                tokens,
                reserved: 0,
                context,
                advice: "shorten the text, or embed it in parts",
            });
        }
        self.embed_prompt(&prompt).await
    }

    async fn embed_prompt(&mut self, prompt: &Prompt) -> Result<Vec<f32>, SessionError> {
        let shared = Arc::clone(&self.shared);
        let feed = match self.feed.backend() {
            Backend::Cpu => &mut self.feed,
            Backend::Gpu => self.aside.get_or_insert_with(|| {
                Feed::new(Arc::clone(&shared.model), shared.options.gpu_math)
            }),
        };
        mean_state(feed, prompt).await
    }

    /// Renders, encodes and feeds a window.
    async fn ask(&mut self, question: &Question, window: &Window) -> Result<Asked, SessionError> {
        let Prepared {
            prompt,
            mut timings,
            ..
        } = self.prepare(question, window)?;
        let mut watch = Stopwatch::start(self.shared.options.clock);
        let anomaly = self.shared.anomaly;
        let Prefilled { cached, anomaly } = prefill(&mut self.feed, &prompt, anomaly).await?;
        timings.prefill_ms = watch.lap();
        timings.cached_tokens = cached;
        Ok(Asked {
            anomaly,
            timings,
            watch,
        })
    }
}

/// A window that was fed; its answer is still to be taken.
struct Asked {
    anomaly: Option<f64>,
    timings: Timings,
    watch: Stopwatch,
}

impl Asked {
    /// The timings once the answer is there.
    fn timings(&mut self, answer_tokens: usize) -> Timings {
        self.timings.decode_ms = self.watch.lap();
        self.timings.answer_tokens = answer_tokens;
        self.timings.add_up();
        self.timings
    }
}

/// The error for a question that is not this task's.
pub(crate) fn other_task(question: &Question, asked: &'static str) -> SessionError {
    let task = match question.asks() {
        Asks::Labels(_) => "classify",
        Asks::Number(_) => "number",
        Asks::Text { .. } => "text",
        Asks::Anomaly(_) => "anomaly",
    };
    SessionError::OtherTask { asked, task }
}
