//! How the fused operations take part in burn's gradient graph.

#[cfg(feature = "wgpu")]
use burn::backend::Cube;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Autodiff, Backend, Flex, backend_extension};

use super::kernels::FusedKernels;

/// The fused operations as burn dispatches them.
#[backend_extension(Flex, Cube: cfg(feature = "wgpu"), Autodiff)]
pub(crate) trait FusedOps: Backend {
    fn fused_gelu(x: FloatTensor<Self>) -> FloatTensor<Self>;
    fn fused_causal_softmax(scores: FloatTensor<Self>, scale: f64) -> FloatTensor<Self>;
    fn fused_layer_norm(
        x: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        eps: f64,
    ) -> FloatTensor<Self>;
    fn fused_token_loss(
        logits: FloatTensor<Self>,
        targets: IntTensor<Self>,
        weights: FloatTensor<Self>,
        smoothing: f64,
    ) -> FloatTensor<Self>;
}

macro_rules! plain {
    ($backend:ty) => {
        impl FusedOps for $backend {
            fn fused_gelu(x: FloatTensor<Self>) -> FloatTensor<Self> {
                Self::gelu_forward(x)
            }
            fn fused_causal_softmax(scores: FloatTensor<Self>, scale: f64) -> FloatTensor<Self> {
                Self::softmax_forward(scores, scale)
            }
            fn fused_layer_norm(
                x: FloatTensor<Self>,
                gain: FloatTensor<Self>,
                bias: FloatTensor<Self>,
                eps: f64,
            ) -> FloatTensor<Self> {
                Self::norm_forward(x, gain, bias, eps)
            }
            fn fused_token_loss(
                logits: FloatTensor<Self>,
                targets: IntTensor<Self>,
                weights: FloatTensor<Self>,
                smoothing: f64,
            ) -> FloatTensor<Self> {
                Self::loss_forward(logits, targets, weights, smoothing)
            }
        }
    };
}

plain!(Flex);
#[cfg(feature = "wgpu")]
plain!(Cube);

impl<B: FusedKernels, C: CheckpointStrategy> FusedOps for Autodiff<B, C> {
    fn fused_gelu(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let prepared = Gelu.prepare::<C>([x.node()]).compute_bound().stateful();
        match prepared {
            OpsKind::Tracked(prep) => {
                prep.finish(x.primitive().clone(), B::gelu_forward(x.into_primitive()))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::gelu_forward(x.into_primitive())),
        }
    }

    fn fused_causal_softmax(scores: FloatTensor<Self>, scale: f64) -> FloatTensor<Self> {
        let prepared = Softmax
            .prepare::<C>([scores.node()])
            .compute_bound()
            .stateful();
        match prepared {
            OpsKind::Tracked(prep) => {
                let share = B::softmax_forward(scores.into_primitive(), scale);
                prep.finish((share.clone(), scale), share)
            }
            OpsKind::UnTracked(prep) => {
                prep.finish(B::softmax_forward(scores.into_primitive(), scale))
            }
        }
    }

    fn fused_layer_norm(
        x: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        eps: f64,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), gain.node(), bias.node()];
        let state = (x.primitive().clone(), gain.primitive().clone(), eps);
        let y = B::norm_forward(
            x.into_primitive(),
            gain.into_primitive(),
            bias.into_primitive(),
            eps,
        );
        match Norm.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(state, y),
            OpsKind::UnTracked(prep) => prep.finish(y),
        }
    }

    fn fused_token_loss(
        logits: FloatTensor<Self>,
        targets: IntTensor<Self>,
        weights: FloatTensor<Self>,
        smoothing: f64,
    ) -> FloatTensor<Self> {
        let nodes = [logits.node()];
        let state = LossState {
            logits: logits.primitive().clone(),
            targets: targets.clone(),
            weights: weights.primitive().clone(),
            smoothing,
        };
        let loss = B::loss_forward(
            logits.into_primitive(),
            targets,
            weights.into_primitive(),
            smoothing,
        );
        match Loss.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(state, loss),
            OpsKind::UnTracked(prep) => prep.finish(loss),
        }
    }
}

#[derive(Debug)]
struct Gelu;

impl<B: FusedKernels> Backward<B, 1> for Gelu {
    type State = FloatTensor<B>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        unary::<B, _>(ops.parents, ops.node, grads, |grad| {
            B::gelu_grad(ops.state, grad)
        });
    }
}

#[derive(Debug)]
struct Softmax;

impl<B: FusedKernels> Backward<B, 1> for Softmax {
    type State = (FloatTensor<B>, f64);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (share, scale) = ops.state;
        unary::<B, _>(ops.parents, ops.node, grads, |grad| {
            B::softmax_grad(share, grad, scale)
        });
    }
}

#[derive(Debug)]
struct Norm;

impl<B: FusedKernels> Backward<B, 3> for Norm {
    type State = (FloatTensor<B>, FloatTensor<B>, f64);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let grad = grads.consume::<B>(&ops.node);
        let (x, gain, eps) = ops.state;
        let found = B::norm_grad(x, gain, grad, eps);
        for (node, grad) in ops.parents.into_iter().zip(found) {
            if let Some(node) = node {
                grads.register::<B>(node.id, grad);
            }
        }
    }
}

/// What the gradient of the loss needs.
#[derive(Debug, Clone)]
struct LossState<B: Backend> {
    logits: FloatTensor<B>,
    targets: IntTensor<B>,
    weights: FloatTensor<B>,
    smoothing: f64,
}

#[derive(Debug)]
struct Loss;

impl<B: FusedKernels> Backward<B, 1> for Loss {
    type State = LossState<B>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let state = ops.state;
        unary::<B, _>(ops.parents, ops.node, grads, |grad| {
            B::loss_grad(
                state.logits,
                state.targets,
                state.weights,
                state.smoothing,
                grad,
            )
        });
    }
}
