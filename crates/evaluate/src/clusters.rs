//! Which windows are the same, number by number.

use std::collections::BTreeMap;

/// Rows grouped so that equal ones share a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clusters {
    /// The rows of each cluster, clusters in the order of their first row.
    rows: Vec<Vec<usize>>,
    len: usize,
}

impl Clusters {
    /// Groups the rows that hold the same numbers in the same places; a
    /// missing reading (NaN) equals a missing reading.
    #[must_use]
    pub fn of_rows<'a>(rows: impl IntoIterator<Item = &'a [f64]>) -> Self {
        let bits = |row: &[f64]| row.iter().map(|&number| canonical_bits(number)).collect();
        Self::of_keys::<Vec<u64>>(rows.into_iter().map(bits))
    }

    /// Groups the rows that have the same key, a fingerprint say.
    #[must_use]
    pub fn of_keys<K: Ord>(keys: impl IntoIterator<Item = K>) -> Self {
        let mut seen: BTreeMap<K, usize> = BTreeMap::new();
        let mut clusters: Vec<Vec<usize>> = Vec::new();
        let mut len = 0;
        for (row, key) in keys.into_iter().enumerate() {
            let next = clusters.len();
            let cluster = *seen.entry(key).or_insert(next);
            match clusters.get_mut(cluster) {
                Some(members) => members.push(row),
                None => clusters.push(vec![row]),
            }
            len = row + 1;
        }
        Self {
            rows: clusters,
            len,
        }
    }

    /// Every row its own cluster.
    #[must_use]
    pub fn singletons(len: usize) -> Self {
        Self {
            rows: (0..len).map(|row| vec![row]).collect(),
            len,
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Number of distinct windows.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.rows.len()
    }

    /// The rows of each cluster.
    #[must_use]
    pub fn groups(&self) -> &[Vec<usize>] {
        &self.rows
    }
}

/// Bits that are equal where the readings are: one zero, one NaN.
fn canonical_bits(number: f64) -> u64 {
    if number.is_nan() {
        f64::NAN.to_bits()
    } else {
        (number + 0.0).to_bits()
    }
}

#[cfg(test)]
mod tests {
    use super::Clusters;

    #[test]
    fn equal_rows_share_a_cluster() {
        let rows: [&[f64]; 5] = [
            &[1.0, f64::NAN],
            &[2.0, 0.0],
            &[1.0, f64::NAN],
            &[2.0, -0.0],
            &[2.0],
        ];
        let clusters = Clusters::of_rows(rows);
        assert_eq!(clusters.groups(), [vec![0, 2], vec![1, 3], vec![4]]);
        assert_eq!((clusters.len(), clusters.distinct()), (5, 3));
    }
}
