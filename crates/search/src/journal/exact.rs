//! Numbers and answers as short texts that give the same bits again: JSON has no NaN,
//! and its readers round.

use senselm_sensor::Truth;

/// A number.
pub(crate) mod number {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &f64, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&super::text(*value))
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<f64, D::Error> {
        let text = String::deserialize(from)?;
        super::parsed(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is no number")))
    }
}

/// A number where there is one.
pub(crate) mod perhaps {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &Option<f64>, out: S) -> Result<S::Ok, S::Error> {
        value.map(super::text).serialize(out)
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Option<f64>, D::Error> {
        let Some(text) = Option::<String>::deserialize(from)? else {
            return Ok(None);
        };
        let parsed = super::parsed(&text).map(Some);
        parsed.ok_or_else(|| D::Error::custom(format!("{text:?} is no number")))
    }
}

/// Numbers in order.
pub(crate) mod list {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(values: &[f64], out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&super::listed(values))
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Vec<f64>, D::Error> {
        let text = String::deserialize(from)?;
        super::unlisted(&text).ok_or_else(|| D::Error::custom("there is something but numbers"))
    }
}

/// The answer to each window, where there is one.
pub(crate) mod answers {
    use senselm_sensor::Truth;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        values: &[Option<Truth>],
        out: S,
    ) -> Result<S::Ok, S::Error> {
        let each: Vec<String> = values.iter().map(super::answer).collect();
        out.serialize_str(&each.join(" "))
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(
        from: D,
    ) -> Result<Vec<Option<Truth>>, D::Error> {
        let text = String::deserialize(from)?;
        let each = text.split_ascii_whitespace().map(super::answered);
        let each: Option<Vec<_>> = each.collect();
        each.ok_or_else(|| D::Error::custom("there is something but answers"))
    }
}

/// The probability of each label for each window, where there are any.
pub(crate) mod shares {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        values: &[Option<Vec<f64>>],
        out: S,
    ) -> Result<S::Ok, S::Error> {
        let each = values.iter().map(|shares| match shares {
            Some(shares) => super::listed(shares),
            None => "-".to_owned(),
        });
        out.serialize_str(&each.collect::<Vec<_>>().join(";"))
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(
        from: D,
    ) -> Result<Vec<Option<Vec<f64>>>, D::Error> {
        let text = String::deserialize(from)?;
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let each = text.split(';').map(|shares| match shares {
            "-" => Some(None),
            shares => super::unlisted(shares).map(Some),
        });
        let each: Option<Vec<_>> = each.collect();
        each.ok_or_else(|| D::Error::custom("there is something but probabilities"))
    }
}

/// The shortest text that gives the same number.
fn text(value: f64) -> String {
    format!("{value:?}")
}

fn parsed(text: &str) -> Option<f64> {
    text.parse().ok()
}

fn listed(values: &[f64]) -> String {
    let each: Vec<String> = values.iter().map(|value| text(*value)).collect();
    each.join(" ")
}

fn unlisted(text: &str) -> Option<Vec<f64>> {
    text.split_ascii_whitespace().map(parsed).collect()
}

fn answer(answer: &Option<Truth>) -> String {
    match answer {
        Some(Truth::Label(label)) => format!("l{label}"),
        Some(Truth::Number(number)) => text(*number),
        // A search asks for no texts.
        Some(Truth::Text(_)) | None => "-".to_owned(),
    }
}

fn answered(text: &str) -> Option<Option<Truth>> {
    match text.strip_prefix('l') {
        Some(label) => Some(Some(Truth::Label(label.parse().ok()?))),
        None if text == "-" => Some(None),
        None => Some(Some(Truth::Number(parsed(text)?))),
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, Serialize, Deserialize)]
    struct All {
        #[serde(with = "number")]
        number: f64,
        #[serde(with = "list")]
        list: Vec<f64>,
        #[serde(with = "answers")]
        answers: Vec<Option<Truth>>,
        #[serde(with = "shares")]
        shares: Vec<Option<Vec<f64>>>,
    }

    #[test]
    fn every_bit_comes_back() {
        let odd = [
            0.1 + 0.2,
            f64::MIN_POSITIVE / 3.0,
            -0.0,
            1e300 / 7.0,
            f64::INFINITY,
            f64::NAN,
        ];
        for number in odd {
            let all = All {
                number,
                list: odd.to_vec(),
                answers: vec![
                    Some(Truth::Label(3)),
                    None,
                    Some(Truth::Number(number)),
                    Some(Truth::Label(0)),
                ],
                shares: vec![None, Some(vec![number, 0.25]), None],
            };
            let text = serde_json::to_string(&all).unwrap();
            let again: All = serde_json::from_str(&text).unwrap();
            assert_eq!(format!("{again:?}"), format!("{all:?}"), "{text}");
            assert_eq!(again.number.is_nan(), number.is_nan());
            assert!(number.is_nan() || again.number.to_bits() == number.to_bits());
        }
    }

    #[test]
    fn nothing_is_nothing_and_what_is_neither_is_refused() {
        let empty = r#"{"number":"1.0","list":"","answers":"","shares":""}"#;
        let all: All = serde_json::from_str(empty).unwrap();
        assert!(all.list.is_empty() && all.answers.is_empty() && all.shares.is_empty());
        for (right, wrong) in [
            (r#""number":"1.0""#, r#""number":"one""#),
            (r#""list":"""#, r#""list":"1 two""#),
            (r#""answers":"""#, r#""answers":"l""#),
            (r#""shares":"""#, r#""shares":"0.5;x""#),
        ] {
            let text = empty.replace(right, wrong);
            assert!(serde_json::from_str::<All>(&text).is_err(), "{text}");
        }
    }
}
