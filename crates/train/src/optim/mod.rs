//! AdamW, its schedule, clipping and averaging, written out because a run
//! must resume exactly and the norm that is clipped is the global one.

mod adamw;
mod ema;
mod schedule;

pub use adamw::{AdamW, AdamWSpec};
pub(crate) use adamw::{State, clip_factor, clip_global_norm};
pub use ema::Ema;
pub use schedule::Schedule;
