//! The sensor front end: from readings to the prompt of a language model, and
//! from the truth of a recording to the text of an answer.
//!
//! A [`FrontEndSpec`] is data. It says where the channels of a window are
//! found in a CSV file, what happens to missing samples, how each channel is
//! resampled, scaled and written as text, which features are computed, and
//! into which template all of that goes. It is stored in the model file, and
//! [`FrontEnd`] is the one implementation that executes it: in training, in a
//! browser, in a gateway.
//!
//! A [`Task`] says what is asked about a window: one of a set of labels, a
//! number in a range, free text, or nothing but how unlike the known it is
//! ([`AlarmState`] tells an alarm from a drift). [`number::DigitAutomaton`] is what keeps a
//! decoded number inside its task.
//!
//! This crate knows nothing of tokens and models. It has no clock, no files
//! and no threads, and everything it reads is taken to be untrusted.
//!
//! ```
//! use senselm_sensor::{FrontEnd, Window};
//!
//! let front_end = FrontEnd::from_json(r#"{
//!     "layout": {"kind": "stream", "length": 4, "stride": 1},
//!     "channels": [{
//!         "name": "pressure", "unit": "bar", "source": "p1",
//!         "scale": {"kind": "window_min_max", "min_range": 0.1},
//!         "encode": {"kind": "levels", "count": 10, "alphabet": "0123456789"}
//!     }],
//!     "template": "Pump. pressure {pressure} state"
//! }"#)?;
//! let window = Window { channels: vec![vec![1.0, 1.2, 1.4, 1.9]] };
//! assert_eq!(front_end.render(&window)?.prompt, "Pump. pressure 0249 state");
//! # Ok::<(), senselm_sensor::SensorError>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod alarm;
pub mod augment;
mod csv;
mod decimal;
mod encode;
mod error;
mod features;
mod fits;
mod front_end;
pub mod limits;
mod missing;
pub mod number;
mod operators;
mod order;
mod packed;
mod profile;
mod raw;
pub mod resample;
pub mod rng;
mod scale;
mod spec;
pub mod spectrum;
mod stream;
mod task;
mod template;
mod validate;
mod window;

pub use alarm::{Alarm, AlarmSpec, AlarmState};
pub use csv::{
    Apart, BadRow, BadRows, CsvOptions, Dataset, NumberRow, Parts, RowReader, RowWindows, Truths,
    Twins, Unusable, Warning, expected_columns, read_csv, read_csv_apart, read_csv_with, wants,
};
pub use error::SensorError;
pub use fits::{Finding, Fits, Gathered, NamedChannel, Reason, Recent, Told, Verdict, fits};
pub use front_end::{Computed, FrontEnd, Rendered, WrittenSample, is_new};
pub use operators::{KERNELS, convolved};
pub use order::largest_first;
pub use packed::{Matrix, Numbers};
pub use profile::{
    ChannelProfile, Common, LEVELS, MAX_PROFILE_BYTES, OtherPace, OverWindows, Pair, Profile,
    Quantiles, RefusedRows, Stated, Validation,
};
pub use senselm_readings::Refusal;
pub use senselm_readings::recording::{
    ColumnRole, ExpectedColumn, Facts, RowState, TruthCell, Wants, suggest as suggest_columns,
};
pub use spec::{
    ChannelSpec, Detrend, Dilation, Edges, Encode, FeatureKind, FeatureSpec, FeatureWrite,
    FrontEndSpec, Interleave, LabelOf, Layout, Missing, Operator, OperatorSpec, OperatorWrite,
    Resample, ResampleMethod, Samples, Scale, Source, Taper,
};
pub use stream::{Pushed, WindowStream};
pub use task::{Task, Truth};
pub use window::{Labelled, Position, Window};
