//! Days since 1970.

/// How many days a month has.
pub(super) fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from the beginning of 1970 to a date, or `None` where there is no
/// such date.
///
/// # Source
/// Howard Hinnant, "chrono-compatible low-level date algorithms".
pub(super) fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let exists = (1..=9_999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day);
    if !exists {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// The month with this English name or its first three letters, from 1.
pub(super) fn month_named(name: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let is = |month: &&str| {
        name.eq_ignore_ascii_case(month)
            || name.eq_ignore_ascii_case(month.get(..3).unwrap_or_default())
    };
    let at = MONTHS.iter().position(is)?;
    i64::try_from(at + 1).ok()
}

/// Whether a word is an English day of the week or its first three letters.
pub(super) fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    DAYS.iter().any(|day| {
        word.eq_ignore_ascii_case(day)
            || word.eq_ignore_ascii_case(day.get(..3).unwrap_or_default())
    })
}
