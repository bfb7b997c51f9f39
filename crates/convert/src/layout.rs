//! Which way round a file keeps its matrices: Hugging Face's GPT-2 as
//! `[inputs, outputs]` (its `Conv1D`), nanoGPT as `[outputs, inputs]`
//! (PyTorch's `Linear`).
//!
//! The projection behind attention is square and looks the same either way, so
//! the others decide for all.

use crate::ConvertError;
use crate::names::Named;
use crate::tensors::Spec;

/// Which way round a matrix is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// `[inputs, outputs]`
    Conv1d,
    /// `[outputs, inputs]`
    Linear,
}

impl Layout {
    /// The layout of a file.
    ///
    /// # Errors
    /// [`ConvertError::TwoLayouts`] where matrices contradict one another.
    pub(crate) fn of(tensors: &Named<'_>, specs: &[Spec]) -> Result<Self, ConvertError> {
        let mut said: Option<(Self, &str)> = None;
        for spec in specs.iter().filter(|spec| spec.transposed) {
            let Some(found) = tensors.get(&spec.bare) else {
                continue;
            };
            let Some(layout) = Self::shown(found.view.shape(), &spec.dims) else {
                continue;
            };
            match said {
                Some((first, name)) if first != layout => {
                    let (conv1d, linear) = match first {
                        Self::Conv1d => (name, found.name.as_str()),
                        Self::Linear => (found.name.as_str(), name),
                    };
                    return Err(ConvertError::TwoLayouts {
                        conv1d: conv1d.to_owned(),
                        linear: linear.to_owned(),
                    });
                }
                _ => said = Some((layout, &found.name)),
            }
        }
        Ok(said.map_or(Self::Conv1d, |(layout, _)| layout))
    }

    /// What a shape says; nothing where it is square, or another one
    /// altogether. `dims` are inputs, then outputs.
    fn shown(shape: &[usize], dims: &[u64]) -> Option<Self> {
        let (&[rows, cols], &[inputs, outputs]) = (shape, dims) else {
            return None;
        };
        if inputs == outputs {
            return None;
        }
        match (rows as u64, cols as u64) {
            found if found == (inputs, outputs) => Some(Self::Conv1d),
            found if found == (outputs, inputs) => Some(Self::Linear),
            _ => None,
        }
    }
}
