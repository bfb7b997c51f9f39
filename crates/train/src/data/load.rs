//! Reading the files of a recipe.

use std::path::{Path, PathBuf};

use senselm_decode::{Encoding, Unknown, decode};
use senselm_sensor::{
    BadRow, BadRows, CsvOptions, FrontEnd, Labelled, Layout, SensorError, Source, Stated, Task,
    Truth, Truths, Warning, read_csv_with,
};
use senselm_simulate::{CHANNELS, Condition};

use crate::TrainError;
use crate::note::Note;
use crate::recipe::{BadRowsSpec, DataSpec};

/// Rows of a file that are named; what is wrong with many is wrong with all.
const MOST_NAMED: usize = 10;

/// What was not as expected in one file.
#[derive(Debug, Clone)]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    /// Its encoding, where it is not UTF-8 and nobody said so.
    pub encoding: Option<&'static str>,
    /// Whether its windows are of use only with a right answer.
    pub answers: bool,
    /// Data rows, good and bad.
    pub rows: u64,
    /// Records that were read.
    pub records: usize,
    /// Records with a right answer.
    pub labelled: usize,
    /// Rows that were skipped.
    pub bad: Vec<BadRow>,
    /// What a user should know.
    pub warnings: Vec<Warning>,
}

/// The recordings of a recipe.
#[derive(Debug, Clone, Default)]
pub struct Recordings {
    /// Labelled windows to train on.
    pub train: Vec<Labelled>,
    /// Labelled windows to measure on.
    pub validation: Vec<Labelled>,
    /// Windows for pretraining only.
    pub unlabelled: Vec<Labelled>,
    /// One report for each file.
    pub files: Vec<FileReport>,
    /// What the training files state of units and rates.
    pub stated: Stated,
}

impl FileReport {
    /// What was not as expected; a window takes `needed` readings at least.
    pub(crate) fn notes(&self, needed: usize) -> Vec<Note> {
        let path = || self.path.clone();
        let mut notes = Vec::new();
        if let Some(encoding) = self.encoding {
            notes.push(Note::Encoding {
                path: path(),
                encoding,
            });
        }
        if self.records == 0 {
            let rows = self.rows;
            notes.push(Note::NoWindows {
                path: path(),
                rows,
                needed,
            });
        } else if self.answers && self.labelled == 0 {
            let windows = self.records;
            notes.push(Note::NoAnswers {
                path: path(),
                windows,
            });
        }
        notes.extend(self.warnings.iter().map(|warning| Note::File {
            path: path(),
            warning: warning.clone(),
        }));
        let named = self.bad.iter().take(MOST_NAMED);
        notes.extend(named.map(|row| Note::LeftOut {
            path: path(),
            row: row.clone(),
        }));
        let rows = self.bad.len().saturating_sub(MOST_NAMED);
        if rows > 0 {
            notes.push(Note::MoreLeftOut { path: path(), rows });
        }
        notes
    }
}

impl Recordings {
    /// Reads every CSV file that a recipe names, or simulates.
    ///
    /// # Errors
    /// [`TrainError::File`] and [`TrainError::Sensor`] with the file's name.
    pub fn load(
        spec: &DataSpec,
        folder: &Path,
        front_end: &FrontEnd,
        task: &Task,
    ) -> Result<Self, TrainError> {
        let mut files = Vec::new();
        let mut stated = Stated::default();
        let options = CsvOptions {
            bad_rows: match spec.bad_rows {
                BadRowsSpec::Skip => BadRows::Skip,
                BadRowsSpec::Fail => BadRows::Fail,
            },
            truths: Truths::Required,
            told: spec.told.told()?,
        };
        let encoding = spec.told.encoding()?;
        let mut read = |paths: &[PathBuf], labelled: bool, trained: bool| {
            let mut records = Vec::new();
            for path in paths {
                let path = folder.join(path);
                let (found, mut report, says) =
                    read_file(&path, &options, encoding, front_end, task)?;
                report.answers = labelled;
                if trained {
                    stated.join(&says);
                }
                records.extend(found);
                files.push(report);
            }
            if labelled {
                records.retain(|record| record.truth.is_some());
            }
            Ok::<_, TrainError>(records)
        };
        let train = read(&spec.train, true, true)?;
        let validation = read(&spec.validation, true, false)?;
        let unlabelled = read(&spec.unlabelled, false, true)?;
        let mut recordings = Self {
            train,
            validation,
            unlabelled,
            files,
            stated,
        };
        if let Some(spec) = spec.simulate {
            let make = |seed, count| simulated(seed, count, front_end, task);
            recordings.train.extend(make(spec.seed, spec.windows)?);
            let others = make(spec.seed.wrapping_add(1), spec.validation_windows)?;
            recordings.validation.extend(others);
        }
        Ok(recordings)
    }
}

/// Windows of simulated pumps, with the channels that the front end reads and
/// the labels of the task.
fn simulated(
    seed: u64,
    count: u32,
    front_end: &FrontEnd,
    task: &Task,
) -> Result<Vec<Labelled>, TrainError> {
    let wrong = |reason: String| TrainError::recipe("data, simulate", reason);
    let Layout::Stream { length, .. } = &front_end.spec().layout else {
        return Err(wrong(
            "the pump is a stream: use `layout.kind = \"stream\"`".into(),
        ));
    };
    let length = u32::try_from(*length).unwrap_or(u32::MAX);
    let channels = front_end
        .channels()
        .iter()
        .map(|channel| {
            let found = CHANNELS
                .iter()
                .position(|known| channel.source == Source::Name(known.name.into()));
            found.ok_or_else(|| wrong(format!("the pump has no channel for {:?}", channel.name)))
        })
        .collect::<Result<Vec<usize>, TrainError>>()?;
    let labels = Condition::ALL
        .iter()
        .map(|condition| match task.read_truth(condition.label()) {
            Ok(Some(truth)) => Ok(truth),
            _ => Err(wrong(format!(
                "the task has no label {:?}",
                condition.label()
            ))),
        })
        .collect::<Result<Vec<Truth>, TrainError>>()?;
    let windows = senselm_simulate::windows(seed, count, length);
    Ok(windows
        .into_iter()
        .map(|mut record| {
            let all = std::mem::take(&mut record.window.channels);
            let chosen = channels.iter().filter_map(|&at| all.get(at).cloned());
            record.window.channels = chosen.collect();
            record.group = record.window.fingerprint();
            record.truth = match record.truth {
                Some(Truth::Label(label)) => labels.get(label).cloned(),
                other => other,
            };
            record
        })
        .collect())
}

/// Why a recording cannot be read, with the settings that would decide.
fn unread(path: &Path, source: SensorError) -> TrainError {
    let choices = match &source {
        SensorError::Table(problem) => problem.choices(),
        _ => Vec::new(),
    };
    let written = choices.iter().map(|(setting, value)| match *setting {
        "header_line" | "rate" => format!("{setting} = {value}"),
        setting => format!("{setting} = {value:?}"),
    });
    let settings: Vec<String> = written.collect();
    if settings.is_empty() {
        return TrainError::Sensor {
            path: path.display().to_string(),
            source,
        };
    }
    undecided(path, &source, &settings.join(" } or told = { "))
}

fn undecided(path: &Path, problem: &impl ToString, settings: &str) -> TrainError {
    TrainError::Undecided {
        path: path.display().to_string(),
        problem: problem.to_string(),
        told: format!("told = {{ {settings} }}"),
    }
}

fn read_file(
    path: &Path,
    options: &CsvOptions,
    encoding: Option<&'static Encoding>,
    front_end: &FrontEnd,
    task: &Task,
) -> Result<(Vec<Labelled>, FileReport, Stated), TrainError> {
    let bytes = std::fs::read(path).map_err(|error| TrainError::read(path, error))?;
    let decoded = decode(bytes, encoding).map_err(|unknown| match unknown {
        Unknown::Encoding => undecided(path, &unknown, r#"encoding = "windows-1251""#),
        _ => TrainError::Data {
            reason: format!("{}: {unknown}", path.display()),
        },
    })?;
    let dataset = read_csv_with(front_end, task, &decoded.text, options)
        .map_err(|source| unread(path, source))?;
    let report = FileReport {
        path: path.to_path_buf(),
        encoding: decoded.encoding.filter(|_| encoding.is_none()),
        answers: true,
        rows: dataset.rows,
        records: dataset.records.len(),
        labelled: dataset
            .records
            .iter()
            .filter(|record| record.truth.is_some())
            .count(),
        bad: dataset.bad,
        warnings: dataset.warnings,
    };
    Ok((dataset.records, report, dataset.stated))
}
