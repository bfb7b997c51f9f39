//! One body of checks for every variant on every host: same bits as the oracle.
//!
//! A [`Case`] describes shapes and how wild the numbers are; the numbers come
//! from its seed. `tests/prop.rs` draws cases natively, the `parity` program
//! runs them where a test harness does not, as in wasmtime. Only NaN payloads
//! may differ.

use std::sync::OnceLock;

use senselm_quant::GgmlType;

use crate::{
    AttentionShape, Finish, Kernels, KvRows, KvType, KvVec, Query, Scratch, Team, Weights,
};

mod numbers;

pub use numbers::{Flavour, Numbers};

/// The shapes of one check, and where its numbers come from.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What the numbers are drawn from.
    pub seed: u64,
    /// How wild they are.
    pub flavour: Flavour,
    /// T.
    pub tokens: usize,
    /// Output features; also the number of heads less one, modulo 4.
    pub rows: usize,
    /// Blocks per row for `matmul`, C for everything else.
    pub width: usize,
}

/// Three threads, where a build can start any, which take on every part.
fn several() -> Option<&'static Team> {
    static SEVERAL: OnceLock<Option<Team>> = OnceLock::new();
    let start = || Team::of_threads(3).map(Team::eager);
    SEVERAL.get_or_init(start).as_ref()
}

/// Where a variant and the oracle part.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{variant}: {what} of {case:?} gives {found:e} at {index}, the oracle {expected:e}")]
pub struct Mismatch {
    variant: &'static str,
    what: String,
    case: Case,
    index: usize,
    found: f32,
    expected: f32,
}

impl Case {
    /// A case of anything, from a seed alone.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        let mut numbers = Numbers::new(seed);
        Self {
            seed,
            flavour: Flavour::ALL[numbers.below(Flavour::ALL.len())],
            tokens: 1 + numbers.below(40),
            rows: 1 + numbers.below(70),
            width: 1 + numbers.below(12),
        }
    }

    /// Checks every operation and every weight type.
    ///
    /// # Errors
    /// The first [`Mismatch`].
    pub fn check(&self, kernels: Kernels) -> Result<(), Mismatch> {
        for ty in GgmlType::ALL {
            self.check_matmul(kernels, ty)?;
        }
        self.check_element_wise(kernels)?;
        self.check_layer_norm(kernels)?;
        self.check_attention(kernels)
    }

    /// Checks the product with weights of `ty`.
    ///
    /// # Errors
    /// The first [`Mismatch`].
    pub fn check_matmul(&self, kernels: Kernels, ty: GgmlType) -> Result<(), Mismatch> {
        let mut numbers = Numbers::new(self.seed);
        // Plain types have blocks of one: make their rows comparably long and odd.
        let cols = match ty.block_len() {
            1 => 13 * self.width + self.rows % 7,
            block_len => block_len * self.width,
        };
        let bytes = numbers.weights(self.flavour, ty, self.rows * (cols / ty.block_len()));
        let x = numbers.floats(self.flavour, self.tokens * cols);
        let bias = numbers.floats(self.flavour, self.rows);
        let Ok(w) = Weights::new(ty, self.rows, cols, &bytes) else {
            return Err(self.mismatch(kernels, format!("the shape of {ty}"), 0, 0.0, 0.0));
        };
        let run = |kernels: Kernels, team: &Team| {
            // Old contents must not matter.
            let mut y = vec![f32::NAN; self.tokens * self.rows];
            let mut scratch = Scratch::of_team(team.clone());
            let first = &mut y[..self.rows];
            kernels.matmul(&w, &x[..cols], None, Finish::Store, first, &mut scratch);
            let mut all = Vec::new();
            for finish in [Finish::Store, Finish::Add, Finish::Gelu] {
                kernels.matmul(&w, &x, Some(&bias), finish, &mut y, &mut scratch);
                all.extend_from_slice(&y);
            }
            all
        };
        self.compare(kernels, format!("matmul {ty}"), &run)
    }

    /// Checks `add`, `gelu`, `softmax` and `argmax`.
    ///
    /// # Errors
    /// The first [`Mismatch`].
    pub fn check_element_wise(&self, kernels: Kernels) -> Result<(), Mismatch> {
        let mut numbers = Numbers::new(self.seed);
        let x = numbers.floats(self.flavour, self.width * self.tokens);
        let y = numbers.floats(self.flavour, x.len());
        let changed = |change: &dyn Fn(&mut [f32])| {
            let mut x = x.clone();
            change(&mut x);
            x
        };
        let check = |what: &str, run: &dyn Fn(Kernels) -> Vec<f32>| {
            self.compare(kernels, what.into(), &|k, _| run(k))
        };
        check("add", &|k| changed(&|x| k.add(x, &y)))?;
        check("gelu", &|k| changed(&|x| k.gelu(x)))?;
        check("softmax", &|k| changed(&|x| k.softmax(x)))?;
        check("argmax", &|k| vec![k.argmax(&x) as f32])
    }

    /// Checks `layer_norm`.
    ///
    /// # Errors
    /// The first [`Mismatch`].
    pub fn check_layer_norm(&self, kernels: Kernels) -> Result<(), Mismatch> {
        let mut numbers = Numbers::new(self.seed);
        let width = 7 * self.width + self.rows % 16;
        let x = numbers.floats(self.flavour, self.tokens * width);
        let gain = numbers.floats(self.flavour, width);
        let bias = numbers.floats(self.flavour, width);
        self.compare(kernels, "layer_norm".into(), &|k, team| {
            let mut y = vec![f32::NAN; x.len()];
            let scratch = Scratch::of_team(team.clone());
            k.layer_norm(&x, &gain, &bias, 1e-5, &mut y, &scratch);
            y
        })
    }

    /// Checks `attention` of every type of cache, over one run of positions and
    /// over the same in three.
    ///
    /// # Errors
    /// The first [`Mismatch`].
    pub fn check_attention(&self, kernels: Kernels) -> Result<(), Mismatch> {
        for ty in KvType::ALL {
            // What is not a multiple of a block is tried where there are none.
            let (step, odd) = match ty.block_len() {
                1 => (11, self.rows % 3),
                block_len => (block_len, 0),
            };
            // Each with keys and values of its own, or two or three with the same.
            let kv_heads = 1 + self.rows % 2;
            let head_width = step * self.width;
            let shape = AttentionShape {
                heads: kv_heads * (1 + self.rows / 2 % 3),
                kv_heads,
                head_width,
                stride: kv_heads * head_width + odd,
            };
            self.check_attention_of(kernels, ty, shape)?;
        }
        Ok(())
    }

    fn check_attention_of(
        &self,
        kernels: Kernels,
        ty: KvType,
        shape: AttentionShape,
    ) -> Result<(), Mismatch> {
        let mut numbers = Numbers::new(self.seed);
        let width = shape.heads * shape.head_width;
        let q = numbers.floats(self.flavour, self.tokens * width);
        let mut cached = || {
            let mut all = KvVec::new(ty);
            for _ in 0..self.tokens {
                all.push(&numbers.floats(self.flavour, shape.stride));
            }
            all
        };
        let (keys, values) = (cached(), cached());
        let rows = |from: usize, to: usize| KvRows {
            keys: keys.from(from * shape.stride),
            values: values.from(from * shape.stride),
            positions: to - from,
        };
        let run = |kernels: Kernels, team: &Team, cut: usize| {
            // As in a pass: each query sees one position more.
            let query = |t: usize| {
                let first = cut.min(t + 1);
                let second = (cut + cut / 2).min(t + 1);
                Query {
                    row: &q[t * width..(t + 1) * width],
                    past: [rows(0, first), rows(first, second), rows(second, t + 1)],
                }
            };
            let queries: Vec<Query<'_>> = (0..self.tokens).map(query).collect();
            let mut out = vec![f32::NAN; self.tokens * width];
            let mut scratch = Scratch::of_team(team.clone());
            kernels.attention(shape, &queries, &mut out, &mut scratch);
            out
        };
        let what = format!("attention over {}", ty.name());
        self.compare(kernels, what.clone(), &|k, team| run(k, team, 0))?;
        let solo = Team::solo();
        let cut = self.rows % (self.tokens + 1);
        let (one, three) = (run(kernels, &solo, 0), run(kernels, &solo, cut));
        self.equal(kernels, format!("{what} in three runs"), &three, &one)
    }

    /// One thread of the variant, and several where there are any, against the
    /// oracle.
    fn compare(
        &self,
        kernels: Kernels,
        what: String,
        run: &dyn Fn(Kernels, &Team) -> Vec<f32>,
    ) -> Result<(), Mismatch> {
        let expected = run(Kernels::scalar(), &Team::solo());
        self.equal(
            kernels,
            what.clone(),
            &run(kernels, &Team::solo()),
            &expected,
        )?;
        match several() {
            Some(team) => {
                let what = format!("{what} on {} threads", team.threads());
                self.equal(kernels, what, &run(kernels, team), &expected)
            }
            None => Ok(()),
        }
    }

    fn equal(
        &self,
        kernels: Kernels,
        what: String,
        found: &[f32],
        expected: &[f32],
    ) -> Result<(), Mismatch> {
        let same = |a: f32, b: f32| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
        match found.iter().zip(expected).position(|(&a, &b)| !same(a, b)) {
            None => Ok(()),
            Some(i) => Err(self.mismatch(kernels, what, i, found[i], expected[i])),
        }
    }

    fn mismatch(
        &self,
        kernels: Kernels,
        what: String,
        index: usize,
        found: f32,
        expected: f32,
    ) -> Mismatch {
        Mismatch {
            variant: kernels.name(),
            what,
            case: *self,
            index,
            found,
            expected,
        }
    }
}
