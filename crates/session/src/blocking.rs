//! The session for programs that wait.

use std::ops::ControlFlow;

use pollster::block_on;
use senselm_gpt::{Bytes, Model};
use senselm_sensor::{BadRows, CsvOptions, Dataset, FrontEnd, Profile, Rendered, Task, Window};
use senselm_tokenize::Tokenizer;

use crate::answer::{Anomaly, Answer, Classification, Generated, Number, Text};
use crate::backend::{Backend, BackendChange, Compiled};
use crate::calibrate::Speed;
use crate::info::Info;
use crate::options::{GenerateOptions, LoadOptions};
use crate::{AsyncSession, SessionError};

/// An [`AsyncSession`] whose calls return when they are done; see there for
/// what each does and how it fails.
///
/// In a browser nothing may wait for a GPU: use [`AsyncSession`] there.
#[derive(Debug)]
pub struct Session(AsyncSession);

impl Session {
    /// As [`AsyncSession::load`].
    ///
    /// # Errors
    /// As there.
    pub fn load(bytes: Bytes, options: LoadOptions) -> Result<Self, SessionError> {
        AsyncSession::load(bytes, options).map(Self)
    }

    /// As [`AsyncSession::fork`].
    #[must_use]
    pub fn fork(&self) -> Self {
        Self(self.0.fork())
    }

    /// As [`AsyncSession::use_backend`].
    ///
    /// # Errors
    /// As there.
    pub fn use_backend(
        &mut self,
        backend: Backend,
        on_compiled: &mut dyn FnMut(Compiled),
    ) -> Result<(), SessionError> {
        block_on(self.0.use_backend(backend, on_compiled))
    }

    /// As [`AsyncSession::backend`].
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.0.backend()
    }

    /// As [`AsyncSession::adapter`].
    #[must_use]
    pub fn adapter(&self) -> Option<String> {
        self.0.adapter()
    }

    /// As [`AsyncSession::take_changes`].
    pub fn take_changes(&mut self) -> Vec<BackendChange> {
        self.0.take_changes()
    }

    /// As [`AsyncSession::gpu`].
    #[cfg(feature = "gpu")]
    #[must_use]
    pub fn gpu(&self) -> Option<senselm_gpt::gpu::Handle> {
        self.0.gpu()
    }

    /// As [`AsyncSession::measure`].
    ///
    /// # Errors
    /// As there.
    pub fn measure(&mut self) -> Result<Speed, SessionError> {
        block_on(self.0.measure())
    }

    /// As [`AsyncSession::info`].
    #[must_use]
    pub fn info(&self) -> &Info {
        self.0.info()
    }

    /// As [`AsyncSession::model`].
    #[must_use]
    pub fn model(&self) -> &Model {
        self.0.model()
    }

    /// As [`AsyncSession::tokenizer`].
    #[must_use]
    pub fn tokenizer(&self) -> &Tokenizer {
        self.0.tokenizer()
    }

    /// As [`AsyncSession::front_end`].
    #[must_use]
    pub fn front_end(&self) -> Option<&FrontEnd> {
        self.0.front_end()
    }

    /// As [`AsyncSession::task`].
    #[must_use]
    pub fn task(&self) -> Option<&Task> {
        self.0.task()
    }

    /// As [`AsyncSession::profile`].
    ///
    /// # Errors
    /// As there.
    pub fn profile(&self) -> Result<Option<Profile>, SessionError> {
        self.0.profile()
    }

    /// As [`AsyncSession::render`].
    ///
    /// # Errors
    /// As there.
    pub fn render(&self, window: &Window) -> Result<Rendered, SessionError> {
        self.0.render(window)
    }

    /// As [`AsyncSession::read_csv`].
    ///
    /// # Errors
    /// As there.
    pub fn read_csv(&self, text: &[u8], policy: BadRows) -> Result<Dataset, SessionError> {
        self.0.read_csv(text, policy)
    }

    /// As [`AsyncSession::read_csv_with`].
    ///
    /// # Errors
    /// As there.
    pub fn read_csv_with(
        &self,
        text: &[u8],
        options: &CsvOptions,
    ) -> Result<Dataset, SessionError> {
        self.0.read_csv_with(text, options)
    }

    /// As [`AsyncSession::answer`].
    ///
    /// # Errors
    /// As there.
    pub fn answer(&mut self, window: &Window) -> Result<Answer, SessionError> {
        block_on(self.0.answer(window))
    }

    /// As [`AsyncSession::answer_all`].
    ///
    /// # Errors
    /// As there.
    pub fn answer_all(
        &mut self,
        windows: &[Window],
    ) -> Result<Vec<Result<Answer, SessionError>>, SessionError> {
        block_on(self.0.answer_all(windows))
    }

    /// As [`AsyncSession::classify`].
    ///
    /// # Errors
    /// As there.
    pub fn classify(&mut self, window: &Window) -> Result<Classification, SessionError> {
        block_on(self.0.classify(window))
    }

    /// As [`AsyncSession::number`].
    ///
    /// # Errors
    /// As there.
    pub fn number(&mut self, window: &Window) -> Result<Number, SessionError> {
        block_on(self.0.number(window))
    }

    /// As [`AsyncSession::text`].
    ///
    /// # Errors
    /// As there.
    pub fn text(&mut self, window: &Window) -> Result<Text, SessionError> {
        block_on(self.0.text(window))
    }

    /// As [`AsyncSession::anomaly`].
    ///
    /// # Errors
    /// As there.
    pub fn anomaly(&mut self, window: &Window) -> Result<Anomaly, SessionError> {
        block_on(self.0.anomaly(window))
    }

    /// As [`AsyncSession::score`].
    ///
    /// # Errors
    /// As there.
    pub fn score(&mut self, window: &Window) -> Result<f64, SessionError> {
        block_on(self.0.score(window))
    }

    /// As [`AsyncSession::embed`].
    ///
    /// # Errors
    /// As there.
    pub fn embed(&mut self, window: &Window) -> Result<Vec<f32>, SessionError> {
        block_on(self.0.embed(window))
    }

    /// As [`AsyncSession::embed_text`].
    ///
    /// # Errors
    /// As there.
    pub fn embed_text(&mut self, text: &str) -> Result<Vec<f32>, SessionError> {
        block_on(self.0.embed_text(text))
    }

    /// As [`AsyncSession::generate`].
    ///
    /// # Errors
    /// As there.
    pub fn generate(
        &mut self,
        prompt: &str,
        options: &GenerateOptions,
        on_piece: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> Result<Generated, SessionError> {
        block_on(self.0.generate(prompt, options, on_piece))
    }

    /// As [`AsyncSession::logits`].
    ///
    /// # Errors
    /// As there.
    pub fn logits(&mut self, ids: &[u32], all: bool) -> Result<Vec<f32>, SessionError> {
        block_on(self.0.logits(ids, all))
    }
}
