//! Sixteen interleaved rows times a few tokens: the inner loop of prefill.

use super::{Bytes, Floats, PanelUnit, Part, RowCodec};
use crate::LANES;
use crate::activations::{Tile, TokenUnit};

/// Multiplies a panel with a tile of tokens and hands each token's 16 sums to `put`.
#[inline(always)]
pub(super) fn multiply<B: Bytes, C: RowCodec>(
    panel: &[PanelUnit],
    tile: Tile<'_>,
    put: impl FnMut(usize, &[f32; LANES]),
) {
    match tile.width {
        8 => sums::<B, C, 8>(panel, tile, put),
        4 => sums::<B, C, 4>(panel, tile, put),
        2 => sums::<B, C, 2>(panel, tile, put),
        _ => sums::<B, C, 1>(panel, tile, put),
    }
}

#[inline(always)]
fn sums<B: Bytes, C: RowCodec, const N: usize>(
    panel: &[PanelUnit],
    tile: Tile<'_>,
    mut put: impl FnMut(usize, &[f32; LANES]),
) {
    let mut sums = [B::Floats::splat(0.0); N];
    for (rows, tokens) in panel.iter().zip(tile.units.as_chunks::<N>().0) {
        add_unit::<B, C, N>(rows, tokens, &mut sums);
    }
    for (n, sums) in sums.into_iter().enumerate() {
        put(tile.token + n, &sums.lanes());
    }
}

/// The terms of one unit, as `scalar::matmul` has them.
#[inline(always)]
fn add_unit<B: Bytes, C: RowCodec, const N: usize>(
    rows: &PanelUnit,
    tokens: &[TokenUnit; N],
    sums: &mut [B::Floats; N],
) {
    let scale = B::Floats::load(&rows.lanes.scales[0]);
    if C::HAS_HALVES {
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
            if C::HAS_MINIMUM {
                let [s0, s1] = tokens[n].sums;
                product = product.add(minimum.mul(B::Floats::splat((s0 + s1) as f32)));
            }
            sums[n] = sums[n].add(product.mul(B::Floats::splat(tokens[n].scale)));
        }
    }
}
