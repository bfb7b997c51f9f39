//! What a verdict is written with.

use senselm_sensor::Task;

/// Levels of a margin.
const MARGIN: usize = 8;
/// What symbols and levels are taken from, in this order.
const SYMBOLS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LEVELS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// A symbol for each label, and the levels of a margin, the lowest first.
///
/// Of two labels no symbol is a letter of a label: a model has one embedding of a letter
/// that it reads and one that it answers with, and where labels are `0` and `1`, what it
/// learns of answering them hid from some seeds which symbol they had read. Of more
/// labels the symbols are left to be fitted, as numbers: letters of their own took many
/// seeds longer to be read.
pub(super) fn letters(task: &Task) -> (Vec<String>, String) {
    let labels = task.labels();
    let is_free = |letter: &char| !labels.iter().any(|label| label.contains(*letter));
    let free: Vec<char> = SYMBOLS.chars().filter(is_free).collect();
    let symbols: Vec<char> = match labels.len() == 2 && free.len() >= 2 {
        true => free.into_iter().take(2).collect(),
        false => Vec::new(),
    };
    let levels = LEVELS.chars().filter(|letter| !symbols.contains(letter));
    // Levels are not answered with a label's meaning: those that are free come first.
    let (free, taken): (Vec<char>, Vec<char>) = levels.partition(is_free);
    let levels: String = free.into_iter().chain(taken).take(MARGIN).collect();
    (symbols.iter().map(char::to_string).collect(), levels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(labels: &[&str]) -> (String, String) {
        let task = Task::classify(labels.iter().copied());
        let (symbols, levels) = letters(&task);
        (symbols.concat(), levels)
    }

    #[test]
    fn of_two_labels_no_symbol_is_a_letter_of_one() {
        assert_eq!(of(&["gun", "point"]), ("01".into(), "abcdefhj".into()));
        assert_eq!(of(&["0", "1"]), ("23".into(), "abcdefgh".into()));
        // More labels have numbers, as fitting gives them.
        let ten: Vec<String> = (1..=10).map(|label| label.to_string()).collect();
        let ten: Vec<&str> = ten.iter().map(String::as_str).collect();
        assert_eq!(of(&ten), (String::new(), "abcdefgh".into()));
    }
}
