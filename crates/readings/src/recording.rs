//! Recordings: which columns of a table hold what somebody wants, and the
//! numbers, times and truths in their rows.
//!
//! What a host wants of a recording it says in [`Wants`]. A [`Reader`] finds the
//! columns, by their names or as a person chose them, tells in which form their
//! times are, and reads row after row. What the numbers then become, windows of
//! a model for one, is not for this crate to say.

mod cells;
mod columns;
mod counter;
mod field;
mod figure;
mod find;
mod places;
mod reader;
mod row_state;
mod side_by_side;
mod suggest;
mod time_columns;
mod times;
mod units;
mod wants;

pub use cells::{BadCell, Cells, Facts, Spot, TruthCell};
pub use figure::three_digits;
pub use find::find;
pub use reader::Reader;
pub use row_state::RowState;
pub use suggest::{Looks, looks, suggest};
pub use times::check_rate;
pub use wants::{ColumnRole, ExpectedColumn, InCell, Rows, Source, Wants};
