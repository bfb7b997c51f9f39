//! Any bytes decode; any finite weights within range encode, and decode to
//! finite weights again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use senselm_quant::{GgmlType, QuantError, dequantize, quantize};

fuzz_target!(|bytes: &[u8]| {
    let Some((&id, bytes)) = bytes.split_first() else {
        return;
    };
    let Some(ty) = GgmlType::from_id(id.into()) else {
        return;
    };
    let blocks = bytes.len() / ty.block_bytes();
    let mut values = vec![0.0; blocks * ty.block_len()];
    dequantize(ty, &bytes[..blocks * ty.block_bytes()], &mut values).expect("whole blocks");
    round_trip(ty, &values);

    // The same bytes as raw weights, which reach every exponent.
    let raw: Vec<f32> = bytes
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect();
    let whole = raw.len() / ty.block_len() * ty.block_len();
    round_trip(ty, &raw[..whole]);
});

fn round_trip(ty: GgmlType, values: &[f32]) {
    let mut blocks = vec![0; ty.bytes_for(values.len()).expect("whole blocks")];
    match quantize(ty, values, &mut blocks) {
        Ok(()) => {
            let mut back = vec![0.0; values.len()];
            dequantize(ty, &blocks, &mut back).expect("whole blocks");
            let finite = back.iter().all(|v| v.is_finite());
            assert!(finite || ty == GgmlType::F32, "{ty}");
        }
        Err(QuantError::OutOfRange { .. }) => {}
        Err(other) => panic!("{other}"),
    }
}
