//! Sixteen interleaved rows times a few tokens: the inner loop of prefill.

use super::{Bytes, Floats, PanelUnit, Part};
use crate::LANES;
use crate::activations::{Tile, TokenUnit};

/// Tokens of a tile at most.
pub(super) const WIDEST: usize = 8;

/// What a unit's term is made of besides one product with one scale.
pub(super) trait Kind {
    const HAS_MINIMUM: bool;
    const HAS_HALVES: bool;
}

/// One scale.
pub(super) struct Plain;
/// A scale and a minimum.
pub(super) struct WithMinimum;
/// A scale for either half.
pub(super) struct InHalves;

impl Kind for Plain {
    const HAS_MINIMUM: bool = false;
    const HAS_HALVES: bool = false;
}

impl Kind for WithMinimum {
    const HAS_MINIMUM: bool = true;
    const HAS_HALVES: bool = false;
}

impl Kind for InHalves {
    const HAS_MINIMUM: bool = false;
    const HAS_HALVES: bool = true;
}

/// Multiplies a panel with a tile of tokens: 16 sums for each of them.
#[inline(always)]
pub(super) fn multiply<B: Bytes, K: Kind>(
    panel: &[PanelUnit],
    tile: Tile<'_>,
    out: &mut [[f32; LANES]; WIDEST],
) {
    match tile.width {
        8 => sums::<B, K, 8>(panel, tile.units, out),
        4 => sums::<B, K, 4>(panel, tile.units, out),
        2 => sums::<B, K, 2>(panel, tile.units, out),
        _ => sums::<B, K, 1>(panel, tile.units, out),
    }
}

#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
fn sums<B: Bytes, K: Kind, const N: usize>(
    panel: &[PanelUnit],
    tokens: &[TokenUnit],
    out: &mut [[f32; LANES]; WIDEST],
) {
    if N > B::TOKENS {
        // No tile is wider than the variant asked for.
        return;
    }
    let mut sums = [B::Floats::splat(0.0); N];
    for (rows, tokens) in panel.iter().zip(tokens.as_chunks::<N>().0) {
        add_unit::<B, K, N>(rows, tokens, &mut sums);
    }
    for n in 0..N {
        sums[n].store(&mut out[n]);
    }
}

/// The terms of one unit, as `scalar::matmul` has them.
#[inline(always)]
fn add_unit<B: Bytes, K: Kind, const N: usize>(
    rows: &PanelUnit,
    tokens: &[TokenUnit; N],
    sums: &mut [B::Floats; N],
) {
    let scale = B::Floats::load(&rows.lanes.scales[0]);
    if K::HAS_HALVES {
        let second_scale = B::Floats::load(&rows.lanes.scales[1]);
        let first = B::dots(&rows.codes, tokens, Part::First);
        let second = B::dots(&rows.codes, tokens, Part::Second);
        for n in 0..N {
            let product = scale.mul(B::floats(first[n]));
            let product = product.add(second_scale.mul(B::floats(second[n])));
            sums[n] = sums[n].add(product.mul(B::Floats::splat(tokens[n].scale)));
        }
    } else {
        let dots = B::dots(&rows.codes, tokens, Part::Both);
        let minimum = B::Floats::load(&rows.lanes.minima);
        for n in 0..N {
            let mut product = scale.mul(B::floats(dots[n]));
            if K::HAS_MINIMUM {
                let [s0, s1] = tokens[n].sums;
                product = product.add(minimum.mul(B::Floats::splat((s0 + s1) as f32)));
            }
            sums[n] = sums[n].add(product.mul(B::Floats::splat(tokens[n].scale)));
        }
    }
}
