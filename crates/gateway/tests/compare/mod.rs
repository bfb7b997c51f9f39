//! Holding one host's results to another's.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use libtest_mimic::Failed;
use senselm_session::{Answer, Timings};
use serde_json::Value;

/// Exponentials of another maths library, of numbers that agree.
pub(crate) const PROBABILITY_TOLERANCE: f64 = 1e-9;

/// The answers of two hosts, whose times differ.
pub(crate) fn same_answer(mut found: Answer, mut expected: Answer) -> Result<(), Failed> {
    for answer in [&mut found, &mut expected] {
        match answer {
            Answer::Classification(a) => a.timings = Timings::default(),
            Answer::Number(a) => a.timings = Timings::default(),
            Answer::Text(a) => a.timings = Timings::default(),
            Answer::Anomaly(a) => a.timings = Timings::default(),
        }
    }
    let (found, expected) = (
        serde_json::to_value(found)?,
        serde_json::to_value(expected)?,
    );
    close_json(&found, &expected)
        .map_err(|what| format!("{what} of {found}, natively {expected}").into())
}

/// Equal, but for the last digits of a number.
fn close_json(found: &Value, expected: &Value) -> Result<(), String> {
    match (found, expected) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            let near = (a - b).abs() <= PROBABILITY_TOLERANCE;
            if near { Ok(()) } else { Err(format!("{a}")) }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).try_for_each(|(a, b)| close_json(a, b))
        }
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => a
            .values()
            .zip(b.values())
            .try_for_each(|(a, b)| close_json(a, b)),
        (a, b) if a == b => Ok(()),
        (a, _) => Err(a.to_string()),
    }
}

/// Fails where two values differ.
pub(crate) fn same<T: PartialEq + std::fmt::Debug + ?Sized>(
    what: &str,
    found: &T,
    expected: &T,
) -> Result<(), Failed> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: {found:?}, not {expected:?}").into())
}

/// Fails where two rows of logits differ by more than `bound`.
pub(crate) fn close(what: &str, found: &[f32], expected: &[f32], bound: f32) -> Result<(), Failed> {
    same("number of logits", &found.len(), &expected.len())?;
    for (a, b) in found.iter().zip(expected) {
        let difference = (a - b).abs();
        if difference.is_nan() || difference > bound {
            return Err(
                format!("{what}: logits differ by {difference}, allowed is {bound}").into(),
            );
        }
    }
    Ok(())
}
