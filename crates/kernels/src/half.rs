//! Binary16 and bfloat16 to `f32`, short enough to sit inside an inner loop.

/// The value of a binary16 given by its bits: every bit pattern, subnormals,
/// infinities and NaN too.
#[inline(always)]
pub(crate) fn f16_to_f32(bits: u16) -> f32 {
    /// 2^112, the difference of the exponent biases.
    const REBIAS: f32 = f32::from_bits((127 + 112) << 23);
    let bits = u32::from(bits);
    let magnitude = (bits & 0x7fff) << 13;
    let finite = (f32::from_bits(magnitude) * REBIAS).to_bits();
    let special = if magnitude >= 0x7c00 << 13 {
        0x7f80_0000
    } else {
        0
    };
    f32::from_bits(finite | special | ((bits & 0x8000) << 16))
}

/// The value of a bfloat16 given by its bits.
#[inline(always)]
pub(crate) const fn bf16_to_f32(bits: u16) -> f32 {
    f32::from_bits((bits as u32) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_binary16_is_the_one_that_quant_decodes() {
        for bits in 0..=u16::MAX {
            let (ours, theirs) = (f16_to_f32(bits), senselm_quant::f16_to_f32(bits));
            let same = ours.to_bits() == theirs.to_bits() || (ours.is_nan() && theirs.is_nan());
            assert!(same, "{bits:#06x}: {ours} {theirs}");
        }
    }
}
