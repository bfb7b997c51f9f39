//! What the cells of a column look like.

use senselm_readings::Decimal;
use senselm_readings::recording::{Looks, looks};

/// What cells look like: as most of them do, where a few are odd.
pub(super) fn of_cells(cells: &[String], decimal: Option<Decimal>) -> Looks {
    let all = looks(cells.iter().map(String::as_str), decimal);
    if all != Looks::Text {
        return all;
    }
    let one = |text: &String| looks(std::iter::once(text.as_str()), decimal);
    let each: Vec<Looks> = cells
        .iter()
        .map(one)
        .filter(|l| *l != Looks::Empty)
        .collect();
    let most = |wanted: Looks| {
        let alike = each.iter().filter(|looks| **looks == wanted).count();
        alike * 20 >= each.len() * 19
    };
    [Looks::Number, Looks::Time, Looks::List]
        .into_iter()
        .find(|wanted| most(*wanted))
        .unwrap_or(Looks::Text)
}
