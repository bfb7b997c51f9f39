//! `matvec SHAPE...`: one token times a Q8_0 matrix by senselm's kernels.
//!
//! Run natively or, built for wasm32-wasip2, under wasmtime.

use std::process::ExitCode;

use senselm_bench_timing::{Shape, line, numbers, seconds, shapes};
use senselm_kernels::{Finish, GgmlType, Kernels, Scratch, Weights};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("matvec: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    for shape in shapes(std::env::args().skip(1))? {
        println!("{}", measure(shape)?);
    }
    Ok(())
}

fn measure(shape: Shape) -> Result<String, String> {
    let Shape { rows, cols } = shape;
    let ty = GgmlType::Q8_0;
    let bytes = ty.bytes_for(rows * cols).ok_or("too large a shape")?;
    let mut blocks = vec![0; bytes];
    senselm_quant::quantize(ty, &numbers(1, rows * cols), &mut blocks)
        .map_err(|error| error.to_string())?;
    let weights = Weights::new(ty, rows, cols, &blocks).map_err(|error| error.to_string())?;
    let x = numbers(2, cols);
    let mut y = vec![0.0; rows];
    let (kernels, mut scratch) = (Kernels::detect(), Scratch::default());
    let seconds = seconds(|| {
        kernels.matmul(&weights, &x, None, Finish::Store, &mut y, &mut scratch);
    });
    Ok(line(kernels.name(), shape, bytes, seconds, &y))
}
