//! What stands before the decimals of a table's numbers.

use alloc::string::String;
use alloc::vec::Vec;

use super::Told;
use super::trial::{Trial, columns_of, text};
use crate::array::arrays;
use crate::marks::Marks;
use crate::names::{Kind, Wanted};
use crate::{Decimal, Problem};

/// What was told, or what the numbers of a sample show: those that are wanted
/// and, where these could be read in two ways, all others.
pub(super) fn decide(
    trial: &Trial<'_>,
    names: &[String],
    told: &Told,
    wanted: &[Wanted<'_>],
) -> Result<Option<Decimal>, Problem> {
    if told.decimal.is_some() {
        return Ok(told.decimal);
    }
    let mut columns = Vec::new();
    let mut lists = Vec::new();
    if !wanted.is_empty() {
        columns = columns_of(names, wanted, Kind::Number);
        columns.extend(columns_of(names, wanted, Kind::Time));
        lists = columns_of(names, wanted, Kind::Other);
    }
    let mut read = Marks::default();
    let mut others = Marks::default();
    for row in trial.body_rows() {
        // Where rows are wider than the header, columns may be shifted by one.
        let shifted = row.fields.len() > names.len();
        for (at, field) in row.fields.iter().enumerate() {
            let text = text(field);
            let in_list = lists.contains(&at) && !shifted;
            if in_list || columns.is_empty() {
                see_list(&mut read, &text);
            }
            if in_list {
                continue;
            }
            match columns.is_empty() || shifted || columns.contains(&at) {
                true => read.see(&text),
                false => others.see(&text),
            }
        }
    }
    read.shown_or(&others)
}

/// Looks at the numbers of a cell that may hold lists. Between semicolons each
/// number shows its mark; between commas none of them can.
fn see_list(marks: &mut Marks, text: &str) {
    if text.contains(';') {
        let parts = text.split(['[', ']', ';']);
        parts.for_each(|part| marks.see(part));
        return;
    }
    let problem = match arrays(text, None) {
        Err(Problem::InArray { problem, .. }) => *problem,
        Err(problem) => problem,
        Ok(_) => return,
    };
    if let Problem::TwoLists { .. } = problem {
        marks.needed_for(problem);
    }
}
