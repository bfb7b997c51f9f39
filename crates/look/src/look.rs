//! Looks at recordings.

use std::path::PathBuf;

use senselm_sensor::limits::MAX_CHANNELS;
use senselm_sensor::{Layout, SensorError, Source, Wants};

use crate::answers::{self, answers};
use crate::column::Column;
use crate::note::{Note, Why};
use crate::roles::{self, Grouped, Roles};
use crate::rows::{Rows, of_list, of_numbers};
use crate::runs::{By, Pace, Place, Runs, pace, runs};
use crate::seen::{self, Counted, Gaps, Group, Seen, SeenChannel, SeenFile};
use crate::sizes::sizes;
use crate::spread::Spread;
use crate::survey::Survey;
use crate::{Goal, LookError, Options, Role, RowKind, files, title};

/// Much of a channel is missing from this share on.
const MUCH: f64 = 0.01;
/// Steps of another size than usual, where the rate is not steady.
const UNSTEADY: f64 = 0.1;
/// A label with fewer stretches or windows is rare.
const FEW: u64 = 5;

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
        let list = self.list()?;
        let rows = match list {
            Some(at) => of_list(self.column(at), self.options)?,
            None => of_numbers(self.survey, &self.roles, self.options)?,
        };
        let mut channels = match (&rows, list) {
            (Rows::Stream | Rows::Undecided | Rows::Readings, None) => self.channels(),
            (_, Some(at)) => self.listed(at, &rows),
            (Rows::Cells { .. } | Rows::ListOfReadings, None) => self.channels(),
        };
        let timed = match rows {
            Rows::Stream | Rows::Undecided => self.times(&channels)?,
            _ => Timed::default(),
        };
        let max_gap_s = timed.pace.map(|pace| {
            let tick = pace.coarse.unwrap_or_default();
            round(f64::max(pace.step_s * crate::runs::GAP_STEPS, tick * 2.0))
        });
        let draft = match &rows {
            Rows::Cells { samples } => Layout::Cells {
                column: self.source(list.unwrap_or_default()),
                samples: *samples,
            },
            Rows::ListOfReadings => Layout::Rows {
                column: Some(self.source(list.unwrap_or_default())),
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
        let wants = self.wants(&draft, &channels)?;
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
            },
            self.options,
        )?;
        let rows = crate::rows::settle(rows, &found, timed.pace.is_some(), &self.roles)?;
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
            notes: [self.survey.notes.clone(), self.roles.notes, self.notes].concat(),
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

    /// The column of lists, where there is one.
    fn list(&mut self) -> Result<Option<usize>, LookError> {
        let at = match self.roles.lists[..] {
            [] => return Ok(None),
            [at] => at,
            [first, second, ..] => {
                return Err(LookError::SeveralLists {
                    first: self.column(first).title.clone(),
                    second: self.column(second).title.clone(),
                });
            }
        };
        for beside in std::mem::take(&mut self.roles.channels) {
            self.notes.push(Note::LeftOut {
                column: self.column(beside).title.clone(),
                why: Why::BesideLists,
            });
        }
        let differ = self.column(at).lists.differ;
        if differ > 0 {
            self.notes.push(Note::OddLists {
                column: self.column(at).title.clone(),
                cells: differ,
            });
        }
        Ok(Some(at))
    }

    /// The channels that have a column of their own.
    fn channels(&mut self) -> Vec<SeenChannel> {
        let mut channels: Vec<SeenChannel> = Vec::new();
        let mut notes = Vec::new();
        for &at in &self.roles.channels {
            let column = self.column(at);
            if column.odd > 0 {
                notes.push(Note::OddCells {
                    column: column.title.clone(),
                    cells: column.odd,
                    text: column.odd_text.clone(),
                });
            }
            let unit = match title::split_unit(&column.title).1 {
                "" => column.unit.unwrap_or_default(),
                unit => unit,
            };
            let source = self.source(at);
            let channel = seen_channel(&column.title, unit, source, &column.spread, &channels);
            channels.push(channel);
        }
        self.notes.extend(notes);
        channels
    }

    /// The channels that are in the lists of one column.
    fn listed(&self, at: usize, rows: &Rows) -> Vec<SeenChannel> {
        let column = self.column(at);
        let mut channels = Vec::new();
        if matches!(rows, Rows::ListOfReadings) {
            for (position, spread) in column.lists.positions.iter().enumerate() {
                let name = format!("{} {position}", column.title);
                let source = Source::Index(position);
                let channel = seen_channel(&name, "", source, spread, &channels);
                channels.push(channel);
            }
            return channels;
        }
        for (position, listed) in column.lists.arrays.iter().enumerate() {
            let alone = column.lists.arrays.len() == 1;
            let (name, source) = match (listed.name.as_str(), alone) {
                ("", true) => (column.title.clone(), Source::Index(position)),
                ("", false) => (
                    format!("{} {position}", column.title),
                    Source::Index(position),
                ),
                (name, _) => (name.to_owned(), Source::Name(name.to_owned())),
            };
            let unit = title::split_unit(&name).1.to_owned();
            let channel = seen_channel(&name, &unit, source, &listed.spread, &channels);
            channels.push(channel);
        }
        channels
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
        if pace.coarse.is_none() && pace.unsteady > UNSTEADY {
            self.notes.push(Note::Unsteady {
                share: pace.unsteady,
                step_s: senselm_readings::recording::three_digits(pace.step_s),
            });
            return None;
        }
        Some(six_digits(1.0 / pace.step_s))
    }

    fn group(&mut self, rows: &Rows, found: &Runs) -> Group {
        let told = self.options.group.is_some();
        let named = match self.roles.group {
            Grouped::Column(at) => Some(Group::Column {
                title: self.column(at).title.clone(),
                source: self.source(at),
            }),
            Grouped::File => Some(Group::File),
            Grouped::Folder => Some(Group::Folder),
            Grouped::Nothing => None,
        };
        if let Some(group) = named {
            let several = found.groups.len() >= 2;
            if several && (told || !found.group_is_label()) {
                let begun: u64 = found.groups.values().map(|(_, begun)| begun).sum();
                let run = found.rows as f64 / begun.max(1) as f64;
                if matches!(rows, Rows::Stream) && run < 8.0 {
                    self.notes.push(Note::Interleaved {
                        group: group.name().to_owned(),
                        rows: run,
                    });
                }
                return group;
            }
            if several {
                let group = group.name().to_owned();
                self.notes.push(Note::GroupIsLabel { group });
            }
        }
        if self.roles.goal.is_some() {
            self.notes.push(Note::NoGroups);
        }
        match rows {
            Rows::Stream => Group::Stretch,
            _ => Group::Window,
        }
    }

    fn say(
        &mut self,
        rows: &Rows,
        found: &Runs,
        channels: &[SeenChannel],
        timed: &Timed,
        answers: &Option<seen::Answers>,
    ) {
        for channel in channels {
            if channel.missing_share >= MUCH {
                self.notes.push(Note::Missing {
                    column: channel.title.clone(),
                    share: channel.missing_share,
                });
            }
            for &sentinel in &channel.sentinels {
                let column = channel.title.clone();
                self.notes.push(Note::Sentinel { column, sentinel });
            }
        }
        for &at in &self.roles.times {
            let column = self.column(at).title.clone();
            if timed.source != Some(self.source(at)) {
                let why = Why::Time;
                self.notes.push(Note::LeftOut { column, why });
            }
        }
        let stream = matches!(rows, Rows::Stream);
        if let Some(answers) = answers {
            if found.unlabelled > 0 {
                let rows = found.unlabelled;
                self.notes.push(Note::Unlabelled { rows });
            }
            let what = if stream { "stretches" } else { "windows" };
            for label in &answers.labels {
                let count = if stream { label.stretches } else { label.rows };
                if count < FEW {
                    let label = label.name.clone();
                    self.notes.push(Note::FewOf { label, count, what });
                }
            }
            let names = answers.labels.iter().map(|label| &label.name);
            let names: Vec<&String> = names.collect();
            for (at, first) in names.iter().enumerate() {
                let alike = |second: &&&String| second.to_lowercase() == first.to_lowercase();
                if let Some(second) = names[at + 1..].iter().find(alike) {
                    let (first, second) = ((*first).clone(), (**second).clone());
                    self.notes.push(Note::LabelsAlike { first, second });
                }
            }
        }
        if !stream && found.distinct < found.rows && found.compared_all() {
            self.notes.push(Note::Doubled {
                windows: found.rows,
                distinct: found.distinct,
            });
            if found.contradictory > 0 {
                let windows = found.contradictory;
                self.notes.push(Note::Contradictory { windows });
            }
        }
        if stream && found.doubled_rows > 0 {
            let rows = found.doubled_rows;
            self.notes.push(Note::DoubledRows { rows });
        }
        if stream && found.backwards > 0 {
            let times = found.backwards;
            self.notes.push(Note::Backwards { times });
        }
        let tests = self.survey.files.iter();
        let files = tests.filter(|file| file.found.role == Role::Test).count();
        if files > 0 {
            self.notes.push(Note::KeptApart { files });
        }
    }

    fn files(&self) -> Vec<SeenFile> {
        let files = self.survey.files.iter();
        let files = files.map(|file| SeenFile {
            path: file.found.path.clone(),
            role: file.found.role,
            folder: file.found.folder.clone(),
            rows: file.rows,
        });
        files.collect()
    }
}

fn seen_channel(
    title: &str,
    unit: &str,
    source: Source,
    spread: &Spread,
    before: &[SeenChannel],
) -> SeenChannel {
    let taken: Vec<String> = before.iter().map(|channel| channel.name.clone()).collect();
    let sentinels = spread.sentinels();
    SeenChannel {
        name: title::name(title, &taken),
        title: title.to_owned(),
        source,
        unit: unit.to_owned(),
        quantiles: spread.quantiles(&sentinels),
        missing_share: spread.missing_share(),
        sentinels,
        constant: spread.is_constant(),
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
