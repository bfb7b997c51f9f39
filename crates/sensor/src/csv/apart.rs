//! Recordings of several people, machines or days in one file: what no window
//! spans, and whose each window is.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use senselm_readings::rows::Row;
use senselm_readings::{Problem, Shape, Table, quote};

use crate::limits::{MAX_GROUPS, at_most};
use crate::{SensorError, Source};

/// What tells the parts of a recording apart, beside gaps in time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Apart {
    /// Columns that say what was recorded, such as the person: no window spans a
    /// change of their texts. The first one names the groups.
    pub columns: Vec<Source>,
    /// Whether no window of a stream spans a change of the truth either.
    pub truths: bool,
}

/// Which part of a recording each of its windows is from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parts {
    /// The texts of the first column, in the order of the file; one that is empty
    /// where there is no such column.
    pub names: Vec<String>,
    /// For each record its group, by the position of its name.
    pub group: Vec<usize>,
    /// For each record its stretch: windows of one follow each other without a
    /// gap, a bad row or a change of what tells apart in between. Where a row is a
    /// window, a stretch ends with such a change only.
    pub stretch: Vec<usize>,
}

/// Looks at the rows of one table.
#[derive(Debug, Default)]
pub(super) struct Changes {
    shape: Option<(Shape, usize)>,
    /// Where the columns are; the first one names the groups.
    columns: Vec<usize>,
    named: bool,
    /// The texts of the row above.
    above: Vec<Vec<u8>>,
    /// The groups by their names.
    known: BTreeMap<String, usize>,
    /// The group of the row above.
    group: usize,
    changes: usize,
}

impl Changes {
    /// For a table. `truth` is where its truth is.
    pub(super) fn new(
        apart: &Apart,
        table: &Table,
        truth: Option<usize>,
    ) -> Result<Self, SensorError> {
        let mut columns = Vec::new();
        for source in &apart.columns {
            let found = match source {
                Source::Index(at) => (*at < table.width).then_some(*at),
                Source::Name(name) => {
                    let is_it = |known: &String| known.trim() == name.trim();
                    let names = table.names.iter().position(is_it);
                    names.or_else(|| table.titles.iter().position(is_it))
                }
            };
            columns.push(found.ok_or_else(|| {
                SensorError::Table(Problem::NoColumn {
                    column: quote(&source.to_string()),
                    known: table.names.join(", "),
                })
            })?);
        }
        let named = !columns.is_empty();
        columns.extend(truth.filter(|_| apart.truths));
        Ok(Self {
            shape: Some((table.shape, table.width)),
            columns,
            named,
            ..Self::default()
        })
    }

    /// Looks at the next row: whether no window spans it and the one above.
    pub(super) fn row(&mut self, row: &Row<'_>, parts: &mut Parts) -> Result<bool, SensorError> {
        let fields = self.shape.and_then(|(shape, width)| {
            // What is no row of this table is refused by who reads it.
            shape.fields(row, width).ok()
        });
        let Some(fields) = fields else {
            return Ok(false);
        };
        let text = |at: &usize| fields.get(*at).map_or(&[][..], |field| &field.bytes);
        let texts = self.columns.iter().map(text).map(<[u8]>::trim_ascii);
        let first = self.above.is_empty() && parts.names.is_empty();
        let same = self.above.iter().map(Vec::as_slice).eq(texts.clone());
        if same && !first {
            return Ok(false);
        }
        let texts: Vec<Vec<u8>> = texts.map(<[u8]>::to_vec).collect();
        let name = match (self.named, texts.first()) {
            (true, Some(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
            _ => String::new(),
        };
        self.group = match self.known.get(&name) {
            Some(group) => *group,
            None => {
                let next = parts.names.len();
                at_most("groups of a file", next + 1, MAX_GROUPS)?;
                parts.names.push(name.clone());
                self.known.insert(name, next);
                next
            }
        };
        self.changes += usize::from(!first);
        self.above = texts;
        Ok(!first)
    }

    /// Notes where a record is from; `breaks` is how often its stream was broken.
    pub(super) fn record(&self, breaks: usize, parts: &mut Parts) {
        parts.group.push(self.group);
        parts.stretch.push(breaks.max(self.changes));
    }
}
