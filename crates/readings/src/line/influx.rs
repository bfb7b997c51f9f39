//! InfluxDB's line protocol: `weather,site=7 temperature=21.5,humidity=40i 1735689600000000000`.
//!
//! # Source
//! InfluxDB documentation, "Line protocol reference".

use alloc::vec::Vec;

/// The fields of such a line, with its time as `time` where it has one; `None`
/// where a line is not certainly one.
pub(super) fn named(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut parts = text.split(' ');
    let (head, set) = (parts.next()?, parts.next()?);
    let time = parts.next();
    if parts.next().is_some() || text.contains(['"', '\\', '\t']) {
        return None;
    }
    let mut tags = head.split(',');
    let measurement = tags
        .next()
        .filter(|name| !name.is_empty() && !name.contains('='))?;
    let pair = |part| {
        <str>::split_once(part, '=')
            .filter(|(name, value)| !name.is_empty() && !value.is_empty() && !value.contains('='))
    };
    let tagged = tags.clone().count() > 0 && tags.all(|tag| pair(tag).is_some());
    // Since 1970 in seconds, or in their thousandths, millionths or billionths.
    let stamped = time.is_some_and(|time| matches!(time.len(), 10 | 13 | 16 | 19) && digits(time));
    // `Outside temp=21.5` has a name of two words.
    if !(tagged || stamped) || measurement.ends_with([':', ';']) {
        return None;
    }
    let fields = set.split(',').map(|part| {
        let (name, value) = pair(part)?;
        // `40i` is a whole number, `40u` one without a sign.
        let whole = value
            .strip_suffix(['i', 'u'])
            .filter(|value| digits(value.strip_prefix('-').unwrap_or(value)));
        Some((name, whole.unwrap_or(value)))
    });
    let mut fields: Vec<(&str, &str)> = fields.collect::<Option<_>>()?;
    match time {
        Some(_) if !stamped => None,
        Some(time) => {
            fields.push(("time", time));
            Some(fields)
        }
        None => Some(fields),
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::named;

    #[test]
    fn fields_and_times() {
        let line = "weather,site=7 temp=21.5,hum=40i 1735689600000000000";
        let expected = vec![
            ("temp", "21.5"),
            ("hum", "40"),
            ("time", "1735689600000000000"),
        ];
        assert_eq!(named(line), Some(expected));
        assert_eq!(
            named("weather,site=7 temp=21.5"),
            Some(vec![("temp", "21.5")])
        );
        for time in ["1735689600", "1735689600000", "1735689600000000"] {
            let line = alloc::format!("weather temp=21.5 {time}");
            assert_eq!(named(&line), Some(vec![("temp", "21.5"), ("time", time)]));
        }
        for other in [
            "temp=21.5 hum=40",
            "Outside temp=21.5",
            "weather temp=21.5 12",
            "weather,site=7 temp",
            "weather,site temp=1",
            "a,b=1 c=2 3 4",
            "",
        ] {
            assert_eq!(named(other), None, "{other}");
        }
    }
}
