//! The least-squares searches behind the K-quants: which scale (and minimum)
//! reproduces a sub-block best. They try a few roundings and keep the best, in
//! ggml's order, so that a file quantized here equals one quantized there up to
//! the last bit of a float sum.

/// Below this magnitude a sub-block counts as all zero.
pub(crate) const ZERO_BELOW: f32 = 1e-15;

/// Rounds half to even, by adding 1.5 * 2^23. Meant for |v| < 2^22; other values
/// give some integer, and the callers clamp.
pub(crate) fn nearest_int(v: f32) -> i32 {
    (((v + 12_582_912.0).to_bits() & 0x007f_ffff) as i32) - 0x0040_0000
}

/// How [`scale_and_minimum`] searches.
pub(crate) struct MinimumSearch {
    /// The largest quant.
    pub(crate) top: u8,
    /// The first offset to `top` that is tried.
    pub(crate) first: f32,
    /// How many steps of 0.1 follow it.
    pub(crate) steps: u8,
}

/// Fits `x[i] ≈ scale * q[i] - minimum` with `q` in `0..=top`, larger weights
/// counting more. Fills `quants`; returns scale and minimum, both at least 0.
pub(crate) fn scale_and_minimum(
    x: &[f32; 32],
    search: &MinimumSearch,
    quants: &mut [u8; 32],
) -> (f32, f32) {
    let weights = importance(x);
    let mut smallest = x[0];
    let mut largest = x[0];
    let mut sum_w = weights[0];
    let mut sum_x = sum_w * x[0];
    for (&v, &w) in x.iter().zip(&weights).skip(1) {
        smallest = smallest.min(v);
        largest = largest.max(v);
        sum_w += w;
        sum_x += w * v;
    }
    smallest = smallest.min(0.0);
    if largest == smallest {
        quants.fill(0);
        return (0.0, -smallest);
    }
    let top = f32::from(search.top);
    let quant = |inverse: f32, minimum: f32, v: f32| {
        nearest_int(inverse * (v - minimum)).clamp(0, i32::from(search.top)) as u8
    };
    let error = |scale: f32, minimum: f32, quants: &[u8; 32]| {
        let mut error = 0.0;
        for ((&q, &v), &w) in quants.iter().zip(x).zip(&weights) {
            let diff = scale * f32::from(q) + minimum - v;
            error += w * (diff * diff);
        }
        error
    };

    // The minimum found so far is also where the next tries start from.
    let mut minimum = smallest;
    let inverse = top / (largest - minimum);
    let mut scale = 1.0 / inverse;
    *quants = x.map(|v| quant(inverse, minimum, v));
    let mut best_error = error(scale, minimum, quants);
    for step in 0..=search.steps {
        let inverse = (search.first + 0.1 * f32::from(step) + top) / (largest - minimum);
        let tried = x.map(|v| quant(inverse, minimum, v));
        let (mut sum_l, mut sum_l2, mut sum_xl) = (0.0, 0.0, 0.0);
        for ((&q, &v), &w) in tried.iter().zip(x).zip(&weights) {
            let l = f32::from(q);
            sum_l += w * l;
            sum_l2 += w * l * l;
            sum_xl += w * l * v;
        }
        let determinant: f32 = sum_w * sum_l2 - sum_l * sum_l;
        if determinant > 0.0 {
            let mut this_scale = (sum_w * sum_xl - sum_x * sum_l) / determinant;
            let mut this_minimum = (sum_l2 * sum_x - sum_l * sum_xl) / determinant;
            if this_minimum > 0.0 {
                this_minimum = 0.0;
                this_scale = sum_xl / sum_l2;
            }
            let this_error = error(this_scale, this_minimum, &tried);
            if this_error < best_error {
                *quants = tried;
                best_error = this_error;
                (scale, minimum) = (this_scale, this_minimum);
            }
        }
    }
    (scale, -minimum)
}

/// Root mean square plus own magnitude, per value.
fn importance(x: &[f32; 32]) -> [f32; 32] {
    let mut sum = 0.0;
    for v in x {
        sum += v * v;
    }
    let rms = libm::sqrtf(sum / 32.0);
    x.map(|v| rms + v.abs())
}

/// Fits `x[i] ≈ scale * (q[i] - 32)` with `q` in `0..64`, weighted by `x[i]²`.
/// Fills `quants`; returns the scale, whose sign is opposite to that of the
/// value of largest magnitude.
pub(crate) fn symmetric_scale(x: &[f32; 16], quants: &mut [u8; 16]) -> f32 {
    let largest = crate::q4_0::largest_magnitude(x);
    if largest.abs() < ZERO_BELOW {
        quants.fill(0);
        return 0.0;
    }
    let quant = |inverse: f32, v: f32| nearest_int(inverse * v).clamp(-32, 31);
    let sums = |inverse: f32| {
        let (mut sum_lx, mut sum_l2) = (0.0, 0.0);
        for &v in x {
            let l = quant(inverse, v) as f32;
            let w = v * v;
            sum_lx += w * v * l;
            sum_l2 += w * l * l;
        }
        (sum_lx, sum_l2)
    };
    let mut chosen = -32.0 / largest;
    let (sum_lx, sum_l2): (f32, f32) = sums(chosen);
    let mut scale = if sum_l2 == 0.0 { 0.0 } else { sum_lx / sum_l2 };
    let mut best = scale * sum_lx;
    for step in (-9_i8..=9).filter(|&step| step != 0) {
        let inverse = -(32.0 + 0.1 * f32::from(step)) / largest;
        let (sum_lx, sum_l2) = sums(inverse);
        if sum_l2 > 0.0 && sum_lx * sum_lx > best * sum_l2 {
            chosen = inverse;
            scale = sum_lx / sum_l2;
            best = scale * sum_lx;
        }
    }
    *quants = x.map(|v| (quant(chosen, v) + 32) as u8);
    scale
}
