//! Sensor Measurement Lists in JSON.
//!
//! # Source
//! RFC 8428, "Sensor Measurement Lists (SenML)": section 4 for the fields and
//! what base values do, 4.5.3 for times.

use alloc::string::String;
use alloc::vec::Vec;

use super::fields::{Fields, Object};
use super::format::Reading;
use super::json::Json;
use super::rows::channel_of;
use crate::{Problem, quote, shown};

/// The fields that a record may have.
const LABELS: [&str; 14] = [
    "bn", "bt", "bu", "bv", "bs", "bver", "n", "u", "v", "vs", "vb", "vd", "s", "t",
];
/// And the one for how soon the next record comes.
const UPDATE: &str = "ut";
/// Below it a time is relative to a now that nobody wrote down.
const FIRST_ABSOLUTE_S: f64 = 268_435_456.0;

/// The records of a list that is certainly SenML: all fields are its own, and
/// names and values are among them.
pub(super) fn records(items: &[Json]) -> Option<Vec<&Object>> {
    let records: Vec<&Object> = items.iter().map(Json::fields).collect::<Option<_>>()?;
    let known = |key: &str| LABELS.contains(&key) || key == UPDATE;
    let all = records
        .iter()
        .all(|record| record.iter().all(|(key, _)| known(key)));
    let has = |labels: &[&str]| {
        records
            .iter()
            .any(|record| record.iter().any(|(key, _)| labels.contains(&key.as_str())))
    };
    // `n` and `v` alone would do for any list of names and values, which reads
    // the same.
    (all && has(&["bn", "n"]) && has(&["v", "vb", "bv"])).then_some(records)
}

/// Whether a list is SenML whose records count from values beside them.
pub(super) fn has_base(items: &[Json]) -> bool {
    let based = |record: &&Object| record.iter().any(|(key, _)| key.starts_with('b'));
    records(items).is_some_and(|records| records.iter().any(based))
}

/// What holds until another record says otherwise.
#[derive(Default)]
struct Base<'a> {
    name: &'a str,
    time: f64,
    unit: &'a str,
    value: f64,
}

/// The readings: values of one time are one.
pub(super) fn readings(
    records: &[&Object],
    fields: &Fields,
    complaints: &mut Vec<Problem>,
) -> Result<Vec<Reading>, Problem> {
    let mut base = Base::default();
    let mut readings: Vec<(f64, Reading)> = Vec::new();
    for record in records {
        let text = |label: &str| match get(record, label) {
            Some(Json::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        let number = |label: &str| match get(record, label) {
            Some(Json::Number(number)) => Some(*number),
            _ => None,
        };
        base.name = text("bn").unwrap_or(base.name);
        base.time = number("bt").unwrap_or(base.time);
        base.unit = text("bu").unwrap_or(base.unit);
        base.value = number("bv").unwrap_or(base.value);
        let own = text("n").unwrap_or_default();
        let whole: String = [base.name, own].concat();
        let Some((channel, in_name)) = channel(&whole, own, fields) else {
            continue;
        };
        let value = match get(record, "v") {
            Some(Json::Number(value)) => Json::Number(value + base.value),
            Some(value) => value.clone(),
            None => match get(record, "vb") {
                Some(_) => {
                    complaints.push(Problem::NotANumber { text: quote("vb") });
                    continue;
                }
                // A base value alone is a value, too; a sum or a text is not.
                None if get(record, "bv").is_some() => Json::Number(base.value),
                None => continue,
            },
        };
        let unit = text("u").unwrap_or(base.unit);
        let unit = if unit.is_empty() { in_name } else { unit };
        let value = fields.number(channel, &value, unit)?;
        let time = base.time + number("t").unwrap_or_default();
        put(&mut readings, fields, time, channel, value)?;
    }
    if readings.is_empty() {
        return Err(fields.no_names(&[]));
    }
    // Times that are relative to now say nothing where all are now.
    if readings.len() > 1 && readings.iter().any(|(time, _)| *time < FIRST_ABSOLUTE_S) {
        complaints.push(Problem::NotATime { text: quote("t") });
    }
    let timed = readings.into_iter().map(|(time, mut reading)| {
        reading.time_s = (time >= FIRST_ABSOLUTE_S).then_some(time);
        reading
    });
    Ok(timed.collect())
}

/// The channel of a name, or of what stands behind its last separator: the
/// device's name comes first.
fn channel<'n>(whole: &'n str, own: &'n str, fields: &Fields) -> Option<(usize, &'n str)> {
    let last = whole.rsplit(['/', ':', '.', '_', '-']).next();
    let alone = channel_of(fields, own).or_else(|| channel_of(fields, whole));
    alone.or_else(|| channel_of(fields, last?))
}

fn put(
    readings: &mut Vec<(f64, Reading)>,
    fields: &Fields,
    time: f64,
    channel: usize,
    value: f64,
) -> Result<(), Problem> {
    // In the order of their times, most of which come in order.
    let at = match readings.binary_search_by(|(known, _)| known.total_cmp(&time)) {
        Ok(at) => at,
        Err(at) => {
            let reading = Reading {
                values: alloc::vec![f64::NAN; fields.channels()],
                named: alloc::vec![false; fields.channels()],
                time_s: None,
            };
            readings.insert(at, (time, reading));
            at
        }
    };
    let Some((_, reading)) = readings.get_mut(at) else {
        return Ok(());
    };
    let place = (
        reading.values.get_mut(channel),
        reading.named.get_mut(channel),
    );
    let (Some(known), Some(named)) = place else {
        return Ok(());
    };
    if *named {
        return Err(Problem::TwoPlaces {
            wanted: quote(fields.path_of(channel)),
            one: shown::number(*known),
            other: shown::number(value),
        });
    }
    (*known, *named) = (value, true);
    Ok(())
}

fn get<'a>(record: &'a Object, label: &str) -> Option<&'a Json> {
    let mut fields = record.iter();
    fields.find(|(key, _)| key == label).map(|(_, value)| value)
}
