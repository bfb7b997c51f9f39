//! How unlikely each sample of a window was: the likelihood of its tokens, brought
//! back to the samples that they write.

use senselm_sensor::{AlarmSpec, Rendered, Window};
use senselm_tokenize::Tokenizer;

use crate::{AskError, Likelihood, Prompt};

/// How unlikely a window was, token by token and sample by sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Surprise {
    /// A list a channel: the surprise of each sample that is written, in nats.
    points: Vec<Vec<f64>>,
    all: Likelihood,
}

impl Surprise {
    /// The surprise of every sample that is written, in nats: the negative
    /// log-likelihood of the tokens that write it, of a token for several samples an
    /// equal share.
    ///
    /// `scores` are the log-probabilities of all tokens of [`Prompt::scored`] but the
    /// first; `channels` is how many a window has.
    #[must_use]
    pub fn of(
        tokenizer: &Tokenizer,
        channels: usize,
        rendered: &Rendered,
        prompt: &Prompt,
        scores: &[f64],
    ) -> Self {
        let written = &rendered.samples;
        let mut points: Vec<Vec<f64>> = vec![Vec::new(); channels];
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
        let all = Likelihood {
            sum: scores.iter().sum(),
            tokens: scores.len(),
        };
        Self { points, all }
    }

    /// The score of the window: the highest mean over so many samples of a channel
    /// as [`AlarmSpec::run`] says, or the mean over all tokens. `None` where nothing
    /// was written.
    ///
    /// # Errors
    /// [`AskError::NotFinite`].
    pub fn score(&self, alarm: &AlarmSpec) -> Result<Option<f64>, AskError> {
        let mean = self.all.anomaly()?;
        let Some(run) = alarm.run else {
            return Ok(mean);
        };
        let runs = self.points.iter().flat_map(|points| {
            let run = run.min(points.len()).max(1);
            points
                .windows(run)
                .map(move |some| some.iter().sum::<f64>() / run as f64)
        });
        Ok(runs.reduce(f64::max))
    }

    /// The surprise of every sample of a window. A sample that was written together
    /// with its neighbours, because the channel is resampled, has the surprise of
    /// what was written; where more is written than there are samples it has the
    /// largest.
    ///
    /// # Shapes
    /// One list a channel, as long as the window's; empty where a channel writes no
    /// samples.
    #[must_use]
    pub fn samples(&self, window: &Window) -> Vec<Vec<f64>> {
        let each = self.points.iter().zip(&window.channels);
        each.map(|(points, samples)| spread(points, samples.len()))
            .collect()
    }
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
    use senselm_sensor::AlarmSpec;

    use super::{Surprise, spread};
    use crate::{AskError, Likelihood};

    #[test]
    fn a_few_samples_that_are_unlikely_are_a_high_score() {
        let mut quiet = vec![1.0; 64];
        let found = |points: Vec<Vec<f64>>, run| {
            let sum = -points.iter().flatten().sum::<f64>();
            let tokens = points.iter().map(Vec::len).sum();
            let all = Likelihood { sum, tokens };
            let alarm = AlarmSpec {
                run,
                ..AlarmSpec::default()
            };
            Surprise { points, all }.score(&alarm)
        };
        let score = |points, run| found(points, run).expect("finite");
        quiet[20..24].fill(5.0);
        assert_eq!(score(vec![quiet.clone(), vec![]], Some(4)), Some(5.0));
        assert_eq!(score(vec![quiet.clone()], Some(8)), Some(3.0));
        assert_eq!(score(vec![quiet], None), Some(1.25));
        // A window that is shorter is one run.
        assert_eq!(score(vec![vec![1.0, 2.0]], Some(8)), Some(1.5));
        assert_eq!(score(vec![vec![]], Some(8)), None);
        let broken = found(vec![vec![f64::NAN]], Some(1));
        assert!(matches!(broken, Err(AskError::NotFinite)));
    }

    #[test]
    fn points_are_spread_over_samples() {
        assert_eq!(spread(&[1.0, 2.0], 4), [1.0, 1.0, 2.0, 2.0]);
        assert_eq!(spread(&[1.0, 3.0, 2.0, 0.5], 2), [3.0, 2.0]);
        assert_eq!(spread(&[1.0, 2.0, 3.0], 3), [1.0, 2.0, 3.0]);
        assert!(spread(&[], 3).is_empty());
    }
}
