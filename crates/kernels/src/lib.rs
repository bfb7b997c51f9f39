//! Scalar oracle, native SIMD and wasm SIMD kernels.
