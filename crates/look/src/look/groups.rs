//! Whose windows are, and the files that they are from.

use super::Looking;
use crate::note::Note;
use crate::roles::Grouped;
use crate::rows::Rows;
use crate::runs::Runs;
use crate::seen::{Group, SeenFile};

impl Looking<'_> {
    /// What says whose a window is, where anything does.
    pub(super) fn group(&mut self, rows: &Rows, found: &Runs) -> Group {
        let told = self.options.group.is_some();
        let named = match self.roles.group {
            Grouped::Column(at) => Some(Group::Column {
                title: self.column(at).title.clone(),
                source: self.source(at),
            }),
            Grouped::File => Some(Group::File),
            Grouped::Folder => Some(Group::Folder),
            Grouped::Nothing => None,
        };
        if let Some(group) = named {
            let several = found.groups.len() >= 2;
            if several && (told || !found.group_is_label()) {
                let begun: u64 = found.groups.values().map(|(_, begun)| begun).sum();
                let run = found.rows as f64 / begun.max(1) as f64;
                if matches!(rows, Rows::Stream) && run < 8.0 {
                    self.notes.push(Note::Interleaved {
                        group: group.name().to_owned(),
                        rows: run,
                    });
                }
                return group;
            }
            if several {
                let group = group.name().to_owned();
                self.notes.push(Note::GroupIsLabel { group });
            }
        }
        if self.roles.goal.is_some() {
            self.notes.push(Note::NoGroups);
        }
        match rows {
            Rows::Stream => Group::Stretch,
            _ => Group::Window,
        }
    }

    pub(super) fn files(&self) -> Vec<SeenFile> {
        let files = self.survey.files.iter();
        let files = files.map(|file| SeenFile {
            path: file.found.path.clone(),
            role: file.found.role,
            folder: file.found.folder.clone(),
            rows: file.rows,
        });
        files.collect()
    }
}
