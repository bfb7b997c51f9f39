//! Fits what a front end leaves to data: the dilations and biases of
//! convolutions, the matrix of a projection, the edges of levels, what is new.
//!
//! Fitted is a *specification*: what comes out is one whose numbers are there,
//! and `senselm-sensor` alone executes it, here as on every host.
//!
//! A projection knows the windows that it was fitted on better than any other, and
//! finds nothing new in them.
//! So a model must not be taught with what it says of these: [`cross_fit()`] gives
//! beside the front end that is fitted on everything one for each of several
//! parts of the windows, which saw nothing of that part.

mod convolutions;
mod cross;
mod edges;
mod error;
mod novelty;
mod numbers;
mod provisional;
mod ridge;
mod sample;
mod steps;

pub use cross::{Fitted, cross_fit, fit};
pub use error::FitError;
pub use provisional::provisional;
pub use ridge::{Ridge, Standard};
pub use sample::Sample;
