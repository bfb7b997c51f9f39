//! What a search for the normal has measured, and of which search it is.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Search;
use crate::SearchError;
use crate::journal::{Identity, list};

/// Scores of windows, or of ways to write them.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Scores(#[serde(with = "list")] pub(super) Vec<f64>);

impl Search<'_> {
    /// What was measured under this name, or is now.
    pub(super) fn measured<T: Serialize + DeserializeOwned>(
        &self,
        what: &str,
        measure: impl FnOnce() -> Result<T, SearchError>,
    ) -> Result<T, SearchError> {
        self.journal.measured(self.clock, what, measure)
    }

    /// Everything that decides what is measured.
    pub(super) fn identity(&self) -> Identity {
        let mut own = Identity::new(self.seen, self.options);
        own.says(
            "the rate of false alarms",
            &self.wanted.false_alarm_rate.to_string(),
        );
        own.says(
            "the share of contamination",
            &self.wanted.contamination.to_string(),
        );
        let carrier = serde_json::to_vec(&self.carrier).unwrap_or_default();
        own.hashes("the channels or how windows are cut", &carrier);
        own.windows("the windows to learn from", self.records, self.stated);
        own.windows("the windows kept apart", self.kept, self.stated);
        own.hashes(
            "whose the windows are",
            format!("{:?}{:?}", self.group, self.stretch).as_bytes(),
        );
        own.says("what is asked", "what is normal");
        own
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fmt::Write as _;
    use std::path::Path;
    use std::time::Duration;

    use senselm_look::{Goal, look};
    use senselm_sensor::rng::Rng;
    use senselm_train::Device;

    use super::super::{AnomalyOptions, anomaly_by};
    use crate::clock::Clock;
    use crate::journal::{Begin, Journal};
    use crate::options::{Event, Options};
    use crate::{AnomalyOutcome, SearchError};

    /// The search by a clock on which every look takes a second, in the fewest steps.
    fn by_looks(
        file: &Path,
        wanted: &AnomalyOptions,
        journal: &Journal,
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<AnomalyOutcome, SearchError> {
        let goal = senselm_look::Options {
            task: Some(Goal::Anomaly),
            ..senselm_look::Options::default()
        };
        let seen = look(&[file.to_owned()], &goal).unwrap();
        let options = Options {
            budget: Duration::from_secs(1),
            seed: 1,
            device: Device::Cpu,
            few_models: false,
            reject: None,
            name: "wave".into(),
            source: "a test".into(),
        };
        let time = Cell::new(0.0);
        let now = || {
            time.set(time.get() + 1.0);
            time.get()
        };
        let clock = Clock::new(&now, 1.0);
        anomaly_by(&clock, &seen, &options, wanted, journal, listen)
    }

    fn results(out: &Path) -> Vec<Vec<u8>> {
        let names = ["report.json", "report.html", "recipe.toml", "model.gguf"];
        let read = names.map(|name| std::fs::read(out.join(name)).unwrap());
        read.into()
    }

    #[test]
    fn a_search_for_the_normal_that_was_killed_goes_on_and_gives_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wave.csv");
        let mut rng = Rng::new(5, 5);
        let mut text = String::from("level\n");
        for row in 0..700 {
            let wave = (f64::from(row) * std::f64::consts::TAU / 8.0).sin();
            writeln!(text, "{:.4}", wave + 0.05 * rng.normal()).unwrap();
        }
        std::fs::write(&file, text).unwrap();
        let wanted = AnomalyOptions::default();
        let out = folder.path().join("whole");
        let journal = Journal::open(&out, Begin::Anew).unwrap();
        by_looks(&file, &wanted, &journal, &mut |_| {}).unwrap();
        let (expected, lines) = (results(&out), journal.lines());
        // A step, a candidate, simple ways and three folds.
        assert_eq!(lines, 6);

        for measured in [2, 5, lines] {
            let out = folder.path().join(format!("after {measured}"));
            std::fs::create_dir(&out).unwrap();
            journal.killed_after(measured, &out).unwrap();
            let again = Journal::open(&out, Begin::Resume).unwrap();
            let mut told = None;
            let mut listen = |event: Event<'_>| {
                if let Event::GoesOn { measured, .. } = event {
                    told = Some(measured);
                }
            };
            by_looks(&file, &wanted, &again, &mut listen).unwrap();
            assert_eq!((told, again.lines()), (Some(measured), lines));
            assert!(results(&out) == expected, "after {measured}");
        }

        let out = folder.path().join("other");
        std::fs::create_dir(&out).unwrap();
        journal.killed_after(1, &out).unwrap();
        let again = Journal::open(&out, Begin::Resume).unwrap();
        let other = AnomalyOptions {
            false_alarm_rate: 0.02,
            ..wanted
        };
        let refused = by_looks(&file, &other, &again, &mut |_| {}).unwrap_err();
        let said = refused.to_string();
        assert!(
            said.contains("the rate of false alarms (it was 0.01)"),
            "{said}"
        );
    }
}
