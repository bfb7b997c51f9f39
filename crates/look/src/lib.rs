//! Looks at recordings that nobody described, and says what is in them: how their
//! tables are laid out, what is measured how often, where the right answers are,
//! and whose each window is.
//!
//! What a person would have to be asked is refused with both readings and the
//! option that decides ([`LookError::choices`]); everything else is found out. How
//! cells, times and tables are read is for `senselm_readings` to say, how windows
//! are cut for `senselm_sensor`; this crate trains nothing and judges no model.

#![forbid(unsafe_code)]

mod alike;
mod answers;
mod column;
mod compare;
mod disguise;
mod error;
mod files;
mod load;
mod look;
mod note;
mod options;
mod pace;
mod recipe;
mod repeats;
mod reservoir;
mod roles;
mod rows;
mod runs;
mod seen;
mod show;
mod side_by_side;
mod sizes;
mod spread;
mod survey;
mod text;
mod title;
mod words;

pub use error::LookError;
pub use files::{Found, Role, find};
pub use load::Windows;
pub use look::look;
pub use note::{Note, Why};
pub use options::{Goal, Options, RowKind};
pub use recipe::RecipeFor;
pub use seen::{Answers, Counted, Gaps, Group, Seen, SeenChannel, SeenFile, WindowSize};
pub use spread::{Quantiles, Sentinel};
