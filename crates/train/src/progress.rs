//! What a caller learns while training runs, and the log of it.

use std::fmt;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::TrainError;

/// One step of training, or one measurement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Progress {
    /// Which of several runs this is, for example `fold 2 of 5`; empty for
    /// the only one.
    pub run: String,
    /// `pretrain` or `train`.
    pub phase: &'static str,
    /// Steps done.
    pub step: u64,
    /// Steps of the phase.
    pub steps: u64,
    /// The training loss of this step, in nats per counted token.
    pub loss: f64,
    /// The learning rate of this step.
    pub learning_rate: f64,
    /// The global norm of the gradients before clipping.
    pub gradient_norm: f64,
    /// Tokens through the model per second, so far in this phase.
    pub tokens_per_s: f64,
    /// Seconds until the end of the phase, as far as one can tell.
    pub eta_s: f64,
    /// The measurement of this step, if there was one.
    pub evaluation: Option<Measurement>,
}

/// A measurement with the averaged weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The records: `validation` or `held out`.
    pub on: String,
    /// Mean loss on the answer tokens, in nats.
    pub loss: f64,
    /// Accuracy of a classification, mean absolute error of a number.
    pub score: Option<f64>,
}

impl fmt::Display for Progress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.run.is_empty() {
            write!(out, "{}, ", self.run)?;
        }
        write!(
            out,
            "{} {}/{} loss {:.4} rate {:.2e} norm {:.2} {:.0} tokens/s ETA {:.0} s",
            self.phase,
            self.step,
            self.steps,
            self.loss,
            self.learning_rate,
            self.gradient_norm,
            self.tokens_per_s,
            self.eta_s
        )?;
        if let Some(found) = &self.evaluation {
            write!(out, " | {}: loss {:.4}", found.on, found.loss)?;
            if let Some(score) = found.score {
                write!(out, " score {score:.4}")?;
            }
        }
        Ok(())
    }
}

/// One line of `log.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    /// `pretrain` or `train`.
    pub phase: String,
    /// Steps done.
    pub step: u64,
    /// As in [`Progress`].
    pub loss: f64,
    /// As in [`Progress`].
    pub learning_rate: f64,
    /// As in [`Progress`].
    pub gradient_norm: f64,
    /// As in [`Progress`].
    pub tokens_per_s: f64,
    /// As in [`Progress`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<Measurement>,
}

impl From<&Progress> for LogLine {
    fn from(progress: &Progress) -> Self {
        Self {
            phase: progress.phase.to_owned(),
            step: progress.step,
            loss: progress.loss,
            learning_rate: progress.learning_rate,
            gradient_norm: progress.gradient_norm,
            tokens_per_s: progress.tokens_per_s,
            evaluation: progress.evaluation.clone(),
        }
    }
}

/// The log of a run: every step in memory, and in a file where there is one.
#[derive(Debug, Default)]
pub(crate) struct Log {
    file: Option<(PathBuf, File)>,
    /// Bytes of whole lines in the file.
    whole: u64,
    lines: Vec<LogLine>,
}

impl Log {
    /// A log that starts with the given lines.
    pub(crate) fn create(path: Option<&Path>, lines: Vec<LogLine>) -> Result<Self, TrainError> {
        let mut log = Self::default();
        if let Some(path) = path {
            let kept: String = lines.iter().map(text).collect();
            senselm_save::save(path, kept.as_bytes())?;
            let file = File::options().append(true).open(path);
            let file = file.map_err(|error| TrainError::write(path, error))?;
            log.whole = kept.len() as u64;
            log.file = Some((path.to_path_buf(), file));
        }
        log.lines = lines;
        Ok(log)
    }

    pub(crate) fn push(&mut self, line: LogLine) -> Result<(), TrainError> {
        if let Some((path, file)) = &mut self.file {
            let text = text(&line);
            if let Err(error) = file.write_all(text.as_bytes()) {
                // Nothing more can be done about half a line.
                let _ = file.set_len(self.whole);
                return Err(TrainError::write(path.as_path(), error));
            }
            self.whole += text.len() as u64;
        }
        self.lines.push(line);
        Ok(())
    }

    pub(crate) fn lines(&self) -> &[LogLine] {
        &self.lines
    }

    /// The lines of an earlier log that lie before a checkpoint: a resumed run
    /// writes the later ones again.
    pub(crate) fn before(path: &Path, keep: impl Fn(&LogLine) -> bool) -> Vec<LogLine> {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .filter(keep)
            .collect()
    }
}

/// A line as it stands in the file, with its end.
fn text(line: &LogLine) -> String {
    let mut text = serde_json::to_string(line).unwrap_or_default();
    text.push('\n');
    text
}
