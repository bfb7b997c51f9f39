//! `roofline [SHAPE...]`: the machine's memory bandwidth and int8 peak, and how
//! much of them each kernel reaches. Prints one JSON object.
//!
//! Decode (one token) is held against the bandwidth of reading as many bytes as
//! the matrix has, prefill (128 tokens) against the peak of int8 arithmetic.
//! F16 and F32 weights are multiplied in f32, so their prefill has no share.

mod kernels;
mod machine;

use std::process::ExitCode;

use senselm_bench_timing::{Shape, shapes};

/// The matrices of GPT-2 30M and 124M: of a block, and the head.
const SHAPES: [Shape; 6] = [
    shape(1536, 384),
    shape(384, 1536),
    shape(50257, 384),
    shape(3072, 768),
    shape(768, 3072),
    shape(50257, 768),
];

/// Thread counts that are measured, as far as the machine has cores.
const THREADS: [usize; 2] = [1, 2];

const fn shape(rows: usize, cols: usize) -> Shape {
    Shape { rows, cols }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("roofline: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let shapes = match words.is_empty() {
        true => SHAPES.to_vec(),
        false => shapes(words.into_iter())?,
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads: Vec<usize> = THREADS.into_iter().filter(|&n| n <= cores).collect();
    let bandwidth: Vec<String> = threads
        .iter()
        .flat_map(|&n| machine::BUFFERS.map(|bytes| machine::bandwidth_line(n, bytes)))
        .collect();
    let peaks: Vec<String> = threads
        .iter()
        .filter_map(|&n| machine::peak_line(n))
        .collect();
    let mut products = Vec::new();
    for &shape in &shapes {
        products.extend(kernels::lines(shape, &threads)?);
    }
    println!(
        r#"{{"instructions":"{}","bandwidth":[{}],"int8_peak":[{}],"kernels":[{}]}}"#,
        machine::instructions(),
        bandwidth.join(","),
        peaks.join(","),
        products.join(",")
    );
    Ok(())
}
