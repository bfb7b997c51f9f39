//! How a recording is written, from its beginning.

use crate::names::{Wanted, fit};
use crate::rows::{Delimiter, Malformed, Rows};
use crate::{Problem, Table, Told, detect};

use super::Wants;

/// Finds out how a recording is written. `sample` is its beginning, `complete`
/// whether it is all of it; `None` where more of it is needed, because its rows
/// are long.
///
/// # Errors
/// As [`detect`], and [`Problem::Header`] where the first row is none.
pub fn find(
    sample: &[u8],
    complete: bool,
    told: &Told,
    wants: &Wants,
) -> Result<Option<Table>, Problem> {
    let wanted = wants.wanted();
    let table = match detect(sample, complete, told, &wanted) {
        Ok(table) if table.body.offset >= sample.len() && !complete => return Ok(None),
        Ok(table) if !names_nothing(&table, &wanted) => return Ok(Some(table)),
        Ok(table) => Ok(table),
        Err(Problem::Empty) if !complete => return Ok(None),
        Err(problem @ (Problem::Empty | Problem::NoHeader { .. })) => Err(problem),
        Err(problem) => return Err(problem),
    };
    // Where the first row is none, that is why.
    match first_is_none(sample, complete) {
        Some(Malformed { line, problem, .. }) => {
            let problem = alloc::boxed::Box::new(problem);
            Err(Problem::Header { line, problem })
        }
        None => table.map(Some),
    }
}

/// Whether a header has none of the names that are looked for.
fn names_nothing(table: &Table, wanted: &[Wanted<'_>]) -> bool {
    let named = |wanted: &Wanted<'_>| table.names.iter().any(|name| fit(wanted, name).is_some());
    !wanted.is_empty() && !wanted.iter().any(named)
}

/// Why the first row is none, where it is none.
fn first_is_none(sample: &[u8], complete: bool) -> Option<Malformed> {
    let mut rows = Rows::new(sample, Delimiter::Comma);
    if !complete {
        rows = rows.of_piece();
    }
    rows.next().and_then(Result::err)
}
