//! Looks at recordings.

use std::path::PathBuf;

use senselm_sensor::limits::MAX_CHANNELS;
use senselm_sensor::{FrontEnd, Layout, SensorError, Source, Wants};

use crate::answers::{self, answers};
use crate::column::Column;
use crate::note::{Note, Why};
use crate::pace::{Pace, pace};
use crate::roles::{self, Grouped, Roles};
use crate::rows::{Rows, of_list, of_lists, of_numbers};
use crate::runs::{By, Place, runs};
use crate::seen::{self, Counted, Gaps, Group, Seen, SeenChannel};
use crate::sizes::sizes;
use crate::survey::Survey;
use crate::{Goal, LookError, Options, RowKind, files};

mod channels;
mod groups;
mod say;

/// Looks at recordings: files, or folders of them.
///
/// Files of UTF-8 are read piece by piece, three times at most, and what is kept of
/// them does not grow with their rows; files in other encodings are held in memory,
/// up to 1 GiB each. Quantiles beyond 4096 samples, and duplicates beyond a million
/// windows, are those of a sample.
///
/// # Errors
/// [`LookError`] where nothing can be said, or two readings are possible;
/// [`LookError::choices`] says what would decide.
pub fn look(paths: &[PathBuf], options: &Options) -> Result<Seen, LookError> {
    let survey = Survey::of(files::find(paths)?, options)?;
    let roles = roles::decide(&survey, options)?;
    Looking {
        survey: &survey,
        options,
        notes: Vec::new(),
        roles,
    }
    .look()
}

struct Looking<'s> {
    survey: &'s Survey,
    options: &'s Options,
    roles: Roles,
    notes: Vec<Note>,
}

/// The times of a stream.
#[derive(Debug, Clone, Default)]
struct Timed {
    source: Option<Source>,
    pace: Option<Pace>,
}

impl Looking<'_> {
    fn look(mut self) -> Result<Seen, LookError> {
        let rows = self.rows()?;
        let list = self.roles.lists.first().copied();
        let mut channels = match (&rows, list) {
            (Rows::SideBySide { .. }, _) => self.side_by_side(),
            (Rows::Cells { .. } | Rows::ListOfReadings, Some(at)) => self.listed(at, &rows),
            (Rows::Lists { .. }, _) => self.lists(),
            _ => self.channels(),
        };
        let timed = match rows {
            Rows::Stream | Rows::Undecided => self.times(&channels)?,
            _ => Timed::default(),
        };
        let max_gap_s = timed.pace.map(|pace| {
            let tick = pace.coarse.unwrap_or_default();
            round(f64::max(pace.step_s * crate::pace::GAP_STEPS, tick * 2.0))
        });
        let draft = match &rows {
            Rows::Cells { samples } => Layout::Cells {
                column: list.map(|at| self.source(at)),
                samples: *samples,
            },
            Rows::Lists { samples } => Layout::Cells {
                column: None,
                samples: *samples,
            },
            Rows::SideBySide { samples } => Layout::SideBySide { samples: *samples },
            Rows::ListOfReadings => Layout::Rows {
                column: list.map(|at| self.source(at)),
            },
            Rows::Readings => Layout::Rows { column: None },
            Rows::Stream | Rows::Undecided => seen::stream(timed.source.clone(), max_gap_s),
        };
        if channels.is_empty() {
            return Err(self.no_channels());
        }
        if channels.len() > MAX_CHANNELS {
            return Err(LookError::TooManyChannels {
                found: channels.len(),
                limit: MAX_CHANNELS,
            });
        }
        for channel in &mut channels {
            channel.missing_values = self.options.missing.clone();
        }
        let wants = self.wants(&draft, &channels)?;
        let carrier = seen::carrier(draft.clone(), &channels, None);
        let front_end = FrontEnd::of_numbers(carrier).map_err(|source| self.sensor(source))?;
        let group = match self.roles.group {
            Grouped::Column(at) => Some(at),
            _ => None,
        };
        let place = match self.roles.group {
            Grouped::File => Place::File,
            Grouped::Folder => Place::Folder,
            Grouped::Column(_) | Grouped::Nothing => Place::Nothing,
        };
        let found = runs(
            self.survey,
            &By {
                wants: &wants,
                group,
                place,
                apart: &self.roles.apart,
                folders: self.roles.folders,
                max_gap_s,
                front_end: Some(front_end),
                windows: matches!(
                    rows,
                    Rows::Cells { .. } | Rows::Lists { .. } | Rows::SideBySide { .. }
                ),
            },
            self.options,
        )?;
        let rows = crate::rows::settle(rows, &found, timed.pace.is_some(), &self.roles)?;
        self.say_first(&found, &channels);
        channels.retain(|channel| !channel.constant);
        if channels.is_empty() {
            return Err(self.no_channels());
        }
        let rate_hz = self.rate(&rows, &timed);
        let sizes = match rows {
            Rows::Stream => sizes(&found, rate_hz, channels.len(), self.roles.goal),
            _ => Vec::new(),
        };
        let layout = match (&rows, draft) {
            (
                Rows::Stream,
                Layout::Stream {
                    label,
                    timestamp,
                    max_gap_s,
                    ..
                },
            ) => {
                let size = sizes.first();
                Layout::Stream {
                    length: size.map_or(1, |size| size.length),
                    stride: size.map_or(1, |size| size.stride),
                    label,
                    timestamp,
                    max_gap_s,
                }
            }
            (Rows::Readings, _) => Layout::Rows { column: None },
            (_, draft) => draft,
        };
        let answers = answers(self.survey, &self.roles, &found);
        let task = match &answers {
            Some(answers) => Some(answers::task(self.survey, &self.roles, answers)?),
            None => None,
        };
        let group = self.group(&rows, &found);
        self.say(&rows, &found, &channels, &timed, &answers);
        let mut apart: Vec<Source> = match &group {
            Group::Column { source, .. } => vec![source.clone()],
            _ => Vec::new(),
        };
        apart.extend(self.roles.apart.iter().map(|at| self.source(*at)));
        let said = [&self.survey.notes, &self.roles.notes, &self.notes];
        let mut notes: Vec<Note> = said.into_iter().flatten().cloned().collect();
        notes.sort_by_key(|note| !note.comes_first());
        let seen = Seen {
            files: self.files(),
            layout,
            sizes,
            channels,
            rate_hz,
            gaps: Gaps {
                step_s: timed.pace.map(|pace| pace.step_s),
                max_gap_s,
                count: found.gaps,
                longest_s: found.longest_gap_s,
            },
            answers,
            task,
            marks: self.roles.marks.map(|at| self.source(at)),
            groups: counted(found.groups.iter()),
            group,
            apart,
            rows: found.rows,
            distinct: found.distinct,
            stretches: found.stretches,
            notes,
            told: self.options.told,
            encoding: self.options.encoding,
        };
        Ok(seen)
    }

    fn column(&self, at: usize) -> &Column {
        &self.survey.columns[at]
    }

    fn source(&self, at: usize) -> Source {
        self.survey.sources[at].clone()
    }

    fn first_path(&self) -> PathBuf {
        let first = self.survey.files.first();
        first
            .map(|file| file.found.path.clone())
            .unwrap_or_default()
    }

    /// What a row is, as far as its columns show that. What stands beside a whole
    /// window is left out.
    fn rows(&mut self) -> Result<Rows, LookError> {
        let lists: Vec<&Column> = self.roles.lists.iter().map(|at| self.column(*at)).collect();
        let (rows, beside) = match (&self.survey.windows, &lists[..]) {
            (Some(windows), _) => {
                let samples = windows.samples();
                let lists = std::mem::take(&mut self.roles.lists);
                (Rows::SideBySide { samples }, lists)
            }
            (None, []) => return Ok(of_numbers(self.options)),
            (None, [column]) => (of_list(column, self.options)?, Vec::new()),
            (None, columns) => (of_lists(columns)?, Vec::new()),
        };
        for at in beside
            .into_iter()
            .chain(std::mem::take(&mut self.roles.channels))
        {
            self.notes.push(Note::LeftOut {
                column: self.column(at).title.clone(),
                why: Why::BesideWindows,
            });
        }
        for at in self.roles.lists.clone() {
            let column = self.column(at);
            let (title, cells) = (column.title.clone(), column.lists.differ);
            if cells > 0 {
                let column = title;
                self.notes.push(Note::OddLists { column, cells });
            }
        }
        Ok(rows)
    }

    fn no_channels(&self) -> LookError {
        let left_out = self.roles.notes.iter().chain(&self.notes);
        let left_out = left_out.filter_map(|note| match note {
            Note::LeftOut { column, why } => Some(format!("{column:?} ({why})")),
            _ => None,
        });
        LookError::NoChannels {
            left_out: left_out.collect::<Vec<_>>().join(", "),
        }
    }

    fn wants(&self, layout: &Layout, channels: &[SeenChannel]) -> Result<Wants, LookError> {
        let number = self.roles.goal == Some(Goal::Number);
        let source = self.roles.answer.map(|at| self.source(at));
        let answer = source.as_ref().map(|source| (source, number));
        let spec = seen::carrier(layout.clone(), channels, None);
        seen::wants(spec, answer).map_err(|source| self.sensor(source))
    }

    fn sensor(&self, source: SensorError) -> LookError {
        LookError::Sensor {
            path: self.first_path(),
            source,
        }
    }

    /// The column of times by which readings follow each other, and how fast.
    fn times(&mut self, channels: &[SeenChannel]) -> Result<Timed, LookError> {
        if self.options.told.rate_hz.is_some() || channels.is_empty() {
            return Ok(Timed::default());
        }
        let mut best = Timed::default();
        let mut problem = None;
        for &at in &self.roles.times.clone() {
            let source = self.source(at);
            let layout = seen::stream(Some(source.clone()), None);
            let wants = self.wants(&layout, channels)?;
            match pace(self.survey, &wants, self.options) {
                Ok(Some(pace)) => {
                    let finer = best.pace.is_none_or(|best| pace.step_s < best.step_s);
                    if finer {
                        best = Timed {
                            source: Some(source),
                            pace: Some(pace),
                        };
                    }
                }
                Ok(None) => {}
                Err(error) => problem = problem.or(Some(error)),
            }
        }
        match (best.pace, problem) {
            (None, Some(problem)) if self.options.rows != Some(RowKind::Reading) => Err(problem),
            _ => Ok(best),
        }
    }

    fn rate(&mut self, rows: &Rows, timed: &Timed) -> Option<f64> {
        if let Some(rate_hz) = self.options.told.rate_hz {
            return Some(rate_hz);
        }
        if !matches!(rows, Rows::Stream) {
            return None;
        }
        let Some(pace) = timed.pace else {
            self.notes.push(Note::NoRate);
            return None;
        };
        if !pace.is_steady() {
            self.notes.push(Note::Unsteady {
                share: pace.unsteady,
                step_s: senselm_readings::recording::three_digits(pace.step_s),
            });
            return None;
        }
        Some(six_digits(1.0 / pace.step_s))
    }
}

fn counted<'c>(counts: impl Iterator<Item = (&'c String, &'c (u64, u64))>) -> Vec<Counted> {
    let counted = counts.map(|(name, (rows, stretches))| Counted {
        name: name.clone(),
        rows: *rows,
        stretches: *stretches,
    });
    counted.collect()
}

/// A number with six digits.
fn six_digits(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// Two digits, upwards: what is not much longer is no gap.
fn round(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return value;
    }
    let unit = 10_f64.powf(value.log10().floor() - 1.0);
    let rounded = (value / unit).ceil() * unit;
    // As people write it.
    format!("{rounded:.9}").parse().unwrap_or(rounded)
}
