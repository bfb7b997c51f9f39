//! How fast the steps between matrix products are:
//! `cargo bench -p senselm-kernels --bench steps [-- VARIANT]`.
//!
//! Microseconds a call at the shapes of a 30M model (C = 384, H = 6, D = 64,
//! V = 50257), of the fastest of many calls.

use std::hint::black_box;
use std::time::{Duration, Instant};

use senselm_kernels::parity::{Flavour, Numbers};
use senselm_kernels::{AttentionShape, Kernels, KvRows, KvSlice, Query, Scratch};

/// How long a figure is measured, at least.
const AT_LEAST: Duration = Duration::from_millis(40);

const SHAPE: AttentionShape = AttentionShape {
    heads: 6,
    kv_heads: 6,
    head_width: 64,
    stride: 384,
};

fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    for kernels in Kernels::available() {
        let chosen = wanted.iter().any(|name| name == kernels.name());
        if chosen || (wanted.is_empty() && kernels == Kernels::detect()) {
            measure(kernels);
        }
    }
}

fn measure(kernels: Kernels) {
    let mut numbers = Numbers::new(1);
    let x = numbers.floats(Flavour::Tame, 1024 * 384);
    let values = numbers.floats(Flavour::Tame, 1024 * 384);
    let mut y = vec![0.0; 128 * 1536];
    let mut scratch = Scratch::default();
    let report = |step: &str, seconds: f64| {
        println!("{:12} {step:28} {:10.2} us", kernels.name(), seconds * 1e6);
    };

    let (row, block) = (&x[..384], &x[..128 * 384]);
    report(
        "layer_norm 128x384",
        fastest(|| {
            kernels.layer_norm(
                black_box(block),
                row,
                row,
                1e-5,
                &mut y[..128 * 384],
                &scratch,
            );
        }),
    );
    report(
        "gelu 128x1536",
        fastest(|| {
            y.copy_from_slice(&x[..128 * 1536]);
            kernels.gelu(black_box(&mut y));
        }),
    );
    report(
        "add 128x384",
        fastest(|| kernels.add(black_box(&mut y[..128 * 384]), block)),
    );
    report(
        "softmax 50257",
        fastest(|| {
            y[..50257].copy_from_slice(&x[..50257]);
            kernels.softmax(black_box(&mut y[..50257]));
        }),
    );
    report(
        "argmax 50257",
        fastest(|| {
            black_box(kernels.argmax(black_box(&x[..50257])));
        }),
    );
    for positions in [16, 64, 128, 512, 1024] {
        let rows = KvRows {
            keys: KvSlice::F32(&x),
            values: KvSlice::F32(&values),
            positions,
        };
        report(
            &format!("attention {positions}"),
            fastest(|| {
                let query = Query {
                    row: black_box(row),
                    past: [rows, KvRows::NONE, KvRows::NONE],
                };
                kernels.attention(SHAPE, &[query], &mut y[..384], &mut scratch);
            }),
        );
    }
}

/// The seconds of the fastest call.
fn fastest(mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut best = f64::INFINITY;
    while start.elapsed() < AT_LEAST {
        let before = Instant::now();
        call();
        best = best.min(before.elapsed().as_secs_f64());
    }
    best
}
