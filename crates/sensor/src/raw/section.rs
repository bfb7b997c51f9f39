//! Settings with names, which are taken one after the other. What is left in the
//! end nobody asked for, or it is there twice.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{FromRaw, Misread, Raw, listed};

/// Fields that a message lists at most, of those that were found.
const MAX_FOUND: usize = 8;

/// Settings with names.
#[derive(Debug, Default)]
pub(crate) struct Section {
    left: Vec<(String, Raw)>,
    /// What it is, where that is said by `kind`.
    kind: Option<&'static str>,
    /// What was asked for, whether it was there or not: all that it may have.
    asked: Vec<&'static str>,
}

/// What is made of a section that has nothing else in it.
pub(crate) trait FromSection: Sized {
    /// Takes its fields.
    fn from_section(section: &mut Section) -> Result<Self, Misread>;
}

/// A kind, and how its fields are taken.
pub(crate) type Kind<T> = (&'static str, fn(&mut Section) -> Result<T, Misread>);

impl<T: FromSection> FromRaw for T {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        let Raw::Section(mut section) = raw else {
            return Err(raw.is_no("fields"));
        };
        let read = T::from_section(&mut section)?;
        section.end()?;
        Ok(read)
    }
}

impl Section {
    /// Of these settings.
    pub(super) fn new(settings: Vec<(String, Raw)>) -> Self {
        Self {
            left: settings,
            ..Self::default()
        }
    }

    /// Takes the fields of the kind that the section says it is.
    pub(crate) fn by_kind<T>(&mut self, kinds: &[Kind<T>]) -> Result<T, Misread> {
        let at = self.kind_of(&mut kinds.iter().map(|(name, _)| *name))?;
        kinds[at].1(self)
    }

    /// Which of these kinds it is. Not part of the above, which is compiled for each
    /// type that has kinds.
    fn kind_of(&mut self, known: &mut dyn Iterator<Item = &'static str>) -> Result<usize, Misread> {
        let kind: String = self.need("kind")?;
        let known: Vec<&'static str> = known.collect();
        let Some(at) = known.iter().position(|name| *name == kind) else {
            let known = listed(known.into_iter());
            return Err(Misread::new(format!(
                "unknown kind `{kind}`, expected one of {known}"
            )));
        };
        self.kind = Some(known[at]);
        Ok(at)
    }

    /// Takes a field that has to be there.
    pub(crate) fn need<T: FromRaw>(&mut self, name: &'static str) -> Result<T, Misread> {
        match self.take(name) {
            Some(raw) => T::from_raw(raw).map_err(|error| error.within(name)),
            None => Err(self.missing(name)),
        }
    }

    /// Takes a field, or its default where it is left out.
    pub(crate) fn may<T: FromRaw + Default>(&mut self, name: &'static str) -> Result<T, Misread> {
        self.or(name, T::default)
    }

    /// Takes a field, or this where it is left out.
    pub(crate) fn or<T: FromRaw>(
        &mut self,
        name: &'static str,
        default: fn() -> T,
    ) -> Result<T, Misread> {
        match self.take(name) {
            Some(raw) => T::from_raw(raw).map_err(|error| error.within(name)),
            None => Ok(default()),
        }
    }

    /// Every name with its text.
    pub(super) fn texts(self) -> Result<BTreeMap<String, String>, Misread> {
        let mut texts = BTreeMap::new();
        for (name, raw) in self.left {
            let text = String::from_raw(raw).map_err(|error| error.within(&name))?;
            if texts.contains_key(&name) {
                return Err(twice(&name));
            }
            texts.insert(name, text);
        }
        Ok(texts)
    }

    fn take(&mut self, name: &'static str) -> Option<Raw> {
        self.asked.push(name);
        let at = self.left.iter().position(|(other, _)| other == name)?;
        Some(self.left.swap_remove(at).1)
    }

    /// Says what stands there, which may be the field in another spelling.
    fn missing(&self, name: &str) -> Misread {
        let left = self.left.iter().map(|(name, _)| name.as_str());
        let found = match self.left.len() {
            0 => String::new(),
            _ => format!(", found {}", listed(left.take(MAX_FOUND))),
        };
        Misread::new(format!("missing field `{name}`{}{found}", self.of()))
    }

    /// Refuses what is left.
    pub(crate) fn end(&self) -> Result<(), Misread> {
        let Some((name, _)) = self.left.first() else {
            return Ok(());
        };
        if self.asked.contains(&name.as_str()) {
            return Err(twice(name));
        }
        let (of, known) = (self.of(), listed(self.asked.iter().copied()));
        Err(Misread::new(format!(
            "unknown field `{name}`{of}, expected {known}"
        )))
    }

    fn of(&self) -> String {
        self.kind
            .map_or_else(String::new, |kind| format!(" of `{kind}`"))
    }
}

fn twice(name: &str) -> Misread {
    Misread::new(format!("duplicate field `{name}`"))
}
