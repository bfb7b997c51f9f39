//! What a figure was measured on: no names, no paths.

use serde_json::{Value, json};

/// Cores, processor, memory and system.
pub(super) fn describe() -> Value {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    json!({
        "cores": cores,
        "cpu": field(&read("/proc/cpuinfo"), "model name"),
        "memory_gib": field(&read("/proc/meminfo"), "MemTotal").and_then(gib),
        "system": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
    })
}

/// The value of the first `key: value` with this key.
fn field<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    let mut found = lines.filter(|(name, _)| name.trim() == key);
    found.next().map(|(_, value)| value.trim())
}

/// `24685000 kB` in GiB, to one decimal.
fn gib(text: &str) -> Option<f64> {
    let kib: f64 = text.strip_suffix("kB")?.trim().parse().ok()?;
    Some((kib / f64::from(1 << 20) * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 2: GHz\nmodel name\t: another\n";
        assert_eq!(field(text, "model name"), Some("Some CPU @ 2: GHz"));
        assert_eq!(field(text, "MemTotal"), None);
        assert_eq!(gib("24684748 kB"), Some(23.5));
        assert_eq!(gib("much"), None);
    }
}
