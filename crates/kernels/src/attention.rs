//! What attention is given: queries, cached keys and values, and how heads lie
//! in them.

use crate::KvSlice;

/// Runs of positions that a query sees at most.
pub const RUNS: usize = 3;

/// How the heads of a query, a key and a value lie in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttentionShape {
    /// H, those of queries.
    pub heads: usize,
    /// Heads of keys and values, Hkv, which divide H: `H / Hkv` neighbours among
    /// the heads of queries share one.
    pub kv_heads: usize,
    /// D: head `h` is at `h * D` of a row.
    pub head_width: usize,
    /// Elements from one cached row to the next, at least `Hkv * D`.
    pub stride: usize,
}

/// A run of cached positions: one row of keys and one of values each.
#[derive(Clone, Copy, Debug)]
pub struct KvRows<'a> {
    /// The keys, position after position, `stride` elements apart.
    pub keys: KvSlice<'a>,
    /// The values, laid out as the keys are.
    pub values: KvSlice<'a>,
    /// How many positions of them count.
    pub positions: usize,
}

/// One row that gathers from cached positions.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// H x D.
    pub row: &'a [f32],
    /// The positions it sees, one run behind the other: those of a shared
    /// prefix, of a stem that continues it, and of a branch of that. Any may be
    /// [`KvRows::NONE`].
    pub past: [KvRows<'a>; RUNS],
}

/// Queries whose scores are there at the same time, at most.
pub(crate) const QUERIES: usize = 4;

/// The heads that a part of the work is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heads {
    pub(crate) first: usize,
    pub(crate) count: usize,
    /// D.
    pub(crate) width: usize,
    /// How many of them share a head of keys and values.
    pub(crate) group: usize,
    /// Elements from one cached row to the next.
    pub(crate) stride: usize,
}

impl Heads {
    /// Where head number `h` of these begins in a row of queries, and where its
    /// keys and values do in a cached row.
    #[inline(always)]
    pub(crate) fn starts(&self, h: usize) -> (usize, usize) {
        let head = self.first + h;
        (head * self.width, head / self.group * self.width)
    }
}

impl KvRows<'_> {
    /// No position.
    pub const NONE: Self = Self {
        keys: KvSlice::F32(&[]),
        values: KvSlice::F32(&[]),
        positions: 0,
    };
}

impl Query<'_> {
    /// How many positions it sees.
    pub(crate) fn positions(&self) -> usize {
        self.past.iter().map(|rows| rows.positions).sum()
    }
}

impl AttentionShape {
    /// Elements of a row of queries.
    pub(crate) const fn width(&self) -> usize {
        self.heads * self.head_width
    }

    /// Elements of a row of keys or values.
    const fn kv_width(&self) -> usize {
        self.kv_heads * self.head_width
    }

    /// How many heads of queries share one of keys and values.
    pub(crate) const fn group(&self) -> usize {
        self.heads / self.kv_heads
    }

    /// The elements that `positions` rows take: the last needs no padding.
    const fn extent(&self, positions: usize) -> usize {
        match positions.checked_sub(1) {
            Some(before) => before * self.stride + self.kv_width(),
            None => 0,
        }
    }

    /// # Panics
    /// If the slices do not hold what the shape says.
    pub(crate) fn check(&self, queries: &[Query<'_>], out: &[f32]) {
        let width = self.width();
        let shared = self.kv_heads > 0 && self.heads.is_multiple_of(self.kv_heads);
        assert!(
            width > 0 && shared && self.stride >= self.kv_width(),
            "heads overlap: {self:?}"
        );
        assert_eq!(
            out.len(),
            queries.len() * width,
            "an output has H * D elements"
        );
        for query in queries {
            assert_eq!(query.row.len(), width, "a query has H * D elements");
            for rows in &query.past {
                let extent = self.extent(rows.positions);
                for cached in [rows.keys, rows.values] {
                    assert!(cached.len() >= extent, "fewer rows than positions");
                    let block = cached.block_len();
                    let whole = [self.head_width, self.stride].map(|n| n.is_multiple_of(block));
                    assert!(
                        rows.positions == 0 || whole == [true; 2],
                        "heads of blocks cut"
                    );
                }
            }
        }
    }
}
