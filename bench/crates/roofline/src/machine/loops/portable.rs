//! Where no int8 loop is written: bandwidth only.

pub(crate) fn name() -> &'static str {
    "baseline"
}

pub(crate) fn operations_a_round() -> Option<usize> {
    None
}

pub(crate) fn int8(_: usize) -> i32 {
    0
}

pub(crate) fn sum(words: &[u64]) -> u64 {
    words.iter().fold(0, |sum, &word| sum.wrapping_add(word))
}
