//! Which biases a model has.

use senselm_gguf::Gguf;

use crate::{Suffix, TensorId, TensorKind};

/// What of a model has biases. A kind of linear map has them in every layer or
/// in none, and all norms alike: a model without is one that was made so, a
/// model with some of them is a damaged one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Biases(Vec<TensorKind>);

impl Biases {
    /// What has biases among the tensors of a model.
    pub fn among(tensors: impl IntoIterator<Item = TensorId>) -> Self {
        let mut kinds = Vec::new();
        for id in tensors {
            let kind = alike(id.kind);
            if id.suffix == Suffix::Bias && !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        Self(kinds)
    }

    /// What has biases in a file.
    #[must_use]
    pub fn of(file: &Gguf<'_>) -> Self {
        let names = file.tensors().iter().map(|info| info.name);
        Self::among(names.filter_map(TensorId::from_gguf))
    }

    /// Whether a model does without a tensor: a bias that nothing of its kind
    /// has. Nothing is added then.
    ///
    /// ```
    /// use senselm_arch::{Biases, TensorId, TensorKind};
    ///
    /// let id = TensorId::weight_in(0, TensorKind::Qkv).bias();
    /// assert!(Biases::among([]).lack(id));
    /// assert!(!Biases::among([TensorId { layer: Some(1), ..id }]).lack(id));
    /// ```
    #[must_use]
    pub fn lack(&self, id: TensorId) -> bool {
        id.suffix == Suffix::Bias && !self.0.contains(&alike(id.kind))
    }
}

/// One of those that have biases together.
const fn alike(kind: TensorKind) -> TensorKind {
    if kind.is_norm() {
        TensorKind::OutputNorm
    } else {
        kind
    }
}
