//! Decimal digits as the nearest `f64`.
//!
//! The standard library does the same with a table of ten kilobytes, which is a
//! fifth of what the browser's module may weigh. Here, nearly every number is
//! one exact product or quotient; the others are divided in whole numbers.
//!
//! # Source
//! William D. Clinger, "How to read floating point numbers accurately", PLDI
//! 1990: section 2 for the exact cases, 4 for the division.

use alloc::vec::Vec;

/// More digits than any number is written with.
const MAX_DIGITS: usize = 400;
/// Powers of ten up to here are exact.
const EXACT_POWER: i32 = 22;
/// Numbers from 10^40 are too large for any reading, and are infinite here.
const LARGEST_POWER: i32 = 40;
/// Numbers below 10^-300 are zero here.
const SMALLEST_POWER: i32 = -300;

/// Reads digits with a sign, a point and an exponent where they have them, as
/// `str::parse` does, and rounds as that does. What is beyond 10^40 is infinite,
/// and what is below 10^-300 is 0.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let (negative, unsigned) = match text.strip_prefix(['-', '+']) {
        Some(unsigned) => (text.starts_with('-'), unsigned),
        None => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, whole(exponent)?),
        None => (unsigned, 0),
    };
    let (before, behind) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || before.bytes().chain(behind.bytes());
    if digits().next().is_none() || !digits().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let digits: Vec<u8> = digits().skip_while(|&digit| digit == b'0').collect();
    if digits.len() > MAX_DIGITS {
        return None;
    }
    let power = exponent - i32::try_from(behind.len()).ok()?;
    let value = value(&digits, power);
    Some(if negative { -value } else { value })
}

/// An exponent, as far as it matters.
fn whole(text: &str) -> Option<i32> {
    const FAR: i32 = 100_000;
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let value = digits.bytes().fold(0, |value: i32, digit| {
        (value * 10 + i32::from(digit - b'0')).min(FAR)
    });
    Some(if text.starts_with('-') { -value } else { value })
}

/// `digits * 10^power`, where the first digit is not 0.
fn value(digits: &[u8], power: i32) -> f64 {
    let size = i32::try_from(digits.len()).unwrap_or(i32::MAX) + power;
    if digits.is_empty() || size < SMALLEST_POWER {
        return 0.0;
    }
    if size > LARGEST_POWER {
        return f64::INFINITY;
    }
    let small = digits.iter().try_fold(0_u64, |value, digit| {
        let value = value
            .checked_mul(10)?
            .checked_add(u64::from(digit - b'0'))?;
        (value < 1 << f64::MANTISSA_DIGITS).then_some(value)
    });
    match small {
        Some(small) if power.abs() <= EXACT_POWER => {
            let mut ten = 1.0;
            (0..power.abs()).for_each(|_| ten *= 10.0);
            let small = small as f64;
            if power < 0 { small / ten } else { small * ten }
        }
        _ => divided(digits, power),
    }
}

/// The same by a division of whole numbers.
fn divided(digits: &[u8], power: i32) -> f64 {
    let mut above = Whole(Vec::new());
    for digit in digits {
        above.times_plus(10, u32::from(digit - b'0'));
    }
    let mut below = Whole([1].into());
    for _ in 0..power.abs() {
        let side = if power < 0 { &mut below } else { &mut above };
        side.times_plus(10, 0);
    }
    // So that the quotient has 54 or 55 bits: one or two more than are kept.
    const BITS: i32 = f64::MANTISSA_DIGITS as i32 + 1;
    let shift = BITS - (above.bits() - below.bits());
    let side = if shift < 0 { &mut below } else { &mut above };
    side.double(shift.abs());
    below.double(BITS + 1);
    let mut quotient = 0_u64;
    for _ in 0..=BITS {
        below.halve();
        quotient <<= 1;
        if above.take(&below) {
            quotient |= 1;
        }
    }
    let extra = 64 - quotient.leading_zeros() - f64::MANTISSA_DIGITS;
    let half = 1 << (extra - 1);
    let rest = quotient & ((half << 1) - 1);
    let mut kept = quotient >> extra;
    let more = rest > half || (rest == half && (above.bits() > 0 || kept & 1 == 1));
    kept += u64::from(more);
    // Exact: at most 2^53, and far from the ends of the range.
    libm::ldexp(kept as f64, extra.cast_signed() - shift)
}

/// A whole number in words of 32 bits, the lowest first, without zeros at its
/// end.
struct Whole(Vec<u32>);

impl Whole {
    fn bits(&self) -> i32 {
        let Some(last) = self.0.last() else { return 0 };
        let bits = self.0.len() * 32 - last.leading_zeros() as usize;
        i32::try_from(bits).unwrap_or(i32::MAX)
    }

    fn times_plus(&mut self, factor: u32, plus: u32) {
        let mut carry = u64::from(plus);
        for word in &mut self.0 {
            carry += u64::from(*word) * u64::from(factor);
            *word = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    fn double(&mut self, times: i32) {
        (0..times).for_each(|_| self.times_plus(2, 0));
    }

    fn halve(&mut self) {
        let mut carry = 0;
        for word in self.0.iter_mut().rev() {
            let low = *word & 1;
            *word = *word >> 1 | carry << 31;
            carry = low;
        }
        self.trim();
    }

    /// Subtracts another where that is not larger, and says whether it did.
    fn take(&mut self, other: &Self) -> bool {
        let words = |whole: &Self| whole.0.len();
        let smaller = words(self) < words(other)
            || (words(self) == words(other) && self.0.iter().rev().lt(other.0.iter().rev()));
        if smaller {
            return false;
        }
        let mut borrow = false;
        let others = other.0.iter().copied().chain(core::iter::repeat(0));
        for (word, other) in self.0.iter_mut().zip(others) {
            let (less, one) = word.overflowing_sub(other);
            let (less, two) = less.overflowing_sub(u32::from(borrow));
            (*word, borrow) = (less, one || two);
        }
        self.trim();
        true
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use proptest::prelude::*;

    use super::parse;

    #[test]
    fn what_is_no_number() {
        for text in [
            "", ".", "-", "1.2.3", "--5", "5-3", "e5", "1e", "1e+", "inf", "nan", "1 2", "٣",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("1e31"), Some(1e31));
        assert_eq!(parse("1e41"), Some(f64::INFINITY));
        assert_eq!(parse("-1e-999999"), Some(-0.0));
        assert_eq!(parse(&"9".repeat(401)), None);
        assert_eq!(parse(&format!("{}1", "0".repeat(1000))), Some(1.0));
    }

    #[test]
    fn ties_and_their_neighbours() {
        for text in [
            "9007199254740993",
            "9007199254740992.99999",
            "9007199254740993.00000000000000000000000000000000000001",
            "9007199254740995",
            "1.00000000000000011102230246251565404236316680908203125",
            "1.00000000000000011102230246251565404236316680908203124",
            "1.00000000000000011102230246251565404236316680908203126",
            "1735689600.123456789",
            "0.1e-290",
            "123456789012345678901234567890",
            "5.",
            ".5",
            "+7",
            "-0",
        ] {
            assert_eq!(
                parse(text).map(f64::to_bits),
                text.parse().ok().map(f64::to_bits),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn rounds_as_the_standard_library(bits: u64) {
            let value = f64::from_bits(bits);
            let size = value.abs();
            prop_assume!((1e-299..1e39).contains(&size));
            prop_assert_eq!(parse(&format!("{value:e}")), Some(value));
        }

        #[test]
        fn any_digits(text in "-?[0-9]{0,24}\\.?[0-9]{1,30}(e-?[0-9]{1,2})?") {
            let expected: f64 = text.parse().expect("a number");
            let expected = if expected.abs() >= 1e40 { None } else { Some(expected) };
            let found = parse(&text).filter(|value| value.is_finite());
            prop_assert_eq!(found, expected);
        }
    }
}
