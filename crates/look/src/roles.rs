//! What each column is: a channel, the right answer, a time, a group, or nothing
//! that a model should see.

use senselm_readings::names::{is_time_name, plain};
use senselm_readings::recording::Looks;
use senselm_readings::series::numbered;

use crate::column::Column;
use crate::note::{Note, Why};
use crate::survey::Survey;
use crate::words::{self, Tells};
use crate::{Goal, LookError, Options};

mod answer;

/// What the columns are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Roles {
    pub(crate) channels: Vec<usize>,
    pub(crate) lists: Vec<usize>,
    /// Those that may say when a row was.
    pub(crate) times: Vec<usize>,
    pub(crate) answer: Option<usize>,
    /// What is to be learned, where there are right answers.
    pub(crate) goal: Option<Goal>,
    /// Where anomalies are marked that nobody learns.
    pub(crate) marks: Option<usize>,
    /// Whether the folders of the files are the labels.
    pub(crate) folders: bool,
    pub(crate) group: Grouped,
    /// Others that tell apart what was recorded.
    pub(crate) apart: Vec<usize>,
    pub(crate) notes: Vec<Note>,
}

/// What says whose a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Grouped {
    #[default]
    Nothing,
    Column(usize),
    File,
    Folder,
}

/// The files' folders, where there are several.
fn folders(survey: &Survey) -> Vec<String> {
    let mut folders: Vec<String> = Vec::new();
    for file in &survey.files {
        match &file.found.folder {
            Some(folder) if !folders.contains(folder) => folders.push(folder.clone()),
            Some(_) => {}
            // Files beside folders are of none of them.
            None => return Vec::new(),
        }
    }
    if folders.len() < 2 {
        Vec::new()
    } else {
        folders
    }
}

struct Deciding<'s> {
    survey: &'s Survey,
    options: &'s Options,
    free: Vec<bool>,
    roles: Roles,
}

/// Finds out what the columns are.
pub(crate) fn decide(survey: &Survey, options: &Options) -> Result<Roles, LookError> {
    let mut deciding = Deciding {
        survey,
        options,
        free: vec![true; survey.columns.len()],
        roles: Roles::default(),
    };
    deciding.ignored()?;
    let told = deciding.told()?;
    deciding.unvaried(&told);
    deciding.times(&told);
    deciding.answer(told.0)?;
    deciding.groups(told.1)?;
    deciding.rest();
    Ok(deciding.roles)
}

/// The columns that somebody named as label and group.
type Named = (Option<usize>, Option<usize>);

impl<'s> Deciding<'s> {
    fn column(&self, at: usize) -> &'s Column {
        &self.survey.columns[at]
    }

    fn free(&self) -> impl Iterator<Item = (usize, &'s Column)> + use<'s> {
        let free = self.free.clone();
        let columns = self.survey.columns.iter().enumerate();
        columns.filter(move |(at, _)| free[*at])
    }

    fn leave_out(&mut self, at: usize, why: Why) {
        self.free[at] = false;
        let column = self.column(at).title.clone();
        self.roles.notes.push(Note::LeftOut { column, why });
    }

    fn ignored(&mut self) -> Result<(), LookError> {
        for name in &self.options.ignore {
            let at = match self.survey.named("ignore", name) {
                Ok(at) => at,
                // What some files lack is left out already.
                Err(_) if self.survey.is_in_some(name) => continue,
                Err(_) if self.ignore_series(name) => continue,
                Err(error) => return Err(error),
            };
            if self.free[at] {
                self.leave_out(at, Why::Ignored);
            }
        }
        Ok(())
    }

    /// Leaves out the columns whose titles are this name and a number.
    fn ignore_series(&mut self, name: &str) -> bool {
        let is_one = |column: &Column| {
            let stem = numbered(&column.title).map(|(stem, _)| stem);
            stem == Some(name.trim()) && !name.trim().is_empty()
        };
        let found: Vec<usize> = self
            .free()
            .filter(|(_, column)| is_one(column))
            .map(|(at, _)| at)
            .collect();
        for at in &found {
            self.free[*at] = false;
        }
        if !found.is_empty() {
            let column = format!("{} and a number", name.trim());
            let why = Why::Ignored;
            self.roles.notes.push(Note::LeftOut { column, why });
        }
        !found.is_empty()
    }

    fn told(&self) -> Result<Named, LookError> {
        let find = |option, name: &Option<String>, words: &[&str]| match name {
            None => Ok(None),
            Some(name) => match self.survey.named(option, name) {
                Err(_) if words.contains(&name.as_str()) => Ok(None),
                found => found.map(Some),
            },
        };
        let label = find("label", &self.options.label, &["folder"])?;
        let group = find("group", &self.options.group, &["folder", "file", "none"])?;
        Ok((label, group))
    }

    /// Leaves out what is empty or always the same, but for what may be the answer.
    fn unvaried(&mut self, told: &Named) {
        let columns: Vec<(usize, &Column)> = self.free().collect();
        for (at, column) in columns {
            let named = told.0 == Some(at) || told.1 == Some(at);
            let is_answer = words::answer(&column.title).is_some();
            if column.filled == 0 && !named {
                self.leave_out(at, Why::Empty);
            } else if column.runs == 1 && !named && !is_answer && self.survey.rows > 1 {
                let text = column.texts.iter().flat_map(|texts| texts.keys()).next();
                let text = text.map(|text| text.chars().take(40).collect());
                let text = text.unwrap_or_else(|| "the same long text".to_owned());
                self.leave_out(at, Why::Constant { text });
            }
        }
    }

    fn times(&mut self, told: &Named) {
        let columns: Vec<(usize, &Column)> = self.free().collect();
        for (at, column) in columns {
            let named = told.0 == Some(at) || told.1 == Some(at);
            let by_name = is_time_name(&column.title) && column.is_number();
            // A temperature may be called t.
            let is_time = by_name && (column.mostly_rises() || plain(&column.title) != "t");
            if !named && (column.looks == Looks::Time || is_time) {
                self.free[at] = false;
                self.roles.times.push(at);
            }
        }
    }

    fn groups(&mut self, told: Option<usize>) -> Result<(), LookError> {
        let mut found: Vec<(Tells, usize)> = Vec::new();
        for (at, column) in self.free() {
            if let Some(tells) = words::tells(&column.title).filter(|_| self.is_group(column)) {
                found.push((tells, at));
            } else if self.is_numbered_in_runs(column) {
                found.push((Tells::Sessions, at));
            }
        }
        let several = |at: usize| self.column(at).values().is_none_or(|values| values >= 2);
        let mut named: Vec<(Tells, usize)> = found.clone();
        named.retain(|(_, at)| several(*at));
        // Of two of one kind the one that has fewer values holds the other's.
        named.sort_by_key(|(tells, at)| (*tells, self.column(*at).values(), *at));
        let folders = folders(self.survey);
        let trained = self.survey.files.iter();
        let trained = trained
            .filter(|file| file.found.role == crate::Role::Train)
            .count();
        let word = self.options.group.as_deref().filter(|_| told.is_none());
        self.roles.group = match (told, word, named.as_slice()) {
            (Some(at), ..) => Grouped::Column(at),
            (_, Some("none"), _) => Grouped::Nothing,
            (_, Some("file"), _) => Grouped::File,
            (_, Some("folder"), _) => Grouped::Folder,
            (_, _, [(tells, at), rest @ ..]) => {
                let same = |(other, second): &&(Tells, usize)| {
                    other == tells
                        && *tells <= Tells::Things
                        && self.column(*second).values() == self.column(*at).values()
                };
                if let Some((_, second)) = rest.iter().find(same) {
                    return Err(LookError::TwoGroups {
                        first: self.column(*at).title.clone(),
                        second: self.column(*second).title.clone(),
                    });
                }
                Grouped::Column(*at)
            }
            _ if !folders.is_empty() && !self.roles.folders => Grouped::Folder,
            _ if trained >= 2 => Grouped::File,
            _ => Grouped::Nothing,
        };
        if let Grouped::Column(at) = self.roles.group {
            self.free[at] = false;
        }
        for (_, at) in found {
            if self.free[at] {
                self.roles.apart.push(at);
                self.leave_out(at, Why::Group);
            }
        }
        Ok(())
    }

    /// Whether the values of a column can be names: texts or whole numbers, each of
    /// several rows. A thing that is measured as well changes now and again.
    fn is_group(&self, column: &Column) -> bool {
        let Some(values) = column.values() else {
            return false;
        };
        let named = column.is_text() || (column.is_number() && column.whole);
        let often = values as u64 * 2 <= column.filled;
        let in_runs = column.runs <= values as u64 * 2;
        let is_person = words::tells(&column.title) == Some(Tells::Persons);
        named
            && often
            && (column.is_text() || is_person || in_runs || words::is_name(&column.title))
    }

    /// Whether whole numbers go up in long stretches of equal ones: nobody measures
    /// that.
    fn is_numbered_in_runs(&self, column: &Column) -> bool {
        let values = column.values().unwrap_or_default() as u64;
        values >= 2
            && column.is_number()
            && column.whole
            && column.runs == values
            && column.rises()
            && column.steps_by_one()
            && values * 8 <= column.filled
    }

    /// What is left is a channel where it is numbers.
    fn rest(&mut self) {
        let columns: Vec<(usize, &Column)> = self.free().collect();
        for (at, column) in columns {
            if column.looks == Looks::List {
                self.roles.lists.push(at);
            } else if column.counts() {
                self.leave_out(at, Why::Counter);
            } else if column.is_id() {
                self.leave_out(at, Why::Id);
            } else if column.is_number() {
                self.roles.channels.push(at);
            } else {
                self.leave_out(at, Why::Text);
            }
        }
    }
}
