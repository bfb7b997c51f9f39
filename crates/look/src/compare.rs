//! Files beside one another: whether those of the same answer hold values of the same
//! unit, in the same columns.
//!
//! What speaks against it is what [`senselm_sensor::fits`] says of a recording and a
//! model: the first file of an answer stands for what was trained on. Answers may
//! differ in everything, so that only files of the same one are compared.

use std::collections::BTreeMap;

use senselm_sensor::{Finding, FrontEnd, Profile, Stated, Verdict, Window, fits};

/// Readings that are compared together.
const READINGS: usize = 8;
/// Windows of a file and answer that are kept, and values of them.
const WINDOWS: usize = 64;
const VALUES: usize = 1 << 16;
/// Answers that are told apart.
const ANSWERS: usize = 64;
/// Pairs of files that are named.
const MOST_NAMED: usize = 8;

/// How a file differs from another one of the same answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Differs {
    /// The files, by their positions.
    pub(crate) first: usize,
    pub(crate) second: usize,
    /// The channels, and what is said of each.
    pub(crate) reasons: Vec<String>,
}

/// Compares files as their rows come.
#[derive(Debug, Clone)]
pub(crate) struct Compare {
    front_end: FrontEnd,
    /// Whether a row is a whole window.
    windows: bool,
    /// What the first file of each answer holds.
    first: BTreeMap<String, (usize, Profile)>,
    /// The windows of this file.
    now: BTreeMap<String, Kept>,
    pub(crate) found: Vec<Differs>,
}

/// Windows of one file and answer: every one, or every other one and so on.
#[derive(Debug, Clone, Default)]
struct Kept {
    windows: Vec<Window>,
    values: usize,
    every: u64,
    seen: u64,
    /// The readings of the next window, channel by channel.
    open: Vec<Vec<f64>>,
}

impl Compare {
    /// For channels that this front end has.
    pub(crate) fn new(front_end: FrontEnd, windows: bool) -> Self {
        Self {
            front_end,
            windows,
            first: BTreeMap::new(),
            now: BTreeMap::new(),
            found: Vec::new(),
        }
    }

    /// Takes a row of the file.
    pub(crate) fn add(&mut self, values: &[f64], lengths: &[usize], label: &str, breaks: bool) {
        if !self.now.contains_key(label) {
            if self.now.len() >= ANSWERS {
                return;
            }
            self.now.insert(label.to_owned(), Kept::default());
        }
        let Some(kept) = self.now.get_mut(label) else {
            return;
        };
        if breaks {
            kept.open.clear();
        }
        kept.open.resize(lengths.len(), Vec::new());
        let mut rest = values;
        for (open, &length) in kept.open.iter_mut().zip(lengths) {
            let (samples, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            open.extend_from_slice(samples);
            rest = behind;
        }
        let full = kept.open.first().is_some_and(|one| one.len() >= READINGS);
        if self.windows || full {
            let channels = std::mem::take(&mut kept.open);
            kept.push(Window { channels });
        }
    }

    /// The file ends.
    pub(crate) fn end(&mut self, file: usize) {
        for (label, kept) in std::mem::take(&mut self.now) {
            let stated = Stated::default();
            let Some((first, profile)) = self.first.get(&label) else {
                let profile = Profile::gather(&self.front_end, &kept.windows, &stated);
                if let (Some(profile), true) = (profile, self.first.len() < ANSWERS) {
                    self.first.insert(label, (file, profile));
                }
                continue;
            };
            let found = fits(&self.front_end, profile, &kept.windows, &stated);
            let reasons = found.reasons.into_iter().filter(|reason| {
                let certain = reason.weight == Verdict::No;
                is_thousandfold(&reason.finding) || (certain && is_of_units(&reason.finding))
            });
            let reasons: Vec<String> = reasons.map(|reason| reason.to_string()).collect();
            let (first, second) = (*first, file);
            let is_new = !self.found.iter().any(|known| known.second == second);
            if !reasons.is_empty() && is_new && self.found.len() < MOST_NAMED {
                self.found.push(Differs {
                    first,
                    second,
                    reasons,
                });
            }
        }
    }
}

/// Whether a finding tells of the files and not of what they recorded: channels that
/// are exchanged, or values in another unit. A factor may be the gain of another machine.
fn is_of_units(finding: &Finding) -> bool {
    matches!(
        finding,
        Finding::Exchanged { .. } | Finding::Converted { units: Some(_), .. }
    )
}

/// Whether values are a thousand times those of the first file, or a thousandth, which
/// may lie within them.
fn is_thousandfold(finding: &Finding) -> bool {
    let Finding::Converted { scale, offset, .. } = finding else {
        return false;
    };
    let thousands = scale.abs().log10() / 3.0;
    *offset == 0.0 && *scale > 0.0 && (thousands - thousands.round()).abs() < 1e-9
}

impl Kept {
    fn push(&mut self, window: Window) {
        let every = self.every.max(1);
        let is_taken = self.seen.is_multiple_of(every);
        self.seen += 1;
        if !is_taken {
            return;
        }
        let values: usize = window.channels.iter().map(Vec::len).sum();
        if self.values.saturating_add(values) > VALUES && !self.windows.is_empty() {
            return;
        }
        self.values += values;
        self.windows.push(window);
        if self.windows.len() >= 2 * WINDOWS {
            let mut at = 0_u64;
            self.windows.retain(|_| {
                at += 1;
                at % 2 == 1
            });
            self.values /= 2;
            self.every = every * 2;
        }
    }
}
