//! What a model is for: scores of tokens behind other tokens.

use crate::AskError;

/// Tokens that follow what a model holds, and branches that follow them and do
/// not see each other.
#[derive(Clone, Copy, Debug)]
pub struct Stem<'a> {
    /// The tokens of the stem. Without any, the scores behind what is held are
    /// wanted; there is no other stem then, and no branch.
    pub ids: &'a [u32],
    /// Whether scores are wanted behind all of them, or behind the last only.
    pub all: bool,
    /// The branches. Scores are wanted behind all their tokens.
    pub branches: &'a [&'a [u32]],
}

/// Where scores are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The index of the stem.
    pub stem: usize,
    /// The index of its branch; `None` for the stem itself.
    pub branch: Option<usize>,
    /// The index of the token that they follow; 0 in a stem without tokens.
    pub at: usize,
}

/// The scores of one round: at each spot those of the tokens that were wanted
/// there, in that order.
#[derive(Clone, Debug, Default)]
pub struct SpotScores {
    /// The spots, and where the scores of each end.
    spots: Vec<(Spot, usize)>,
    scores: Vec<f64>,
}

impl SpotScores {
    /// Adds log-probabilities, in nats.
    pub fn push(&mut self, spot: Spot, scores: impl IntoIterator<Item = f64>) {
        self.scores.extend(scores);
        self.spots.push((spot, self.scores.len()));
    }

    /// All of them, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (Spot, &[f64])> {
        let mut start = 0;
        self.spots.iter().map(move |&(spot, end)| {
            let scores = self.scores.get(start..end).unwrap_or_default();
            start = end;
            (spot, scores)
        })
    }
}

/// An answer that is found in rounds of scoring. No round changes what the
/// model holds.
pub trait Rounds {
    /// What to score next; nothing once the answer is there.
    fn stems(&self) -> Vec<Stem<'_>>;

    /// Adds the tokens whose scores are wanted at a spot.
    fn wanted(&self, spot: Spot, ids: &mut Vec<u32>);

    /// Takes the scores of a round, those of a stem before those of its
    /// branches, and goes on to the next.
    ///
    /// # Errors
    /// [`AskError::NotFinite`].
    fn take(&mut self, scores: &SpotScores) -> Result<(), AskError>;
}

/// Supplies scores.
pub trait Predictor {
    /// Why it cannot.
    type Error: From<AskError>;

    /// The log-probabilities that a round wants, by stems in order, those of a
    /// stem before those of its branches.
    fn scores(
        &mut self,
        rounds: &dyn Rounds,
    ) -> impl Future<Output = Result<SpotScores, Self::Error>>;
}

/// Goes through all rounds.
///
/// # Errors
/// Those of the predictor, and of [`Rounds::take`].
pub async fn find<P: Predictor>(
    predictor: &mut P,
    rounds: &mut dyn Rounds,
) -> Result<(), P::Error> {
    while !rounds.stems().is_empty() {
        let scores = predictor.scores(rounds).await?;
        rounds.take(&scores)?;
    }
    Ok(())
}
