//! A day in one column and the time of the day in another.

use super::columns::Columns;
use super::field::lossy;
use crate::names::is_time_name;
use crate::rows::{Row, is_blank};
use crate::time::{TimeForm, is_day_and_clock};
use crate::{Problem, Told};

/// The columns with the day and with the time of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct DayClock {
    day: usize,
    clock: usize,
}

/// The column of the times and, where that has only times of the day, the one of
/// the days: of columns that are called like times the one pair whose rows can be
/// nothing else. `found` is the column of the times, as far as names say; two that
/// can be it may be such a pair.
///
/// # Errors
/// That of `found`, where there is no pair or more than one.
pub(super) fn look(
    found: Result<Option<usize>, Problem>,
    columns: &Columns,
    sample: &[Row<'_>],
    told: &Told,
) -> Result<(Option<usize>, Option<usize>), Problem> {
    // Who says that a column holds no dates does not mean two.
    let told_other = |form: TimeForm| !matches!(form, TimeForm::Date(_));
    if told.times.is_some_and(told_other) || matches!(found, Ok(None)) {
        return found.map(|found| (found, None));
    }
    let titled = |at: &usize| is_time_name(columns.name(*at));
    let of_found = |pair: &DayClock| match found {
        Ok(Some(at)) => pair.day == at || pair.clock == at,
        _ => titled(&pair.day) && titled(&pair.clock),
    };
    let candidates = || (0..columns.width()).filter(|at| titled(at) || found == Ok(Some(*at)));
    let mut pairs = candidates()
        .flat_map(|day| candidates().map(move |clock| DayClock { day, clock }))
        .filter(|pair| pair.day != pair.clock && of_found(pair) && pair.is_in(columns, sample));
    match (pairs.next(), pairs.next()) {
        (Some(pair), None) => Ok((Some(pair.clock), Some(pair.day))),
        _ => found.map(|found| (found, None)),
    }
}

impl DayClock {
    /// Whether nearly all rows of a sample that have both have nothing else.
    fn is_in(self, columns: &Columns, sample: &[Row<'_>]) -> bool {
        let (mut both, mut alike) = (0, 0);
        for row in sample {
            let fields = columns.fields(row).unwrap_or_default();
            let (Some(day), Some(clock)) = (fields.get(self.day), fields.get(self.clock)) else {
                continue;
            };
            if !is_blank(&day.bytes) && !is_blank(&clock.bytes) {
                both += 1;
                alike += usize::from(is_day_and_clock(&lossy(&day.bytes), &lossy(&clock.bytes)));
            }
        }
        both > 0 && alike * 4 >= both * 3
    }
}
