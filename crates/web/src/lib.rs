//! The session for JavaScript: a model file in, typed answers out.
//!
//! Everything a caller passes is checked, and refused with an `Error` that has
//! a `code`; a panic would end the whole module, so none is reachable. The
//! shapes that cross the boundary are the JSON of `senselm_session`'s types,
//! which `web/src/protocol.ts` describes for TypeScript.
//!
//! No fetching, no workers, no DOM: that is `web/`.

mod buffer;
mod clock;
mod error;
#[cfg(feature = "helpers")]
mod helpers;
mod input;
mod pause;
mod recording;
mod session;
mod stream;

pub use buffer::ModelBuffer;
#[cfg(feature = "helpers")]
pub use helpers::{help, offer_helpers};
pub use recording::Recording;
pub use session::Session;
pub use stream::ReadingStream;
