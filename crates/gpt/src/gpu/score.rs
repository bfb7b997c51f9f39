//! Probabilities of given tokens, without any logits coming back.

use senselm_gpu::Read;
use senselm_shaders::PicksHeader;

use super::memory::{Key, MAX_PICKS};
use super::model::floats;
use super::rows::{Chunk, Layout};
use super::{GpuModel, GpuModelError};
use crate::{GptError, Stem, StemPlace};

impl GpuModel {
    /// Log-probabilities of given tokens behind stems and their branches, which
    /// run in as few passes as fit; the sequence stays as it is, but has no
    /// logits to decode from afterwards. `ask` adds the tokens whose
    /// log-probability is wanted behind a token; `each` is shown them.
    ///
    /// That is how labels are scored, and with a stem's own next tokens how an
    /// anomaly score is made.
    ///
    /// # Errors
    /// [`GptError::ContextOverflow`] and [`GptError::TokenId`],
    /// [`GpuModelError::Unsupported`] for very many tokens behind one, and what
    /// the device says.
    pub async fn each_stem_score(
        &mut self,
        stems: &[Stem<'_>],
        ask: &mut dyn FnMut(StemPlace, &mut Vec<u32>),
        each: &mut dyn FnMut(StemPlace, &[f32]),
    ) -> Result<(), GpuModelError> {
        for stem in stems {
            self.check(stem.ids)?;
            for branch in stem.branches {
                self.check_behind(stem.ids.len(), branch)?;
            }
        }
        for chunk in Layout::of(&self.memory.sizes, self.tokens.len(), stems) {
            self.score_chunk(&chunk, ask, each).await?;
        }
        Ok(())
    }

    /// Appends `ids` and shows, for each but the last, its index and the
    /// log-probability of the one behind it. The logits behind the last stay on
    /// the device, as [`GpuModel::prefill`] leaves them.
    ///
    /// # Errors
    /// As [`GpuModel::next_logits`].
    pub async fn append_scored(
        &mut self,
        ids: &[u32],
        each: &mut dyn FnMut(usize, f32),
    ) -> Result<(), GpuModelError> {
        let (last, scored) = ids.split_last().ok_or(GptError::NoTokens)?;
        self.check(ids)?;
        let before = self.len();
        let most = self.memory.sizes.rows.min(self.memory.sizes.logits);
        let mut first = 0;
        for part in scored.chunks(most) {
            let behind = &ids[first + 1..];
            let chunk = Chunk::appended(part, self.len());
            let mut ask = |place: StemPlace, picked: &mut Vec<u32>| picked.push(behind[place.at]);
            let mut show = |place: StemPlace, scores: &[f32]| each(first + place.at, scores[0]);
            if let Err(error) = self.score_chunk(&chunk, &mut ask, &mut show).await {
                self.truncate(before);
                return Err(error);
            }
            self.tokens.extend_from_slice(part);
            first += part.len();
        }
        let done = self.prefill(&[*last]).await;
        if done.is_err() {
            self.truncate(before);
        }
        done
    }

    async fn score_chunk(
        &mut self,
        chunk: &Chunk,
        ask: &mut dyn FnMut(StemPlace, &mut Vec<u32>),
        each: &mut dyn FnMut(StemPlace, &[f32]),
    ) -> Result<(), GpuModelError> {
        let (picks, counts) = self.picks(chunk, ask)?;
        let header = PicksHeader {
            count: picks.len() as u32,
            unused: 0,
        };
        let memory = &self.memory;
        self.gpu
            .write(memory.at(Key::Picks), 0, bytemuck::bytes_of(&header))?;
        let behind = size_of::<PicksHeader>() as u64;
        self.gpu
            .write(memory.at(Key::Picks), behind, bytemuck::cast_slice(&picks))?;
        let read = |first: usize, count: usize| Read {
            buffer: memory.at(Key::Scores),
            offset: 4 * first as u64,
            bytes: 4 * count as u64,
        };
        let rows = chunk.wanted.len();
        let reads = [read(0, rows), read(memory.sizes.logits, picks.len())];
        let score = self.sequences.score;
        let bytes = self.run(chunk, &[score], &reads).await?;
        let mut scores = floats(&bytes);
        let mut logits = scores.split_off(rows);
        let each_row = chunk.places.iter().zip(scores).zip(counts);
        let mut first = 0;
        for ((place, all), count) in each_row {
            let picked = &mut logits[first..first + count];
            picked.iter_mut().for_each(|logit| *logit -= all);
            each(*place, picked);
            first += count;
        }
        Ok(())
    }

    /// Pairs of a row of logits and a token, and how many each row has.
    fn picks(
        &self,
        chunk: &Chunk,
        ask: &mut dyn FnMut(StemPlace, &mut Vec<u32>),
    ) -> Result<(Vec<[u32; 2]>, Vec<usize>), GpuModelError> {
        let mut picks: Vec<[u32; 2]> = Vec::new();
        let mut counts = Vec::new();
        let mut ids = Vec::new();
        for (row, place) in chunk.places.iter().enumerate() {
            ids.clear();
            ask(*place, &mut ids);
            if let Some(&id) = ids.iter().find(|&&id| id as usize >= self.config.vocab) {
                let vocab = self.config.vocab;
                return Err(GptError::TokenId { id, vocab }.into());
            }
            picks.extend(ids.iter().map(|&id| [row as u32, id]));
            counts.push(ids.len());
        }
        if picks.len() > MAX_PICKS {
            return Err(GpuModelError::Unsupported {
                what: "the number of tokens to be scored in one pass",
                found: picks.len().to_string(),
                expected: "at most 16384",
            });
        }
        Ok((picks, counts))
    }
}
