//! Laying windows out as rows of one width.

use crate::{EvaluateError, Table};

/// How many samples each channel takes in a row: as many as in the longest of
/// the windows it was made of, so that a sample keeps its column in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Widths {
    channels: Vec<usize>,
}

impl Widths {
    /// The widths of `windows`, each a list of channels.
    #[must_use]
    pub fn of<'a>(windows: impl IntoIterator<Item = &'a [Vec<f64>]>) -> Self {
        let mut channels = Vec::new();
        for window in windows {
            if channels.len() < window.len() {
                channels.resize(window.len(), 0);
            }
            for (width, samples) in channels.iter_mut().zip(window) {
                *width = samples.len().max(*width);
            }
        }
        Self { channels }
    }

    /// One window as a row: channel after channel, a shorter one filled up
    /// with missing readings, a longer one cut.
    #[must_use]
    pub fn row(&self, window: &[Vec<f64>]) -> Vec<f64> {
        let mut row = Vec::with_capacity(self.channels.iter().sum());
        for (channel, &width) in self.channels.iter().enumerate() {
            let samples = window.get(channel).map_or(&[][..], Vec::as_slice);
            row.extend(samples.iter().take(width));
            row.resize(row.len() + width.saturating_sub(samples.len()), f64::NAN);
        }
        row
    }

    /// Windows as a table.
    ///
    /// # Errors
    /// [`EvaluateError::Empty`] without a window or without a sample.
    pub fn table<'a>(
        &self,
        windows: impl IntoIterator<Item = &'a [Vec<f64>]>,
    ) -> Result<Table, EvaluateError> {
        Table::new(windows.into_iter().map(|window| self.row(window)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Widths;

    #[test]
    fn samples_keep_their_column() {
        let windows = [
            vec![vec![1.0, 2.0], vec![5.0]],
            vec![vec![3.0], vec![6.0, 7.0, 8.0]],
        ];
        let widths = Widths::of(windows.iter().map(Vec::as_slice));
        assert_eq!(widths.row(&windows[0])[..3], [1.0, 2.0, 5.0]);
        assert!(widths.row(&windows[0])[3..].iter().all(|x| x.is_nan()));
        assert_eq!(widths.row(&windows[1])[2..], [6.0, 7.0, 8.0]);
        let longer = [vec![9.0; 4]];
        let row = widths.row(&longer);
        assert_eq!((row.len(), row[1]), (5, 9.0));
        assert!(row[2].is_nan());
    }
}
