//! How fast the matrix products are: `cargo bench -p senselm-kernels [-- WORDS]`.
//!
//! Each word selects a variant (`avx2`), a type (`q8_0`), a shape (`1536x384`,
//! any other too) or a figure (`decode`); without any of a sort, all of it runs, except that of
//! the variants only the fastest does. Decode (one token) is given in GB/s of
//! weights read, prefill (128 tokens) in GOP/s, a multiplication and an addition
//! being two. Figures are those of the fastest of many calls: on a machine that
//! does other things too, the slower ones say nothing about the kernels.

use std::hint::black_box;
use std::time::{Duration, Instant};

use senselm_kernels::parity::{Flavour, Numbers};
use senselm_kernels::{Finish, GgmlType, Kernels, Scratch, Weights};

/// Rows and columns: the matrices of a block and the head, of widths 384 and 768.
const SHAPES: [(usize, usize); 8] = [
    (384, 384),
    (1536, 384),
    (384, 1536),
    (50257, 384),
    (768, 768),
    (3072, 768),
    (768, 3072),
    (50257, 768),
];

const PREFILL_TOKENS: usize = 128;

/// How long a figure is measured, at least.
const AT_LEAST: Duration = Duration::from_millis(60);

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .map(|word| word.to_ascii_lowercase())
        .collect();
    let selected = |name: &str, all: &[String]| {
        let name = name.to_ascii_lowercase();
        words.contains(&name) || !words.iter().any(|word| all.contains(word))
    };

    let variants: Vec<String> = Kernels::available()
        .iter()
        .map(|k| k.name().into())
        .collect();
    let types = GgmlType::ALL.map(|ty| ty.name().to_ascii_lowercase());
    let mut shapes: Vec<_> = words.iter().filter_map(|word| shape(word)).collect();
    if shapes.is_empty() {
        shapes.extend(SHAPES);
    }
    let figures = ["decode", "prefill"].map(String::from);
    let any_variant = words.iter().any(|word| variants.contains(word));

    println!(
        "{:12} {:5} {:>10} {:>12} {:>14}",
        "variant", "type", "shape", "decode GB/s", "prefill GOP/s"
    );
    for kernels in Kernels::available() {
        let wanted = if any_variant {
            words.contains(&kernels.name().to_string())
        } else {
            kernels == Kernels::detect()
        };
        if !wanted {
            continue;
        }
        for ty in GgmlType::ALL {
            for &(rows, cols) in &shapes {
                if cols.is_multiple_of(ty.block_len()) && selected(ty.name(), &types) {
                    let shape = format!("{rows}x{cols}");
                    let figures = ["decode", "prefill"].map(|name| selected(name, &figures));
                    let (decode, prefill) = measure(kernels, ty, rows, cols, figures);
                    println!(
                        "{:12} {:5} {shape:>10} {decode:12.1} {prefill:14.1}",
                        kernels.name(),
                        ty.name()
                    );
                }
            }
        }
    }
}

/// Rows and columns of a word like `1536x384`.
fn shape(word: &str) -> Option<(usize, usize)> {
    let (rows, cols) = word.split_once('x')?;
    Some((rows.parse().ok()?, cols.parse().ok()?))
}

/// GB/s of one token and GOP/s of many.
fn measure(
    kernels: Kernels,
    ty: GgmlType,
    rows: usize,
    cols: usize,
    [decode, prefill]: [bool; 2],
) -> (f64, f64) {
    let mut numbers = Numbers::new(1);
    let bytes = numbers.weights(Flavour::Tame, ty, rows * cols / ty.block_len());
    let w = Weights::new(ty, rows, cols, &bytes).expect("a shape of whole blocks");
    let x = numbers.floats(Flavour::Tame, PREFILL_TOKENS * cols);
    let mut y = vec![0.0; PREFILL_TOKENS * rows];
    let mut scratch = Scratch::default();
    let mut seconds = |wanted: bool, tokens: usize| {
        let (x, y) = (&x[..tokens * cols], &mut y[..tokens * rows]);
        let call = || {
            kernels.matmul(
                &w,
                black_box(x),
                None,
                Finish::Store,
                black_box(y),
                &mut scratch,
            )
        };
        if wanted { fastest(call) } else { f64::NAN }
    };
    let bytes = bytes.len() as f64;
    let operations = 2.0 * (rows * cols * PREFILL_TOKENS) as f64;
    (
        bytes / seconds(decode, 1) / 1e9,
        operations / seconds(prefill, PREFILL_TOKENS) / 1e9,
    )
}

/// The seconds of the fastest call.
fn fastest(mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut best = f64::INFINITY;
    let mut calls = 0;
    while start.elapsed() < AT_LEAST || calls < 3 {
        let before = Instant::now();
        call();
        best = best.min(before.elapsed().as_secs_f64());
        calls += 1;
    }
    best
}
