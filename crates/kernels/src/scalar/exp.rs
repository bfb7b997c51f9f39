//! The exponential function, from operations that round alike everywhere.

/// `e^x` within 2 units in the last place.
///
/// Zero below [`LOWEST`], where the result would be subnormal, and infinite
/// above [`HIGHEST`].
///
/// # Source
/// The reduction `x = n ln 2 + r` and the polynomial of Cephes' `expf`
/// (Moshier, 1989).
pub(super) fn exp(x: f32) -> f32 {
    if x < LOWEST {
        return 0.0;
    }
    if x > HIGHEST {
        return f32::INFINITY;
    }
    let n = (x * core::f32::consts::LOG2_E).round_ties_even();
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut p = POLYNOMIAL[0];
    for c in &POLYNOMIAL[1..] {
        p = p * r + c;
    }
    let fraction = (p * (r * r) + r) + 1.0;
    fraction * power_of_two(n as i32)
}

/// Below it `e^x` is no normal number.
pub(crate) const LOWEST: f32 = -87.336_54;
/// Above it the power of two would overflow before the product does.
pub(crate) const HIGHEST: f32 = 88.376_26;
/// `ln 2` in two parts: the first has few enough digits that `n` times it is exact.
pub(crate) const LN_2_HIGH: f32 = 0.693_359_4;
/// What the first part lacks.
pub(crate) const LN_2_LOW: f32 = -2.121_944_4e-4;
/// `(e^r - 1 - r) / r^2` for `|r| <= ln 2 / 2`, the highest power first.
pub(crate) const POLYNOMIAL: [f32; 6] = [
    1.987_569_1e-4,
    1.398_199_9e-3,
    8.333_452e-3,
    4.166_579_6e-2,
    1.666_666_5e-1,
    5.000_000_3e-1,
];

/// `2^n` for `n` in -126..=127. Any other `n` (as NaN becomes 0) is not asked for.
fn power_of_two(n: i32) -> f32 {
    f32::from_bits(((n + 127) as u32) << 23)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two roundings in the polynomial's last steps and one in the argument.
    const RELATIVE: f64 = 2.5e-7;

    #[test]
    fn stays_within_rounding_of_the_true_exponential() {
        let mut x = -87.3_f32;
        while x < 88.3 {
            let (ours, truth) = (f64::from(exp(x)), f64::from(x).exp());
            assert!(
                (ours - truth).abs() <= RELATIVE * truth,
                "exp({x}) = {ours}, not {truth}"
            );
            x += 1.7e-3;
        }
    }

    #[test]
    fn ends_are_exact() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(f32::INFINITY), f32::INFINITY);
        assert_eq!(exp(-1e30), 0.0);
        assert!(exp(LOWEST) > 0.0);
        assert!(exp(HIGHEST).is_finite());
        assert!(exp(f32::NAN).is_nan());
    }
}
