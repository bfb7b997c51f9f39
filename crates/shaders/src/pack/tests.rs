use proptest::prelude::*;
use senselm_quant::{GgmlType, dequantize, quantize};

use super::*;
use crate::ops::row_of;

/// Half a step of 8 bits, of the largest weight among 32.
const EIGHT_BITS: f32 = 0.51 / 127.0;

fn encoded(ty: GgmlType, values: &[f32]) -> Vec<u8> {
    let mut bytes = vec![0; ty.bytes_for(values.len()).unwrap()];
    quantize(ty, values, &mut bytes).unwrap();
    bytes
}

fn is_exact(ty: GgmlType) -> bool {
    use GgmlType as Ty;
    matches!(
        ty,
        Ty::F32 | Ty::F16 | Ty::Bf16 | Ty::Q8_0 | Ty::Q4_0 | Ty::Q5_0
    )
}

proptest! {
    #[test]
    fn packed_rows_are_the_rows_of_the_file(
        ty in prop::sample::select(GgmlType::ALL.as_slice()),
        rows in 1_usize..4,
        blocks in 1_usize..3,
        seed in any::<u64>(),
    ) {
        let cols = blocks * ty.block_len().max(5);
        let values: Vec<f32> = (0..rows * cols)
            .map(|i| ((i as u64).wrapping_mul(seed | 1) >> 40) as f32 / 1e7 - 0.8)
            .collect();
        let bytes = encoded(ty, &values);
        let mut expected = vec![0.0; values.len()];
        dequantize(ty, &bytes, &mut expected).unwrap();
        let packed = Packed::pack(ty, rows, cols, &bytes).unwrap();
        prop_assert_eq!(packed.quants.len(), rows * padded(cols) / 8 * packed.ty.words());
        let largest = expected.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
        let bound = if is_exact(ty) { 0.0 } else { EIGHT_BITS * largest + 1e-3 * largest };
        for (row, expected) in expected.chunks(cols).enumerate() {
            let found = row_of(&packed, row);
            prop_assert_eq!(found.len(), padded(cols));
            for (x, y) in found.iter().zip(expected) {
                prop_assert!((x - y).abs() <= bound, "{} {} {}", ty, x, y);
            }
            prop_assert!(found[cols..].iter().all(|&x| x == 0.0));
        }
        let all = (0..rows).flat_map(|row| row_of(&packed, row));
        let found = all.fold(0.0_f32, |m, x| m.max(x.abs()));
        prop_assert!(found <= packed.bound(), "{} {} {}", ty, found, packed.bound());
        // Of Q8_0, Q5_0 uses codes up to 16.
        prop_assert!(packed.bound() <= 8.6 * found, "{} {} {}", ty, found, packed.bound());
        let floats = Packed::pack_f32(ty, rows, cols, &bytes).unwrap();
        prop_assert_eq!(&row_of(&floats, rows - 1)[..cols], &expected[(rows - 1) * cols..]);
    }
}

#[test]
fn bytes_that_are_not_the_rows_are_refused() {
    let short = Packed::pack(GgmlType::F32, 2, 4, &[0; 31]);
    assert!(matches!(
        short,
        Err(PackError::Quant(QuantError::Length { .. }))
    ));
    let ragged = Packed::pack(GgmlType::Q8_0, 1, 33, &[0; 34]);
    let expected = PackError::Columns {
        ty: GgmlType::Q8_0,
        cols: 33,
    };
    assert_eq!(ragged, Err(expected));
    let huge = Packed::pack(GgmlType::F32, usize::MAX, 2, &[]);
    assert!(matches!(huge, Err(PackError::Size { .. })));
}

#[test]
fn weights_that_are_not_numbers_are_not_rounded() {
    let mut bytes = vec![0_u8; 20];
    bytes[..2].copy_from_slice(&0x7e00_u16.to_le_bytes());
    let refused = Packed::pack(GgmlType::Q4_1, 1, 32, &bytes);
    assert!(matches!(
        refused,
        Err(PackError::Quant(QuantError::OutOfRange { .. }))
    ));
}

#[test]
fn the_bound_tells_of_weights_that_are_not_numbers() {
    for bits in [0x7e00_u16, 0xfe00, 0x7c01] {
        let mut bytes = vec![0_u8; 8];
        bytes[2..4].copy_from_slice(&bits.to_le_bytes());
        let packed = Packed::pack(GgmlType::F16, 1, 4, &bytes).unwrap();
        assert!(packed.bound().is_nan());
    }
}
