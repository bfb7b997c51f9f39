//! The windows of a source without an end, as it has been lately.

use super::{Fits, Gathered};
use crate::{Profile, Stated, Window};

/// Windows that are looked at together.
const TOGETHER: u64 = 64;
/// Windows from which those before them are not asked any more.
const ENOUGH: u64 = 20;

/// The windows that came lately, to hold them against what a model was trained on.
///
/// What a source was hours ago says nothing of what it is now: windows are gathered 64
/// at a time, and as long as those that come are few, what is said of them or of those
/// before is the weightier of both.
#[derive(Debug, Clone)]
pub struct Recent {
    now: Part,
    before: Option<Part>,
}

/// Windows that are looked at together.
#[derive(Debug, Clone)]
struct Part {
    gathered: Gathered,
    /// Steps from one reading to the next, and how long they took, in seconds.
    steps: u64,
    span_s: f64,
}

impl Recent {
    /// None so far, of the channels of `gathered`.
    #[must_use]
    pub fn new(gathered: Gathered) -> Self {
        Self {
            now: Part::new(gathered),
            before: None,
        }
    }

    /// Takes the next window; `span_s` is the time from its first reading to its last,
    /// in seconds, where that is known.
    pub fn push(&mut self, window: &Window, span_s: Option<f64>) {
        if self.now.gathered.windows() >= TOGETHER {
            let next = Part::new(self.now.gathered.emptied());
            self.before = Some(core::mem::replace(&mut self.now, next));
        }
        self.now.push(window, span_s);
    }

    /// How many are looked at.
    #[must_use]
    pub fn windows(&self) -> u64 {
        self.now.gathered.windows()
    }

    /// What [`super::fits`] says of them.
    #[must_use]
    pub fn fits(&self, profile: &Profile) -> Fits {
        let now = self.now.fits(profile);
        match &self.before {
            Some(before) if self.now.gathered.windows() < ENOUGH => {
                let before = before.fits(profile);
                match before.verdict > now.verdict {
                    true => before,
                    false => now,
                }
            }
            _ => now,
        }
    }
}

impl Part {
    fn new(gathered: Gathered) -> Self {
        Self {
            gathered,
            steps: 0,
            span_s: 0.0,
        }
    }

    fn push(&mut self, window: &Window, span_s: Option<f64>) {
        self.gathered.push(window);
        let readings = window.channels.first().map_or(0, |samples| samples.len());
        if let Some(span_s) = span_s.filter(|span_s| *span_s > 0.0 && span_s.is_finite()) {
            self.steps += (readings as u64).saturating_sub(1);
            self.span_s += span_s;
        }
    }

    fn fits(&self, profile: &Profile) -> Fits {
        let stated = Stated {
            rate_hz: (self.steps > 0).then(|| self.steps as f64 / self.span_s),
            ..Stated::default()
        };
        self.gathered.fits(profile, &stated)
    }
}
