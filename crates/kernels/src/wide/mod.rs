//! Every kernel once, over 16 float lanes and 32-byte integer dot products.
//!
//! Here is what all instruction sets have in common: loops, blocking, packing,
//! tails. What they do not is behind two traits, [`Floats`] and [`Bytes`], that
//! `arch` implements. The results are those of `scalar`, bit for bit: each lane
//! does what the oracle does, in the oracle's order.
//!
//! Everything on the way to an instruction is `#[inline(always)]`: it must end
//! up in a function that was compiled for the instruction set in question. In
//! WebAssembly every function is, so there the larger pieces are kept apart:
//! many copies of them would be downloaded.

#![allow(
    clippy::needless_range_loop,
    reason = "iterators over arrays of registers may fail to be inlined"
)]

pub(crate) mod add;
pub(crate) mod argmax;
pub(crate) mod attention;
mod bytes;
mod exp;
mod floats;
pub(crate) mod gelu;
mod kept;
pub(crate) mod layer_norm;
pub(crate) mod matmul;
mod matmul_float;
mod panel;
mod quantize;
mod rows;
pub(crate) mod softmax;
mod tile;
mod unpack;
mod unroll;

pub(crate) use bytes::{Bytes, Part};
pub(crate) use floats::Floats;
pub(crate) use matmul_float::UNPACK_ROWS;
pub(crate) use panel::PanelUnit;
pub(crate) use unpack::RowCodec;
pub(crate) use unroll::unrolled;
