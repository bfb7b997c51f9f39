//! The oracle: what every kernel means, in plain loops.
//!
//! Nothing here is tuned and nothing here knows an instruction set. The other
//! variants are held to these results bit for bit.

mod add;
mod argmax;
mod attention;
pub(crate) mod exp;
pub(crate) mod gelu;
mod layer_norm;
mod matmul;
mod quantize;
mod softmax;
mod sum;

use crate::kernels::Table;

pub(crate) static TABLE: Table = Table {
    name: "scalar",
    tile_tokens: 1,
    quantize: matmul::quantize,
    matmul: matmul::matmul,
    add: add::add,
    argmax: argmax::argmax,
    attention: attention::attention,
    gelu: gelu::gelu,
    layer_norm: layer_norm::layer_norm,
    softmax: softmax::softmax,
};
