//! What a channel is called, and its unit, by the title of its column.

use senselm_readings::unit;

/// The longest name of a channel.
const LONGEST: usize = 32;
/// The longest unit.
const LONGEST_UNIT: usize = 12;

/// The unit that a title says in brackets or behind its last mark, and the title
/// without it. One letter behind a mark may be anything: `bearing_C`.
pub(crate) fn split_unit(title: &str) -> (&str, &str) {
    let title = title.trim();
    let inside = |rest: &'_ str| rest.find([')', ']']).unwrap_or(rest.len());
    let number = |rest: &str| {
        let inner = rest.get(..inside(rest)).unwrap_or_default().trim();
        !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit())
    };
    let opens = title.match_indices(['(', '[']);
    // `accel (1)` is one of several, and in no unit.
    let mut opens = opens.filter(|(at, _)| !number(title.get(at + 1..).unwrap_or_default()));
    let found = opens.next().and_then(|(at, _)| title.split_at_checked(at));
    if let Some((bare, rest)) = found {
        let rest = rest.get(1..).unwrap_or_default();
        let inner = rest.get(..inside(rest)).unwrap_or_default().trim();
        let is_unit = unit::find(inner).is_some()
            || (inner.len() <= LONGEST_UNIT && inner.chars().any(char::is_alphabetic));
        let bare = bare.trim();
        if is_unit && !bare.is_empty() {
            return (bare, inner);
        }
        return (title, "");
    }
    match title.rsplit_once(['_', ',', ' ']) {
        Some((bare, last)) if last.trim().chars().count() > 1 && !bare.trim().is_empty() => {
            match unit::find(last) {
                Some(_) => (bare.trim(), last.trim()),
                None => (title, ""),
            }
        }
        _ => (title, ""),
    }
}

/// A name for a channel: lower-case letters, digits and `_`, and none of those that
/// are `taken`.
pub(crate) fn name(title: &str, taken: &[String]) -> String {
    let mut name = String::new();
    for letter in split_unit(title).0.chars() {
        if letter.is_ascii_alphanumeric() {
            name.push(letter.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        if name.len() == LONGEST {
            break;
        }
    }
    let name = name.trim_end_matches('_');
    let name = match name.chars().next() {
        None => "channel".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("c{name}"),
        Some(_) => name.to_owned(),
    };
    if !taken.contains(&name) {
        return name;
    }
    let mut number = 2;
    loop {
        let numbered = format!("{name}_{number}");
        if !taken.contains(&numbered) {
            return numbered;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{name, split_unit};

    #[test]
    fn names_and_units() {
        for (title, expected) in [
            ("Temperature (°C)", ("temperature", "°C")),
            ("press_hPa", ("press", "hPa")),
            ("bearing_C", ("bearing_c", "")),
            ("CO2", ("co2", "")),
            ("Vibration, RMS [mm/s]", ("vibration_rms", "mm/s")),
            ("0", ("c0", "")),
            ("温度", ("channel", "")),
            ("light [counts]", ("light", "counts")),
            ("accel (2)", ("accel_2", "")),
            ("accel (1)", ("accel_1", "")),
            ("accel [1] (g)", ("accel_1", "g")),
        ] {
            assert_eq!(
                (name(title, &[]).as_str(), split_unit(title).1),
                expected,
                "{title}"
            );
        }
        let taken = ["ax".to_owned(), "ax_2".to_owned()];
        assert_eq!(name("ax", &taken), "ax_3");
    }
}
