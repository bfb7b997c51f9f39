//! Which column holds the right answers, and what is learned from them.

use senselm_readings::names::plain;

use super::{Deciding, folders};
use crate::column::Column;
use crate::note::{Note, Why};
use crate::words::{self, Answer};
use crate::{Goal, LookError};

/// Whole numbers up to so many values are labels, and from more than
/// [`MANY_CLASSES`] on numbers.
const FEW_CLASSES: usize = 7;
const MANY_CLASSES: usize = 30;
/// The same where each is there about as often as any other, as examples of labels
/// are and what is measured is not.
const EVEN_CLASSES: usize = 12;
/// Rows that a value has in the mean where it is a label, and not a number.
const ROWS_OF_A_LABEL: u64 = 3;

impl Deciding<'_> {
    pub(super) fn answer(&mut self, told: Option<usize>) -> Result<(), LookError> {
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
        // Folders whose names are no numbers may be what the rows in them are.
        let by_folder = folders.len() > 1
            && self.options.group.as_deref() != Some("folder")
            && !folders.iter().all(|name| words::is_one_of_many(name));
        match texts.as_slice() {
            [at] if by_folder => Err(LookError::TwoLabels {
                first: "folder".to_owned(),
                second: self.column(*at).title.clone(),
            }),
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
        if self.survey.windows.is_some() {
            // What stands beside windows can be no channel.
            return self.answer_beside_windows(nameless);
        }
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

    /// The only column beside windows that can hold labels: whole numbers, a few of
    /// them where its title says nothing of the kind.
    fn answer_beside_windows(&self, nameless: bool) -> Result<Option<usize>, LookError> {
        let is_one = |column: &Column| {
            let values = column.classes();
            let few = values <= MANY_CLASSES && values as u64 * 2 <= column.filled;
            let group = words::tells(&column.title).is_some();
            column.is_number() && column.whole && values >= 2 && !group && (few || nameless)
        };
        let found: Vec<usize> = self
            .free()
            .filter(|(_, column)| is_one(column))
            .map(|(at, _)| at)
            .collect();
        match found.as_slice() {
            [] => Ok(None),
            [at] => Ok(Some(*at)),
            [first, second, ..] => Err(self.two_answers(*first, *second)),
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
}
