//! Arrays of registers, written out.
//!
//! A loop over an array of registers is only as good as the compiler's decision
//! to unroll it: where it does not, as for WebAssembly, the array lives in memory.

/// The array of `$body` for each `$i` from 0 on: `unrolled!(4, i => f(i))`.
macro_rules! unrolled {
    (4, $i:ident => $body:expr) => {
        unrolled!(@ $i => $body; 0 1 2 3)
    };
    (16, $i:ident => $body:expr) => {
        unrolled!(@ $i => $body; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
    };
    (@ $i:ident => $body:expr; $($index:literal)*) => {
        [$({
            let $i: usize = $index;
            $body
        }),*]
    };
}

pub(crate) use unrolled;
