//! What is asked about a window, and how an answer is read.
//!
//! Training and serving meet here: both turn a window into the same
//! [`Prompt`], want the same tokens scored, and take the answer from the
//! scores by the same rules. A [`Question`] is a front end and a task made
//! ready for a vocabulary. Its answer is found in [`Rounds`]: each says which
//! tokens to score behind which others and takes the scores. Whatever runs a
//! model, on whatever device, is a [`Predictor`]: it supplies scores, and
//! decides nothing.
//!
//! This crate runs no model and reads no file.
//!
//! ```
//! use senselm_ask::{Asks, DEFAULT_BEAM, Question};
//! use senselm_sensor::{FrontEnd, Task, Truth, Window};
//! use senselm_tokenize::{Ends, TokenKind, TokenizerBuilder};
//!
//! let front_end = FrontEnd::from_json(r#"{
//!     "layout": {"kind": "rows"},
//!     "channels": [{
//!         "name": "x", "source": "x", "scale": {"kind": "global", "min": 0, "max": 1},
//!         "encode": {"kind": "levels", "count": 10, "alphabet": "0123456789"}
//!     }],
//!     "template": "level {x} is"
//! }"#)?;
//! let mut builder = TokenizerBuilder::new();
//! builder.push_byte_tokens()?;
//! let end = builder.push_token("<|endoftext|>", TokenKind::Control)?;
//! let tokenizer = builder.finish(Ends { eos: Some(end), bos: None })?;
//!
//! let task = Task::classify(["low", "high"]);
//! let question = Question::new(front_end, task, tokenizer, DEFAULT_BEAM)?;
//! let prompt = question.prompt(&Window { channels: vec![vec![0.3]] })?;
//! assert_eq!(prompt.ids().len(), "level 3 is".len());
//! assert_eq!(question.answer(&Truth::Label(1)).last(), Some(&end));
//! assert!(matches!(question.asks(), Asks::Labels(_)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod error;
mod labels;
mod likelihood;
mod number;
mod predictor;
mod prompt;
mod question;
mod surprise;

pub use error::AskError;
pub use labels::{LabelRounds, Labels, Scored, Shares};
pub use likelihood::{Likelihood, argmax, log_probabilities, softmax};
pub use number::{DEFAULT_BEAM, Decoded, MAX_BEAM, NumberProbability, NumberRounds, Numbers};
pub use predictor::{Predictor, Rounds, Spot, SpotScores, Stem, find};
pub use prompt::{Prompt, Segment};
pub use question::{Asks, Question};
pub use surprise::Surprise;
