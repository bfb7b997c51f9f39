//! The decoding constraint of a number: which bytes may come next.
//!
//! An answer is a space, a minus where the number is negative, digits padded
//! with zeros to the asked width and no further, and a point with exactly as
//! many digits as asked. Every number of the range with that many decimals has
//! exactly one such text, and nothing else is accepted.

use alloc::format;
use alloc::string::String;

use crate::decimal::{power_of_ten, push_units, to_units};
use crate::limits::{MAX_DECIMALS, MAX_NUMBER, setting};
use crate::{SensorError, Task};

/// Accepts the answers of one [`Task::Number`], byte by byte.
///
/// ```
/// use senselm_sensor::number::DigitAutomaton;
///
/// let automaton = DigitAutomaton::new(3.0, 40.0, 1)?;
/// assert!(automaton.is_prefix(b" 12"));
/// assert!(!automaton.is_prefix(b" 51"));
/// assert_eq!(automaton.parse(b" 12.5"), Some(12.5));
/// # Ok::<(), senselm_sensor::SensorError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DigitAutomaton {
    /// The smallest number, in units of the last decimal.
    low: i64,
    /// The largest number, in units of the last decimal.
    high: i64,
    decimals: u8,
    /// Digits before the point at least, 1 or more.
    width: u8,
}

/// Digits before the point of the largest number, [`MAX_NUMBER`].
const MAX_NUMBER_WIDTH: u8 = 10;
/// Whole numbers up to this are exact as `f64`.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// What may follow a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    /// Bit d is set where the digit d may follow.
    pub digits: u16,
    /// Whether a point may follow.
    pub point: bool,
    /// Whether a minus may follow.
    pub minus: bool,
    /// Whether a space may follow.
    pub space: bool,
    /// Whether the text is a whole answer, so that the end may follow.
    pub end: bool,
}

impl DigitAutomaton {
    /// An automaton for the numbers from `min` to `max`, both included, with
    /// exactly `decimals` digits after the point.
    ///
    /// # Errors
    /// [`SensorError::Setting`] where a bound is not finite or beyond
    /// [`MAX_NUMBER`], `decimals` is above [`MAX_DECIMALS`], both together
    /// have more than 15 digits, or no number with that many decimals lies in
    /// the range.
    pub fn new(min: f64, max: f64, decimals: u8) -> Result<Self, SensorError> {
        let place = "task, number";
        if decimals > MAX_DECIMALS {
            return Err(setting(
                place,
                format!("at most {MAX_DECIMALS} decimals, not {decimals}"),
            ));
        }
        let allowed = -MAX_NUMBER..=MAX_NUMBER;
        if !allowed.contains(&min) || !allowed.contains(&max) || min >= max {
            return Err(setting(
                place,
                format!("min {min} must be below max {max}, both within {MAX_NUMBER}"),
            ));
        }
        let largest = libm::fmax(libm::fabs(min), libm::fabs(max)) * power_of_ten(decimals) as f64;
        if largest > MAX_EXACT {
            return Err(setting(
                place,
                format!("{min} to {max} with {decimals} decimals has more than 15 digits"),
            ));
        }
        // Rounding to the grid, then inwards: 0.3 * 10 is 3, and not 2 or 4.
        let inwards = |value: f64, outside: fn(f64, f64) -> bool, step: i64| {
            let units = to_units(value, decimals).unwrap_or_default();
            let on_grid = units as f64 / power_of_ten(decimals) as f64;
            if outside(on_grid, value) {
                units + step
            } else {
                units
            }
        };
        let low = inwards(min, |grid, value| grid < value, 1);
        let high = inwards(max, |grid, value| grid > value, -1);
        if low > high {
            return Err(setting(
                place,
                format!("no number with {decimals} decimals lies between {min} and {max}"),
            ));
        }
        Ok(Self {
            low,
            high,
            decimals,
            width: 1,
        })
    }

    /// Pads numbers with zeros to `width` digits before the point, so that
    /// answers of different sizes have their digits at the same places.
    ///
    /// # Errors
    /// [`SensorError::Setting`] where `width` is above 10, which is more than
    /// any number has.
    pub fn with_width(self, width: u8) -> Result<Self, SensorError> {
        if width > MAX_NUMBER_WIDTH {
            return Err(setting(
                "task, number",
                format!("a width of at most {MAX_NUMBER_WIDTH}, not {width}"),
            ));
        }
        let width = width.max(1);
        Ok(Self { width, ..self })
    }

    /// The automaton of a task; `None` where it asks for no number.
    ///
    /// # Errors
    /// Those of [`DigitAutomaton::new`] and [`DigitAutomaton::with_width`].
    pub fn for_task(task: &Task) -> Result<Option<Self>, SensorError> {
        match task {
            Task::Number {
                min,
                max,
                decimals,
                width,
                ..
            } => Self::new(*min, *max, *decimals)?
                .with_width(*width)
                .map(Some),
            Task::Classify { .. } | Task::Generate { .. } | Task::Anomaly(_) => Ok(None),
        }
    }

    /// The text of the number nearest to `value`, without the leading space.
    /// NaN gives the smallest number.
    #[must_use]
    pub fn text_of(&self, value: f64) -> String {
        let scale = power_of_ten(self.decimals) as f64;
        let inside = value
            .max(self.low as f64 / scale)
            .min(self.high as f64 / scale);
        let units = to_units(inside, self.decimals)
            .unwrap_or(self.low)
            .clamp(self.low, self.high);
        let mut out = String::new();
        push_units(&mut out, units, self.decimals, self.width, false);
        out
    }

    /// Whether `text` can still become an answer.
    #[must_use]
    pub fn is_prefix(&self, text: &[u8]) -> bool {
        self.read(text).is_some_and(|seen| self.completable(&seen))
    }

    /// Whether `text` is an answer.
    #[must_use]
    pub fn is_complete(&self, text: &[u8]) -> bool {
        self.units(text).is_some()
    }

    /// The number that an answer says; `None` where `text` is no answer.
    #[must_use]
    pub fn parse(&self, text: &[u8]) -> Option<f64> {
        self.units(text)
            .map(|units| units as f64 / power_of_ten(self.decimals) as f64)
    }

    /// What may follow `text`; nothing where it is not a prefix of an answer.
    #[must_use]
    pub fn allowed(&self, text: &[u8]) -> Allowed {
        let mut longer = text.to_vec();
        let mut may_follow = |byte: u8| {
            longer.truncate(text.len());
            longer.push(byte);
            self.is_prefix(&longer)
        };
        Allowed {
            digits: (0..10)
                .filter(|&digit| may_follow(b'0' + digit))
                .fold(0, |digits, digit| digits | 1 << digit),
            point: may_follow(b'.'),
            minus: may_follow(b'-'),
            space: may_follow(b' '),
            end: self.is_complete(text),
        }
    }

    /// The longest an answer can be, in bytes.
    #[must_use]
    pub fn max_len(&self) -> usize {
        let whole = |units: i64| {
            let mut out = String::new();
            push_units(&mut out, units, self.decimals, self.width, false);
            out.len()
        };
        1 + whole(self.low).max(whole(self.high))
    }

    fn units(&self, text: &[u8]) -> Option<i64> {
        let seen = self.read(text)?;
        let decimals = (self.decimals > 0).then_some(self.decimals);
        let whole = seen.whole >= self.width && seen.after_point == decimals;
        let units = if seen.negative {
            -seen.value
        } else {
            seen.value
        };
        let canonical = !(seen.negative && seen.value == 0);
        (whole && canonical && (self.low..=self.high).contains(&units)).then_some(units)
    }

    /// Reads a text of the grammar, without regard to the range.
    fn read(&self, text: &[u8]) -> Option<Seen> {
        let mut seen = Seen::default();
        let rest = match text.split_first() {
            None => return Some(seen),
            Some((b' ', rest)) => rest,
            Some(_) => return None,
        };
        for (index, &byte) in rest.iter().enumerate() {
            match (byte, seen.after_point) {
                (b'-', None) if index == 0 => seen.negative = true,
                (b'0'..=b'9', None) => {
                    seen.leading_zero |= seen.whole == 0 && byte == b'0';
                    seen.whole += 1;
                    let longest = if seen.leading_zero {
                        self.width
                    } else {
                        MAX_NUMBER_WIDTH
                    };
                    if seen.whole > longest {
                        return None;
                    }
                    seen.value = seen.value * 10 + i64::from(byte - b'0');
                }
                (b'0'..=b'9', Some(after)) if after < self.decimals => {
                    seen.after_point = Some(after + 1);
                    seen.value = seen.value * 10 + i64::from(byte - b'0');
                }
                (b'.', None) if seen.whole >= self.width && self.decimals > 0 => {
                    seen.after_point = Some(0);
                }
                _ => return None,
            }
        }
        Some(seen)
    }

    /// Whether some continuation lies in the range. The texts that continue
    /// `value` with k more digits are the numbers from `value * 10^k` to
    /// `value * 10^k + 10^k - 1`.
    fn completable(&self, seen: &Seen) -> bool {
        let (low, high) = if seen.negative {
            (i128::from((-self.high).max(1)), i128::from(-self.low))
        } else {
            (i128::from(self.low.max(0)), i128::from(self.high))
        };
        if seen.whole == 0 {
            // Nothing, a space, or a minus: any number of that sign will do,
            // and without the minus a negative one still can.
            return low <= high || (!seen.negative && self.low < 0);
        }
        let missing_decimals = self.decimals - seen.after_point.unwrap_or_default();
        let to_width = self.width.saturating_sub(seen.whole);
        // Beyond the width there are more whole digits only before the point
        // and only where the first one is not a zero.
        let most = if seen.after_point.is_some() || seen.leading_zero {
            to_width
        } else {
            MAX_NUMBER_WIDTH - seen.whole
        };
        (to_width..=most).any(|more| {
            let power = 10_i128.pow(u32::from(missing_decimals + more));
            let first = i128::from(seen.value) * power;
            first <= high && first + power > low
        })
    }
}

/// What has been read of an answer.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    negative: bool,
    /// All digits so far as one number: at most 10 before the point and 9
    /// after it.
    value: i64,
    /// Digits before the point.
    whole: u8,
    leading_zero: bool,
    /// Digits after the point, where the point has come.
    after_point: Option<u8>,
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::vec::Vec;

    use super::DigitAutomaton;

    /// Every text that the automaton accepts, by walking all that it allows.
    fn accepted(automaton: &DigitAutomaton) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        let mut open = alloc::vec![Vec::new()];
        while let Some(text) = open.pop() {
            let allowed = automaton.allowed(&text);
            if allowed.end {
                found.push(text.clone());
            }
            let digits = (b'0'..=b'9').filter(|digit| allowed.digits >> (digit - b'0') & 1 == 1);
            let others = [
                (b'.', allowed.point),
                (b'-', allowed.minus),
                (b' ', allowed.space),
            ];
            let next: Vec<u8> = digits
                .chain(others.iter().filter(|(_, may)| *may).map(|(byte, _)| *byte))
                .collect();
            assert!(allowed.end || !next.is_empty(), "a dead end at {text:?}");
            for byte in next {
                let mut longer = text.clone();
                longer.push(byte);
                open.push(longer);
            }
        }
        found
    }

    #[test]
    fn accepts_every_number_of_the_range_and_no_other() {
        for (low, high, decimals, width) in [
            (3, 40, 1, 1),
            (3, 40, 1, 2),
            (-12, 7, 1, 1),
            (-12, -3, 2, 1),
            (0, 9, 0, 1),
            (-5, 5, 0, 3),
            (95, 1_005, 0, 1),
            (95, 1_005, 0, 3),
            (0, 1, 3, 1),
            (-1, 0, 1, 2),
        ] {
            let automaton = DigitAutomaton::new(low.into(), high.into(), decimals)
                .and_then(|automaton| automaton.with_width(width))
                .expect("valid");
            let scale = 10_i32.pow(decimals.into());
            let mut found: Vec<i32> = accepted(&automaton)
                .iter()
                .map(|text| {
                    let value = automaton.parse(text).expect("accepted");
                    let again = format!(" {}", automaton.text_of(value));
                    assert_eq!(again.as_bytes(), text, "one text for each number");
                    assert!(text.len() <= automaton.max_len());
                    libm::round(value * f64::from(scale)) as i32
                })
                .collect();
            found.sort_unstable();
            let expected: Vec<i32> = (low * scale..=high * scale).collect();
            assert_eq!(found, expected, "{low}..{high} {decimals} {width}");
        }
    }

    #[test]
    fn bounds_between_two_numbers_round_inwards() {
        let automaton = DigitAutomaton::new(0.04, 0.31, 1).expect("valid");
        assert_eq!(accepted(&automaton).len(), 3);
        assert_eq!(automaton.text_of(-7.0), "0.1");
        assert_eq!(automaton.text_of(f64::INFINITY), "0.3");
        assert_eq!(automaton.text_of(f64::NAN), "0.1");
        // 0.1 and 0.3 are not exact as f64, and are in the range nevertheless.
        let exact = DigitAutomaton::new(0.1, 0.3, 1).expect("valid");
        assert_eq!(accepted(&exact).len(), 3);
    }

    #[test]
    fn refuses_what_is_no_answer() {
        let automaton = DigitAutomaton::new(3.0, 40.0, 1).expect("valid");
        for text in [
            "12.5", " 12", " 12.", " 12.55", " 012.5", " +5.0", " 5.0 ", "", " 2.9", " 40.1",
        ] {
            assert_eq!(automaton.parse(text.as_bytes()), None, "{text:?}");
        }
        let none = automaton.allowed(b" x");
        assert!(none.digits == 0 && !none.point && !none.end && !none.minus && !none.space);
        let long = [b'9'; 100];
        assert!(!automaton.is_prefix(&long));
    }
}
