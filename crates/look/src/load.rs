//! Reads the windows of recordings that were looked at.

use std::collections::BTreeMap;
use std::path::Path;

use senselm_decode::decode;
use senselm_sensor::{
    BadRow, BadRows, CsvOptions, FrontEnd, Labelled, Source, Stated, Task, Truth, Truths, Warning,
    read_csv_apart,
};

use crate::seen::{Group, Seen, SeenFile};
use crate::{LookError, Role};

/// The largest file of which windows are read: its text is held in memory.
const LARGEST: u64 = 1 << 30;

/// Rows of which each is a window that are held in memory together.
const MOST_WINDOWS: u64 = 1_000_000;

/// Windows, and whose each is.
#[derive(Debug, Clone, Default)]
pub struct Windows {
    /// The windows with their answers, file after file.
    pub records: Vec<Labelled>,
    /// For each its group, by its position in `groups`. Windows of one are never on
    /// both sides of a split.
    pub group: Vec<usize>,
    /// What the groups are called. Where nothing says whose a window is, they are
    /// stretches of rows or distinct windows, and have numbers.
    pub groups: Vec<String>,
    /// For each the stretch of rows that it is from: windows of one follow each
    /// other without a gap or a change of the answer.
    pub stretch: Vec<usize>,
    /// For each the file that it is from, by its position in [`Seen::files`].
    pub file: Vec<usize>,
    /// The name of each one's group, until they are numbered.
    names: Vec<String>,
    /// Rows that were left out, by file.
    pub bad: Vec<(usize, BadRow)>,
    /// What else is to be known, by file.
    pub warnings: Vec<(usize, Warning)>,
    /// What the files state of units and rates.
    pub stated: Stated,
}

impl Seen {
    /// Reads the windows of all files of a role, as this front end lays them out;
    /// [`Seen::carrier`] makes one. Windows without an answer are left out where
    /// there is a task, and where there is none no window has one. An answer that
    /// was not seen when the recordings were looked at is none.
    ///
    /// Each file is held in memory whole, up to 1 GiB, and its windows up to
    /// [`senselm_sensor::limits::MAX_DATASET_VALUES`].
    ///
    /// # Errors
    /// [`LookError::TooManyWindows`], [`LookError::Read`], [`LookError::TooLarge`], [`LookError::Encoding`], and
    /// [`LookError::Sensor`] for a file that does not fit the front end.
    pub fn windows(&self, front_end: &FrontEnd, role: Role) -> Result<Windows, LookError> {
        let of_role = self.files.iter().filter(|file| file.role == role);
        let rows: u64 = of_role.map(|file| file.rows).sum();
        if !self.is_stream() && rows > MOST_WINDOWS {
            return Err(LookError::TooManyWindows {
                rows,
                limit: MOST_WINDOWS,
            });
        }
        let mut windows = Windows::default();
        let task = self.task.clone().unwrap_or(Task::Generate {
            max_tokens: 1,
            column: Source::Name("senselm: none".to_owned()),
        });
        for (at, file) in self.files.iter().enumerate() {
            if file.role == role {
                self.file(at, file, front_end, &task, &mut windows)?;
            }
        }
        windows.number_groups(&self.group);
        Ok(windows)
    }

    fn file(
        &self,
        at: usize,
        file: &SeenFile,
        front_end: &FrontEnd,
        task: &Task,
        windows: &mut Windows,
    ) -> Result<(), LookError> {
        let text = self.text(&file.path)?;
        let options = CsvOptions {
            bad_rows: BadRows::Skip,
            truths: Truths::Optional,
            told: self.told,
        };
        let read = read_csv_apart(front_end, task, &text, &options, &self.apart());
        let (data, parts) = read.map_err(|source| LookError::Sensor {
            path: file.path.clone(),
            source,
        })?;
        let by_folder = self
            .answers
            .as_ref()
            .is_some_and(|answers| answers.column.is_none());
        let folder = file.folder.as_deref().unwrap_or_default();
        let label = task.labels().iter().position(|label| label == folder);
        let first = windows.stretch.last().map_or(0, |last| last + 1);
        let records = data.records.into_iter().zip(parts.group).zip(parts.stretch);
        for ((mut record, group), stretch) in records {
            if by_folder {
                record.truth = label.map(Truth::Label);
            }
            if self.task.is_none() {
                record.truth = None;
            } else if record.truth.is_none() {
                continue;
            }
            let name = match self.group {
                Group::Column { .. } => parts.names.get(group).cloned().unwrap_or_default(),
                Group::File => file.path.display().to_string(),
                Group::Folder => folder.to_owned(),
                Group::Stretch => (first + stretch).to_string(),
                Group::Window => format!("{:016x}", record.group),
            };
            windows.names.push(name);
            windows.records.push(record);
            windows.stretch.push(first + stretch);
            windows.file.push(at);
        }
        windows.stated.join(&data.stated);
        windows
            .bad
            .extend(data.bad.into_iter().map(|bad| (at, bad)));
        windows
            .warnings
            .extend(data.warnings.into_iter().map(|warning| (at, warning)));
        Ok(())
    }

    /// The text of a file, as it was looked at.
    fn text(&self, path: &Path) -> Result<Vec<u8>, LookError> {
        let refused = |source| LookError::Read {
            path: path.to_path_buf(),
            source,
        };
        if std::fs::metadata(path).map_err(refused)?.len() > LARGEST {
            return Err(LookError::TooLarge {
                path: path.to_path_buf(),
                limit: LARGEST,
            });
        }
        let bytes = std::fs::read(path).map_err(refused)?;
        let decoded = decode(bytes, self.encoding).map_err(|problem| LookError::Encoding {
            path: path.to_path_buf(),
            problem,
        })?;
        Ok(decoded.text)
    }
}

impl Windows {
    /// Numbers the groups in the order in which they come.
    fn number_groups(&mut self, kind: &Group) {
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        for name in std::mem::take(&mut self.names) {
            let next = known.len();
            let at = *known.entry(name.clone()).or_insert(next);
            if at == next && self.groups.len() == next {
                self.groups.push(match kind {
                    Group::Stretch | Group::Window => (next + 1).to_string(),
                    _ => name,
                });
            }
            self.group.push(at);
        }
    }
}
