//! Activations as signed bytes, as the CPU's kernels and ggml have them.

/// A row of activations, as bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantized {
    /// In -127 to 127; whole blocks of 32.
    pub codes: Vec<i8>,
    /// One for 32 codes: activation `i` is `scales[i / 32] * codes[i]`.
    pub scales: Vec<f32>,
}

/// `x * 127 / largest` of each 32, rounded, ties to even.
///
/// # Shapes
/// `x`: C, padded.
#[must_use]
pub fn quantize(x: &[f32]) -> Quantized {
    let mut quantized = Quantized {
        codes: Vec::with_capacity(x.len()),
        scales: Vec::with_capacity(x.len() / 32),
    };
    for block in x.chunks(32) {
        let largest = block.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
        // Below this the inverse could overflow.
        let inverse = match largest >= 1e-30 {
            true => 127.0 / largest,
            false => 0.0,
        };
        let codes = block.iter().map(|x| (x * inverse).round_ties_even() as i8);
        quantized.codes.extend(codes);
        quantized.scales.push(match inverse > 0.0 {
            true => largest / 127.0,
            false => 0.0,
        });
    }
    quantized
}
