//! Sixteen rows of quantized weights, unpacked and interleaved.
//!
//! A product with several tokens reads each weight several times; it is worth
//! while to turn any block type into one layout first. Four neighbouring codes
//! of each of the 16 rows lie side by side, so that one broadcast of four
//! activations meets 16 rows, and no sum ever crosses lanes.

use super::Bytes;
use super::rows::Group;
use super::unpack::{LaneScales, MAX_UNITS, RowCodec};
use crate::LANES;
use crate::codec::UNIT;

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
    pub(crate) lanes: LaneScales,
}

/// Fills `panel` with 16 rows.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub(super) fn pack<B: Bytes, C: RowCodec>(rows: &[u8], panel: &mut Vec<PanelUnit>) {
    let group = Group::<C>::new(rows);
    let empty = PanelUnit {
        codes: [[0; GROUP * LANES]; GROUPS],
        lanes: LaneScales::ZERO,
    };
    panel.resize(group.len * C::UNITS, empty);
    let mut lanes = [LaneScales::ZERO; MAX_UNITS];
    for (b, units) in panel.chunks_exact_mut(C::UNITS).enumerate() {
        let rows = group.blocks(b);
        C::scales::<B::Floats>(&rows, &mut lanes);
        for u in 0..C::UNITS {
            B::interleave::<C>(&rows, u, &mut units[u].codes);
            units[u].lanes = lanes[u];
        }
    }
}
