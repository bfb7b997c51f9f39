//! What has to be said first of a search.

use crate::candidate::By;
use crate::choice::Difference;
use crate::outcome::{Outcome, Spread};

/// What has to be said first: where something simpler is better, and what the
/// model adds. `own` are the errors of what was measured, fold by fold.
pub(crate) fn verdicts(outcome: &Outcome, by: By, own: &[f64]) -> Vec<String> {
    let is_number = outcome.task == "number";
    let better = |a: f64, b: f64| if is_number { a < b } else { a > b };
    let show = |value: f64| match is_number {
        true => format!("{value:.3}"),
        false => format!("{:.1} %", 100.0 * value),
    };
    let mut all = Vec::new();
    // Baselines are measured on the first folds alone.
    let of_own = |folds: usize| {
        let first = own.get(..folds).unwrap_or(own);
        let mean = first.iter().sum::<f64>() / first.len().max(1) as f64;
        if is_number { mean } else { 1.0 - mean }
    };
    let ahead = outcome.baselines.iter().filter_map(|one| {
        let figure = of_own(one.folds.len());
        let difference = Difference::between(own, &one.folds)?;
        better(one.figure, figure).then_some((one, figure, difference))
    });
    let best = ahead.max_by(|(a, ..), (b, ..)| match is_number {
        true => b.figure.total_cmp(&a.figure),
        false => a.figure.total_cmp(&b.figure),
    });
    if let Some((best, figure, difference)) = best {
        let (name, other, figure) = (best.name, show(best.figure), show(figure));
        all.push(match difference.is_clear() {
            true => format!(
                "A simpler model is better on these recordings: {name} reaches {other}, this \
                 model {figure}. Use that where you can."
            ),
            false => format!(
                "A simpler model is as good on these recordings: {name} reaches {other}, this \
                 model {figure}, and there are too few windows to tell which is better."
            ),
        });
    }
    if by == By::Projection {
        all.push(match (outcome.model, outcome.projection) {
            (Some(model), Some(projection)) if better(model.mean, projection.mean) => format!(
                "A linear projection in the front end answers {} right alone; with the model that \
                 reads its verdict it is {}.",
                show(projection.mean),
                show(model.mean)
            ),
            (Some(model), Some(projection)) if is_lost(outcome, &model, &projection) => format!(
                "A linear projection in the front end decides here ({} alone), and the language \
                 model reads its verdict wrongly ({}): it did not learn to read it. Train it \
                 again, with another --seed or more time.",
                show(projection.mean),
                show(model.mean)
            ),
            (Some(model), Some(projection)) => format!(
                "A linear projection in the front end decides here ({} alone), and the language \
                 model reads its verdict ({}): it adds nothing, so it is as small as it can be.",
                show(projection.mean),
                show(model.mean)
            ),
            _ => "A linear projection in the front end decides here; the language model reads its \
                  verdict."
                .to_owned(),
        });
    }
    if outcome.never_split == "block of a stretch" {
        all.push(
            "Each label was recorded once or nearly so: windows to measure on are neighbours of \
             windows that were learned from, and the figures are better than those of a new \
             recording will be."
                .to_owned(),
        );
    }
    all
}

/// Whether a model has lost much of what the projection says that it reads: one answer
/// in twenty, or as much as the projection's own error.
fn is_lost(outcome: &Outcome, model: &Spread, projection: &Spread) -> bool {
    match outcome.task {
        "number" => model.mean > 2.0 * projection.mean + 1e-9,
        _ => model.mean < projection.mean - 0.05,
    }
}
