//! What a model is run with.

use senselm_kernels::{Kernels, KvType, Team};

use crate::{Config, GptError};

/// The kernels, the threads and the cache of a model.
///
/// Kernels and threads change no result; another cache than `F32` rounds keys
/// and values.
#[derive(Clone, Debug)]
pub struct Compute {
    /// The variant of the kernels.
    pub kernels: Kernels,
    /// The threads they run on.
    pub team: Team,
    /// What keys and values are kept as.
    pub kv: KvType,
}

impl From<Kernels> for Compute {
    /// These kernels on one thread, keys and values as they are.
    fn from(kernels: Kernels) -> Self {
        Self {
            kernels,
            team: Team::solo(),
            kv: KvType::F32,
        }
    }
}

impl Compute {
    /// Whether this model's heads can be cached like that.
    pub(crate) fn check(&self, config: &Config) -> Result<(), GptError> {
        let (head_width, kv) = (config.head_width(), self.kv);
        if head_width.is_multiple_of(kv.block_len()) {
            return Ok(());
        }
        Err(GptError::KvType { kv, head_width })
    }
}
