//! The session as a JavaScript class.

use std::ops::ControlFlow;
use std::sync::Arc;

use js_sys::Function;
use senselm_sensor::{FrontEnd, SensorError, Window};
use senselm_session::{
    Answer, AsyncSession, Backend, Compiled, GenerateOptions, GpuMath, KvType, LoadOptions,
    SessionError,
};
use senselm_tokenize::Special;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::buffer::ModelBuffer;
use crate::error::{JsResult, js_error, refused, to_js};
use crate::{clock, input, pause};

/// The most values in the windows of a call: 32 MiB of them.
const MAX_VALUES: usize = 1 << 22;

/// One model that answers questions about sensor windows.
///
/// Calls that run the model give promises: the browser alone drives a GPU. One
/// call has to end before the next begins.
#[wasm_bindgen]
pub struct Session {
    pub(crate) inner: AsyncSession,
}

/// How to load a model; every field may be left out.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    kernels: Option<String>,
    anomaly: Option<bool>,
    threads: Option<usize>,
    kv: Option<String>,
    gpu_math: GpuMath,
}

#[wasm_bindgen]
impl Session {
    /// Checks the file in `buffer`, which is used up, and makes it ready.
    ///
    /// # Errors
    /// With the code of what is wrong with the file or the options.
    pub fn load(buffer: ModelBuffer, options: &JsValue) -> JsResult<Self> {
        let options: Options = input::options(options)?;
        let kv = match options.kv {
            None => KvType::F32,
            Some(name) => KvType::from_name(&name)
                .ok_or_else(|| js_error("bad_option", "kv is F32, F16 or Q8_0"))?,
        };
        let options = LoadOptions {
            kernels: options.kernels,
            threads: options.threads.unwrap_or(1),
            kv,
            gpu_math: options.gpu_math,
            clock: Some(clock::milliseconds),
            pause: Some(pause::pause),
            anomaly: options.anomaly.unwrap_or(true),
            ..LoadOptions::default()
        };
        let bytes = Arc::new(buffer.into_bytes());
        let inner = AsyncSession::load(bytes, options).map_err(|e| refused(&e))?;
        Ok(Self { inner })
    }

    /// What is known about the model.
    ///
    /// # Errors
    /// None that a caller could cause.
    pub fn info(&self) -> JsResult {
        to_js(self.inner.info())
    }

    /// Runs the model on `cpu` or `gpu` from here on. Where that fails it stays
    /// where it was. `on_compiled` is told how many shaders are done, and of how
    /// many.
    ///
    /// # Errors
    /// `bad_option` for another name, `no_gpu` where there is none or it cannot
    /// run this model.
    #[wasm_bindgen(js_name = useBackend)]
    pub async fn use_backend(&mut self, name: &JsValue, on_compiled: &JsValue) -> JsResult<()> {
        let name = input::text(name, "the backend")?;
        let backend = [Backend::Cpu, Backend::Gpu]
            .into_iter()
            .find(|backend| backend.name() == name)
            .ok_or_else(|| js_error("bad_option", "the backend is cpu or gpu"))?;
        let on_compiled: Option<&Function> = on_compiled.dyn_ref();
        let mut tell = |compiled: Compiled| {
            if let Some(on_compiled) = on_compiled {
                let (done, total) = (compiled.done as u32, compiled.total as u32);
                // It is only told: what it throws changes nothing.
                let _ = on_compiled.call2(&JsValue::NULL, &done.into(), &total.into());
            }
        };
        let done = self.inner.use_backend(backend, &mut tell).await;
        done.map_err(|e| refused(&e))
    }

    /// What runs the model: `cpu` or `gpu`.
    #[wasm_bindgen(getter)]
    pub fn backend(&self) -> String {
        self.inner.backend().name().into()
    }

    /// What happened to the GPU since this was last asked: a list of what the
    /// model runs on since, and why.
    ///
    /// # Errors
    /// None that a caller could cause.
    #[wasm_bindgen(js_name = takeChanges)]
    pub fn take_changes(&mut self) -> JsResult {
        to_js(&self.inner.take_changes())
    }

    /// How fast the model is on its backend.
    ///
    /// # Errors
    /// What a pass fails with.
    pub async fn measure(&mut self) -> JsResult {
        to_js(&self.inner.measure().await.map_err(|e| refused(&e))?)
    }

    /// What the model was trained on, as its file says it in JSON.
    pub fn profile(&self) -> Option<String> {
        self.inner.profile_text().map(Into::into)
    }

    /// Answers the model's question about a window.
    ///
    /// # Errors
    /// What is wrong with the window.
    pub async fn answer(&mut self, window: &JsValue) -> JsResult {
        let window = input::window(window)?;
        let answer = self.inner.answer(&window).await;
        to_js(&answer.map_err(|e| refused(&e))?)
    }

    /// Which of the task's labels the window has.
    ///
    /// # Errors
    /// As `answer`, and `other_task`.
    pub async fn classify(&mut self, window: &JsValue) -> JsResult {
        let window = input::window(window)?;
        let answer = self.inner.classify(&window).await;
        to_js(&answer.map_err(|e| refused(&e))?)
    }

    /// The number that the task asks for.
    ///
    /// # Errors
    /// As `answer`, and `other_task`.
    pub async fn number(&mut self, window: &JsValue) -> JsResult {
        let window = input::window(window)?;
        let answer = self.inner.number(&window).await;
        to_js(&answer.map_err(|e| refused(&e))?)
    }

    /// The mean negative log-likelihood of a window, in nats a token.
    ///
    /// # Errors
    /// As `answer`.
    pub async fn score(&mut self, window: &JsValue) -> JsResult<f64> {
        let window = input::window(window)?;
        let score = self.inner.score(&window).await;
        score.map_err(|e| refused(&e))
    }

    /// A vector for a window, or for a text.
    ///
    /// # Errors
    /// As `answer`; `prompt_too_long`.
    pub async fn embed(&mut self, what: &JsValue) -> JsResult<Vec<f32>> {
        let vector = if what.is_string() {
            let text = input::text(what, "the text")?;
            self.inner.embed_text(&text).await
        } else {
            let window = input::window(what)?;
            self.inner.embed(&window).await
        };
        vector.map_err(|e| refused(&e))
    }

    /// The prompt that a window becomes.
    ///
    /// # Errors
    /// As `answer`.
    pub fn prompt(&self, window: &JsValue) -> JsResult<String> {
        let window = input::window(window)?;
        let rendered = self.inner.render(&window).map_err(|e| refused(&e))?;
        Ok(rendered.prompt)
    }

    /// Continues a text. Every piece goes to `on_piece`; `false` cancels, and
    /// what it throws is thrown on.
    ///
    /// # Errors
    /// What is wrong with the prompt or the options.
    pub async fn generate(
        &mut self,
        prompt: &JsValue,
        options: &JsValue,
        on_piece: &JsValue,
    ) -> JsResult {
        let prompt = input::text(prompt, "the prompt")?;
        let options: GenerateOptions = input::options(options)?;
        let on_piece: Option<&Function> = on_piece.dyn_ref();
        let mut thrown = None;
        let mut report = |piece: &str| {
            let Some(on_piece) = on_piece else {
                return ControlFlow::Continue(());
            };
            match on_piece.call1(&JsValue::NULL, &piece.into()) {
                Ok(goes_on) if goes_on.as_bool() != Some(false) => ControlFlow::Continue(()),
                Ok(_) => ControlFlow::Break(()),
                Err(error) => {
                    thrown = Some(error);
                    ControlFlow::Break(())
                }
            }
        };
        let generated = self.inner.generate(&prompt, &options, &mut report).await;
        match thrown {
            Some(error) => Err(error),
            None => to_js(&generated.map_err(|e| refused(&e))?),
        }
    }

    /// The logits behind the last of `ids`, or behind each of them.
    ///
    /// # Errors
    /// Too many ids, none, or one outside the vocabulary.
    pub async fn logits(&mut self, ids: &JsValue, all: bool) -> JsResult<Vec<f32>> {
        let ids = input::ids(ids)?;
        let logits = self.inner.logits(&ids, all).await;
        logits.map_err(|e| refused(&e))
    }

    /// The token ids of a text; control tokens in it are plain text.
    ///
    /// # Errors
    /// `bad_input` where it is no text.
    pub fn tokenize(&self, text: &JsValue) -> JsResult<Vec<u32>> {
        let text = input::text(text, "the text")?;
        Ok(self.inner.tokenizer().encode(&text, Special::AsText))
    }
}

impl Session {
    /// The front end, for what else needs one.
    pub(crate) fn front_end(&self) -> JsResult<&FrontEnd> {
        self.inner
            .front_end()
            .ok_or_else(|| refused(&SessionError::NoTask))
    }

    /// What the model says about several windows, in their order: of each the
    /// answer, or why there is none.
    pub(crate) async fn answered(
        &mut self,
        windows: &[Window],
    ) -> JsResult<Vec<(Option<Answer>, Option<Refusal>)>> {
        if windows.is_empty() {
            return Ok(Vec::new());
        }
        let answers = self.inner.answer_all(windows).await;
        let answers = answers.map_err(|error| refused(&error))?.into_iter();
        let answers = answers.map(|answer| match answer {
            Ok(answer) => (Some(answer), None),
            Err(error) => (None, Some(Refusal::of(&error))),
        });
        Ok(answers.collect())
    }
}

/// Why there is no answer.
#[derive(Serialize)]
pub(crate) struct Refusal {
    code: &'static str,
    message: String,
}

impl Refusal {
    fn of(error: &SessionError) -> Self {
        Self {
            code: error.code(),
            message: error.to_string(),
        }
    }
}

/// Refuses readings or rows whose windows would fill the memory.
pub(crate) fn check_values(values: usize) -> JsResult<()> {
    if values <= MAX_VALUES {
        return Ok(());
    }
    Err(js_error(
        "bad_input",
        "the windows of so many at once would have too many values: push fewer",
    ))
}

/// What the front end says, as JavaScript expects it.
pub(crate) fn invalid(error: &SensorError) -> JsValue {
    js_error("bad_input", &error.to_string())
}
