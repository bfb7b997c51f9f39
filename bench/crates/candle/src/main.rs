//! `candle SHAPE...`: one token times a Q8_0 matrix by candle.
//!
//! Run natively or, built for wasm32-wasip2, under wasmtime.

use std::process::ExitCode;

use candle_core::quantized::{GgmlDType, QMatMul, QTensor};
use candle_core::{Device, Error, Module, Tensor};
use senselm_bench_timing::{Shape, line, numbers, seconds, shapes};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("candle: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    for shape in shapes(std::env::args().skip(1))? {
        println!("{}", measure(shape).map_err(|error| error.to_string())?);
    }
    Ok(())
}

fn measure(shape: Shape) -> Result<String, Error> {
    let Shape { rows, cols } = shape;
    let device = Device::Cpu;
    let weights = Tensor::from_vec(numbers(1, rows * cols), (rows, cols), &device)?;
    let weights = QTensor::quantize(&weights, GgmlDType::Q8_0)?;
    let bytes = weights.storage_size_in_bytes();
    let product = QMatMul::from_qtensor(weights)?;
    let x = Tensor::from_vec(numbers(2, cols), (1, cols), &device)?;
    let mut y = product.forward(&x)?;
    let mut failed = None;
    let seconds = seconds(|| match product.forward(&x) {
        Ok(result) => y = result,
        Err(error) => failed = Some(error),
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let y: Vec<f32> = y.flatten_all()?.to_vec1()?;
    Ok(line("candle 0.11.1", shape, bytes, seconds, &y))
}
