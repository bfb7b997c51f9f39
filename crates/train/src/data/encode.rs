//! Windows and their answers as sequences to train on: the ids that serving
//! would ask with, then those of the right answer.

use senselm_ask::{AskError, DEFAULT_BEAM, Question, Segment};
use senselm_sensor::{FrontEnd, Task, Truth, Window};
use senselm_tokenize::Tokenizer;

use super::sequence::Sequence;

/// A question with its answers.
#[derive(Debug, Clone)]
pub(crate) struct Encoder {
    question: Question,
}

impl Encoder {
    pub(crate) fn new(
        front_end: FrontEnd,
        task: Task,
        tokenizer: Tokenizer,
    ) -> Result<Self, AskError> {
        let question = Question::new(front_end, task, tokenizer, DEFAULT_BEAM)?;
        Ok(Self { question })
    }

    pub(crate) fn question(&self) -> &Question {
        &self.question
    }

    pub(crate) fn task(&self) -> &Task {
        self.question.task()
    }

    /// The ids of a window's prompt.
    pub(crate) fn prompt(&self, window: &Window) -> Result<Vec<u32>, AskError> {
        Ok(self.question.prompt(window)?.into_ids())
    }

    /// The ids of an answer with the end of text.
    pub(crate) fn answer(&self, truth: &Truth) -> Vec<u32> {
        self.question.answer(truth)
    }

    /// The sequence of a window, with its answer where it has one.
    pub(crate) fn sequence(
        &self,
        window: &Window,
        truth: Option<&Truth>,
    ) -> Result<Sequence, AskError> {
        let prompt = self.question.prompt(window)?;
        let window = prompt.segment(Segment::Window);
        let mut ids = prompt.into_ids();
        if let Some(truth) = truth {
            ids.extend(self.answer(truth));
        }
        Ok(Sequence {
            ids,
            window: window.start,
            answer: window.end,
        })
    }
}
