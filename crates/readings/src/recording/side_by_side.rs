//! A window whose samples have a field each.

use alloc::vec::Vec;

use crate::Problem;

/// Reads the samples of each channel by `sample`, which takes a field and a channel.
///
/// What is missing at the end of all channels ends the window, but not before it
/// has the `least` number of samples: what is missing before is a missing sample.
pub(super) fn read(
    channels: &[Vec<usize>],
    least: usize,
    sample: &mut dyn FnMut(usize, usize) -> Result<f64, (usize, Problem)>,
    values: &mut Vec<f64>,
    lengths: &mut Vec<usize>,
) -> Result<(), (usize, Problem)> {
    let begin = values.len();
    let mut filled = least;
    for (channel, columns) in channels.iter().enumerate() {
        for (position, &at) in columns.iter().enumerate() {
            let value = sample(at, channel)?;
            values.push(value);
            if !value.is_nan() {
                filled = filled.max(position + 1);
            }
        }
    }
    let (mut from, mut to) = (begin, begin);
    for columns in channels {
        let kept = columns.len().min(filled);
        values.copy_within(from..from + kept, to);
        lengths.push(kept);
        from += columns.len();
        to += kept;
    }
    values.truncate(to);
    Ok(())
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::read;

    #[test]
    fn what_is_missing_at_the_end_ends_a_window() {
        let row = [1.0, 2.0, f64::NAN, f64::NAN, 5.0, f64::NAN, 7.0, f64::NAN];
        let channels = [vec![0, 1, 2, 3], vec![4, 5, 6, 7]];
        let window = |least| {
            let (mut values, mut lengths) = (vec![9.0], Vec::new());
            let mut sample = |at: usize, _| Ok(row[at]);
            read(&channels, least, &mut sample, &mut values, &mut lengths).expect("read");
            (values, lengths)
        };
        let (values, lengths) = window(1);
        assert_eq!(lengths, [3, 3]);
        assert_eq!(values[..3], [9.0, 1.0, 2.0]);
        assert!(values[3].is_nan() && values[5].is_nan());
        assert_eq!((values[4], values[6]), (5.0, 7.0));
        assert_eq!(window(4).1, [4, 4]);
    }
}
