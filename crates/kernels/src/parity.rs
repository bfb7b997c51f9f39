//! One body of checks for every variant on every host: same bits as the oracle.
//!
//! A [`Case`] describes shapes and how wild the numbers are; the numbers come
//! from its seed. `tests/prop.rs` draws cases natively, the `parity` program
//! runs them where a test harness does not, as in wasmtime. Only NaN payloads
//! may differ.

use senselm_quant::GgmlType;

use crate::{AttentionShape, Kernels, KvRows, Scratch, Weights};

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
        let run = |kernels: Kernels| {
            // Old contents must not matter.
            let mut y = vec![f32::NAN; self.tokens * self.rows];
            let mut scratch = Scratch::default();
            kernels.matmul(&w, &x[..cols], None, &mut y[..self.rows], &mut scratch);
            kernels.matmul(&w, &x, Some(&bias), &mut y, &mut scratch);
            y
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
        self.compare(kernels, "add".into(), &|k| changed(&|x| k.add(x, &y)))?;
        self.compare(kernels, "gelu".into(), &|k| changed(&|x| k.gelu(x)))?;
        self.compare(kernels, "softmax".into(), &|k| changed(&|x| k.softmax(x)))?;
        self.compare(kernels, "argmax".into(), &|k| vec![k.argmax(&x) as f32])
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
        self.compare(kernels, "layer_norm".into(), &|k| {
            let mut y = vec![f32::NAN; x.len()];
            k.layer_norm(&x, &gain, &bias, 1e-5, &mut y);
            y
        })
    }

    /// Checks `attention`, over one run of positions and over the same in two.
    ///
    /// # Errors
    /// The first [`Mismatch`].
    pub fn check_attention(&self, kernels: Kernels) -> Result<(), Mismatch> {
        let mut numbers = Numbers::new(self.seed);
        let heads = 1 + self.rows % 4;
        let head_width = 11 * self.width;
        let shape = AttentionShape {
            heads,
            head_width,
            stride: heads * head_width + self.rows % 3,
        };
        let q = numbers.floats(self.flavour, heads * head_width);
        let keys = numbers.floats(self.flavour, self.tokens * shape.stride);
        let values = numbers.floats(self.flavour, self.tokens * shape.stride);
        let cut = self.rows % (self.tokens + 1);
        let rows = |from: usize, to: usize| KvRows {
            keys: &keys[from * shape.stride..to * shape.stride],
            values: &values[from * shape.stride..to * shape.stride],
            positions: to - from,
        };
        let whole = [rows(0, self.tokens)];
        let halves = [rows(0, cut), rows(cut, self.tokens)];
        let run = |kernels: Kernels, past: &[KvRows<'_>]| {
            let mut out = vec![f32::NAN; heads * head_width];
            kernels.attention(shape, &q, past, &mut out, &mut Scratch::default());
            out
        };
        self.compare(kernels, "attention".into(), &|k| run(k, &whole))?;
        let (one, two) = (run(kernels, &whole), run(kernels, &halves));
        self.equal(kernels, "attention in two runs".into(), &two, &one)
    }

    fn compare(
        &self,
        kernels: Kernels,
        what: String,
        run: &dyn Fn(Kernels) -> Vec<f32>,
    ) -> Result<(), Mismatch> {
        self.equal(kernels, what, &run(kernels), &run(Kernels::scalar()))
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
