//! A sequence on the CPU. Nothing here ever waits.

use senselm_ask::SpotScores;
use senselm_gpt::{GptError, Logits, Model, Sampler, State, Stem, StemPlace};

use super::place::{log_probabilities, spot};

pub(super) struct OnCpu {
    state: State,
    tokens: Vec<u32>,
    /// Those behind the last token, where somebody asked for them.
    logits: Vec<f32>,
    /// A token that was chosen and is not fed yet: most often nobody asks for
    /// what follows the last one.
    chosen: Option<u32>,
}

impl OnCpu {
    pub(super) fn new(model: &Model) -> Self {
        Self {
            state: model.new_state(),
            tokens: Vec::new(),
            logits: Vec::new(),
            chosen: None,
        }
    }

    pub(super) fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.tokens.truncate(len);
        self.state.truncate(len);
        self.chosen = None;
    }

    pub(super) fn append(&mut self, model: &Model, ids: &[u32]) -> Result<(), GptError> {
        model.forward(&mut self.state, ids, Logits::None)?;
        self.tokens.extend_from_slice(ids);
        Ok(())
    }

    pub(super) fn prefill(&mut self, model: &Model, ids: &[u32]) -> Result<(), GptError> {
        let logits = model.next_logits(&mut self.state, ids)?;
        self.logits.clear();
        self.logits.extend_from_slice(logits);
        self.tokens.extend_from_slice(ids);
        Ok(())
    }

    pub(super) fn prefill_scored(
        &mut self,
        model: &Model,
        ids: &[u32],
    ) -> Result<Vec<f64>, GptError> {
        let kernels = model.kernels();
        let mut all = Vec::with_capacity(ids.len());
        let mut scores = Vec::new();
        let last = &mut self.logits;
        model.each_logits(&mut self.state, ids, 0, |row, logits| {
            match ids.get(row + 1..row + 2) {
                Some(next) => {
                    log_probabilities(kernels, logits, next, &mut scores);
                    all.extend_from_slice(&scores);
                }
                None => {
                    last.clear();
                    last.extend_from_slice(logits);
                }
            }
        })?;
        self.tokens.extend_from_slice(ids);
        Ok(all)
    }

    pub(super) fn logits(&mut self) -> Result<Vec<f32>, GptError> {
        Ok(self.logits.clone())
    }

    /// Chooses one token: no more can be had at once.
    pub(super) fn decode(
        &mut self,
        model: &Model,
        _: usize,
        sampler: &mut Sampler,
    ) -> Result<Vec<u32>, GptError> {
        if let Some(id) = self.chosen {
            if self.tokens.len() == model.config().context {
                return Ok(Vec::new());
            }
            self.prefill(model, &[id])?;
            self.chosen = None;
        }
        let id = sampler.next(&mut self.logits, &self.tokens, None)?;
        self.chosen = Some(id);
        Ok(vec![id])
    }

    pub(super) fn all_logits(&mut self, model: &Model, ids: &[u32]) -> Result<Vec<f32>, GptError> {
        let all = model.forward(&mut self.state, ids, Logits::All)?;
        self.tokens.extend_from_slice(ids);
        Ok(all)
    }

    pub(super) fn stem_scores(
        &mut self,
        model: &Model,
        stems: &[Stem<'_>],
        wanted: &mut dyn FnMut(StemPlace, &mut Vec<u32>),
    ) -> Result<SpotScores, GptError> {
        let kernels = model.kernels();
        let mut ids = Vec::new();
        let mut scores = Vec::new();
        let mut all = SpotScores::default();
        model.each_stem_logits(&mut self.state, stems, |place, logits| {
            ids.clear();
            wanted(place, &mut ids);
            log_probabilities(kernels, logits, &ids, &mut scores);
            all.push(spot(place), scores.iter().copied());
        })?;
        Ok(all)
    }

    pub(super) fn each_hidden(
        &mut self,
        model: &Model,
        ids: &[u32],
        mut each: impl FnMut(&[f32]),
    ) -> Result<(), GptError> {
        model.each_hidden(&mut self.state, ids, |_, state| each(state))?;
        self.tokens.extend_from_slice(ids);
        Ok(())
    }
}
