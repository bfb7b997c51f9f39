//! The embedder's API: load a model, ask it about sensor windows.
//!
//! A [`Session`] is one model file at work. It turns a window of samples into
//! the model's prompt with the front end that the file holds, runs the model,
//! and gives a typed [`Answer`]: one of the task's labels, a number in its
//! range, or text. An answer outside the task cannot come out. It also says how
//! anomalous a window is ([`Session::score`]) and continues text
//! ([`Session::generate`]), which is all that a file without a task can do.
//!
//! The same code runs natively, in a WASI component and in a browser. It opens
//! no files, starts no threads and asks no clock but the one it was given. With
//! the feature `gpu` a session can go to a GPU ([`Session::use_backend`]); since
//! a browser must not wait for one, [`AsyncSession`] is where everything is
//! done, and [`Session`] waits for it.
//! Everything it is handed is untrusted: files, windows, text and options are
//! checked, and refused with a [`SessionError`] whose
//! [`code`](SessionError::code) programs can act on.
//!
//! ```no_run
//! use std::path::Path;
//! use std::sync::Arc;
//!
//! use senselm_gguf::mapped::Mapped;
//! use senselm_session::{LoadOptions, Session, Window};
//!
//! let file = Arc::new(Mapped::open(Path::new("pump.gguf"))?);
//! let mut session = Session::load(file, LoadOptions::default())?;
//! let window = Window { channels: vec![vec![2.1, 2.2, 2.0, 1.4]] };
//! let answer = session.answer(&window)?;
//! println!("{} (anomaly {:?})", answer.text(), answer.anomaly());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod answer;
mod answer_line;
mod backend;
mod batch;
mod blocking;
mod calibrate;
mod clock;
mod error;
mod feed;
mod generate;
mod info;
mod keys;
mod options;
mod questions;
mod session;
mod stop;
mod window;

pub use answer::{
    Anomaly, Answer, Classification, Generated, LabelProbability, Number, StoppedBy, Text, Timings,
};
pub use answer_line::{AnswerLine, LineError, LineFits};
pub use backend::{Backend, BackendChange, Compiled};
pub use blocking::Session;
pub use calibrate::Speed;
pub use error::SessionError;
pub use info::{ChannelInfo, Info};
pub use keys::MAX_JSON_BYTES;
pub use options::{
    Clock, GenerateOptions, GpuMath, LoadOptions, MAX_STOP_BYTES, MAX_STOPS, MAX_THREADS, Overflow,
    Pause,
};
pub use senselm_ask::{AskError, MAX_BEAM, NumberProbability};
/// The threads of a page.
#[cfg(all(feature = "threads", target_family = "wasm"))]
pub use senselm_gpt::helpers;
pub use senselm_gpt::{Bytes, KvType, SamplerSpec};
pub use senselm_sensor::{BadRows, Profile, Task, Window};
pub use session::AsyncSession;
