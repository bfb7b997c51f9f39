//! A front end and a task, made ready for a vocabulary.

use senselm_sensor::{AlarmSpec, FrontEnd, Rendered, SensorError, Task, Truth, Window};
use senselm_tokenize::{Special, Tokenizer};

use crate::{AskError, Labels, Numbers, Prompt};

/// What is asked about windows.
#[derive(Clone, Debug)]
pub struct Question {
    front_end: FrontEnd,
    task: Task,
    tokenizer: Tokenizer,
    end: u32,
    asks: Asks,
}

/// How an answer is found.
#[derive(Clone, Debug)]
pub enum Asks {
    /// By scoring every label.
    Labels(Labels),
    /// By decoding under the automaton of the task.
    Number(Numbers),
    /// By choosing tokens freely.
    Text {
        /// The most of them.
        max_tokens: usize,
    },
    /// By scoring the window itself: nothing is asked behind it.
    Anomaly(AlarmSpec),
}

impl Question {
    /// A task for windows that a front end writes. `beam` is how many numbers
    /// are followed up while decoding one, 1 to [`crate::MAX_BEAM`].
    ///
    /// # Errors
    /// [`AskError::NoEnd`], or what is wrong with the task.
    pub fn new(
        front_end: FrontEnd,
        task: Task,
        tokenizer: Tokenizer,
        beam: usize,
    ) -> Result<Self, AskError> {
        let end = tokenizer.eos_id().ok_or(AskError::NoEnd)?;
        let asks = match &task {
            Task::Classify {
                labels,
                temperature,
                ..
            } => {
                let ids = (0..labels.len()).map(|index| {
                    let text = task.answer_text(&Truth::Label(index));
                    tokenizer.encode(&text, Special::AsText)
                });
                Asks::Labels(Labels::new(ids.collect(), end, *temperature))
            }
            Task::Number { .. } => Asks::Number(Numbers::new(&task, &tokenizer, end, beam)?),
            Task::Generate { max_tokens, .. } => Asks::Text {
                max_tokens: *max_tokens,
            },
            Task::Anomaly(alarm) => Asks::Anomaly(*alarm),
        };
        Ok(Self {
            front_end,
            task,
            tokenizer,
            end,
            asks,
        })
    }

    /// How windows become text.
    #[must_use]
    pub fn front_end(&self) -> &FrontEnd {
        &self.front_end
    }

    /// What is asked.
    #[must_use]
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// The vocabulary.
    #[must_use]
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// How an answer is found.
    #[must_use]
    pub fn asks(&self) -> &Asks {
        &self.asks
    }

    /// The prompt of a window, of whatever is missing.
    ///
    /// # Errors
    /// Those of [`Prompt::of_window`].
    pub fn prompt(&self, window: &Window) -> Result<Prompt, AskError> {
        Prompt::of_window(&self.front_end, &self.tokenizer, window)
    }

    /// Refuses a window in which nothing was measured: the front end can write it,
    /// and a model answers whatever is written.
    ///
    /// # Errors
    /// [`AskError::Sensor`] with [`SensorError::WindowEmpty`].
    pub fn check(&self, window: &Window) -> Result<(), AskError> {
        match self.front_end.as_read(window).is_missing() {
            true => Err(SensorError::WindowEmpty.into()),
            false => Ok(()),
        }
    }

    /// The prompt of a window, and the text that it is the tokens of.
    ///
    /// # Errors
    /// Those of [`Prompt::of_window`].
    pub fn rendered(&self, window: &Window) -> Result<(Prompt, Rendered), AskError> {
        let rendered = self.front_end.render(window)?;
        let prompt = Prompt::of_rendered(&self.tokenizer, &rendered)?;
        Ok((prompt, rendered))
    }

    /// The tokens of a right answer, with the end behind them: what a model is
    /// taught to write behind a prompt.
    #[must_use]
    pub fn answer(&self, truth: &Truth) -> Vec<u32> {
        let text = self.task.answer_text(truth);
        let mut ids = self.tokenizer.encode(&text, Special::AsText);
        ids.push(self.end);
        ids
    }

    /// Tokens that must fit behind a prompt for an answer to be found. The end
    /// is predicted, not fed.
    #[must_use]
    pub fn reserved(&self) -> usize {
        match &self.asks {
            Asks::Labels(labels) => labels.longest(),
            Asks::Number(numbers) => numbers.longest(),
            Asks::Text { .. } => 1,
            Asks::Anomaly(_) => 0,
        }
    }
}
