//! What a search has measured, in the folder of its results: one that was killed goes
//! on from there.
//!
//! Every measured thing is a line of the journal, with the time at which it was done.
//! Between two of them the time of a search stands still ([`Clock`]), so that what is
//! decided there follows from the journal alone, and a search that goes on decides as
//! the one before it did.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use senselm_save::{Folder, Lock, SaveError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::SearchError;
use crate::clock::Clock;

mod exact;
mod identity;
mod state;

pub(crate) use exact::{answers, list, number, perhaps, shares};
pub(crate) use identity::{Identity, bytes_hash};
use state::{Line, State};

/// The journal's file, which is gone when a search is done.
const NAME: &str = "unfinished.json";
const LOCK: &str = "fit.lock";
/// What says of a model what it is worth.
const REPORTS: [&str; 3] = ["report.html", "report.json", "metrics.json"];

/// How a search begins in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// From nothing: a folder with an unfinished search is refused.
    Anew,
    /// From nothing, whatever an unfinished search has measured.
    Over,
    /// From what an unfinished search has measured.
    Resume,
}

/// The folder of a search, which no other may use meanwhile, and what was measured.
#[derive(Debug)]
pub struct Journal {
    // Dropped in this order: a folder that was made and has no file goes again.
    _lock: Lock,
    folder: Folder,
    path: PathBuf,
    /// What an earlier search has measured and this one has not come to.
    earlier: RefCell<Option<State>>,
    state: RefCell<State>,
    /// Whether the file is this search's.
    is_bound: Cell<bool>,
}

impl Journal {
    /// Opens the folder for results.
    ///
    /// # Errors
    /// [`SearchError::Unfinished`] where an unfinished search is there and nothing was
    /// said about it, [`SearchError::Resume`] where none is or it cannot be read, and
    /// [`SearchError::Save`] where another search is at work there or the folder cannot
    /// be written to.
    pub fn open(out: &Path, begin: Begin) -> Result<Self, SearchError> {
        let folder = Folder::create(out)?;
        let lock = Lock::take(folder.path(), LOCK)?;
        let path = folder.path().join(NAME);
        let earlier = match begin {
            Begin::Over => None,
            Begin::Anew if path.exists() => {
                return Err(SearchError::Unfinished {
                    path: out.to_owned(),
                });
            }
            Begin::Anew => None,
            Begin::Resume => {
                let there = State::read(&path).map_err(|reason| SearchError::Resume {
                    path: path.clone(),
                    reason,
                })?;
                Some(there)
            }
        };
        Ok(Self {
            _lock: lock,
            folder,
            path,
            earlier: RefCell::new(earlier),
            state: RefCell::default(),
            is_bound: Cell::new(false),
        })
    }

    /// The folder for a new model and what is said of it: what an earlier search reports is gone from it, so
    /// that no report ever stands beside another model than its own, whenever this
    /// search ends.
    ///
    /// # Errors
    /// [`SearchError::Save`].
    pub(crate) fn folder_for_model(&self) -> Result<&Folder, SearchError> {
        for name in REPORTS {
            let path = self.folder.path().join(name);
            if let Err(source) = std::fs::remove_file(&path)
                && source.kind() != std::io::ErrorKind::NotFound
            {
                return Err(SaveError::Write { path, source }.into());
            }
        }
        Ok(&self.folder)
    }

    /// Says of which search this is the journal; gives how much of it was measured
    /// before and in how many seconds, where it goes on.
    ///
    /// # Errors
    /// [`SearchError::Resume`] where the earlier one was another.
    pub(crate) fn bind(&self, identity: Identity) -> Result<Option<(usize, f64)>, SearchError> {
        let earlier = self.earlier.borrow();
        if let Some(earlier) = earlier.as_ref() {
            let changes = identity.changes(&earlier.of);
            if !changes.is_empty() {
                return Err(self.refused(format!(
                    "it is of another fit, since which this changed: {}; say it as it was, or \
                     --force to begin again",
                    changes.join(", ")
                )));
            }
        }
        self.state.borrow_mut().of = identity;
        self.is_bound.set(true);
        Ok(match earlier.as_ref() {
            Some(earlier) => Some((
                earlier.measured.len(),
                earlier.measured.last().map_or(0.0, |line| line.at_s),
            )),
            None => {
                self.state.borrow().write(&self.path)?;
                None
            }
        })
    }

    /// What was measured under this name, or what `measure` finds; the clock shows then
    /// when it was done. Names are those of one order.
    pub(crate) fn measured<T: Serialize + DeserializeOwned>(
        &self,
        clock: &Clock<'_>,
        what: &str,
        measure: impl FnOnce() -> Result<T, SearchError>,
    ) -> Result<T, SearchError> {
        if let Some(line) = self.next_line() {
            if line.what != what {
                return Err(self.refused(format!(
                    "it has {:?} where {what:?} is next: it is of another version of this program; \
                     say --force to begin again",
                    line.what
                )));
            }
            let found = T::deserialize(&line.found)
                .map_err(|error| self.refused(format!("it is damaged: {error}")))?;
            clock.set(line.at_s);
            self.state.borrow_mut().measured.push(line);
            return Ok(found);
        }
        let found = measure()?;
        let line = Line {
            what: what.to_owned(),
            at_s: clock.tick(),
            found: serde_json::to_value(&found).unwrap_or_default(),
        };
        let mut state = self.state.borrow_mut();
        state.measured.push(line);
        state.write(&self.path)?;
        Ok(found)
    }

    /// The line that an earlier search has next.
    fn next_line(&self) -> Option<Line> {
        let at = self.state.borrow().measured.len();
        let mut earlier = self.earlier.borrow_mut();
        let lines = &mut earlier.as_mut()?.measured;
        lines.get_mut(at).map(std::mem::take)
    }

    /// The search is over: what came of it is the results, or the reason why there are
    /// none. Where only writing failed, what was measured stays.
    pub(crate) fn finish<T>(&self, result: Result<T, SearchError>) -> Result<T, SearchError> {
        let stays = match &result {
            Ok(_) => false,
            Err(error) => error.is_of_writing() || matches!(error, SearchError::Resume { .. }),
        };
        if self.is_bound.get() && !stays {
            let _ = std::fs::remove_file(&self.path);
        }
        result
    }

    fn refused(&self, reason: String) -> SearchError {
        SearchError::Resume {
            path: self.path.clone(),
            reason,
        }
    }

    /// Writes the journal of the first `lines` things into a folder, as a search that
    /// was killed then leaves it.
    #[cfg(test)]
    pub(crate) fn killed_after(&self, lines: usize, folder: &Path) -> Result<(), SearchError> {
        let mut state = self.state.borrow().clone();
        state.measured.truncate(lines);
        Ok(state.write(&folder.join(NAME))?)
    }

    /// How much was measured.
    #[cfg(test)]
    pub(crate) fn lines(&self) -> usize {
        self.state.borrow().measured.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{Begin, Journal};

    #[test]
    fn no_report_stands_beside_another_model() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("model");
        std::fs::create_dir_all(&out).expect("made");
        for name in ["report.json", "report.html", "notes.txt"] {
            std::fs::write(out.join(name), "of another").expect("written");
        }
        let journal = Journal::open(&out, Begin::Over).expect("opened");
        let there = |name: &str| out.join(name).exists();
        assert!(there("report.json"), "until there is another model");
        journal.folder_for_model().expect("removed");
        assert!(!there("report.json") && !there("report.html") && there("notes.txt"));
    }
}
