//! The exported interface over `senselm_session`.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::Arc;

use senselm_gguf::mapped::embedded;
use senselm_sensor::Window;
use senselm_session::{GenerateOptions, LoadOptions, Session, SessionError};
use senselm_tokenize::Special;

use crate::bindings::exports::senselm::guest::inference;
use crate::bindings::senselm::guest::listener;

pub(crate) struct Component;

impl inference::Guest for Component {
    type Session = Loaded;
}

/// A session behind a handle. Calls into a component never overlap, so the
/// cell is only ever borrowed once.
pub(crate) struct Loaded(RefCell<Session>);

impl inference::GuestSession for Loaded {
    fn load(options: inference::LoadOptions) -> Result<inference::Session, inference::Failure> {
        let weights = embedded().ok_or_else(|| {
            failure(
                "no_model",
                "this component holds no weights: load it with senselm, which packs them in",
            )
        })?;
        let options = LoadOptions {
            kernels: options.kernels,
            anomaly: options.anomaly,
            ..LoadOptions::default()
        };
        let session = Session::load(Arc::new(weights), options)?;
        Ok(inference::Session::new(Self(RefCell::new(session))))
    }

    fn info(&self) -> String {
        json(self.0.borrow().info()).unwrap_or_default()
    }

    fn answer(&self, channels: Vec<Vec<f64>>) -> Result<String, inference::Failure> {
        json(&self.0.borrow_mut().answer(&Window { channels })?)
    }

    fn score(&self, channels: Vec<Vec<f64>>) -> Result<f64, inference::Failure> {
        Ok(self.0.borrow_mut().score(&Window { channels })?)
    }

    fn prompt(&self, channels: Vec<Vec<f64>>) -> Result<String, inference::Failure> {
        let session = self.0.borrow();
        let rendered = session.render(&Window { channels })?;
        Ok(rendered.prompt)
    }

    fn generate(&self, prompt: String, options: String) -> Result<String, inference::Failure> {
        let options: GenerateOptions =
            serde_json::from_str(&options).map_err(|e| failure("bad_option", e.to_string()))?;
        let mut on_piece = |piece: &str| {
            if listener::on_piece(piece) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        };
        let mut session = self.0.borrow_mut();
        json(&session.generate(&prompt, &options, &mut on_piece)?)
    }

    fn logits(&self, ids: Vec<u32>, all: bool) -> Result<Vec<f32>, inference::Failure> {
        Ok(self.0.borrow_mut().logits(&ids, all)?)
    }

    fn tokenize(&self, text: String) -> Vec<u32> {
        let session = self.0.borrow();
        session.tokenizer().encode(&text, Special::AsText)
    }
}

impl From<SessionError> for inference::Failure {
    fn from(error: SessionError) -> Self {
        failure(error.code(), error.to_string())
    }
}

fn failure(code: &str, message: impl Into<String>) -> inference::Failure {
    inference::Failure {
        code: code.into(),
        message: message.into(),
    }
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, inference::Failure> {
    serde_json::to_string(value).map_err(|error| failure("not_json", error.to_string()))
}
