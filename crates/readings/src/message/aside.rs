//! What holds other values of channels than those that were measured just now.

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
    let bytes = key.as_bytes();
    let (mut start, mut before) = (0, b' ');
    // The end of the key ends its last word.
    for (at, &byte) in bytes.iter().chain(b" ").enumerate() {
        let is_mark = !byte.is_ascii_alphanumeric();
        if is_mark || byte.is_ascii_uppercase() && before.is_ascii_lowercase() {
            let word = key.get(start..at).unwrap_or_default();
            let word = word.strip_suffix(['s', 'S']).unwrap_or(word);
            if ASIDE.iter().any(|known| word.eq_ignore_ascii_case(known)) {
                return true;
            }
            start = at + usize::from(is_mark);
        }
        before = byte;
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
