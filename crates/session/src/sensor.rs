//! A front end and a task, made ready for a tokenizer.

use senselm_sensor::number::DigitAutomaton;
use senselm_sensor::{FrontEnd, Task, Truth};
use senselm_tokenize::{Special, Tokenizer};

use crate::SessionError;
use crate::classify::Labels;
use crate::keys::SensorKeys;
use crate::number::NumberDecoder;
use crate::options::LoadOptions;

/// What makes a session answer questions about windows.
pub(crate) struct Sensor {
    pub(crate) front_end: FrontEnd,
    pub(crate) task: Task,
    pub(crate) asks: Asks,
}

/// A task made ready.
pub(crate) enum Asks {
    Labels(Labels),
    Number {
        decoder: NumberDecoder,
        unit: String,
    },
    Text {
        max_tokens: usize,
    },
}

impl Sensor {
    pub(crate) fn new(
        keys: SensorKeys,
        tokenizer: &Tokenizer,
        options: &LoadOptions,
    ) -> Result<Self, SessionError> {
        let SensorKeys { front_end, task } = keys;
        let end = tokenizer.eos_id().ok_or(SessionError::NoEnd)?;
        let asks = match &task {
            Task::Classify { labels, .. } => {
                let ids = (0..labels.len()).map(|index| {
                    let text = task.answer_text(&Truth::Label(index));
                    tokenizer.encode(&text, Special::AsText)
                });
                Asks::Labels(Labels::new(ids.collect(), end))
            }
            Task::Number { unit, .. } => Asks::Number {
                decoder: NumberDecoder::new(
                    DigitAutomaton::for_task(&task)?.ok_or(SessionError::NoTask)?,
                    tokenizer,
                    end,
                    options.number_beam,
                ),
                unit: unit.clone(),
            },
            Task::Generate { max_tokens, .. } => Asks::Text {
                max_tokens: *max_tokens,
            },
        };
        Ok(Self {
            front_end,
            task,
            asks,
        })
    }

    /// The error for a question that is not this task's.
    pub(crate) fn other_task(&self, asked: &'static str) -> SessionError {
        let task = match self.asks {
            Asks::Labels(_) => "classify",
            Asks::Number { .. } => "number",
            Asks::Text { .. } => "text",
        };
        SessionError::OtherTask { asked, task }
    }
}
