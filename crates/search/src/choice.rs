//! Which candidate is taken.

/// A difference between a candidate and the default, over the same folds.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Difference {
    /// By how much it is better: of accuracy, or of the mean error.
    pub mean: f64,
    /// The standard error of that.
    pub standard_error: f64,
}

impl Difference {
    /// Of errors fold by fold; `None` where there are fewer than two folds.
    pub(crate) fn between(default: &[f64], other: &[f64]) -> Option<Self> {
        let pairs = default.iter().zip(other);
        let each: Vec<f64> = pairs
            .map(|(default, other)| default - other)
            .filter(|difference| difference.is_finite())
            .collect();
        let count = each.len() as f64;
        if each.len() < 2 {
            return None;
        }
        let mean = each.iter().sum::<f64>() / count;
        let squares = each.iter().map(|one| (one - mean).powi(2)).sum::<f64>();
        Some(Self {
            mean,
            standard_error: (squares / (count - 1.0) / count).sqrt(),
        })
    }

    /// Whether it is better by two standard errors.
    pub(crate) fn is_clear(&self) -> bool {
        self.mean > 0.0 && self.mean > 2.0 * self.standard_error
    }
}

/// What others are compared with: the default, or where it was not tried the first
/// that was.
pub(crate) fn reference(errors: &[&[f64]]) -> usize {
    let tried = errors.iter().position(|errors| !errors.is_empty());
    tried.unwrap_or(0)
}

/// The default, unless others are clearly better than it: then the best of these.
/// `errors` has the errors of each candidate fold by fold, the default's first.
pub(crate) fn choose(errors: &[&[f64]]) -> usize {
    let default = reference(errors);
    let Some(of_default) = errors.get(default) else {
        return default;
    };
    let clear = errors.iter().enumerate().filter_map(|(at, other)| {
        let difference = Difference::between(of_default, other)?;
        (at != default && difference.is_clear()).then_some((at, difference.mean))
    });
    let best = clear.max_by(|(_, a), (_, b)| a.total_cmp(b));
    best.map_or(default, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_left_for_a_clear_difference_only() {
        let default = [0.10, 0.12, 0.08, 0.11];
        let lucky = [0.02, 0.15, 0.07, 0.12];
        let better = [0.05, 0.07, 0.04, 0.06];
        let best = [0.04, 0.05, 0.03, 0.05];
        assert_eq!(choose(&[&default]), 0);
        assert_eq!(choose(&[&default, &lucky]), 0);
        assert_eq!(choose(&[&default, &lucky, &better, &best]), 3);
        assert_eq!(choose(&[&default, &[f64::NAN; 4]]), 0);
        assert_eq!(choose(&[&[0.1], &[0.0]]), 0, "one fold says nothing");
        // A default for which there was no time is none.
        assert_eq!(choose(&[&[], &default, &lucky]), 1);
        assert_eq!(choose(&[&[], &default, &best]), 2);
        assert_eq!(choose(&[&[], &[]]), 0);
    }
}
