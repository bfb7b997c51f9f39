//! Units that files state for one column, in its title or in its cells.

use std::collections::HashMap;
use std::path::PathBuf;

use senselm_readings::names::plain;
use senselm_readings::unit;

use super::Surveyed;
use crate::column::Column;
use crate::note::Note;
use crate::title::split_unit;
use crate::{LookError, Options};

/// A column to which some files give a unit and others none.
pub(super) struct Same {
    /// Its title with the unit.
    pub(super) title: String,
    /// Without.
    pub(super) bare: String,
    /// Where each file has it.
    pub(super) places: Vec<usize>,
    /// A file that says no unit.
    pub(super) without: PathBuf,
}

/// Finds a column of the first file in all others, whatever unit its titles say.
///
/// # Errors
/// [`LookError::OtherUnits`] where two of them say different ones.
pub(super) fn but_for_units(
    files: &[Surveyed],
    name: &str,
    options: &Options,
) -> Result<Option<Same>, LookError> {
    let bare = split_unit(name).0;
    let is_same = |title: &String| plain(split_unit(title).0) == plain(bare);
    let mut places = Vec::new();
    let mut titled: Option<(&Surveyed, &String)> = None;
    let mut without = None;
    for file in files {
        let titles = file.table.names.iter().enumerate();
        let mut alike = titles.filter(|(_, title)| is_same(title));
        let (Some((at, title)), None) = (alike.next(), alike.next()) else {
            return Ok(None);
        };
        if options.ignores(title) || options.ignores(bare) {
            return Ok(None);
        }
        places.push(at);
        let said = split_unit(title).1;
        match (said, titled) {
            ("", _) => without = without.or(Some((file, title))),
            _ if unit::find(said).is_none() => return Ok(None),
            (_, None) => titled = Some((file, title)),
            (_, Some((first, other))) => {
                let first_unit = split_unit(other).1;
                if unit::find(first_unit) != unit::find(said) {
                    return Err(LookError::OtherUnits {
                        column: bare.to_owned(),
                        first: first.found.path.clone(),
                        first_unit: first_unit.to_owned(),
                        second: file.found.path.clone(),
                        second_unit: said.to_owned(),
                    });
                }
            }
        }
    }
    Ok(titled.zip(without).map(|((_, title), (file, bare))| Same {
        title: title.clone(),
        bare: bare.clone(),
        places,
        without: file.found.path.clone(),
    }))
}

/// Checks that no column has a unit in some of its cells alone: what the others mean
/// is not known, unless the title says it.
///
/// # Errors
/// [`LookError::UnitInSome`].
pub(super) fn in_all_or_none(columns: &[Column], options: &Options) -> Result<(), LookError> {
    let is_titled = |title: &str| unit::find(split_unit(title).1).is_some();
    let mixed = columns.iter().find(|column| {
        column.unit.is_some()
            && column.bare > 0
            && column.is_number()
            && !is_titled(&column.title)
            && !options.ignores(&column.title)
    });
    match mixed.and_then(|column| Some((column, column.unit?))) {
        Some((column, unit)) => Err(LookError::UnitInSome {
            column: column.title.clone(),
            unit: unit.symbol().to_owned(),
            text: column.bare_text.clone(),
            rows: column.bare,
        }),
        None => Ok(()),
    }
}

/// Says of a file that was read which of its cells are in another unit than those of
/// the files before it, and are converted.
///
/// # Errors
/// [`LookError::OtherUnits`] where they cannot be.
pub(super) fn in_cells(
    columns: &[Column],
    first: &mut HashMap<usize, PathBuf>,
    file: &Surveyed,
    notes: &mut Vec<Note>,
    options: &Options,
) -> Result<(), LookError> {
    for (at, column) in columns.iter().enumerate() {
        let Some(unit) = column.unit else { continue };
        let path = first.entry(at).or_insert_with(|| file.found.path.clone());
        let is_read = !options.ignores(&column.title);
        let Some(other) = column.other_unit.filter(|_| is_read) else {
            continue;
        };
        if other.conversion(unit).is_none() {
            return Err(LookError::OtherUnits {
                column: column.title.clone(),
                first: path.clone(),
                first_unit: unit.name().to_owned(),
                second: file.found.path.clone(),
                second_unit: other.name().to_owned(),
            });
        }
        notes.push(Note::UnitConverted {
            column: column.title.clone(),
            path: file.found.path.clone(),
            from: other.name(),
            to: unit.name(),
        });
    }
    Ok(())
}
