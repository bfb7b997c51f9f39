//! Several tokens in one submission.

use senselm_gpu::{Read, Step};
use senselm_shaders::{SampleParams, SamplerHeader};

use super::memory::Key;
use super::model::MAX_DECODE;
use super::rows::appended;
use super::{GpuModel, GpuModelError};
use crate::{GptError, Sampler, SamplerSpec, TokenMask};

/// What the device writes where no token is possible.
const NONE: u32 = u32::MAX;

/// Below every difference of two logits that matters.
const ALL: f32 = -1e30;

impl GpuModel {
    /// Chooses a token from the logits behind the sequence and appends it,
    /// `count` times over (at most [`MAX_DECODE`] times, and not beyond the
    /// context), in one submission. The same seed gives the same tokens as
    /// [`Sampler::next`] with the whole sequence as its history, unless two
    /// tokens are as good as equal. Only ids come back.
    ///
    /// `mask` holds for every one of the tokens: where each token changes what
    /// may follow, decode one at a time.
    ///
    /// # Errors
    /// [`GpuModelError::NoLogits`] unless [`GpuModel::prefill`],
    /// [`GpuModel::next_logits`] or this came before,
    /// [`GptError::NothingToSample`], [`GptError::ContextOverflow`] where there
    /// is no room for one token, and what the device says. The sequence is then
    /// as before, without logits.
    pub async fn decode(
        &mut self,
        count: usize,
        sampler: &mut Sampler,
        mask: Option<&TokenMask>,
    ) -> Result<Vec<u32>, GpuModelError> {
        let before = self.tokens.len();
        let room = self.config.context.saturating_sub(before);
        let count = count.min(MAX_DECODE);
        if count == 0 {
            return Ok(Vec::new());
        }
        if room == 0 {
            return Err(GpuModelError::Gpt(GptError::ContextOverflow {
                cached: before,
                adding: 1,
                context: self.config.context,
            }));
        }
        let steps = self.decode_steps();
        let ids = self.chosen(&steps, count.min(room), sampler, mask).await?;
        self.tokens.extend_from_slice(&ids);
        self.has_logits = true;
        Ok(ids)
    }

    /// Chooses a token as [`GpuModel::decode`] does, but does not append it:
    /// behind a full context there is room for no other.
    ///
    /// # Errors
    /// As [`GpuModel::decode`]. The sequence has no logits afterwards.
    pub async fn choose(
        &mut self,
        sampler: &mut Sampler,
        mask: Option<&TokenMask>,
    ) -> Result<u32, GpuModelError> {
        let [sample, ..] = self.decode_steps();
        let ids = self.chosen(&[sample], 1, sampler, mask).await?;
        ids.first().copied().ok_or(GpuModelError::NoLogits)
    }

    /// The tokens that `count` rounds of `steps` choose, which use the logits
    /// up.
    async fn chosen(
        &mut self,
        steps: &[Step],
        count: usize,
        sampler: &mut Sampler,
        mask: Option<&TokenMask>,
    ) -> Result<Vec<u32>, GpuModelError> {
        if !std::mem::take(&mut self.has_logits) {
            return Err(GpuModelError::NoLogits);
        }
        let ids = self.chosen_ids(steps, count, sampler, mask).await?;
        if ids.contains(&NONE) {
            let vocab = self.config.vocab;
            return Err(GpuModelError::Gpt(GptError::NothingToSample { vocab }));
        }
        sampler.skip(ids.len() as u64);
        Ok(ids)
    }

    async fn chosen_ids(
        &mut self,
        steps: &[Step],
        count: usize,
        sampler: &Sampler,
        mask: Option<&TokenMask>,
    ) -> Result<Vec<u32>, GpuModelError> {
        let params = sample_params(sampler.spec(), self.config.vocab, mask.is_some());
        let step = sampler.step();
        let header = SamplerHeader {
            step: [step as u32, (step >> 32) as u32],
            ..SamplerHeader::default()
        };
        // The row of the last token: choosing one moves it on.
        let row = appended(0, self.tokens.len().saturating_sub(1));
        let memory = &self.memory;
        if let Some(mask) = mask {
            let words = self.config.vocab.div_ceil(64).min(mask.words().len());
            let words = &mask.words()[..words];
            self.gpu
                .write(memory.at(Key::Mask), 0, bytemuck::cast_slice(words))?;
        }
        self.gpu
            .write(memory.at(Key::SampleParams), 0, bytemuck::bytes_of(&params))?;
        self.gpu
            .write(memory.at(Key::Sampler), 0, bytemuck::bytes_of(&header))?;
        self.gpu
            .write(memory.at(Key::Rows), 0, bytemuck::bytes_of(&row))?;
        self.gpu.write(memory.at(Key::Wanted), 0, &[0; 4])?;
        let read = Read {
            buffer: memory.at(Key::Sampler),
            offset: size_of::<SamplerHeader>() as u64,
            bytes: 4 * count as u64,
        };
        let bytes = self.gpu.run(steps, count as u32, &[read]).await?;
        let ids = bytes.as_chunks().0.iter();
        Ok(ids.map(|b| u32::from_le_bytes(*b)).collect())
    }
}

/// The settings as the shader wants them.
fn sample_params(spec: &SamplerSpec, vocab: usize, masked: bool) -> SampleParams {
    SampleParams {
        vocab: vocab as u32,
        masked: masked.into(),
        temperature: spec.temperature,
        top_k: spec.top_k.min(vocab) as u32,
        top_p: spec.top_p,
        ln_min_p: if spec.min_p > 0.0 {
            spec.min_p.ln()
        } else {
            ALL
        },
        penalty: spec.repetition_penalty,
        window: spec.repetition_window.min(u32::MAX as usize) as u32,
        seed: [spec.seed as u32, (spec.seed >> 32) as u32],
        unused: [0; 2],
    }
}
