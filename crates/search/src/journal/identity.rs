//! What decides what a search measures: two that agree in it measure the same.

use std::collections::BTreeMap;
use std::path::PathBuf;

use senselm_look::{RecipeFor, Seen};
use senselm_sensor::{Labelled, Stated};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::options::Options;

/// What a search is of, each part under the words that name it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Identity(BTreeMap<String, String>);

impl Identity {
    /// What every search has.
    pub(crate) fn new(seen: &Seen, options: &Options) -> Self {
        let mut own = Self::default();
        own.says("the program", env!("CARGO_PKG_VERSION"));
        own.says("the budget", &format!("{:?}", options.budget));
        own.says("the seed", &options.seed.to_string());
        own.says(
            "whether models learn from few windows",
            &options.few_models.to_string(),
        );
        let reject = options
            .reject
            .map_or("none".to_owned(), |rate| rate.to_string());
        own.says("--reject", &reject);
        own.says("the device", options.device.name());
        own.says("the name of the model", &options.name);
        own.says("where the data comes from", &options.source);
        let recordings = seen.data_section(&RecipeFor {
            name: options.name.clone(),
            data: PathBuf::from("."),
        });
        own.hashes(
            "where the recordings are or how they are read",
            recordings.as_bytes(),
        );
        own
    }

    /// A part that is told as it was where it changes.
    pub(crate) fn says(&mut self, what: &str, value: &str) {
        self.0.insert(what.to_owned(), value.to_owned());
    }

    /// A part that is only named.
    pub(crate) fn hashes(&mut self, what: &str, bytes: &[u8]) {
        self.says(what, &format!("{SHA256}{}", bytes_hash(bytes)));
    }

    /// Windows with what belongs to them: whose they are, and what is right.
    pub(crate) fn windows<'a>(
        &mut self,
        what: &str,
        records: impl IntoIterator<Item = &'a Labelled>,
        stated: &Stated,
    ) {
        let mut hash = Sha256::new();
        for record in records {
            for channel in &record.window.channels {
                hash.update((channel.len() as u64).to_le_bytes());
                channel
                    .iter()
                    .for_each(|value| hash.update(value.to_bits().to_le_bytes()));
            }
            let (group, line) = (record.group, record.place.line);
            hash.update(format!("{group} {line} {:?};", record.truth).as_bytes());
        }
        hash.update(format!("{stated:?}").as_bytes());
        self.says(what, &format!("{SHA256}{}", hex(&hash.finalize())));
    }

    /// What is not as it was.
    pub(super) fn changes(&self, earlier: &Self) -> Vec<String> {
        let parts = self.0.keys().chain(earlier.0.keys());
        let mut parts: Vec<&String> = parts.collect();
        parts.sort_unstable();
        parts.dedup();
        let changed = parts.into_iter().filter_map(|what| {
            let (now, before) = (self.0.get(what), earlier.0.get(what));
            (now != before).then(|| match before {
                Some(before) if !before.starts_with(SHA256) => format!("{what} (it was {before})"),
                _ => what.clone(),
            })
        });
        changed.collect()
    }
}

/// In front of what is a hash and tells nobody anything.
const SHA256: &str = "sha256:";

/// The SHA-256 of bytes, as hexadecimal digits.
pub(crate) fn bytes_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
