//! Whether what is answered is of the kind that the model was trained on: what
//! `senselm check` would say, in a line.

use anyhow::Result;
use senselm_sensor::{Finding, Profile, Reason, Stated, Verdict, Window, fits};
use senselm_session::{LineFits, Session};

use crate::diagnostics::note;

/// Windows of a source without an end that are looked at.
const LOOKED_AT: usize = 64;

/// Looks at the windows that are answered.
pub(super) struct Doubt {
    profile: Option<Profile>,
    /// The windows of a source without an end, until they are looked at.
    first: Vec<Window>,
    found: Option<LineFits>,
}

impl Doubt {
    /// Of this model; without a profile, or where nobody wants to know, there is none.
    pub(super) fn new(session: &Session, is_wanted: bool) -> Result<Self> {
        Ok(Self {
            profile: match is_wanted {
                true => session.profile()?,
                false => None,
            },
            first: Vec::new(),
            found: None,
        })
    }

    /// What is to be said beside each answer.
    pub(super) fn found(&self) -> Option<&LineFits> {
        self.found.as_ref()
    }

    /// Looks at a whole recording, and says on standard error what speaks against it.
    pub(super) fn look<'w>(
        &mut self,
        session: &Session,
        windows: impl IntoIterator<Item = &'w Window>,
        stated: &Stated,
        name: &dyn std::fmt::Display,
    ) {
        let (Some(front_end), Some(profile)) = (session.front_end(), self.profile.take()) else {
            return;
        };
        let found = fits(front_end, &profile, windows, stated);
        let about_windows = |reason: &&Reason| !matches!(reason.finding, Finding::NoWindows);
        let reason = found.reasons.iter().find(about_windows);
        let Some(reason) = reason.filter(|_| found.verdict != Verdict::Yes) else {
            return;
        };
        note!(
            "{name}: fits: {}: {reason}; senselm check says more",
            found.verdict.name()
        );
        self.found = Some(LineFits {
            verdict: found.verdict,
            reason: reason.to_string(),
        });
    }

    /// Takes the next window of a source without an end.
    pub(super) fn push(
        &mut self,
        session: &Session,
        window: &Window,
        name: &dyn std::fmt::Display,
    ) {
        if self.profile.is_none() {
            return;
        }
        let window = match session.front_end() {
            Some(front_end) => front_end.as_read(window).into_owned(),
            None => return,
        };
        self.first.push(window);
        if self.first.len() == LOOKED_AT {
            self.end(session, name);
        }
    }

    /// The source has ended, or enough of it was seen.
    pub(super) fn end(&mut self, session: &Session, name: &dyn std::fmt::Display) {
        let windows = std::mem::take(&mut self.first);
        if !windows.is_empty() {
            self.look(session, &windows, &Stated::default(), name);
        }
    }
}
