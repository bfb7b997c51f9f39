//! What a projection alone answers.

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
}
