//! Numbers in their order.

use alloc::vec::Vec;

/// Where each number stands, the largest first; of equal ones the one that comes
/// first.
///
/// Whatever goes with the numbers is brought into their order by this: a sort is
/// kilobytes of the runtime for each type that is sorted.
#[must_use]
pub fn largest_first(numbers: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    let larger = |a: &usize, b: &usize| numbers[*b].total_cmp(&numbers[*a]);
    order.sort_unstable_by(|a, b| larger(a, b).then(a.cmp(b)));
    order
}

#[cfg(test)]
mod tests {
    use super::largest_first;

    #[test]
    fn of_equal_numbers_the_first_is_the_largest() {
        assert_eq!(largest_first(&[1.0, 3.0, -2.0, 3.0]), [1, 3, 0, 2]);
        assert!(largest_first(&[]).is_empty());
    }
}
