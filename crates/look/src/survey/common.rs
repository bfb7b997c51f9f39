//! The columns that files have in common.

use std::path::PathBuf;

use senselm_readings::Table;
use senselm_sensor::Source;

use super::{Surveyed, units};
use crate::note::Note;
use crate::words::{self, Answer};
use crate::{LookError, Options, Role};

/// The columns that all files have: their titles, and where they are.
pub(super) fn common(
    files: &mut [Surveyed],
    notes: &mut Vec<Note>,
    options: &Options,
) -> Result<(Vec<String>, Vec<Source>), LookError> {
    let Some(first) = files.first() else {
        return Ok((Vec::new(), Vec::new()));
    };
    let named = !first.table.names.is_empty();
    let other = files.iter().find(|file| {
        !named && file.table.names.is_empty() && file.table.width != first.table.width
    });
    if let Some(other) = other {
        return Err(LookError::OtherWidths {
            first: first.found.path.clone(),
            first_columns: first.table.width,
            second: other.found.path.clone(),
            second_columns: other.table.width,
        });
    }
    let count = |table: &Table, name: &str| table.names.iter().filter(|n| *n == name).count();
    // A title that is none, or is there twice, says nothing: the position does.
    let by_name = |name: &str| {
        let once = |file: &Surveyed| count(&file.table, name) == 1;
        !name.is_empty() && files.iter().all(once)
    };
    let mut titles = Vec::new();
    let mut sources = Vec::new();
    let mut places: Vec<Vec<usize>> = vec![Vec::new(); files.len()];
    let mut only_first = Vec::new();
    for at in 0..first.table.width {
        let name = first.table.names.get(at).map_or("", String::as_str);
        let found: Option<Vec<usize>> = files
            .iter()
            .map(|file| match by_name(name) {
                true => file.table.names.iter().position(|known| known == name),
                false => {
                    let same = file.table.names.get(at).map_or("", String::as_str) == name;
                    let all = named != file.table.names.is_empty();
                    (same && all && at < file.table.width).then_some(at)
                }
            })
            .collect();
        let Some(found) = found else {
            match units::but_for_units(files, name, options)? {
                Some(same) => {
                    notes.push(Note::UnitAssumed {
                        column: same.title.clone(),
                        path: same.without.clone(),
                    });
                    titles.push(same.title);
                    sources.push(Source::Name(same.bare));
                    places
                        .iter_mut()
                        .zip(same.places)
                        .for_each(|(places, at)| places.push(at));
                }
                None => only_first.push(name.to_owned()),
            }
            continue;
        };
        let (title, source) = match by_name(name) {
            true => (name.to_owned(), Source::Name(name.to_owned())),
            false if name.is_empty() => (at.to_string(), Source::Index(at)),
            false => (format!("{name} ({at})"), Source::Index(at)),
        };
        titles.push(title);
        sources.push(source);
        places
            .iter_mut()
            .zip(found)
            .for_each(|(places, at)| places.push(at));
    }
    if titles.is_empty() {
        let path =
            |file: Option<&Surveyed>| file.map_or_else(PathBuf::new, |f| f.found.path.clone());
        return Err(LookError::NoCommonColumns {
            first: path(files.first()),
            second: path(files.iter().find(|f| f.table.names != first.table.names)),
        });
    }
    let mut others: Vec<String> = only_first;
    for file in files.iter() {
        let known =
            |name: &&String| !name.is_empty() && !titles.contains(name) && !others.contains(name);
        let new: Vec<String> = file.table.names.iter().filter(known).cloned().collect();
        others.extend(new);
    }
    others.retain(|name| {
        !titles
            .iter()
            .any(|title| title.starts_with(&format!("{name} (")))
    });
    if !others.is_empty() {
        notes.push(Note::NotInAll { columns: others });
    }
    for (file, places) in files.iter_mut().zip(places) {
        file.at = places;
    }
    Ok((titles, sources))
}

/// Leaves out files to measure on at the end that do not say what would be right,
/// where the others do.
///
/// # Errors
/// [`LookError::LabelNotInAll`] where it is one to learn from.
pub(super) fn without_answers(
    files: &mut Vec<Surveyed>,
    notes: &mut Vec<Note>,
    options: &Options,
) -> Result<(), LookError> {
    let told = options.label.as_deref().map(str::trim);
    let is_one = |title: &&String| match told {
        Some(label) => title.trim() == label,
        None => words::answer(title) == Some(Answer::Surely) && !options.ignores(title),
    };
    let titles = |file: &Surveyed| file.table.names.iter().find(is_one).cloned();
    let learned = |file: &&Surveyed| file.found.role != Role::Test;
    let Some(first) = files
        .iter()
        .filter(learned)
        .find(|file| titles(file).is_some())
    else {
        return Ok(());
    };
    let (column, others) = (titles(first).unwrap_or_default(), first.table.names.clone());
    let is_answer = |title: &String| words::answer(title).is_some() || *title == column;
    // A file with other columns altogether is refused for these.
    let lacks = |file: &Surveyed| {
        let names = &file.table.names;
        names.iter().any(|title| others.contains(title)) && !names.iter().any(is_answer)
    };
    if let Some(file) = files.iter().filter(learned).find(|file| lacks(file)) {
        let path = file.found.path.clone();
        return Err(LookError::LabelNotInAll { column, path });
    }
    for file in files.iter().filter(|file| lacks(file)) {
        let (path, column) = (file.found.path.clone(), column.clone());
        notes.push(Note::WithoutAnswers { path, column });
    }
    files.retain(|file| !lacks(file));
    Ok(())
}
