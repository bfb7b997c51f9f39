//! A model on a device, and the sequence it continues.

use senselm_gpu::{Adapter, Counters, Gpu, Read, SequenceId, Step};
use senselm_shaders::{Batch, Row};

use super::load::Sequences;
use super::memory::{Key, Memory};
use super::record::{ROWS, WANTED};
use super::rows::{Chunk, appended};
use super::{GpuModelError, Traffic};
use crate::plan::Buffer;
use crate::{Config, GptError, Logits};

/// The most tokens that are decoded in one submission.
pub const MAX_DECODE: usize = 64;

/// Up to so many rows go row by row; more are worth unpacking the weights for.
const FEW: usize = 4;

/// A model and one sequence on a device.
#[derive(Debug)]
pub struct GpuModel {
    pub(super) gpu: Gpu,
    pub(super) config: Config,
    pub(super) memory: Memory,
    pub(super) sequences: Sequences,
    pub(super) tokens: Vec<u32>,
    /// Whether the logits behind the last token are on the device.
    pub(super) has_logits: bool,
    pub(super) traffic: Traffic,
}

impl GpuModel {
    /// The sizes.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What runs it.
    #[must_use]
    pub fn adapter(&self) -> &Adapter {
        self.gpu.adapter()
    }

    /// What the device did so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.gpu.counters()
    }

    /// What a decoded token reads.
    #[must_use]
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// The device. Losing it loses the sequence; [`GpuModel::tokens`] says what
    /// to append to another.
    #[must_use]
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// The sequence.
    #[must_use]
    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    /// Tokens of the sequence.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether nothing was fed yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Forgets every token from index `len` on; a longer `len` changes nothing.
    pub fn truncate(&mut self, len: usize) {
        if len < self.tokens.len() {
            self.tokens.truncate(len);
            self.has_logits = false;
        }
    }

    /// Appends `ids`; no logits are computed.
    ///
    /// # Errors
    /// As [`GpuModel::next_logits`].
    pub async fn append(&mut self, ids: &[u32]) -> Result<(), GpuModelError> {
        self.feed(ids, Logits::None, None).await
    }

    /// Appends `ids` and leaves the logits behind the last one on the device,
    /// for [`GpuModel::decode`].
    ///
    /// # Errors
    /// As [`GpuModel::next_logits`].
    pub async fn prefill(&mut self, ids: &[u32]) -> Result<(), GpuModelError> {
        some(ids)?;
        self.feed(ids, Logits::Last, None).await?;
        self.has_logits = true;
        Ok(())
    }

    /// Appends `ids` and returns the logits behind the last one, `[V]`.
    ///
    /// # Errors
    /// [`GptError::ContextOverflow`], [`GptError::TokenId`] and
    /// [`GptError::NoTokens`] before anything is run, and what the device says;
    /// the sequence is then as before.
    pub async fn next_logits(&mut self, ids: &[u32]) -> Result<Vec<f32>, GpuModelError> {
        some(ids)?;
        let mut logits = Vec::new();
        self.feed(ids, Logits::Last, Some(&mut |_, row| logits = row.to_vec()))
            .await?;
        self.has_logits = true;
        Ok(logits)
    }

    /// Brings the logits behind the last token back from the device, `[V]`.
    ///
    /// # Errors
    /// [`GpuModelError::NoLogits`] where there are none, and what the device
    /// says.
    pub async fn logits(&mut self) -> Result<Vec<f32>, GpuModelError> {
        if !self.has_logits {
            return Err(GpuModelError::NoLogits);
        }
        let read = self.read_logits(1);
        let bytes = self.gpu.run(&[], 0, &[read]).await?;
        let mut logits = floats(&bytes);
        logits.truncate(self.config.vocab);
        Ok(logits)
    }

    /// Appends `ids` and shows the logits behind each, `[V]`, with its index.
    ///
    /// # Errors
    /// As [`GpuModel::next_logits`].
    pub async fn each_logits(
        &mut self,
        ids: &[u32],
        each: &mut dyn FnMut(usize, &[f32]),
    ) -> Result<(), GpuModelError> {
        self.feed(ids, Logits::All, Some(each)).await
    }

    /// Feeds `ids` chunk by chunk; the logits that are wanted come back only
    /// where somebody is to be shown them.
    async fn feed(
        &mut self,
        ids: &[u32],
        want: Logits,
        mut each: Option<EachLogits<'_>>,
    ) -> Result<(), GpuModelError> {
        self.check(ids)?;
        let before = self.tokens.len();
        let most = match want {
            Logits::All => self.memory.sizes.rows.min(self.memory.sizes.logits),
            _ => self.memory.sizes.rows,
        };
        let mut fed = 0;
        for part in ids.chunks(most) {
            let last = fed + part.len() == ids.len();
            let done = self.feed_part(part, want, last, fed, &mut each);
            if let Err(error) = done.await {
                self.truncate(before);
                return Err(error);
            }
            fed += part.len();
        }
        Ok(())
    }

    async fn feed_part(
        &mut self,
        ids: &[u32],
        want: Logits,
        last: bool,
        first: usize,
        each: &mut Option<EachLogits<'_>>,
    ) -> Result<(), GpuModelError> {
        let rows = ids.iter().zip(self.tokens.len()..);
        let wanted = match want {
            Logits::All => 0..ids.len(),
            Logits::Last if last => ids.len() - 1..ids.len(),
            _ => 0..0,
        };
        let chunk = Chunk {
            rows: rows.map(|(&id, position)| appended(id, position)).collect(),
            wanted: wanted.clone().map(|row| row as u32).collect(),
            ..Chunk::default()
        };
        let read = self.read_logits(wanted.len());
        let reads = if each.is_some() { &[read][..] } else { &[] };
        let bytes = self.run(&chunk, &[], reads).await?;
        if let Some(each) = each {
            for (at, row) in wanted.zip(bytes.chunks_exact(self.logits_bytes())) {
                each(first + at, &floats(row)[..self.config.vocab]);
            }
        }
        self.tokens.extend_from_slice(ids);
        Ok(())
    }

    /// Bytes of a row of logits.
    fn logits_bytes(&self) -> usize {
        4 * senselm_shaders::padded(self.config.vocab)
    }

    fn read_logits(&self, rows: usize) -> Read {
        Read {
            buffer: self.memory.at(Key::Plan(Buffer::Logits)),
            offset: 0,
            bytes: (self.logits_bytes() * rows) as u64,
        }
    }

    /// Runs a pass, then `then` over its logits, and reads back.
    pub(super) async fn run(
        &mut self,
        chunk: &Chunk,
        then: &[SequenceId],
        reads: &[Read],
    ) -> Result<Vec<u8>, GpuModelError> {
        self.has_logits = false;
        let memory = &self.memory;
        let sizes = [chunk.rows.len() as u32, chunk.wanted.len() as u32];
        let rows: &[Row] = &chunk.rows;
        self.gpu
            .write(memory.at(Key::Rows), 0, bytemuck::cast_slice(rows))?;
        self.gpu.write(
            memory.at(Key::Wanted),
            0,
            bytemuck::cast_slice(&chunk.wanted),
        )?;
        for (key, rows) in [ROWS, WANTED].map(Key::Batch).into_iter().zip(sizes) {
            let batch = Batch {
                rows: rows.max(1),
                ..Batch::default()
            };
            self.gpu
                .write(memory.at(key), 0, bytemuck::bytes_of(&batch))?;
        }
        let of = &self.sequences;
        let body = if chunk.rows.len() <= FEW {
            of.few
        } else {
            of.many
        };
        let mut steps = vec![Step {
            sequence: body,
            sizes,
        }];
        if !chunk.wanted.is_empty() {
            steps.push(Step {
                sequence: if chunk.wanted.len() <= FEW {
                    of.head_few
                } else {
                    of.head_many
                },
                sizes,
            });
            steps.extend(then.iter().map(|&sequence| Step { sequence, sizes }));
        }
        Ok(self.gpu.run(&steps, 1, reads).await?)
    }

    /// One step of decoding: what was chosen goes through the plan.
    pub(super) fn decode_steps(&self) -> [Step; 3] {
        let of = &self.sequences;
        let sizes = [1, 1];
        [of.sample, of.few, of.head_few].map(|sequence| Step { sequence, sizes })
    }

    pub(super) fn check(&self, ids: &[u32]) -> Result<(), GptError> {
        self.check_behind(0, ids)
    }

    /// Checks tokens that follow `more` others behind the sequence.
    pub(super) fn check_behind(&self, more: usize, ids: &[u32]) -> Result<(), GptError> {
        let cached = self.tokens.len() + more;
        if ids.len() > self.config.context.saturating_sub(cached) {
            return Err(GptError::ContextOverflow {
                cached,
                adding: ids.len(),
                context: self.config.context,
            });
        }
        let vocab = self.config.vocab;
        match ids.iter().find(|&&id| id as usize >= vocab) {
            Some(&id) => Err(GptError::TokenId { id, vocab }),
            None => Ok(()),
        }
    }
}

/// Who is shown logits, with the index of their token.
type EachLogits<'a> = &'a mut dyn FnMut(usize, &[f32]);

pub(super) fn some(ids: &[u32]) -> Result<(), GptError> {
    match ids.is_empty() {
        true => Err(GptError::NoTokens),
        false => Ok(()),
    }
}

/// Little-endian numbers.
pub(super) fn floats(bytes: &[u8]) -> Vec<f32> {
    let values = bytes.as_chunks().0.iter();
    values.map(|b| f32::from_le_bytes(*b)).collect()
}
