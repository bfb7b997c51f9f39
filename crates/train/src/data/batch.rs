//! Sequences as one rectangle of ids, padded on the right to the longest, and
//! the positions whose prediction counts.

use burn::Tensor;
use burn::tensor::{Device, Int, TensorData};

use super::sequence::{Emphasis, Sequence};

/// A batch on the host.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Batch {
    /// Sequences and the length of the longest, without its last token.
    pub(crate) shape: [usize; 2],
    /// `B * T` input ids. Padding is id 0: it lies behind everything that
    /// counts, and attention is causal.
    pub(crate) ids: Vec<i32>,
    /// The rows of `[B*T]` whose prediction counts.
    pub(crate) rows: Vec<i32>,
    /// The token that follows each of those rows.
    pub(crate) targets: Vec<i32>,
    /// What its loss counts.
    pub(crate) weights: Vec<f32>,
}

impl Batch {
    /// Lays out `sequences`, which must not be empty.
    pub(crate) fn new(sequences: &[Sequence], emphasis: Emphasis) -> Self {
        let longest = sequences.iter().map(|s| s.ids.len()).max().unwrap_or(0);
        let t = longest.saturating_sub(1).max(1);
        let b = sequences.len();
        let mut batch = Self {
            shape: [b, t],
            ids: vec![0; b * t],
            rows: Vec::new(),
            targets: Vec::new(),
            weights: Vec::new(),
        };
        for (row, sequence) in sequences.iter().enumerate() {
            let inputs = sequence.ids.len().saturating_sub(1);
            for (slot, &id) in batch.ids[row * t..].iter_mut().zip(&sequence.ids[..inputs]) {
                *slot = id as i32;
            }
            for (at, &target) in sequence.ids.iter().enumerate().skip(1) {
                let weight = if at >= sequence.answer {
                    emphasis.answer
                } else if at >= sequence.window {
                    emphasis.window
                } else {
                    0.0
                };
                if weight > 0.0 {
                    batch.rows.push((row * t + at - 1) as i32);
                    batch.targets.push(target as i32);
                    batch.weights.push(weight as f32);
                }
            }
        }
        batch
    }

    /// Tokens that go through the model.
    pub(crate) fn tokens(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn ids_tensor(&self, device: &Device) -> Tensor<2, Int> {
        Tensor::from_data(TensorData::new(self.ids.clone(), self.shape), device)
    }

    pub(crate) fn rows_tensor(&self, device: &Device) -> Tensor<1, Int> {
        Tensor::from_data(
            TensorData::new(self.rows.clone(), [self.rows.len()]),
            device,
        )
    }

    pub(crate) fn targets_tensor(&self, device: &Device) -> Tensor<1, Int> {
        let length = self.targets.len();
        Tensor::from_data(TensorData::new(self.targets.clone(), [length]), device)
    }

    pub(crate) fn weights_tensor(&self, device: &Device) -> Tensor<1> {
        let length = self.weights.len();
        Tensor::from_data(TensorData::new(self.weights.clone(), [length]), device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pads_and_marks_what_counts() {
        let sequences = [
            Sequence {
                ids: vec![1, 2, 3, 4],
                window: 1,
                answer: 3,
            },
            Sequence {
                ids: vec![5, 6],
                window: 2,
                answer: 1,
            },
        ];
        let emphasis = Emphasis {
            window: 0.5,
            answer: 1.0,
        };
        let batch = Batch::new(&sequences, emphasis);
        assert_eq!(batch.shape, [2, 3]);
        assert_eq!(batch.ids, [1, 2, 3, 5, 0, 0]);
        assert_eq!(batch.rows, [0, 1, 2, 3]);
        assert_eq!(batch.targets, [2, 3, 4, 6]);
        assert_eq!(batch.weights, [0.5, 0.5, 1.0, 1.0]);
    }
}
