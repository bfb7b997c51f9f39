//! What each kernel reaches, through the kernels' public table.

use senselm_bench_timing::{Shape, numbers, seconds};
use senselm_kernels::{Finish, GgmlType, Kernels, Scratch, Team, Weights};

use crate::machine;

const TYPES: [GgmlType; 5] = [
    GgmlType::Q8_0,
    GgmlType::Q4_0,
    GgmlType::Q4K,
    GgmlType::F16,
    GgmlType::F32,
];

/// Tokens of a prefill.
const PREFILL: usize = 128;

/// One JSON object for each type and thread count.
pub(crate) fn lines(shape: Shape, threads: &[usize]) -> Result<Vec<String>, String> {
    let Shape { rows, cols } = shape;
    let floats = numbers(1, rows * cols);
    let mut lines = Vec::new();
    for ty in TYPES {
        if !cols.is_multiple_of(ty.block_len()) {
            continue;
        }
        let bytes = ty.bytes_for(rows * cols).ok_or("too large a shape")?;
        let mut blocks = vec![0; bytes];
        senselm_quant::quantize(ty, &floats, &mut blocks).map_err(|error| error.to_string())?;
        let weights = Weights::new(ty, rows, cols, &blocks).map_err(|error| error.to_string())?;
        for &threads in threads {
            lines.push(measure(&weights, bytes, threads)?);
        }
    }
    Ok(lines)
}

fn measure(weights: &Weights<'_>, bytes: usize, threads: usize) -> Result<String, String> {
    let team = Team::of_threads(threads).ok_or("this build starts no threads")?;
    let (rows, cols) = (weights.rows(), weights.cols());
    let (kernels, mut scratch) = (Kernels::detect(), Scratch::of_team(team));
    let x = numbers(2, PREFILL * cols);
    let mut y = vec![0.0; PREFILL * rows];
    let mut time = |tokens: usize| {
        let (x, y) = (&x[..tokens * cols], &mut y[..tokens * rows]);
        seconds(|| kernels.matmul(weights, x, None, Finish::Store, y, &mut scratch))
    };
    let gb_per_s = bytes as f64 / time(1) / 1e9;
    let gop_per_s = 2.0 * (rows * cols * PREFILL) as f64 / time(PREFILL) / 1e9;
    let ty = weights.ty();
    let int8 = ty.block_len() > 1;
    Ok(format!(
        r#"{{"kernels":"{}","type":"{}","shape":"{rows}x{cols}","threads":{threads},"decode_gb_per_s":{gb_per_s},"bandwidth_share":{},"prefill_gop_per_s":{gop_per_s},"int8_peak_share":{}}}"#,
        kernels.name(),
        ty.name(),
        gb_per_s / machine::bandwidth(threads, bytes),
        number(
            machine::int8_peak(threads)
                .filter(|_| int8)
                .map(|peak| gop_per_s / peak)
        ),
    ))
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "null".into(), |value| value.to_string())
}
