//! From CSV files to batches of token ids.

mod batch;
mod encode;
mod load;
mod order;
mod sequence;
mod split;
mod supply;
mod survey;

pub(crate) use batch::Batch;
pub(crate) use encode::{Encoder, Encoders};
pub use load::{FileReport, Recordings};
pub(crate) use sequence::{Emphasis, Sequence};
pub(crate) use split::hold_out;
pub use split::{folds, leave_one_out};
pub(crate) use supply::{Supply, SupplySpec};
pub(crate) use survey::not_trained;
