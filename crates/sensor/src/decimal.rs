//! Decimal numbers as text, through integers: the same on every machine, and
//! without the float formatting of the standard library in a browser bundle.

use alloc::string::String;

/// 10 to the power of `decimals`.
pub(crate) fn power_of_ten(decimals: u8) -> i64 {
    10_i64.pow(u32::from(decimals.min(18)))
}

/// `value` in units of its last decimal, rounded half away from zero; `None`
/// where it is not finite or has more than 17 digits.
pub(crate) fn to_units(value: f64, decimals: u8) -> Option<i64> {
    let units = libm::round(value * power_of_ten(decimals) as f64);
    (libm::fabs(units) < 1e17).then_some(units as i64)
}

/// Appends `units` as a decimal number: `width` digits at least before the
/// point, exactly `decimals` after it, or fewer where zeros are trimmed.
pub(crate) fn push_units(out: &mut String, units: i64, decimals: u8, width: u8, trim: bool) {
    if units < 0 {
        out.push('-');
    }
    let magnitude = units.unsigned_abs();
    let power = power_of_ten(decimals) as u64;
    push_padded(out, magnitude / power, usize::from(width.max(1)));
    let mut rest = magnitude % power;
    let mut digits = usize::from(decimals);
    while trim && digits > 0 && rest.is_multiple_of(10) {
        rest /= 10;
        digits -= 1;
    }
    if digits > 0 {
        out.push('.');
        push_padded(out, rest, digits);
    }
}

/// Appends a whole number, padded with zeros to `width` digits.
pub(crate) fn push_padded(out: &mut String, value: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut at = digits.len();
    let mut rest = value;
    while rest > 0 || at == digits.len() {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let start = at.min(digits.len().saturating_sub(width));
    out.extend(digits[start..].iter().map(|&digit| char::from(digit)));
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;

    use super::{push_units, to_units};

    fn text(value: f64, decimals: u8, width: u8, trim: bool) -> String {
        let mut out = String::new();
        let units = to_units(value, decimals).expect("fits");
        push_units(&mut out, units, decimals, width, trim);
        out
    }

    #[test]
    fn writes_sign_padding_and_decimals() {
        assert_eq!(text(1003.45, 2, 0, false), "1003.45");
        assert_eq!(text(-0.5, 1, 0, false), "-0.5");
        assert_eq!(text(-0.04, 1, 0, false), "0.0");
        assert_eq!(text(7.0, 0, 3, false), "007");
        assert_eq!(text(7.25, 3, 2, true), "07.25");
        assert_eq!(text(7.0, 3, 1, true), "7");
        assert_eq!(text(0.0, 0, 0, true), "0");
        assert_eq!(to_units(f64::NAN, 1), None);
        assert_eq!(to_units(1e17, 1), None);
        assert_eq!(to_units(f64::INFINITY, 0), None);
    }

    #[test]
    fn agrees_with_the_standard_library() {
        for i in -2_000..2_000 {
            // Odd 1/1024ths are never half-way between two hundredths.
            let value = f64::from(i) * 3.0 / 1024.0 + 1.0 / 4096.0;
            let expected = format!("{value:.2}");
            let expected = if expected == "-0.00" {
                "0.00"
            } else {
                &expected
            };
            assert_eq!(text(value, 2, 0, false), expected);
        }
    }
}
