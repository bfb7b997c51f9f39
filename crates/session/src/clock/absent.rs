//! A browser's clock is its own: the embedder passes it in.

use crate::options::Clock;

/// None.
pub(crate) fn system() -> Option<Clock> {
    None
}
