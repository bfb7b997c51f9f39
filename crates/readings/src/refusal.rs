//! What a reader refuses because it is not that of the model.

use serde::{Deserialize, Serialize};

use crate::Problem;

/// What a reader refuses for what a model was trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The unit is another one, or cannot be known.
    Unit,
    /// Readings come faster or slower, or a window has too few or too many.
    Rate,
    /// Times run backwards.
    Order,
    /// Numbers are beyond anything that is read.
    Scale,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Unit, Self::Rate, Self::Order, Self::Scale];
}

impl Problem {
    /// What is not that of the model; `None` where it is something else that is wrong.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::OtherUnit { .. } | Self::UnknownUnit { .. } | Self::TwoUnits { .. } => {
                Some(Refusal::Unit)
            }
            Self::NearColumn { unit, .. } => (!unit.is_empty()).then_some(Refusal::Unit),
            Self::OtherRate { .. } | Self::TimesRepeat { .. } => Some(Refusal::Rate),
            Self::TimesBackwards { .. } => Some(Refusal::Order),
            Self::TooLarge { .. } => Some(Refusal::Scale),
            _ => None,
        }
    }
}
