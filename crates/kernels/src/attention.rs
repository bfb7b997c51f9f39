//! What attention is given: cached keys and values, and how heads lie in them.

/// How the heads of a query, a key and a value lie in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttentionShape {
    /// H.
    pub heads: usize,
    /// D: head `h` is at `h * D` of a row.
    pub head_width: usize,
    /// Floats from one cached row to the next, at least `H * D`.
    pub stride: usize,
}

/// A run of cached positions: one row of keys and one of values each.
#[derive(Clone, Copy, Debug)]
pub struct KvRows<'a> {
    /// The keys, position after position, `stride` floats apart.
    pub keys: &'a [f32],
    /// The values, laid out as the keys are.
    pub values: &'a [f32],
    /// How many positions of them count.
    pub positions: usize,
}

impl AttentionShape {
    /// The floats that `positions` rows take: the last needs no padding.
    fn extent(&self, positions: usize) -> usize {
        positions.saturating_sub(1) * self.stride
            + if positions == 0 {
                0
            } else {
                self.heads * self.head_width
            }
    }

    /// # Panics
    /// If the slices do not hold what the shape says.
    pub(crate) fn check(&self, q: &[f32], past: &[KvRows<'_>], out: &[f32]) {
        let width = self.heads * self.head_width;
        assert!(width > 0 && self.stride >= width, "heads overlap: {self:?}");
        assert_eq!(q.len(), width, "a query has H * D elements");
        assert_eq!(out.len(), width, "an output has H * D elements");
        for rows in past {
            let extent = self.extent(rows.positions);
            assert!(rows.keys.len() >= extent, "fewer keys than positions");
            assert!(rows.values.len() >= extent, "fewer values than positions");
        }
    }
}
