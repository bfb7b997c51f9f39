//! The wasmtime host of the guest: the same answers as natively, from inside a
//! sandbox that has no files, no network and bounded memory and time.
//!
//! [`pack`] puts a model into the guest component, [`Program`] compiles the two,
//! and a [`Runtime`] is one running instance. All instances of a program map the
//! same weights copy-on-write.
//!
//! The guest is loaded as a file ([`find_guest`]); this crate does not build it,
//! and answers nothing itself.

mod bindings;
mod engine;
mod error;
mod host;
mod locate;
mod pack;
mod program;
mod runtime;
mod ticker;

pub use engine::{CompileCache, engine};
pub use error::GatewayError;
pub use host::{Canceller, Limits, OnPiece};
pub use locate::{GUEST_FILE, find_guest};
pub use pack::pack;
pub use program::{Program, ProgramOptions};
pub use runtime::Runtime;
