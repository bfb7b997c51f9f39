//! Every type, on random weights and on random bytes.

use proptest::collection::vec;
use proptest::prelude::*;
use senselm_quant::{GgmlType, MAX_F16, QuantError, dequantize, k_scales, quantize};

/// Half a quantization step, as a fraction of the largest magnitude in a block,
/// with room for a scale rounded to 11 bits. A type with a minimum spends its
/// levels on the range, which is at most twice the largest magnitude; a search
/// that weighs by magnitude may give up half a step on the small ones.
fn tolerance(ty: GgmlType) -> f32 {
    match ty {
        GgmlType::F32 => 0.0,
        GgmlType::F16 => 0.5 / 1024.0,
        GgmlType::Bf16 => 0.5 / 128.0,
        GgmlType::Q8_0 => 0.51 / 127.0 + 0.001,
        // The sign that is not the largest one's has one level less.
        GgmlType::Q4_0 => 1.01 / 8.0,
        GgmlType::Q5_0 => 1.01 / 16.0,
        // Twice the magnitude times a rounded scale, and a rounded minimum.
        GgmlType::Q4_1 => 1.0 / 15.0 + 3.0 / 2048.0,
        GgmlType::Q5_1 => 1.0 / 31.0 + 3.0 / 2048.0,
        GgmlType::Q4K => 3.0 / 15.0,
        GgmlType::Q5K => 3.0 / 31.0,
        GgmlType::Q6K => 2.0 / 32.0,
        other => panic!("give {other} a tolerance"),
    }
}

fn ty() -> impl Strategy<Value = GgmlType> {
    proptest::sample::select(&GgmlType::ALL[..])
}

fn encode(ty: GgmlType, values: &[f32]) -> Result<Vec<u8>, QuantError> {
    let mut bytes = vec![0xa5; ty.bytes_for(values.len()).expect("whole blocks")];
    quantize(ty, values, &mut bytes).map(|()| bytes)
}

fn decode(ty: GgmlType, bytes: &[u8]) -> Vec<f32> {
    let mut out = vec![f32::NAN; bytes.len() / ty.block_bytes() * ty.block_len()];
    dequantize(ty, bytes, &mut out).expect("whole blocks");
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn round_trip_stays_within_the_step(
        ty in ty(),
        scale in -8..8_i32,
        unit in vec(-1.0..1.0_f32, 512),
    ) {
        let scale = 2.0_f32.powi(scale);
        let values: Vec<f32> = unit.iter().map(|v| v * scale).collect();
        let back = decode(ty, &encode(ty, &values).expect("finite values"));
        let block = ty.block_len();
        for (values, back) in values.chunks(block).zip(back.chunks(block)) {
            let largest = values.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
            // Binary16's smallest step bounds what any scale can resolve.
            let allowed = tolerance(ty) * largest + f32::from(ty != GgmlType::F32) * 6e-8 * 32.0;
            for (v, b) in values.iter().zip(back) {
                prop_assert!((v - b).abs() <= allowed, "{ty}: {v} became {b}, {allowed} allowed");
            }
        }
    }

    #[test]
    fn constants_and_zeros_survive(ty in ty(), value in -100.0..100.0_f32) {
        for value in [value, 0.0, -0.0] {
            let back = decode(ty, &encode(ty, &[value; 256]).expect("finite values"));
            for b in back {
                prop_assert!((value - b).abs() <= value.abs() * 0.01, "{ty}: {value} became {b}");
            }
        }
    }

    #[test]
    fn whatever_is_accepted_decodes_to_finite_weights(
        ty in ty(),
        bits in vec(any::<u32>(), 256),
    ) {
        let values: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
        match encode(ty, &values) {
            Err(QuantError::OutOfRange { index, .. }) => {
                prop_assert!(!values[index].is_finite() || values[index].abs() >= MAX_F16);
            }
            Err(other) => prop_assert!(false, "{other}"),
            Ok(bytes) if ty == GgmlType::F32 => {
                let expected: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
                prop_assert_eq!(bytes, expected);
            }
            Ok(bytes) => prop_assert!(decode(ty, &bytes).iter().all(|v| v.is_finite())),
        }
    }

    #[test]
    fn large_and_tiny_values_decode_to_finite_weights(
        ty in ty(),
        exponents in vec((-149..16_i32, any::<bool>()), 256),
    ) {
        let values: Vec<f32> = exponents
            .into_iter()
            .map(|(e, negative)| if negative { -1.0 } else { 1.0 } * 2.0_f32.powi(e).min(MAX_F16))
            .collect();
        let bytes = encode(ty, &values).expect("within range");
        prop_assert!(decode(ty, &bytes).iter().all(|v| v.is_finite()), "{}", ty);
    }

    #[test]
    fn random_bytes_never_panic(ty in ty(), bytes in vec(any::<u8>(), 0..700), elements in 0..600_usize) {
        let mut out = vec![0.0; elements];
        let expected = ty.bytes_for(elements);
        let result = dequantize(ty, &bytes, &mut out);
        prop_assert_eq!(result.is_ok(), expected == Some(bytes.len()));
        let whole = bytes.len() / ty.block_bytes() * ty.block_bytes();
        decode(ty, &bytes[..whole]);
    }

    #[test]
    fn six_bit_scales_pack_and_unpack(packed in any::<[u8; 12]>()) {
        let (scales, minima) = k_scales::unpack(&packed);
        prop_assert!(scales.iter().chain(&minima).all(|&s| s < 64));
        prop_assert_eq!(k_scales::pack(&scales, &minima), packed);
    }

    #[test]
    fn blocks_are_independent(ty in ty(), values in vec(-1.0..1.0_f32, 512)) {
        let (first, second) = values.split_at(256);
        let whole = encode(ty, &values).expect("finite values");
        let parts = [encode(ty, first), encode(ty, second)].map(|r| r.expect("finite values"));
        prop_assert_eq!(whole, parts.concat());
    }
}

#[test]
fn ids_and_names_round_trip() {
    for ty in GgmlType::ALL {
        assert_eq!(GgmlType::from_id(ty.id()), Some(ty));
        assert_eq!(GgmlType::from_name(ty.name()), Some(ty));
        assert_eq!(GgmlType::from_name(&ty.name().to_lowercase()), Some(ty));
    }
    assert_eq!(GgmlType::from_id(4), None);
    assert_eq!(GgmlType::from_name("Q3_K"), None);
}

#[test]
fn sizes_that_do_not_fit_are_refused() {
    assert_eq!(GgmlType::Q8_0.bytes_for(33), None);
    assert_eq!(GgmlType::F32.bytes_for(usize::MAX), None);
    assert_eq!(GgmlType::Q4K.bytes_for(512), Some(288));
    let mut out = [0; 34];
    assert!(matches!(
        quantize(GgmlType::Q8_0, &[0.0; 31], &mut out),
        Err(QuantError::NotWholeBlocks { elements: 31, .. })
    ));
    assert!(matches!(
        quantize(GgmlType::Q8_0, &[0.0; 64], &mut out),
        Err(QuantError::Length {
            expected: 68,
            found: 34,
            ..
        })
    ));
}

#[test]
fn what_is_not_finite_is_refused() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 65_505.0] {
        for ty in GgmlType::ALL {
            let mut values = [0.25; 256];
            values[77] = bad;
            let result = encode(ty, &values);
            let storable = ty == GgmlType::F32 || (ty == GgmlType::Bf16 && bad.is_finite());
            assert_eq!(result.is_ok(), storable, "{ty} {bad}");
            if let Err(error) = result {
                assert!(matches!(error, QuantError::OutOfRange { index: 77, .. }));
                assert!(error.to_string().contains("77"));
            }
        }
    }
    // bfloat16 reaches almost as far as f32, but not quite.
    assert!(encode(GgmlType::Bf16, &[f32::MAX; 256]).is_err());
    assert!(encode(GgmlType::Bf16, &[3.38e38; 256]).is_ok());
}
