//! The table of kernels: what can be asked for, and which variant answers.

use senselm_quant::dequantize;

use crate::activations::{Activations, Room};
use crate::arch::Columns;
use crate::attention::{Heads, QUERIES};
use crate::scratch::{Part, RowBuffers};
use crate::{AttentionShape, KernelError, LANES, Query, Scratch, Team, Weights, arch, scalar};

/// From so many tokens on, unpacking rows to a panel pays for itself.
pub(crate) const PANEL_TOKENS: usize = 4;

/// Multiplications of a product that passing over one value costs: products
/// take many at once and have them at hand.
const PASSING: usize = 32;

/// What becomes of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// It is the result.
    Store,
    /// Its GELU is the result.
    Gelu,
    /// It is added to what is there.
    Add,
}

/// One variant of every kernel, chosen once and passed around by value.
///
/// Every variant gives the same bits as [`Kernels::scalar`].
///
/// ```
/// use senselm_kernels::{Finish, GgmlType, Kernels, Scratch, Weights};
/// let bytes: Vec<u8> = [1.0_f32, 2.0, 3.0, 4.0].iter().flat_map(|w| w.to_le_bytes()).collect();
/// let weights = Weights::new(GgmlType::F32, 2, 2, &bytes)?;
/// let mut y = [0.0; 2];
/// let x = [10.0, 1.0];
/// Kernels::detect().matmul(&weights, &x, None, Finish::Store, &mut y, &mut Scratch::default());
/// assert_eq!(y, [12.0, 34.0]);
/// # Ok::<(), senselm_kernels::KernelError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Kernels(&'static Table);

/// Weights, activations as floats and quantized for the types that want it, output.
type Matmul = fn(&Weights<'_>, &[f32], &Activations, Columns<'_>, &mut RowBuffers);
/// Heads, queries, output, room for scores.
type Attention = fn(Heads, &[Query<'_>], Columns<'_>, &mut Vec<f32>);
/// Input, gain, bias, epsilon, output.
type LayerNorm = fn(&[f32], &[f32], &[f32], f32, &mut [f32]);

/// The functions of a variant. Lengths have been checked when one is called.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// Tokens of a tile of activations at most.
    pub(crate) tile_tokens: usize,
    pub(crate) quantize: fn(&[f32], &mut Room<'_>),
    pub(crate) matmul: Matmul,
    pub(crate) add: fn(&mut [f32], &[f32]),
    pub(crate) argmax: fn(&[f32]) -> usize,
    pub(crate) attention: Attention,
    pub(crate) gelu: fn(&mut [f32]),
    pub(crate) layer_norm: LayerNorm,
    pub(crate) softmax: fn(&mut [f32]),
}

impl Kernels {
    /// The oracle: plain loops, on every machine.
    #[must_use]
    pub fn scalar() -> Self {
        Self(&scalar::TABLE)
    }

    /// The fastest variant that runs here.
    #[must_use]
    pub fn detect() -> Self {
        Self(arch::tables().first().copied().unwrap_or(&scalar::TABLE))
    }

    /// Every variant that runs here, the fastest first and the oracle last.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut all: Vec<Self> = arch::tables().into_iter().map(Self).collect();
        all.push(Self::scalar());
        all
    }

    /// The variant of that [name](Self::name), or `None` where it does not run.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::available().into_iter().find(|k| k.name() == name)
    }

    /// `scalar`, `avx2`, `avx-vnni`, `avx512-vnni`, `neon`, `neon-dotprod`,
    /// `simd128`, `relaxed-simd` or `relaxed-simd-unsigned`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// `x w^T + bias`: the product of T activation rows with a weight matrix,
    /// and what becomes of it.
    ///
    /// Float weights are multiplied by the activations as they are, quantized
    /// ones by activations quantized to 8 bits per 32 (see the format in
    /// `activations.rs`). A non-finite activation makes its whole token NaN then.
    ///
    /// # Shapes
    /// `x`: T x `w.cols()`; `bias`: `w.rows()`; `y`: T x `w.rows()`.
    ///
    /// # Panics
    /// If the lengths do not fit these shapes.
    pub fn matmul(
        &self,
        w: &Weights<'_>,
        x: &[f32],
        bias: Option<&[f32]>,
        finish: Finish,
        y: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let tokens = x.len() / w.cols();
        assert_eq!(
            x.len(),
            tokens * w.cols(),
            "x is not whole rows of w.cols()"
        );
        assert_eq!(y.len(), tokens * w.rows(), "y is not T rows of w.rows()");
        if let Some(bias) = bias {
            assert_eq!(bias.len(), w.rows(), "one bias per row of w");
        }
        if tokens == 0 {
            return;
        }
        scratch.cut(w.rows(), LANES, tokens * w.rows() * w.cols());
        let Scratch {
            team,
            activations,
            cuts,
            parts,
        } = scratch;
        if w.ty().block_len() > 1 {
            let widest = match tokens < PANEL_TOKENS {
                true => 1,
                false => self.0.tile_tokens,
            };
            activations.lay_out(tokens, w.cols(), widest);
            self.quantize(x, activations, team);
        }
        let parts = &mut parts[..cuts.len() - 1];
        for (part, &[start, end]) in parts.iter_mut().zip(cuts.array_windows()) {
            part.make_room(w, tokens, end - start, finish);
        }
        let activations = &*activations;
        arch::share(team, y, w.rows(), cuts, parts, |rows, y, part| {
            let (w, bias) = (w.part(rows.clone()), bias.map(|bias| &bias[rows]));
            self.part(&w, x, activations, bias, finish, y, part);
        });
    }

    /// Fills the room that was made for `x`.
    fn quantize(&self, x: &[f32], activations: &mut Activations, team: &Team) {
        let parts = team.parts(x.len() * PASSING);
        let rooms = activations.cut(x, parts);
        if parts == 1 {
            rooms.for_each(|(x, mut room)| (self.0.quantize)(x, &mut room));
            return;
        }
        let mut rooms: Vec<_> = rooms.collect();
        arch::share_parts(team, &mut rooms, |_, (x, room)| (self.0.quantize)(x, room));
    }

    /// Some rows of a product.
    #[expect(clippy::too_many_arguments, reason = "a product, cut down")]
    fn part(
        &self,
        w: &Weights<'_>,
        x: &[f32],
        activations: &Activations,
        bias: Option<&[f32]>,
        finish: Finish,
        mut y: Columns<'_>,
        part: &mut Part,
    ) {
        let tokens = y.rows();
        if finish == Finish::Add {
            let product = &mut part.product[..tokens * w.rows()];
            let out = Columns::all(product, w.rows());
            (self.0.matmul)(w, x, activations, out, &mut part.rows);
            for (t, product) in product.chunks_exact_mut(w.rows()).enumerate() {
                if let Some(bias) = bias {
                    self.add(product, bias);
                }
                self.add(y.row(t), product);
            }
            return;
        }
        (self.0.matmul)(w, x, activations, y.reborrow(), &mut part.rows);
        for t in 0..tokens {
            if let Some(bias) = bias {
                self.add(y.row(t), bias);
            }
            if finish == Finish::Gelu {
                self.gelu(y.row(t));
            }
        }
    }

    /// Normalizes each of T rows to mean 0 and variance 1, then scales and shifts it.
    ///
    /// # Shapes
    /// `gain` and `bias`: C; `x` and `y`: T x C.
    ///
    /// # Panics
    /// If the lengths do not fit these shapes.
    pub fn layer_norm(
        &self,
        x: &[f32],
        gain: &[f32],
        bias: &[f32],
        eps: f32,
        y: &mut [f32],
        scratch: &Scratch,
    ) {
        assert!(!gain.is_empty(), "rows of width 0");
        assert_eq!(gain.len(), bias.len(), "gain and bias differ in length");
        assert!(x.len().is_multiple_of(gain.len()), "x is not whole rows");
        assert_eq!(x.len(), y.len(), "x and y differ in length");
        let parts = scratch.team.parts(x.len() * PASSING);
        if parts == 1 {
            (self.0.layer_norm)(x, gain, bias, eps, y);
            return;
        }
        let rows = (x.len() / gain.len()).div_ceil(parts);
        let part = rows * gain.len();
        let mut parts: Vec<_> = x.chunks(part).zip(y.chunks_mut(part)).collect();
        arch::share_parts(&scratch.team, &mut parts, |_, (x, y)| {
            (self.0.layer_norm)(x, gain, bias, eps, y);
        });
    }

    /// The tanh form of GELU, in place.
    ///
    /// # Source
    /// Hendrycks and Gimpel, "Gaussian Error Linear Units", as GPT-2 uses it.
    pub fn gelu(&self, x: &mut [f32]) {
        (self.0.gelu)(x);
    }

    /// Attention of query rows over the cached positions that each sees, all
    /// heads. Scores are divided by `sqrt(D)`. Without any position the output
    /// is zero.
    ///
    /// # Shapes
    /// `out`: queries x H x D; keys and values: positions x `stride`.
    ///
    /// # Panics
    /// If the slices do not hold these shapes, or a head is not whole blocks of
    /// the type that keys and values are stored as.
    pub fn attention(
        &self,
        shape: AttentionShape,
        queries: &[Query<'_>],
        out: &mut [f32],
        scratch: &mut Scratch,
    ) {
        shape.check(queries, out);
        let positions = queries.iter().map(Query::positions);
        let multiplications = 2 * shape.width() * positions.clone().sum::<usize>();
        scratch.cut(shape.width(), shape.head_width, multiplications);
        let Scratch {
            team, cuts, parts, ..
        } = scratch;
        let parts = &mut parts[..cuts.len() - 1];
        let most = positions.max().unwrap_or(0);
        for part in parts.iter_mut() {
            part.scores.clear();
            part.scores.reserve(QUERIES * most);
        }
        arch::share(
            team,
            out,
            shape.width(),
            cuts,
            parts,
            |columns, out, part| {
                let heads = Heads {
                    first: columns.start / shape.head_width,
                    count: columns.len() / shape.head_width,
                    width: shape.head_width,
                    group: shape.group(),
                    stride: shape.stride,
                };
                (self.0.attention)(heads, queries, out, &mut part.scores);
            },
        );
    }

    /// Exponentials divided by their sum, in place.
    pub fn softmax(&self, x: &mut [f32]) {
        (self.0.softmax)(x);
    }

    /// `x += y`.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn add(&self, x: &mut [f32], y: &[f32]) {
        assert_eq!(x.len(), y.len(), "x and y differ in length");
        (self.0.add)(x, y);
    }

    /// The index of the largest element, the first of equals; NaN is never the
    /// largest. 0 where there is none.
    #[must_use]
    pub fn argmax(&self, x: &[f32]) -> usize {
        (self.0.argmax)(x)
    }

    /// One row of `w` as floats: the embedding of a token.
    ///
    /// # Errors
    /// [`KernelError::Row`] beyond the last row, [`KernelError::Decode`] where
    /// `out` is not `w.cols()` long.
    pub fn dequantize_row(
        &self,
        w: &Weights<'_>,
        row: usize,
        out: &mut [f32],
    ) -> Result<(), KernelError> {
        let rows = w.rows();
        let bytes = w.row(row).ok_or(KernelError::Row { row, rows })?;
        Ok(dequantize(w.ty(), bytes, out)?)
    }
}

impl core::fmt::Debug for Kernels {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Kernels").field(&self.name()).finish()
    }
}

impl PartialEq for Kernels {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Kernels {}
