//! What each column is: a channel, the right answer, a time, a group, or nothing
//! that a model should see.

use senselm_readings::names::{is_time_name, plain};
use senselm_readings::recording::Looks;

use crate::column::Column;
use crate::note::{Note, Why};
use crate::survey::Survey;
use crate::words::{self, Answer, Tells};
use crate::{Goal, LookError, Options};

/// Whole numbers up to so many values are labels, and from more than
/// [`MANY_CLASSES`] on numbers.
const FEW_CLASSES: usize = 7;
const MANY_CLASSES: usize = 30;
/// The same where each is there about as often as any other, as examples of labels
/// are and what is measured is not.
const EVEN_CLASSES: usize = 12;
/// Rows that a value has in the mean where it is a label, and not a number.
const ROWS_OF_A_LABEL: u64 = 3;

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
            let at = self.survey.named("ignore", name)?;
            if self.free[at] {
                self.leave_out(at, Why::Ignored);
            }
        }
        Ok(())
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

    fn answer(&mut self, told: Option<usize>) -> Result<(), LookError> {
        let folders = folders(self.survey);
        let by_folder = self.options.label.as_deref() == Some("folder") && told.is_none();
        let found = match told {
            Some(at) => Some(at),
            None if by_folder => None,
            None => self.find_answer(&folders)?,
        };
        // Whatever else may be an answer would give it away.
        let mut others = Vec::new();
        for (at, column) in self.free() {
            let few = |most| column.values().is_some_and(|values| values <= most);
            let is_other = match words::answer(&column.title) {
                Some(Answer::Surely) => !self.is_direction(column),
                Some(Answer::Perhaps) => column.is_text() || (column.whole && few(MANY_CLASSES)),
                None => false,
            };
            if Some(at) != found && is_other {
                others.push(at);
            }
        }
        let goal = self.options.task;
        if let Some(at) = found {
            self.free[at] = false;
            let column = self.column(at);
            if words::marks(&column.title) {
                match goal {
                    Some(Goal::Anomaly) => self.roles.marks = Some(at),
                    None if column.classes() == 2 && told.is_none() => {
                        let column = column.title.clone();
                        return Err(LookError::ClassOrAnomaly { column });
                    }
                    _ => {}
                }
            }
            match goal {
                Some(Goal::Anomaly) => self.leave_out(at, Why::Unlearned),
                _ => self.learn(at, told.is_some())?,
            }
        } else if (by_folder || self.folders_are_labels(&folders)?) && goal != Some(Goal::Anomaly) {
            self.roles.folders = true;
            self.roles.goal = Some(Goal::Classify);
        } else if let Some(goal @ (Goal::Classify | Goal::Number)) = goal {
            let task = goal.name();
            return Err(LookError::NoLabel { task });
        }
        for at in others {
            self.leave_out(at, Why::Answer);
        }
        if self.roles.goal.is_none() {
            let says = found.map(|at| {
                let column = self.column(at);
                let text = column.texts.iter().flat_map(|texts| texts.keys()).next();
                (column.title.clone(), text.cloned().unwrap_or_default())
            });
            let constant = found.is_some_and(|at| self.column(at).classes() <= 1);
            let column = says.filter(|_| constant);
            if column.is_some() || found.is_none() {
                self.roles.notes.push(Note::NoAnswers { column });
            }
        }
        Ok(())
    }

    /// Whether `y` is one of several directions.
    fn is_direction(&self, column: &Column) -> bool {
        let other = |column: &Column| ["x", "z"].contains(&plain(&column.title).as_str());
        plain(&column.title) == "y" && self.survey.columns.iter().any(other)
    }

    /// The column of right answers, by its name or else by what is in it.
    fn find_answer(&self, folders: &[String]) -> Result<Option<usize>, LookError> {
        let mut surely = Vec::new();
        let mut perhaps = Vec::new();
        let mut texts = Vec::new();
        for (at, column) in self.free() {
            if column.filled == 0 {
                continue;
            }
            let few = column
                .values()
                .is_some_and(|values| values >= 1 && (values as u64) * 2 <= column.filled.max(4));
            let group = words::tells(&column.title).is_some();
            match words::answer(&column.title) {
                Some(Answer::Surely) if !self.is_direction(column) => surely.push(at),
                Some(Answer::Perhaps)
                    if few && (column.is_text() || (column.is_number() && column.whole)) =>
                {
                    perhaps.push(at);
                }
                None if few && column.is_text() && !group && column.classes() >= 2 => {
                    texts.push(at);
                }
                _ => {}
            }
        }
        for named in [surely, perhaps] {
            let varied = |at: &usize| self.column(*at).classes() >= 2;
            let varied: Vec<usize> = named.iter().copied().filter(varied).collect();
            match (varied.as_slice(), named.as_slice()) {
                ([at], _) | ([], [at, ..]) => return Ok(Some(*at)),
                ([first, second, ..], _) => return Err(self.two_answers(*first, *second)),
                ([], []) => {}
            }
        }
        if !folders.is_empty() && texts.is_empty() {
            return Ok(None);
        }
        match texts.as_slice() {
            [at] => Ok(Some(*at)),
            [first, second, ..] => Err(self.two_answers(*first, *second)),
            [] => self.answer_by_place(),
        }
    }

    fn two_answers(&self, first: usize, second: usize) -> LookError {
        LookError::TwoLabels {
            first: self.column(first).title.clone(),
            second: self.column(second).title.clone(),
        }
    }

    /// The first or the last column, where it has a few whole numbers and the others
    /// have not. With a title that says nothing of the kind it may be a channel.
    fn answer_by_place(&self) -> Result<Option<usize>, LookError> {
        if self.options.task == Some(Goal::Anomaly) {
            return Ok(None);
        }
        let is_few = |column: &Column| {
            let Some(values @ 2..=MANY_CLASSES) = column.values() else {
                return false;
            };
            let often = values as u64 * ROWS_OF_A_LABEL <= column.filled;
            column.is_number() && column.whole && often
        };
        let group = |column: &Column| words::tells(&column.title).is_some();
        let free: Vec<(usize, &Column)> = self.free().collect();
        let few = free.iter().filter(|(_, column)| is_few(column));
        let few: Vec<(usize, &Column)> = few.copied().collect();
        let ends = [free.first(), free.last()];
        let at_end = |at: usize| ends.iter().flatten().any(|(end, _)| *end == at);
        let nameless = self
            .survey
            .files
            .iter()
            .all(|file| file.table.names.is_empty());
        match few.as_slice() {
            [(at, _)] if nameless && at_end(*at) && free.len() > 2 => Ok(Some(*at)),
            [(at, column)] if at_end(*at) && free.len() > 2 && !group(column) => {
                Err(LookError::LabelOrChannel {
                    column: column.title.clone(),
                    values: column.classes(),
                })
            }
            [(first, _), (second, _)] if nameless && at_end(*first) && at_end(*second) => {
                Err(self.two_answers(*first, *second))
            }
            _ => Ok(None),
        }
    }

    /// Whether folders are the labels, where no column holds any.
    fn folders_are_labels(&self, folders: &[String]) -> Result<bool, LookError> {
        if folders.is_empty() || self.options.group.as_deref() == Some("folder") {
            return Ok(false);
        }
        match folders {
            [first, second, ..] if folders.iter().all(|name| words::is_one_of_many(name)) => {
                Err(LookError::FolderLabelOrGroup {
                    first: first.clone(),
                    second: second.clone(),
                })
            }
            _ => Ok(true),
        }
    }

    /// What is learned from a column.
    fn learn(&mut self, at: usize, told: bool) -> Result<(), LookError> {
        let column = self.column(at);
        let values = column.classes();
        let numbers = column.is_number() && column.odd == 0;
        let goal = match self.options.task {
            Some(goal) => goal,
            None if values <= 1 && column.values().is_some() => {
                // Who named it meant it.
                return match told {
                    true => Err(self.one_label(at)),
                    false => Ok(()),
                };
            }
            None if !numbers => Goal::Classify,
            None => {
                let often = (values as u64).saturating_mul(ROWS_OF_A_LABEL) <= column.filled;
                match column.values() {
                    None => Goal::Number,
                    _ if column.whole && values <= FEW_CLASSES && often => Goal::Classify,
                    _ if column.whole && values <= EVEN_CLASSES && often && column.is_even() => {
                        Goal::Classify
                    }
                    _ if values > MANY_CLASSES || !often => Goal::Number,
                    Some(_) => {
                        let column = column.title.clone();
                        return Err(LookError::ClassOrNumber { column, values });
                    }
                }
            }
        };
        if goal == Goal::Classify && values < 2 {
            return Err(self.one_label(at));
        }
        self.roles.answer = Some(at);
        self.roles.goal = Some(goal);
        Ok(())
    }

    fn one_label(&self, at: usize) -> LookError {
        let column = self.column(at);
        let label = column.texts.iter().flat_map(|texts| texts.keys()).next();
        LookError::OneLabel {
            column: column.title.clone(),
            label: label.cloned().unwrap_or_default(),
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
