//! What there is to be said about channels, answers and rows.

use super::{Looking, Timed};
use crate::note::{Note, Why};
use crate::roles::Grouped;
use crate::rows::Rows;
use crate::runs::Runs;
use crate::seen::{Answers, SeenChannel};
use crate::{Goal, Role};

/// Much of a channel is missing from this share on.
const MUCH: f64 = 0.01;
/// One label has this share of the rows, where labels are uneven.
const UNEVEN: f64 = 0.9;
/// A label with fewer stretches or windows is rare.
const FEW: u64 = 5;

impl Looking<'_> {
    /// What may make all that is learned wrong: recordings that are there twice,
    /// channels that give the answer away, files that do not belong together.
    pub(super) fn say_first(&mut self, found: &Runs, channels: &[SeenChannel]) {
        let path = |at: usize| {
            self.survey
                .files
                .get(at)
                .map(|file| file.found.path.clone())
        };
        let path = |at| path(at).unwrap_or_default();
        let by_column = matches!(self.roles.group, Grouped::Column(_) | Grouped::Folder);
        let (again, more) = found.repeats.found();
        for again in again {
            let (first, second) = (again.first, again.second);
            let two = |a: String, b: String| (a != b).then_some((a, b));
            let labels = two(first.label, second.label);
            let groups = two(first.group, second.group);
            self.notes.push(Note::Again {
                first: path(first.file),
                second: path(second.file),
                share: again.share,
                labels: labels.filter(|_| self.roles.goal == Some(Goal::Classify)),
                groups: groups.filter(|_| by_column),
            });
        }
        if more > 0 {
            self.notes.push(Note::MoreAgain { parts: more });
        }
        for differs in found.compare.iter().flat_map(|compare| &compare.found) {
            self.notes.push(Note::Differs {
                first: path(differs.first),
                second: path(differs.second),
                reasons: differs.reasons.clone(),
            });
        }
        let stretches = found.stretches;
        for at in found.answered.given_away(self.roles.goal, stretches) {
            if let Some(channel) = channels.get(at).filter(|channel| !channel.constant) {
                let column = channel.title.clone();
                self.notes.push(Note::GivesAway { column });
            }
        }
    }

    pub(super) fn say(
        &mut self,
        rows: &Rows,
        found: &Runs,
        channels: &[SeenChannel],
        timed: &Timed,
        answers: &Option<Answers>,
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
        let numbers = self
            .roles
            .answer
            .filter(|_| self.roles.goal == Some(Goal::Number));
        if let Some(at) = numbers {
            for sentinel in self.column(at).spread.sentinels() {
                let column = self.column(at).title.clone();
                self.notes.push(Note::OddAnswer { column, sentinel });
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
            let all: u64 = answers.labels.iter().map(|label| label.rows).sum();
            for label in &answers.labels {
                if label.rows > 0 && !found.is_learned(&label.name) {
                    let label = label.name.clone();
                    self.notes.push(Note::NeverLearned { label });
                }
                let share = label.rows as f64 / all.max(1) as f64;
                if share >= UNEVEN {
                    let label = label.name.clone();
                    self.notes.push(Note::Uneven { label, share });
                }
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
        if stream && found.doubled_rows() > 0 {
            let rows = found.doubled_rows();
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
}
