//! How unlikely each sample of a window was: the likelihood of its tokens, brought
//! back to the samples that they write.

use senselm_sensor::{Rendered, Window};
use senselm_tokenize::Tokenizer;

use crate::Prompt;

/// The surprise of every sample, in nats: the negative log-likelihood of the tokens
/// that write it, of a token for several samples an equal share. A sample that was
/// written together with its neighbours, because the channel is resampled, has the
/// surprise of what was written; where more is written than there are samples it
/// has the largest.
///
/// `scores` are the log-probabilities of all tokens of [`Prompt::scored`] but the
/// first.
///
/// # Shapes
/// One list a channel, as long as the window's; empty where a channel writes no
/// samples.
#[must_use]
pub fn surprise(
    tokenizer: &Tokenizer,
    window: &Window,
    rendered: &Rendered,
    prompt: &Prompt,
    scores: &[f64],
) -> Vec<Vec<f64>> {
    let written = &rendered.samples;
    let mut points: Vec<Vec<f64>> = vec![Vec::new(); window.channels.len()];
    for sample in written {
        if let Some(points) = points.get_mut(sample.channel) {
            points.resize(points.len().max(sample.point + 1), 0.0);
        }
    }
    let scored = prompt.split() + 1;
    let (mut end, mut first) = (0, 0);
    for (index, id) in prompt.ids().iter().enumerate() {
        let start = end;
        end += tokenizer.token_bytes(*id).map_or(0, <[u8]>::len);
        while written.get(first).is_some_and(|sample| sample.end <= start) {
            first += 1;
        }
        let score = index.checked_sub(scored).and_then(|at| scores.get(at));
        let (Some(score), Some(rest)) = (score, written.get(first..)) else {
            continue;
        };
        let count = rest.iter().take_while(|sample| sample.start < end).count();
        for sample in rest.iter().take(count) {
            let points = points.get_mut(sample.channel);
            if let Some(point) = points.and_then(|points| points.get_mut(sample.point)) {
                *point -= score / count as f64;
            }
        }
    }
    let each = points.iter().zip(&window.channels);
    each.map(|(points, samples)| spread(points, samples.len()))
        .collect()
}

/// The surprise of points, for as many samples as the window had.
fn spread(points: &[f64], samples: usize) -> Vec<f64> {
    if points.is_empty() {
        return Vec::new();
    }
    let mut all = vec![0.0_f64; samples];
    for (at, point) in points.iter().enumerate() {
        let start = at * samples / points.len();
        let end = ((at + 1) * samples / points.len()).max(start + 1);
        for slot in all.iter_mut().take(end).skip(start) {
            *slot = slot.max(*point);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn points_are_spread_over_samples() {
        assert_eq!(spread(&[1.0, 2.0], 4), [1.0, 1.0, 2.0, 2.0]);
        assert_eq!(spread(&[1.0, 3.0, 2.0, 0.5], 2), [3.0, 2.0]);
        assert_eq!(spread(&[1.0, 2.0, 3.0], 3), [1.0, 2.0, 3.0]);
        assert!(spread(&[], 3).is_empty());
    }
}
