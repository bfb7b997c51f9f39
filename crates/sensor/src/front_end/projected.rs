//! What the front end says by itself: the answer of its projection, and how new a
//! window is.

use super::{Computed, FrontEnd};
use crate::{Operator, Task, Truth};

impl FrontEnd {
    /// The answer of the last projection whose scores are those of the task: the
    /// label with the largest, or the number. `None` where there is no such
    /// projection.
    ///
    /// A model that reads a projection's verdict is to be measured beside it.
    #[must_use]
    pub fn projected(&self, computed: &Computed, task: &Task) -> Option<Truth> {
        let labels = task.labels().len();
        let operators = self.spec.operators.iter().zip(&computed.numbers).rev();
        let mut scores = operators
            .filter(|(one, _)| matches!(one.of, Operator::Project { .. }))
            .map(|(_, scores)| scores);
        match task {
            Task::Classify { .. } => {
                let scores = scores.find(|scores| scores.len() == labels)?;
                // Of equal scores the first is the largest, as it is written.
                let ranked = scores.iter().enumerate().rev();
                let largest = ranked.max_by(|(_, a), (_, b)| a.total_cmp(b));
                largest.map(|(label, _)| Truth::Label(label))
            }
            Task::Number { min, max, .. } => {
                let score = scores.find(|scores| scores.len() == 1)?.first()?;
                Some(Truth::Number(score.max(*min).min(*max)))
            }
            Task::Generate { .. } | Task::Anomaly(_) => None,
        }
    }

    /// How new a window is, over the limit of what was learned: above 1 it is none of
    /// it. `None` where no step says that, or a number that it reads is missing, as those of
    /// a channel without any sample are.
    #[must_use]
    pub fn novelty(&self, computed: &Computed) -> Option<f64> {
        let steps = self.steps.iter().zip(&computed.numbers).rev();
        let mut novelty = steps.filter(|(step, _)| step.is_novelty());
        let (_, numbers) = novelty.next()?;
        numbers.first().copied().filter(|number| !number.is_nan())
    }
}

/// Whether a window of that novelty is none of what was learned; of what is not known it
/// is not said.
#[must_use]
pub fn is_new(novelty: Option<f64>) -> bool {
    novelty.is_some_and(|novelty| novelty > 1.0)
}
