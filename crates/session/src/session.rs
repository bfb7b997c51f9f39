//! A loaded model that answers questions about sensor windows.

use std::ops::ControlFlow;
use std::sync::Arc;

use senselm_ask::{MAX_BEAM, Prompt, Question};
use senselm_gguf::Gguf;
use senselm_gpt::{Bytes, Compute, Config, Kernels, Model, Team};
use senselm_sensor::{
    BadRows, CsvOptions, Dataset, ExpectedColumn, FrontEnd, Profile, Rendered, RowWindows, Task,
    Truths, Wants, Window, expected_columns, read_csv, read_csv_with, wants,
};
use senselm_tokenize::Tokenizer;

use crate::SessionError;
use crate::answer::{Generated, Timings};
use crate::backend::{Backend, BackendChange, Compiled};
use crate::clock::Stopwatch;
use crate::feed::Feed;
use crate::generate::{TextPrompt, decode};
use crate::info::Info;
use crate::keys::{Notes, SensorKeys, notes, sensor_keys};
use crate::options::{GenerateOptions, LoadOptions, MAX_THREADS};
use crate::window::check_fits;

/// One model and one sequence of it; see the crate's documentation.
///
/// Where nothing runs on a GPU, none of its futures ever waits.
pub struct AsyncSession {
    pub(crate) shared: Arc<Shared>,
    pub(crate) feed: Feed,
    /// A sequence on the CPU, for what a GPU cannot do.
    pub(crate) aside: Option<Feed>,
}

/// What all sessions over one model have in common.
pub(crate) struct Shared {
    pub(crate) model: Arc<Model>,
    pub(crate) tokenizer: Tokenizer,
    pub(crate) question: Option<Question>,
    pub(crate) info: Info,
    /// What the model was trained on, where the file says it: read by who asks.
    pub(crate) profile: Option<String>,
    /// Whether answers say how anomalous their window is: where that is asked
    /// for, and the model knows.
    pub(crate) anomaly: bool,
    pub(crate) options: LoadOptions,
}

/// What a file holds beside the model.
struct Rest {
    tokenizer: Tokenizer,
    notes: Notes,
    question: Option<Question>,
    profile: Option<String>,
    learned_windows: bool,
}

impl Rest {
    fn read(gguf: &Gguf<'_>, config: &Config, options: &LoadOptions) -> Result<Self, SessionError> {
        let tokenizer = Tokenizer::from_gguf(gguf)?;
        if tokenizer.vocab_len() != config.vocab {
            return Err(SessionError::Vocabulary {
                tokens: tokenizer.vocab_len(),
                vocab: config.vocab,
            });
        }
        let (question, profile, learned_windows) = match sensor_keys(gguf.metadata())? {
            Some(SensorKeys {
                front_end,
                task,
                learned_windows,
                profile,
            }) => {
                let (tokenizer, beam) = (tokenizer.clone(), options.number_beam);
                let question = Question::new(front_end, task, tokenizer, beam)?;
                (Some(question), profile, learned_windows)
            }
            None => (None, None, false),
        };
        Ok(Self {
            notes: notes(gguf.metadata())?,
            tokenizer,
            question,
            profile,
            learned_windows,
        })
    }
}

impl AsyncSession {
    /// Checks a file and makes it ready to answer.
    ///
    /// A file without `senselm.*` keys is a plain language model: it generates
    /// text, and knows no windows.
    ///
    /// # Errors
    /// One error a defect; [`SessionError::code`] sorts them.
    pub fn load(bytes: Bytes, options: LoadOptions) -> Result<Self, SessionError> {
        check_options(&options)?;
        let compute = compute(&options)?;
        let (model, rest) = Model::load_with(bytes, compute, |gguf, config| {
            Rest::read(gguf, config, &options)
        })?;
        let Rest {
            tokenizer,
            notes,
            question,
            profile,
            learned_windows,
        } = rest;
        let mut info = Info::of_model(&model, notes);
        if let Some(question) = &question {
            info.set_sensor(question.front_end(), question.task());
        }
        let model = Arc::new(model);
        Ok(Self {
            feed: Feed::new(Arc::clone(&model), options.gpu_math),
            aside: None,
            shared: Arc::new(Shared {
                model,
                tokenizer,
                question,
                info,
                profile,
                anomaly: options.anomaly && learned_windows,
                options,
            }),
        })
    }

    /// Another session over the same weights, with a sequence of its own on the
    /// CPU: one a thread, say.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            feed: Feed::new(Arc::clone(&self.shared.model), self.shared.options.gpu_math),
            aside: None,
            shared: Arc::clone(&self.shared),
        }
    }

    /// Runs the model on another backend from here on, with the sequence as it
    /// is. Where that fails it stays where it was. `on_compiled` is told after
    /// every shader that a GPU's driver compiled, which may take seconds.
    ///
    /// A GPU that is lost later is opened again, and where that fails the CPU
    /// goes on; [`AsyncSession::take_changes`] says so, and no answer is lost.
    ///
    /// # Errors
    /// [`SessionError::Gpu`] where there is no GPU, or it cannot run this
    /// model; [`SessionError::WithoutGpu`] where this build could not use one.
    pub async fn use_backend(
        &mut self,
        backend: Backend,
        on_compiled: &mut dyn FnMut(Compiled),
    ) -> Result<(), SessionError> {
        self.feed.go_to(backend, on_compiled).await
    }

    /// What runs the model.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.feed.backend()
    }

    /// The GPU that runs the model, if one does, in words.
    #[must_use]
    pub fn adapter(&self) -> Option<String> {
        self.feed.adapter()
    }

    /// What happened to the backend since this was last asked, in order.
    pub fn take_changes(&mut self) -> Vec<BackendChange> {
        self.feed.take_changes()
    }

    /// A handle to the GPU that runs the model, which can destroy its device
    /// as a driver that is reset does: to see how a program takes that.
    #[cfg(feature = "gpu")]
    #[must_use]
    pub fn gpu(&self) -> Option<senselm_gpt::gpu::Handle> {
        self.feed.gpu()
    }

    /// What is known about the model.
    #[must_use]
    pub fn info(&self) -> &Info {
        &self.shared.info
    }

    /// The model beneath.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.shared.model
    }

    /// The model's tokenizer.
    #[must_use]
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.shared.tokenizer
    }

    /// The front end; `None` for a plain language model.
    #[must_use]
    pub fn front_end(&self) -> Option<&FrontEnd> {
        self.shared.question.as_ref().map(Question::front_end)
    }

    /// The task; `None` for a plain language model.
    #[must_use]
    pub fn task(&self) -> Option<&Task> {
        self.shared.question.as_ref().map(Question::task)
    }

    /// What the model was trained on, in figures; `None` where its file does not
    /// say it, as those of version 1 do not. [`senselm_sensor::fits`] holds a
    /// recording against it. It is read here and not when the model is loaded: who
    /// only answers does not need it.
    ///
    /// # Errors
    /// What is wrong with the profile of the file.
    pub fn profile(&self) -> Result<Option<Profile>, SessionError> {
        let (Some(text), Some(front_end)) = (&self.shared.profile, self.front_end()) else {
            return Ok(None);
        };
        Ok(Some(Profile::from_json(front_end, text)?))
    }

    /// The profile as the file has it, for who reads it elsewhere.
    #[must_use]
    pub fn profile_text(&self) -> Option<&str> {
        self.shared.profile.as_deref()
    }

    /// The prompt that a window becomes.
    ///
    /// # Errors
    /// [`SessionError::NoTask`], or what the front end says of the window.
    pub fn render(&self, window: &Window) -> Result<Rendered, SessionError> {
        Ok(self.shared.question()?.front_end().render(window)?)
    }

    /// Reads a recording with this model's front end and task.
    ///
    /// # Errors
    /// [`SessionError::NoTask`], or what is wrong with the recording.
    pub fn read_csv(&self, text: &[u8], policy: BadRows) -> Result<Dataset, SessionError> {
        let question = self.shared.question()?;
        let (front_end, task) = (question.front_end(), question.task());
        Ok(read_csv(front_end, task, text, policy)?)
    }

    /// As [`AsyncSession::read_csv`], with what is known about the file.
    ///
    /// # Errors
    /// As there.
    pub fn read_csv_with(
        &self,
        text: &[u8],
        options: &CsvOptions,
    ) -> Result<Dataset, SessionError> {
        let question = self.shared.question()?;
        let (front_end, task) = (question.front_end(), question.task());
        Ok(read_csv_with(front_end, task, text, options)?)
    }

    /// The columns that recordings for this model have.
    ///
    /// # Errors
    /// [`SessionError::NoTask`].
    pub fn expected_columns(&self) -> Result<Vec<ExpectedColumn>, SessionError> {
        let question = self.shared.question()?;
        Ok(expected_columns(question.front_end(), question.task()))
    }

    /// What this model wants of a recording, for who reads its rows.
    ///
    /// # Errors
    /// [`SessionError::NoTask`].
    pub fn wants(&self) -> Result<Wants, SessionError> {
        let question = self.shared.question()?;
        Ok(wants(question.front_end(), question.task()))
    }

    /// Makes windows for this model out of the numbers of a recording's rows.
    ///
    /// # Errors
    /// [`SessionError::NoTask`].
    pub fn row_windows(&self, has_truth: bool, truths: Truths) -> Result<RowWindows, SessionError> {
        let question = self.shared.question()?;
        let (front_end, task) = (question.front_end(), question.task());
        Ok(RowWindows::new(front_end, task, has_truth, truths)?)
    }

    /// Continues a text. `on_piece` is called once a token, with the text that
    /// became certain by it (which may be none: a stop string or a character
    /// may be unfinished), and breaks to cancel.
    ///
    /// # Errors
    /// [`SessionError::PromptTooLong`], or an option out of its range.
    pub async fn generate(
        &mut self,
        prompt: &str,
        options: &GenerateOptions,
        on_piece: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> Result<Generated, SessionError> {
        options.check()?;
        let shared = Arc::clone(&self.shared);
        let mut watch = Stopwatch::start(shared.options.clock);
        let context = shared.model.config().context;
        let prompt = TextPrompt::new(&shared.tokenizer, prompt, context, options)?;
        let mut timings = Timings {
            front_end_ms: watch.lap(),
            prompt_tokens: prompt.ids.len(),
            ..Timings::default()
        };
        timings.cached_tokens = self.feed.rewind(&prompt.ids, prompt.ids.len() - 1);
        let rest = &prompt.ids[timings.cached_tokens..];
        self.feed.prefill(rest).await?;
        timings.prefill_ms = watch.lap();
        let decoded = decode(
            &mut self.feed,
            &shared.tokenizer,
            &shared.options,
            options,
            on_piece,
        )
        .await?;
        timings.decode_ms = watch.lap();
        timings.answer_tokens = decoded.tokens.len();
        timings.add_up();
        Ok(Generated {
            text: decoded.text,
            tokens: decoded.tokens,
            stopped_by: decoded.stopped_by,
            dropped_tokens: prompt.dropped,
            timings,
        })
    }

    /// The logits behind the last of `ids`, or behind each of them: for tests
    /// and tools. Nothing cached is used.
    ///
    /// # Shapes
    /// `[V]`, or `[T, V]` where `all`.
    ///
    /// # Errors
    /// Too many tokens, none, or one outside the vocabulary.
    pub async fn logits(&mut self, ids: &[u32], all: bool) -> Result<Vec<f32>, SessionError> {
        self.feed.rewind(ids, 0);
        if all {
            return self.feed.all_logits(ids).await;
        }
        self.feed.prefill(ids).await?;
        self.feed.logits().await
    }
}

impl Shared {
    pub(crate) fn question(&self) -> Result<&Question, SessionError> {
        self.question.as_ref().ok_or(SessionError::NoTask)
    }

    /// The prompt of a window, behind which `reserved` tokens fit, and how new the
    /// window is, where the front end says that.
    pub(crate) fn prompt(
        &self,
        window: &Window,
        reserved: usize,
    ) -> Result<(Prompt, Option<f64>), SessionError> {
        let (prompt, rendered) = self.question()?.rendered(window)?;
        check_fits(&prompt, self.model.config().context, reserved)?;
        Ok((prompt, rendered.novelty))
    }
}

impl std::fmt::Debug for AsyncSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AsyncSession")
            .field("info", &self.shared.info)
            .field("cached", &self.feed.ids().len())
            .finish_non_exhaustive()
    }
}

fn check_options(options: &LoadOptions) -> Result<(), SessionError> {
    if (1..=MAX_BEAM).contains(&options.number_beam) {
        return Ok(());
    }
    let found = options.number_beam;
    Err(SessionError::Option {
        option: "number_beam",
        reason: format!("{found} is not within 1 to {MAX_BEAM}"),
    })
}

fn compute(options: &LoadOptions) -> Result<Compute, SessionError> {
    if !(1..=MAX_THREADS).contains(&options.threads) {
        return Err(SessionError::Option {
            option: "threads",
            reason: format!("{} is not within 1 to {MAX_THREADS}", options.threads),
        });
    }
    let team = Team::of_threads(options.threads).ok_or_else(|| SessionError::Option {
        option: "threads",
        reason: "no threads can be started here: use 1".into(),
    })?;
    Ok(Compute {
        kernels: kernels(options)?,
        team,
        kv: options.kv,
    })
}

fn kernels(options: &LoadOptions) -> Result<Kernels, SessionError> {
    let Some(asked) = &options.kernels else {
        return Ok(Kernels::detect());
    };
    Kernels::by_name(asked).ok_or_else(|| {
        let names: Vec<&str> = Kernels::available().iter().map(Kernels::name).collect();
        SessionError::Kernels {
            asked: asked.clone(),
            available: names.join(", "),
        }
    })
}
