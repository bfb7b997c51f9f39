//! Windows and texts to token ids, exactly as serving does it: the ids of the
//! whole prompt, then those of the answer, then the end of text.

use senselm_sensor::{FrontEnd, SensorError, Task, Truth, Window};
use senselm_tokenize::{Special, Tokenizer};

use super::sequence::Sequence;
use crate::TrainError;

/// A front end, a task and a vocabulary.
#[derive(Debug, Clone)]
pub(crate) struct Encoder {
    front_end: FrontEnd,
    task: Task,
    tokenizer: Tokenizer,
    end: u32,
    prefix: Vec<u32>,
}

impl Encoder {
    pub(crate) fn new(
        front_end: FrontEnd,
        task: Task,
        tokenizer: Tokenizer,
    ) -> Result<Self, TrainError> {
        let end = end_of_text(&tokenizer)?;
        let prefix = tokenizer.encode(front_end.prefix(), Special::AsText);
        Ok(Self {
            front_end,
            task,
            tokenizer,
            end,
            prefix,
        })
    }

    pub(crate) fn task(&self) -> &Task {
        &self.task
    }

    pub(crate) fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// The ids of a window's prompt.
    pub(crate) fn prompt(&self, window: &Window) -> Result<Vec<u32>, SensorError> {
        let rendered = self.front_end.render(window)?;
        Ok(self.tokenizer.encode(&rendered.prompt, Special::AsText))
    }

    /// The ids of an answer with the end of text.
    pub(crate) fn answer(&self, truth: &Truth) -> Vec<u32> {
        let text = self.task.answer_text(truth);
        let mut ids = self.tokenizer.encode(&text, Special::AsText);
        ids.push(self.end);
        ids
    }

    /// The sequence of a window, with its answer where it has one.
    pub(crate) fn sequence(
        &self,
        window: &Window,
        truth: Option<&Truth>,
    ) -> Result<Sequence, SensorError> {
        let mut ids = self.prompt(window)?;
        let answer = ids.len();
        let window = common_prefix(&ids, &self.prefix);
        if let Some(truth) = truth {
            ids.extend(self.answer(truth));
        }
        Ok(Sequence {
            ids,
            window,
            answer,
        })
    }
}

fn common_prefix(ids: &[u32], prefix: &[u32]) -> usize {
    ids.iter().zip(prefix).take_while(|(a, b)| a == b).count()
}

/// The id of the end of text.
pub(crate) fn end_of_text(tokenizer: &Tokenizer) -> Result<u32, TrainError> {
    tokenizer.eos_id().ok_or_else(|| {
        TrainError::Tokenizer("it has no end-of-text token; answers need one to end".into())
    })
}
