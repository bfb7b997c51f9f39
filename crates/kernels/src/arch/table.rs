//! How a variant's table is made from its implementation of `wide`'s traits.

/// Compiles every kernel of `wide` for the given instructions.
///
/// `$bytes` implements `Bytes`, `$features` is what its functions need. The
/// table must be listed only where the machine has them.
macro_rules! table {
    ($name:literal, $features:literal, $bytes:ty) => {{
        use crate::wide::{self, Bytes};
        use crate::activations::{Activations, Room};
        use crate::arch::Columns;
        use crate::scratch::RowBuffers;
        use crate::attention::Heads;
        use crate::{Query, Weights};

        type Lanes = <$bytes as Bytes>::Floats;

        entry!($features, quantize(x: &[f32], room: &mut Room<'_>)
            => wide::matmul::quantize::<$bytes>(x, room));
        entry!($features, matmul(w: &Weights<'_>, x: &[f32], activations: &Activations,
            y: Columns<'_>, buffers: &mut RowBuffers)
            => wide::matmul::matmul::<$bytes>(w, x, activations, y, buffers));
        entry!($features, add(x: &mut [f32], y: &[f32]) => wide::add::add::<Lanes>(x, y));
        entry!($features, argmax(x: &[f32]) -> usize => wide::argmax::argmax::<Lanes>(x));
        entry!($features, attention(heads: Heads, queries: &[Query<'_>], out: Columns<'_>,
            scores: &mut Vec<f32>)
            => wide::attention::attention::<Lanes>(heads, queries, out, scores));
        entry!($features, gelu(x: &mut [f32]) => wide::gelu::gelu::<Lanes>(x));
        entry!($features, layer_norm(x: &[f32], gain: &[f32], bias: &[f32], eps: f32, y: &mut [f32])
            => wide::layer_norm::layer_norm::<Lanes>(x, gain, bias, eps, y));
        entry!($features, softmax(x: &mut [f32]) => wide::softmax::softmax::<Lanes>(x));

        crate::kernels::Table {
            name: $name,
            tile_tokens: <$bytes as Bytes>::TOKENS,
            quantize,
            matmul,
            add,
            argmax,
            attention,
            gelu,
            layer_norm,
            softmax,
        }
    }};
}

/// A function of the table: an entry that any code may call, around one
/// compiled for the instructions.
#[cfg(not(target_arch = "wasm32"))]
macro_rules! entry {
    ($features:literal, $name:ident($($arg:ident: $ty:ty),*) $(-> $out:ty)? => $body:expr) => {
        fn $name($($arg: $ty),*) $(-> $out)? {
            #[target_feature(enable = $features)]
            fn inside($($arg: $ty),*) $(-> $out)? {
                $body
            }
            // SAFETY: `tables` lists this function's table only where the
            // machine has the instructions.
            unsafe { inside($($arg),*) }
        }
    };
}

/// A function of the table. All code of a WebAssembly build is compiled for the
/// same instructions, those of its variants among them.
#[cfg(target_arch = "wasm32")]
macro_rules! entry {
    ($features:literal, $name:ident($($arg:ident: $ty:ty),*) $(-> $out:ty)? => $body:expr) => {
        fn $name($($arg: $ty),*) $(-> $out)? {
            $body
        }
    };
}
