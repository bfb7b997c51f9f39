//! Reading the files of a recipe.

use std::path::{Path, PathBuf};

use senselm_decode::{Encoding, Unknown, decode};
use senselm_sensor::{
    BadRow, BadRows, CsvOptions, FrontEnd, Labelled, Layout, SensorError, Source, Stated, Task,
    Truth, Truths, Warning, read_csv_apart,
};
use senselm_simulate::{CHANNELS, Condition};
use sha2::{Digest, Sha256};

use crate::TrainError;
use crate::note::Note;
use crate::recipe::{BadRowsSpec, DataSpec, GroupBy, LabelBy};

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
    /// Whose each of `train` and then each of `validation` is, where the recipe says
    /// what tells that: the same number for windows of one.
    pub groups: Option<Vec<u64>>,
    /// One report for each file.
    pub files: Vec<FileReport>,
    /// What the training files state of units and rates.
    pub stated: Stated,
}

/// The windows of one file.
struct Read {
    records: Vec<Labelled>,
    /// Whose each is.
    groups: Vec<u64>,
    report: FileReport,
    /// What the file states of units and rates.
    stated: Stated,
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
        let learned = match spec.stride {
            Some(_) if !matches!(front_end.spec().layout, Layout::Stream { .. }) => {
                let reason = "windows that are rows have no stride: leave it out";
                return Err(TrainError::recipe("data, stride", reason));
            }
            Some(stride) => front_end.every(stride.get()),
            None => front_end.clone(),
        };
        let mut groups = Vec::new();
        let asks = task.column().is_some();
        let mut read = |paths: &[PathBuf], labelled: bool, trained: bool| {
            let mut records = Vec::new();
            for path in paths {
                let path = folder.join(path);
                let cut = if trained { &learned } else { front_end };
                let mut found = read_file(&path, &options, encoding, spec, cut, task)?;
                found.report.answers = labelled && asks;
                if trained {
                    stated.join(&found.stated);
                }
                for (record, group) in found.records.into_iter().zip(found.groups) {
                    if labelled && asks && record.truth.is_none() {
                        continue;
                    }
                    groups.extend(labelled.then_some(group));
                    records.push(record);
                }
                files.push(found.report);
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
            groups: spec.is_grouped().then_some(groups),
            files,
            stated,
        };
        // What is fitted keeps whole groups on one side, as folds do.
        if let Some(groups) = &recordings.groups {
            let known = recordings
                .train
                .iter_mut()
                .chain(&mut recordings.validation);
            for (record, group) in known.zip(groups) {
                record.group = *group;
            }
        }
        if let Some(spec) = spec.simulate {
            // Simulated windows are of nobody.
            recordings.groups = None;
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
    // Where there is no right answer what is normal is learned.
    let only = task.column().is_none().then_some(Condition::Normal);
    let labels = Condition::ALL
        .iter()
        .map(|condition| match task.read_truth(condition.label()) {
            Ok(None) if only.is_some() => Ok(None),
            Ok(Some(truth)) => Ok(Some(truth)),
            _ => Err(wrong(format!(
                "the task has no label {:?}",
                condition.label()
            ))),
        })
        .collect::<Result<Vec<Option<Truth>>, TrainError>>()?;
    let windows = senselm_simulate::windows(seed, count, length, only);
    Ok(windows
        .into_iter()
        .map(|mut record| {
            let all = std::mem::take(&mut record.window.channels);
            let chosen = channels.iter().filter_map(|&at| all.get(at).cloned());
            record.window.channels = chosen.collect();
            record.group = record.window.fingerprint();
            record.truth = match record.truth {
                Some(Truth::Label(label)) => labels.get(label).cloned().flatten(),
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
    spec: &DataSpec,
    front_end: &FrontEnd,
    task: &Task,
) -> Result<Read, TrainError> {
    let bytes = std::fs::read(path).map_err(|error| TrainError::read(path, error))?;
    let decoded = decode(bytes, encoding).map_err(|unknown| match unknown {
        Unknown::Encoding => undecided(path, &unknown, r#"encoding = "windows-1251""#),
        _ => TrainError::Data {
            reason: format!("{}: {unknown}", path.display()),
        },
    })?;
    let read = read_csv_apart(front_end, task, &decoded.text, options, &spec.apart());
    let (mut dataset, parts) = read.map_err(|source| unread(path, source))?;
    let folder = path.parent().and_then(Path::file_name);
    let folder = folder
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    if spec.label_by == Some(LabelBy::Folder) {
        let label = task.labels().iter().position(|label| *label == folder);
        let label = label.ok_or_else(|| TrainError::Data {
            reason: format!(
                "{}: its folder {folder:?} is none of the labels {}",
                path.display(),
                task.labels().join(", ")
            ),
        })?;
        for record in &mut dataset.records {
            record.truth = Some(Truth::Label(label));
        }
        // That there is no column with them is what the recipe says.
        if let Some(column) = task.column() {
            let column = column.to_string();
            let missing = Warning::from(&senselm_readings::Note::NoTruthColumn { column });
            dataset.warnings.retain(|warning| *warning != missing);
        }
    }
    let groups = (0..dataset.records.len()).map(|at| {
        let name = parts
            .group
            .get(at)
            .and_then(|group| parts.names.get(*group));
        let stretch = parts.stretch.get(at).copied().unwrap_or_default();
        group_of(spec, path, name.map_or("", String::as_str), stretch)
    });
    let groups = groups.collect();
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
    Ok(Read {
        records: dataset.records,
        groups,
        report,
        stated: dataset.stated,
    })
}

/// A number for whose a window is: the same for windows of one.
fn group_of(spec: &DataSpec, path: &Path, name: &str, stretch: usize) -> u64 {
    let mut hasher = Sha256::new();
    match spec.group_by {
        None => hasher.update(name.as_bytes()),
        Some(GroupBy::File) => hasher.update(path.as_os_str().as_encoded_bytes()),
        Some(GroupBy::Folder) => {
            let folder = path.parent().unwrap_or(path);
            hasher.update(folder.as_os_str().as_encoded_bytes());
        }
        Some(GroupBy::Stretch) => {
            hasher.update(path.as_os_str().as_encoded_bytes());
            hasher.update(stretch.to_le_bytes());
        }
    }
    let digest: [u8; 32] = hasher.finalize().into();
    digest
        .iter()
        .take(8)
        .fold(0, |word, byte| (word << 8) | u64::from(*byte))
}
