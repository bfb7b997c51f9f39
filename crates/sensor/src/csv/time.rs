//! Times of readings, as seconds.

/// Seconds since 1970 of `2015-02-04 17:51:00`, with a `T`, fractions of a
/// second, or `Z` or `+01:00` at the end where it has them, or of a plain
/// number of seconds. A time without a zone is taken as UTC: only differences
/// matter here.
///
/// `None` where the text is neither.
#[must_use]
pub fn parse_timestamp(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return (libm::fabs(seconds) <= 1e15).then_some(seconds);
    }
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let mut date = date.split('-');
    let (year, month, day) = (date.next()?, date.next()?, date.next()?);
    let year = digits(year, 4, 1, 9_999)?;
    let month = digits(month, 2, 1, 12)?;
    let day = digits(day, 2, 1, days_in(year, month))?;
    if date.next().is_some() {
        return None;
    }
    let (time, offset) = split_zone(time.trim())?;
    let mut time = time.split(':');
    let hours = digits(time.next()?, 2, 0, 23)?;
    let minutes = digits(time.next()?, 2, 0, 59)?;
    // 60 for a leap second.
    let (seconds, fraction) = match time.next() {
        None => (0, 0.0),
        Some(text) => match text.split_once('.') {
            None => (digits(text, 2, 0, 60)?, 0.0),
            Some((whole, part)) => (digits(whole, 2, 0, 60)?, fraction(part)?),
        },
    };
    if time.next().is_some() {
        return None;
    }
    let whole = (days_since_1970(year, month, day) * 24 + hours) * 3_600 + minutes * 60 + seconds;
    Some((whole - offset) as f64 + fraction)
}

/// The time without its zone, and the zone's offset in seconds.
fn split_zone(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time.trim_end(), 0));
    }
    let Some(at) = time.rfind(['+', '-']) else {
        return Some((time, 0));
    };
    let (time, zone) = time.split_at(at);
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let zone = &zone[1..];
    let (hours, minutes) = match zone.split_once(':') {
        Some(parts) => parts,
        None if zone.len() == 4 && zone.is_ascii() => zone.split_at(2),
        None => (zone, "00"),
    };
    let seconds = digits(hours, 2, 0, 14)? * 3_600 + digits(minutes, 2, 0, 59)? * 60;
    Some((time.trim_end(), sign * seconds))
}

fn digits(text: &str, length: usize, min: i64, max: i64) -> Option<i64> {
    let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = plain.then(|| text.parse::<i64>().ok())??;
    (min..=max).contains(&value).then_some(value)
}

fn fraction(text: &str) -> Option<f64> {
    if text.is_empty() || text.len() > 9 {
        return None;
    }
    let units = digits(text, text.len(), 0, 999_999_999)?;
    Some(units as f64 / libm::pow(10.0, text.len() as f64))
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// # Source
/// Howard Hinnant, "chrono-compatible low-level date algorithms".
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::parse_timestamp;

    #[test]
    fn reads_the_usual_forms() {
        let expected = Some(1_423_072_260.0);
        for text in [
            "2015-02-04 17:51:00",
            "2015-02-04T17:51:00Z",
            "2015-02-04T17:51",
            "2015-02-04T18:51:00+01:00",
            "2015-02-04T12:21:00-0530",
            "1423072260",
        ] {
            assert_eq!(parse_timestamp(text), expected, "{text}");
        }
        assert_eq!(parse_timestamp("1970-01-01 00:00:00.25"), Some(0.25));
        assert_eq!(parse_timestamp("2000-02-29 00:00"), Some(951_782_400.0));
        assert_eq!(parse_timestamp("1969-12-31 23:59:59"), Some(-1.0));
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "yesterday",
            "2015-13-01 00:00",
            "2015-02-29 00:00",
            "2015-02-04",
            "2015-02-04 25:00",
            "2015-2-4 1:00",
            "2015-02-04 10:00:00.",
            "inf",
            "nan",
            "1e300",
            "2015-02-04 10:00+99:00",
            "2015-02-04-05 10:00",
            "2015-02-04 10:00:00:00",
        ] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
    }
}
