//! One training sequence: token ids and which of them count how.

/// Token ids, of which the first are the constant instruction, then come those
/// of the window, then the answer with its end of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sequence {
    pub(crate) ids: Vec<u32>,
    /// Where the window begins.
    pub(crate) window: usize,
    /// Where the answer begins; the length where there is none.
    pub(crate) answer: usize,
}

/// How many targets of each kind there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Targets {
    pub(crate) window: usize,
    pub(crate) answer: usize,
}

/// What the loss of a target is multiplied with, by its kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Emphasis {
    pub(crate) window: f64,
    pub(crate) answer: f64,
}

impl Sequence {
    /// The targets; the first token is never one.
    pub(crate) fn targets(&self) -> Targets {
        let answer = self.ids.len() - self.answer.max(1).min(self.ids.len());
        let window = self.answer.max(1) - self.window.max(1).min(self.answer.max(1));
        Targets { window, answer }
    }
}

impl Emphasis {
    /// Makes the targets of each kind count as their mean: over all of a step,
    /// so that splitting it changes nothing.
    pub(crate) fn per_target(self, targets: Targets) -> Self {
        let share = |emphasis: f64, count: usize| {
            if count == 0 {
                0.0
            } else {
                emphasis / count as f64
            }
        };
        Self {
            window: share(self.window, targets.window),
            answer: share(self.answer, targets.answer),
        }
    }
}

impl std::iter::Sum for Targets {
    fn sum<I: Iterator<Item = Self>>(targets: I) -> Self {
        targets.fold(Self::default(), |sum, next| Self {
            window: sum.window + next.window,
            answer: sum.answer + next.answer,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_targets() {
        let sequence = |window, answer| Sequence {
            ids: vec![0; 10],
            window,
            answer,
        };
        let targets = |window, answer| Targets { window, answer };
        assert_eq!(sequence(3, 8).targets(), targets(5, 2));
        assert_eq!(sequence(0, 8).targets(), targets(7, 2));
        assert_eq!(sequence(0, 10).targets(), targets(9, 0));
        assert_eq!(sequence(0, 0).targets(), targets(0, 9));
    }
}
