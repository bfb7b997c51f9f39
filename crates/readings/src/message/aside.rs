//! What holds other values of channels than those that were measured just now.

use alloc::string::String;

use crate::letters::{is_word, lower};

/// Words of names of what is set aside, without the ending of a plural.
const ASIDE: [&str; 18] = [
    "limit",
    "min",
    "max",
    "minimum",
    "maximum",
    "alarm",
    "alert",
    "threshold",
    "setpoint",
    "target",
    "calibration",
    "history",
    "historie",
    "forecast",
    "hourly",
    "daily",
    "weekly",
    "previou",
];

/// Whether one of the words of a key says so: `limits`, `alarmList`,
/// `min_values`.
pub(super) fn is_aside(key: &str) -> bool {
    let mut word = String::new();
    let mut is_small = false;
    // What is no letter ends the last word.
    for letter in key.chars().chain([' ']) {
        let is_capital = lower(letter) != letter;
        if !is_word(letter) || is_capital && is_small {
            let one = word.strip_suffix('s').unwrap_or(&word);
            if ASIDE.contains(&one) {
                return true;
            }
            word.clear();
        }
        if is_word(letter) {
            word.push(lower(letter));
        }
        is_small = !is_capital;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::is_aside;

    #[test]
    fn words_of_keys() {
        for key in [
            "limits",
            "Limits",
            "LIMIT",
            "min_values",
            "alarmList",
            "alarm_list",
            "forecasts",
            "forecast-5d",
            "daily",
            "hourly",
            "previous",
            "histories",
            "setPoint setpoint",
            "TempTargets",
        ] {
            assert!(is_aside(key), "{key}");
        }
        for key in [
            "", "MAX31855", "max6675", "minutes", "admin", "last", "limited", "DHT22", "status",
            "s",
        ] {
            assert!(!is_aside(key), "{key}");
        }
    }
}
