//! The scalar oracle against the definitions, in `f64`.
//!
//! `tests/prop.rs` holds every variant to the oracle; this holds the oracle to
//! what it should be.

use senselm_kernels::parity::{Flavour, Numbers};
use senselm_kernels::{
    AttentionShape, Finish, GgmlType, Kernels, KvRows, KvSlice, Query, RUNS, Scratch, Weights,
};

/// Rounding of `f32`, times the few dozen operations that a result goes through.
const ROUNDING: f64 = 64.0 * f32::EPSILON as f64;

/// Activations are rounded to 127 steps either side: off by half a step at most,
/// and by a little more where the scale itself was rounded.
const HALF_STEP: f64 = 0.5001 / 127.0;

/// Where the exponential overflows, less than this is left of `x`.
const VANISHING: f64 = 1e-37;

fn assert_close(found: f32, truth: f64, tolerance: f64, what: &str) {
    let error = (f64::from(found) - truth).abs();
    assert!(
        error <= tolerance,
        "{what}: {found}, not {truth} (by {error:e}, allowed {tolerance:e})"
    );
}

#[test]
fn matmul_is_the_product_up_to_quantized_activations() {
    let (rows, tokens) = (5, 3);
    for ty in GgmlType::ALL {
        let cols = if ty.block_len() == 1 {
            75
        } else {
            2 * ty.block_len()
        };
        let mut numbers = Numbers::new(11);
        let bytes = numbers.weights(Flavour::Tame, ty, rows * cols / ty.block_len());
        let w = Weights::new(ty, rows, cols, &bytes).expect("whole blocks");
        let x = numbers.floats(Flavour::Tame, tokens * cols);
        let bias = numbers.floats(Flavour::Tame, rows);
        let mut y = vec![0.0_f32; tokens * rows];
        let scalar = Kernels::scalar();
        let scratch = &mut Scratch::default();
        scalar.matmul(&w, &x, Some(&bias), Finish::Store, &mut y, scratch);

        let mut row = vec![0.0; cols];
        for r in 0..rows {
            scalar
                .dequantize_row(&w, r, &mut row)
                .expect("a row of the matrix");
            for (t, x) in x.chunks_exact(cols).enumerate() {
                let mut truth = f64::from(bias[r]);
                let mut size = truth.abs();
                let mut quantization = 0.0;
                for (w, x) in row.chunks(32).zip(x.chunks(32)) {
                    let largest = x.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
                    for (&w, &x) in w.iter().zip(x) {
                        let (w, x) = (f64::from(w), f64::from(x));
                        truth += w * x;
                        size += (w * x).abs();
                        quantization += w.abs() * f64::from(largest) * HALF_STEP;
                    }
                }
                let quantized = ty.block_len() > 1;
                let tolerance = ROUNDING * size + if quantized { quantization } else { 0.0 };
                assert_close(y[t * rows + r], truth, tolerance, ty.name());
            }
        }
    }
}

#[test]
fn gelu_is_the_tanh_form() {
    let mut x: Vec<f32> = (-4000..4000).map(|i| i as f32 * 3.1e-3).collect();
    let before = x.clone();
    Kernels::scalar().gelu(&mut x);
    for (&found, x) in x.iter().zip(before) {
        let x = f64::from(x);
        let u = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
        // The same as 0.5 x (1 + tanh u), without its cancellation.
        let truth = x / (1.0 + (-2.0 * u).exp());
        // An error of the exponent 2u is a relative error of the result, and
        // four roundings of f32 go into it: 4 * 2^-24 * 2 |u|.
        let relative = 1e-6 * (1.0 + u.abs() / 2.0);
        assert_close(found, truth, relative * truth.abs() + VANISHING, "gelu");
    }
}

#[test]
fn gelu_at_the_ends() {
    let mut x = [
        0.0,
        -0.0,
        -30.0,
        30.0,
        f32::INFINITY,
        f32::NAN,
        -1e30,
        1e-40,
    ];
    Kernels::scalar().gelu(&mut x);
    assert_eq!(x[..5], [0.0, 0.0, 0.0, 30.0, f32::INFINITY]);
    assert!(x[5].is_nan());
    assert_eq!(x[6], 0.0);
    assert_close(x[7], 0.5e-40, 1e-44, "gelu of a subnormal");
}

#[test]
fn softmax_is_exponentials_over_their_sum() {
    let x = Numbers::new(3).floats(Flavour::Tame, 999);
    let mut found = x.clone();
    Kernels::scalar().softmax(&mut found);
    let exponentials: Vec<f64> = x.iter().map(|&x| f64::from(x).exp()).collect();
    let sum: f64 = exponentials.iter().sum();
    for (found, e) in found.into_iter().zip(exponentials) {
        assert_close(found, e / sum, ROUNDING * e / sum, "softmax");
    }
}

#[test]
fn layer_norm_has_the_mean_and_variance_of_the_row() {
    let mut numbers = Numbers::new(5);
    let width = 77;
    let x: Vec<f32> = numbers.floats(Flavour::Tame, 3 * width);
    let gain = numbers.floats(Flavour::Tame, width);
    let bias = numbers.floats(Flavour::Tame, width);
    let mut y = vec![0.0_f32; x.len()];
    Kernels::scalar().layer_norm(&x, &gain, &bias, 1e-5, &mut y, &Scratch::default());
    for (x, y) in x.chunks(width).zip(y.chunks(width)) {
        let mean = x.iter().map(|&x| f64::from(x)).sum::<f64>() / width as f64;
        let square = |x: f32| (f64::from(x) - mean).powi(2);
        let variance = x.iter().map(|&x| square(x)).sum::<f64>() / width as f64;
        for (i, &found) in y.iter().enumerate() {
            let normal = (f64::from(x[i]) - mean) / (variance + 1e-5).sqrt();
            let truth = normal * f64::from(gain[i]) + f64::from(bias[i]);
            assert_close(found, truth, 8.0 * ROUNDING, "layer_norm");
        }
    }
}

#[test]
fn attention_weighs_values_by_softmax_of_scaled_scores() {
    // Heads of keys and values of their own, and such that three share.
    for (heads, kv_heads, stride) in [(3, 3, 61), (6, 2, 41)] {
        attention_is_as_defined(AttentionShape {
            heads,
            kv_heads,
            head_width: 20,
            stride,
        });
    }
}

fn attention_is_as_defined(shape: AttentionShape) {
    let (width, positions) = (shape.heads * 20, 33);
    let mut numbers = Numbers::new(6);
    let q = numbers.floats(Flavour::Tame, width);
    let keys = numbers.floats(Flavour::Tame, positions * shape.stride);
    let values = numbers.floats(Flavour::Tame, positions * shape.stride);
    let mut out = vec![0.0; width];
    let rows = KvRows {
        keys: KvSlice::F32(&keys),
        values: KvSlice::F32(&values),
        positions,
    };
    let query = Query {
        row: &q,
        past: [rows, KvRows::NONE, KvRows::NONE],
    };
    Kernels::scalar().attention(shape, &[query], &mut out, &mut Scratch::default());
    for h in 0..shape.heads {
        let shared = h * shape.kv_heads / shape.heads;
        let at =
            |row: &[f32], p: usize, d: usize| f64::from(row[p * shape.stride + shared * 20 + d]);
        let score = |p: usize| {
            let dot: f64 = (0..20)
                .map(|d| f64::from(q[h * 20 + d]) * at(&keys, p, d))
                .sum();
            (dot / 20_f64.sqrt()).exp()
        };
        let total: f64 = (0..positions).map(score).sum();
        for d in 0..20 {
            let truth: f64 = (0..positions)
                .map(|p| score(p) / total * at(&values, p, d))
                .sum();
            assert_close(out[h * 20 + d], truth, 8.0 * ROUNDING, "attention");
        }
    }
}

#[test]
fn no_positions_give_no_output() {
    let shape = AttentionShape {
        heads: 1,
        kv_heads: 1,
        head_width: 2,
        stride: 2,
    };
    let mut out = [f32::NAN; 2];
    let query = Query {
        row: &[1.0, 2.0],
        past: [KvRows::NONE; RUNS],
    };
    Kernels::scalar().attention(shape, &[query], &mut out, &mut Scratch::default());
    assert_eq!(out, [0.0, 0.0]);
}

#[test]
fn argmax_takes_the_first_of_equals_and_no_nan() {
    for kernels in Kernels::available() {
        assert_eq!(kernels.argmax(&[1.0, f32::NAN, 7.0, 7.0, 2.0]), 2);
        assert_eq!(kernels.argmax(&[f32::NAN, f32::NAN]), 0);
        assert_eq!(kernels.argmax(&[]), 0);
        let mut long = vec![-1.0; 1000];
        long[777] = -0.5;
        assert_eq!(kernels.argmax(&long), 777);
    }
}

#[test]
fn refused_weights_say_why() {
    let refused = |rows, cols, bytes: usize| {
        let bytes = vec![0; bytes];
        Weights::new(GgmlType::Q8_0, rows, cols, &bytes)
            .expect_err("a bad matrix")
            .to_string()
    };
    assert!(refused(0, 32, 0).contains("at least 1"));
    assert!(refused(1, 33, 34).contains("not whole Q8_0 blocks of 32"));
    assert!(refused(1, 32, 33).contains("take 34 bytes, here are 33"));
    assert!(refused(usize::MAX, 32, 34).contains("fit in memory"));
    let w = Weights::new(GgmlType::Q8_0, 1, 32, &[0; 34]).expect("one block");
    let row = Kernels::scalar().dequantize_row(&w, 1, &mut [0.0; 32]);
    assert!(
        row.expect_err("no second row")
            .to_string()
            .contains("row 1")
    );
}

#[test]
fn a_token_alone_gives_what_it_gives_among_others() {
    let (rows, cols, tokens) = (37, 256, 11);
    for ty in GgmlType::ALL {
        let mut numbers = Numbers::new(9);
        let bytes = numbers.weights(Flavour::Tame, ty, rows * cols / ty.block_len());
        let w = Weights::new(ty, rows, cols, &bytes).expect("whole blocks");
        let x = numbers.floats(Flavour::Tame, tokens * cols);
        for kernels in Kernels::available() {
            let mut together = vec![0.0; tokens * rows];
            let mut scratch = Scratch::default();
            kernels.matmul(&w, &x, None, Finish::Store, &mut together, &mut scratch);
            for (x, together) in x.chunks(cols).zip(together.chunks(rows)) {
                let mut alone = vec![0.0; rows];
                kernels.matmul(&w, x, None, Finish::Store, &mut alone, &mut scratch);
                assert_eq!(alone, together, "{ty} with {}", kernels.name());
            }
        }
    }
}

#[test]
fn a_non_finite_activation_spoils_its_token_only() {
    let (rows, cols) = (17, 64);
    let bytes = Numbers::new(1).weights(Flavour::Tame, GgmlType::Q4_0, rows * 2);
    let w = Weights::new(GgmlType::Q4_0, rows, cols, &bytes).expect("whole blocks");
    let mut x = vec![1.0; 6 * cols];
    x[3 * cols + 5] = f32::INFINITY;
    for kernels in Kernels::available() {
        let mut y = vec![0.0_f32; 6 * rows];
        let scratch = &mut Scratch::default();
        kernels.matmul(&w, &x, None, Finish::Store, &mut y, scratch);
        for (t, y) in y.chunks(rows).enumerate() {
            assert!(y.iter().all(|y| y.is_nan() == (t == 3)), "token {t}");
        }
    }
}
