//! The fused operations on burn's CPU backend: tensors opened to slices.

use burn::backend::flex::{FlexTensor, Layout};
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{DType, Flex, TensorMetadata};
use burn::tensor::{Bytes, Shape};

use super::kernels::FusedKernels;
use super::slices;

impl FusedKernels for Flex {
    fn gelu_forward(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let x = x.to_contiguous();
        let mut y = vec![0.0; x.shape().num_elements()];
        slices::gelu(x.storage(), &mut y);
        tensor(y, x.shape())
    }

    fn gelu_grad(x: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        let x = x.to_contiguous();
        let mut grad = owned(grad);
        slices::gelu_grad(x.storage(), grad.storage_mut());
        grad
    }

    fn softmax_forward(scores: FloatTensor<Self>, scale: f64) -> FloatTensor<Self> {
        let mut scores = owned(scores);
        let t = last(&scores);
        slices::causal_softmax(scores.storage_mut(), t, scale as f32);
        scores
    }

    fn softmax_grad(
        share: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        scale: f64,
    ) -> FloatTensor<Self> {
        let share = share.to_contiguous();
        let mut grad = owned(grad);
        let t = last(&grad);
        slices::causal_softmax_grad(share.storage(), grad.storage_mut(), t, scale as f32);
        grad
    }

    fn norm_forward(
        x: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        eps: f64,
    ) -> FloatTensor<Self> {
        let (x, gain, bias) = (
            x.to_contiguous(),
            gain.to_contiguous(),
            bias.to_contiguous(),
        );
        let mut y = vec![0.0; x.shape().num_elements()];
        slices::layer_norm(
            x.storage(),
            gain.storage(),
            bias.storage(),
            eps as f32,
            &mut y,
        );
        tensor(y, x.shape())
    }

    fn norm_grad(
        x: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        eps: f64,
    ) -> [FloatTensor<Self>; 3] {
        let (x, gain) = (x.to_contiguous(), gain.to_contiguous());
        let mut grad = owned(grad);
        let c = gain.shape().num_elements();
        let (mut gain_grad, mut bias_grad) = (vec![0.0; c], vec![0.0; c]);
        slices::layer_norm_grad(
            x.storage(),
            gain.storage(),
            eps as f32,
            grad.storage_mut(),
            &mut gain_grad,
            &mut bias_grad,
        );
        [
            grad,
            tensor(gain_grad, gain.shape()),
            tensor(bias_grad, gain.shape()),
        ]
    }

    fn loss_forward(
        logits: FloatTensor<Self>,
        targets: IntTensor<Self>,
        weights: FloatTensor<Self>,
        smoothing: f64,
    ) -> FloatTensor<Self> {
        let (logits, weights) = (logits.to_contiguous(), weights.to_contiguous());
        let targets = positions(&targets);
        let loss = slices::token_loss(
            logits.storage(),
            last(&logits),
            &targets,
            weights.storage(),
            smoothing as f32,
        );
        tensor(vec![loss], Shape::new([1]))
    }

    fn loss_grad(
        logits: FloatTensor<Self>,
        targets: IntTensor<Self>,
        weights: FloatTensor<Self>,
        smoothing: f64,
        grad: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let weights = weights.to_contiguous();
        let grad = grad.to_contiguous();
        let grad = grad.storage::<f32>().first().copied().unwrap_or(0.0);
        let targets = positions(&targets);
        let mut logits = owned(logits);
        let v = last(&logits);
        slices::token_loss_grad(
            logits.storage_mut(),
            v,
            &targets,
            weights.storage(),
            smoothing as f32,
            grad,
        );
        logits
    }
}

fn tensor(values: Vec<f32>, shape: Shape) -> FlexTensor {
    FlexTensor::new(
        Bytes::from_elems(values),
        Layout::contiguous(shape),
        DType::F32,
    )
}

/// The tensor as one contiguous buffer, the same one where it is already.
fn owned(tensor: FlexTensor) -> FlexTensor {
    let whole = tensor.shape().num_elements() * size_of::<f32>();
    if tensor.is_contiguous()
        && tensor.layout().start_offset() == 0
        && tensor.bytes().len() == whole
    {
        tensor
    } else {
        tensor.to_contiguous()
    }
}

fn last(tensor: &FlexTensor) -> usize {
    let shape = tensor.shape();
    shape[shape.num_dims() - 1]
}

/// Token ids as positions; an id that is none is beyond every vocabulary.
fn positions(targets: &FlexTensor) -> Vec<usize> {
    let targets = targets.to_contiguous();
    match targets.dtype() {
        DType::I32 => targets
            .storage::<i32>()
            .iter()
            .map(|&id| usize::try_from(id).unwrap_or(usize::MAX))
            .collect(),
        _ => targets
            .storage::<i64>()
            .iter()
            .map(|&id| usize::try_from(id).unwrap_or(usize::MAX))
            .collect(),
    }
}
