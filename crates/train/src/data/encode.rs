//! Windows and their answers as sequences to train on: the ids that serving
//! would ask with, then those of the right answer.

use senselm_ask::{AskError, DEFAULT_BEAM, Prompt, Question, Segment};
use senselm_sensor::{FrontEnd, Rendered, Task, Truth, Window};
use senselm_tokenize::Tokenizer;

use super::sequence::Sequence;

/// A question with its answers.
#[derive(Debug, Clone)]
pub(crate) struct Encoder {
    question: Question,
}

/// The encoder of the file that comes out, and those that know nothing of the
/// windows that are trained on.
#[derive(Debug, Clone)]
pub(crate) struct Encoders {
    /// With the front end of the file.
    pub(crate) file: Encoder,
    /// With front ends that were fitted on other windows than those of a part; none
    /// where nothing was fitted.
    pub(crate) parts: Vec<Encoder>,
    /// Which part each window to train on is in.
    pub(crate) part_of: Vec<usize>,
}

impl Encoders {
    /// The encoder of a window to train on, by its number.
    pub(crate) fn of(&self, item: usize) -> &Encoder {
        let part = self.part_of.get(item);
        part.and_then(|&part| self.parts.get(part))
            .unwrap_or(&self.file)
    }
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
        let front_end = self.question.front_end();
        self.sequence_of(&front_end.render(window)?, truth)
    }

    /// The sequence of a window that was rendered.
    pub(crate) fn sequence_of(
        &self,
        rendered: &Rendered,
        truth: Option<&Truth>,
    ) -> Result<Sequence, AskError> {
        let prompt = Prompt::of_rendered(self.question.tokenizer(), rendered)?;
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
