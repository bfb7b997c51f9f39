//! Writes readings as a CSV file, one reading a line.

use alloc::format;
use alloc::string::String;
use core::fmt::Write as _;

use crate::{CHANNELS, Episode};

/// The columns. `source` says `simulated` in every row, so that nobody takes
/// the file for a recording.
pub const HEADER: &str =
    "time_s,machine,suction,discharge,flow,vibration,bearing,current,output,source";

/// Seconds between the episodes of two pumps: a front end with a shorter
/// `max_gap_s` makes no window across them.
const BETWEEN_S: u64 = 3_600;

/// The readings of episodes, one after the other with a gap in time between
/// them. A missing value is an empty cell.
#[must_use]
pub fn to_csv(episodes: &[Episode]) -> String {
    let mut out = format!("{HEADER}\n");
    let mut start_s = 0;
    for episode in episodes {
        let mut end_s = start_s;
        for reading in &episode.readings {
            let time_s = start_s + reading.time_s;
            end_s = end_s.max(time_s);
            // Writing to a string cannot fail.
            let _ = write!(out, "{time_s},{}", episode.machine);
            for (channel, value) in CHANNELS.iter().zip(reading.values) {
                let decimals = if channel.step < 0.1 { 2 } else { 1 };
                if value.is_nan() {
                    out.push(',');
                } else {
                    let _ = write!(out, ",{value:.decimals$}");
                }
            }
            let _ = writeln!(out, ",{},simulated", reading.condition.label());
        }
        start_s = end_s + BETWEEN_S;
    }
    out
}
