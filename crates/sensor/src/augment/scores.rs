//! Varies what projections say of a window, together with its truth.

use alloc::vec::Vec;

use super::{AugmentSpec, Augmenter};
use crate::limits::setting;
use crate::rng::Rng;
use crate::{Computed, FrontEnd, Operator, SensorError, Truth, largest_first};

/// The deviation of the logarithm of what scores are multiplied by.
const APART: f64 = 1.0;

/// The operators whose scores are varied.
///
/// # Errors
/// [`SensorError::Setting`] where scores are to be varied and there are none.
pub(super) fn projections(
    spec: &AugmentSpec,
    front_end: &FrontEnd,
) -> Result<Vec<usize>, SensorError> {
    let operators = front_end.spec().operators.iter().enumerate();
    let found = operators.filter(|(_, one)| matches!(one.of, Operator::Project { .. }));
    let found: Vec<usize> = found.map(|(at, _)| at).collect();
    if found.is_empty() && (spec.permute_classes > 0.0 || spec.spread_numbers.is_some()) {
        return Err(setting(
            "augment, permute_classes, spread_numbers",
            "the front end has no projection whose scores could be varied",
        ));
    }
    if let Some(spread) = &spec.spread_numbers
        && !(spread.min < spread.max && spread.min.is_finite() && spread.max.is_finite())
    {
        return Err(setting("augment, spread_numbers", "min must be below max"));
    }
    Ok(found)
}

impl Augmenter {
    /// Varies the scores of a window's projections, as `permute_classes` and
    /// `spread_numbers` say, and gives the truth that goes with them.
    #[must_use]
    pub fn apply_to_scores(
        &self,
        computed: &mut Computed,
        truth: Option<Truth>,
        rng: &mut Rng,
    ) -> Option<Truth> {
        match truth? {
            Truth::Label(label) => {
                if !rng.chance(self.spec.permute_classes) {
                    return Some(Truth::Label(label));
                }
                let count = self.scores(computed).map(|scores| scores.len()).next();
                let mut order: Vec<usize> = (0..count.unwrap_or_default()).collect();
                for last in (1..order.len()).rev() {
                    order.swap(last, rng.below(last + 1));
                }
                // How far the first is ahead is drawn too, or a model would not know
                // what no window to learn from has.
                let apart = libm::exp(APART * rng.normal());
                let mut said = None;
                for scores in self.scores(computed) {
                    if scores.len() == order.len() {
                        let before = scores.clone();
                        for (from, to) in before.iter().zip(&order) {
                            scores[*to] = apart * from;
                        }
                        let first = largest_first(scores).first().copied();
                        said = said.or(first);
                    }
                }
                Some(Truth::Label(said.unwrap_or(label)))
            }
            Truth::Number(number) => {
                let Some(spread) = &self.spec.spread_numbers else {
                    return Some(Truth::Number(number));
                };
                if !rng.chance(spread.probability) {
                    return Some(Truth::Number(number));
                }
                let said = rng.between(spread.min, spread.max);
                for score in self.scores(computed).flatten() {
                    *score = said;
                }
                Some(Truth::Number(said))
            }
            text @ Truth::Text(_) => Some(text),
        }
    }

    fn scores<'a>(&'a self, computed: &'a mut Computed) -> impl Iterator<Item = &'a mut Vec<f64>> {
        let numbers = computed.numbers.iter_mut().enumerate();
        numbers
            .filter(|(at, _)| self.projections.contains(at))
            .map(|(_, scores)| scores)
    }
}
