//! Sixteen rows of quantized weights, unpacked and interleaved.
//!
//! A product with several tokens reads each weight several times; it is worth
//! while to turn any block type into one layout first. Four neighbouring codes
//! of each of the 16 rows lie side by side, so that one broadcast of four
//! activations meets 16 rows, and no sum ever crosses lanes.

use super::Bytes;
use crate::LANES;
use crate::codec::{Codec, UNIT};

/// Codes of a row that lie together: what one integer lane sums at once.
pub(crate) const GROUP: usize = 4;
/// Groups per unit.
pub(crate) const GROUPS: usize = UNIT / GROUP;

/// One unit of 16 rows.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(crate) struct PanelUnit {
    /// Group after group; in a group the rows.
    pub(crate) codes: [[u8; GROUP * LANES]; GROUPS],
    /// The rows' scales, for both halves of the unit.
    pub(crate) scales: [[f32; LANES]; 2],
    /// The rows' minima.
    pub(crate) minima: [f32; LANES],
}

impl PanelUnit {
    const EMPTY: Self = Self {
        codes: [[0; GROUP * LANES]; GROUPS],
        scales: [[0.0; LANES]; 2],
        minima: [0.0; LANES],
    };
}

/// Fills `panel` with up to 16 rows. Lanes without a row hold anything finite.
#[inline(always)]
pub(super) fn pack<B: Bytes, C: Codec>(rows: &[u8], row_bytes: usize, panel: &mut Vec<PanelUnit>) {
    for (r, row) in rows.chunks_exact(row_bytes).take(LANES).enumerate() {
        let mut u = 0;
        for block in C::blocks(row) {
            C::units(block, |unit| {
                if u == panel.len() {
                    panel.push(PanelUnit::EMPTY);
                }
                let slot = &mut panel[u];
                let groups = unit.codes.as_chunks::<GROUP>().0;
                for (group, codes) in slot.codes.iter_mut().zip(groups) {
                    group.as_chunks_mut::<GROUP>().0[r] = codes.map(|c| c as u8 ^ B::FLIP);
                }
                for (scales, scale) in slot.scales.iter_mut().zip(unit.scales) {
                    scales[r] = scale;
                }
                slot.minima[r] = unit.minimum;
                u += 1;
            });
        }
        panel.truncate(u);
    }
}
