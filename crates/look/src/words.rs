//! What the titles of columns and the names of folders say.

use senselm_readings::names::plain;

/// What a column of right answers is called, and hardly anything else.
const ANSWERS: [&str; 12] = [
    "output",
    "label",
    "labels",
    "class",
    "classes",
    "target",
    "targets",
    "truth",
    "groundtruth",
    "annotation",
    "groundtruthlabel",
    "classlabel",
];
/// What right answers are of, which a channel may be called too.
const TOPICS: [&str; 27] = [
    "activity",
    "condition",
    "state",
    "status",
    "fault",
    "faulttype",
    "failure",
    "failuretype",
    "occupancy",
    "occupied",
    "gesture",
    "exercise",
    "event",
    "mode",
    "category",
    "type",
    "diagnosis",
    "quality",
    "result",
    "response",
    "anomaly",
    "isanomaly",
    "defect",
    "health",
    "severity",
    "posture",
    "outcome",
];
/// What marks anomalies.
const MARKS: [&str; 7] = [
    "anomaly",
    "isanomaly",
    "anomalous",
    "anomalies",
    "outlier",
    "isoutlier",
    "anomalylabel",
];
/// Who or what is recorded: persons.
const PERSONS: [&str; 18] = [
    "subject",
    "participant",
    "person",
    "user",
    "volunteer",
    "patient",
    "individual",
    "athlete",
    "driver",
    "worker",
    "operator",
    "speaker",
    "proband",
    "subjectid",
    "userid",
    "subj",
    "human",
    "player",
];
/// Who or what is recorded: things.
const THINGS: [&str; 24] = [
    "machine",
    "device",
    "asset",
    "equipment",
    "engine",
    "motor",
    "pump",
    "bearing",
    "turbine",
    "vehicle",
    "car",
    "battery",
    "node",
    "house",
    "building",
    "room",
    "site",
    "station",
    "well",
    "robot",
    "tool",
    "serial",
    "unit",
    "plant",
];
/// When it is recorded, in one go.
const SESSIONS: [&str; 18] = [
    "session",
    "trial",
    "run",
    "recording",
    "experiment",
    "sequence",
    "series",
    "episode",
    "batch",
    "lot",
    "file",
    "filename",
    "segment",
    "window",
    "windowid",
    "take",
    "block",
    "fold",
];
/// What stands behind a noun that names something.
const NAMES: [&str; 7] = ["id", "no", "nr", "number", "name", "code", "index"];

/// How surely a title says that right answers are below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Answer {
    /// It is a word for right answers.
    Surely,
    /// It is a word for what they are of.
    Perhaps,
}

/// Whom or what a title tells apart, what is to be kept together first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tells {
    /// Persons.
    Persons,
    /// Machines and places.
    Things,
    /// Sessions.
    Sessions,
    /// Days.
    Days,
}

/// The words of a title, in lower case: `subject_id`, `subjectId`, `Subject ID`.
fn words(title: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for letter in title.chars() {
        if !letter.is_alphanumeric() || (small && letter.is_uppercase()) {
            words.push(String::new());
        }
        small = letter.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a title says a noun of a list: it is one, it ends in one, or it begins
/// with one and names it.
fn says(title: &str, nouns: &[&str]) -> bool {
    let words = words(title);
    let known = |word: &String| {
        let bare = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
        nouns.contains(&bare)
    };
    let named = words
        .get(1)
        .is_some_and(|word| NAMES.contains(&word.as_str()) || word == "label" || word == "type");
    nouns.contains(&plain(title).as_str())
        || words.last().is_some_and(known)
        || (named && words.first().is_some_and(known))
}

/// How surely right answers are below a title.
pub(crate) fn answer(title: &str) -> Option<Answer> {
    // Beside others `y` is a direction.
    if says(title, &ANSWERS) || plain(title) == "y" {
        Some(Answer::Surely)
    } else if says(title, &TOPICS) {
        Some(Answer::Perhaps)
    } else {
        None
    }
}

/// Whether anomalies are marked below a title.
pub(crate) fn marks(title: &str) -> bool {
    says(title, &MARKS)
}

/// Whom or what a title tells apart; a thing may be measured as well.
pub(crate) fn tells(title: &str) -> Option<Tells> {
    if says(title, &PERSONS) {
        Some(Tells::Persons)
    } else if says(title, &THINGS) {
        Some(Tells::Things)
    } else if says(title, &SESSIONS) {
        Some(Tells::Sessions)
    } else if says(title, &["day", "dayid", "week", "date"]) {
        Some(Tells::Days)
    } else {
        None
    }
}

/// Whether a title names a thing and does not measure it: `motor_id`.
pub(crate) fn is_name(title: &str) -> bool {
    let words = words(title);
    words
        .last()
        .is_some_and(|word| NAMES.contains(&word.as_str()))
}

/// Whether a folder is called as those are who were recorded: `subject03`, `S1`.
pub(crate) fn is_one_of_many(folder: &str) -> bool {
    let bare = folder.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let numbered = bare.len() < folder.len();
    let short = bare.trim_end_matches(['_', '-', ' ']).chars().count() <= 1;
    numbered && (short || tells(bare.trim_end_matches(['_', '-', ' '])).is_some())
}

#[cfg(test)]
mod tests {
    use super::{Answer, Tells, answer, is_one_of_many, marks, tells};

    #[test]
    fn titles_of_answers() {
        for title in [
            "output",
            "Label",
            "class_label",
            "Target",
            "y",
            "ground truth",
        ] {
            assert_eq!(answer(title), Some(Answer::Surely), "{title}");
        }
        for title in [
            "activity_id",
            "faultType",
            "Occupancy",
            "machine state",
            "is_anomaly",
        ] {
            assert_eq!(answer(title), Some(Answer::Perhaps), "{title}");
        }
        for title in ["temperature", "acc_y2k", "state_of_charge", "typed"] {
            assert_eq!(answer(title), None, "{title}");
        }
        assert!(marks("is_anomaly") && !marks("label"));
    }

    #[test]
    fn titles_of_groups() {
        assert_eq!(tells("subject_id"), Some(Tells::Persons));
        assert_eq!(tells("Session"), Some(Tells::Sessions));
        assert_eq!(tells("motor_speed"), None);
        assert!(is_one_of_many("subject03") && is_one_of_many("S1") && is_one_of_many("12"));
        assert!(!is_one_of_many("walking") && !is_one_of_many("fault2"));
    }
}
