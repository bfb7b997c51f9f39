//! A recipe for what was seen, with comments that say why.
//!
//! It is a sound beginning and no search: existing encodings, levels between the
//! first and the last hundredth of each channel, and a small model.

use std::fmt::Write;
use std::path::{Component, Path, PathBuf};

use senselm_sensor::Task;

use self::toml::{of_source, quoted, told};
use crate::seen::{Group, Seen};
use crate::{Goal, Role};

mod front_end;
mod sections;
mod toml;

/// Stretches of each label from which folds of them have all labels.
const STRETCHES: u64 = 2;

/// What a recipe is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipeFor {
    /// The name of the model.
    pub name: String,
    /// The folder that the recipe's files are below, which `senselm train` gets as
    /// `--data`.
    pub data: PathBuf,
}

impl RecipeFor {
    /// For these recordings: the folder that holds all of them, and its name.
    #[must_use]
    pub fn of(seen: &Seen) -> Self {
        let mut folders = seen.files.iter().map(|file| {
            let parent = file.path.parent().unwrap_or(Path::new(""));
            parent.components().collect::<Vec<Component<'_>>>()
        });
        let mut common = folders.next().unwrap_or_default();
        for folder in folders {
            let same = common.iter().zip(&folder).take_while(|(a, b)| a == b);
            let same = same.count();
            common.truncate(same);
        }
        let data: PathBuf = common.iter().collect();
        let data = if data.as_os_str().is_empty() {
            PathBuf::from(".")
        } else {
            data
        };
        let stem = match seen.files.as_slice() {
            [only] => only.path.file_stem(),
            _ => data.file_name(),
        };
        let stem = stem.map(|stem| stem.to_string_lossy().into_owned());
        let name = crate::title::name(stem.as_deref().unwrap_or("model"), &[]);
        Self { name, data }
    }

    /// A path as the recipe names it.
    fn below(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.data).unwrap_or(path);
        if below.is_absolute() {
            return below.display().to_string();
        }
        let parts = below
            .components()
            .map(|part| part.as_os_str().to_string_lossy());
        parts.collect::<Vec<_>>().join("/")
    }
}

impl Seen {
    /// The recipe of a model for these recordings, as text. Without right answers
    /// there is nothing that it could train: it says so.
    #[must_use]
    pub fn recipe(&self, wanted: &RecipeFor) -> String {
        let mut text = String::new();
        self.head(wanted, &mut text);
        text += &self.data_section(wanted);
        self.front_end_text(&mut text);
        self.task_text(&mut text);
        self.model_text(&mut text);
        text
    }

    fn head(&self, wanted: &RecipeFor, text: &mut String) {
        let mut line = |words: &str| {
            // A comment is one line, whatever titles hold.
            let words = words.replace(|letter: char| letter.is_control(), " ");
            let _ = writeln!(text, "# {}", words.trim_end());
        };
        line("Written by `senselm new`, which saw:");
        self.to_string().lines().for_each(&mut line);
        for note in &self.notes {
            line(&format!("- {note}"));
        }
        let validated = self.files.iter().any(|file| file.role == Role::Validation);
        let folds = if validated { "" } else { " --folds 5" };
        line("");
        line(&format!(
            "senselm train --recipe THIS --data {} --out DIR{folds}",
            wanted.data.display()
        ));
        if !validated {
            line(
                "trains five times and measures each model on what it did not see; without --folds",
            );
            line("it trains one model on everything and measures nothing.");
        }
        let _ = writeln!(text, "name = {}", quoted(&wanted.name));
        let _ = writeln!(text, "description = {}", quoted(&self.description()));
        let _ = writeln!(text, "seed = 1\n");
    }

    fn description(&self) -> String {
        let channels: Vec<&str> = self
            .channels
            .iter()
            .map(|c| c.name.as_str())
            .take(8)
            .collect();
        let what = match &self.answers {
            Some(answers) if answers.goal == Goal::Number => format!("Estimates {}", answers.title),
            Some(answers) => format!("Names {}", answers.title),
            None => "Knows what is normal".to_owned(),
        };
        format!("{what} from {}.", channels.join(", "))
    }

    /// The part of a recipe that says where the recordings are and how they are
    /// read: `[data]` and what is below it.
    #[must_use]
    pub fn data_section(&self, wanted: &RecipeFor) -> String {
        let mut text = String::new();
        let files = |role| {
            let files = self.files.iter().filter(|file| file.role == role);
            let files = files.map(|file| quoted(&wanted.below(&file.path)));
            files.collect::<Vec<_>>().join(", ")
        };
        let _ = writeln!(text, "[data]");
        let _ = writeln!(text, "train = [{}]", files(Role::Train));
        let validation = files(Role::Validation);
        if !validation.is_empty() {
            let _ = writeln!(text, "# Their names say that they are for measuring.");
            let _ = writeln!(text, "validation = [{validation}]");
        }
        let tests = files(Role::Test);
        if !tests.is_empty() {
            let _ = writeln!(text, "# Kept for `senselm eval` at the end: {tests}");
        }
        self.group_text(&mut text);
        let told = told(self);
        if !told.is_empty() {
            let _ = writeln!(text, "# As you said.\ntold = {{ {told} }}");
        }
        text.push('\n');
        text
    }

    fn group_text(&self, text: &mut String) {
        let mut say = |words: &str| {
            let _ = writeln!(text, "{words}");
        };
        let by_folder = self
            .answers
            .as_ref()
            .is_some_and(|answers| answers.column.is_none());
        if by_folder {
            say("# No column holds the labels: the folders do.\nlabel_by = \"folder\"");
        }
        let mut rest = self.apart.as_slice();
        match &self.group {
            Group::Column { source, .. } => {
                say(
                    "# Figures are about somebody new: no fold has one on both sides, no window spans two.",
                );
                say(&format!("group = {}", of_source(source)));
                rest = rest.get(1..).unwrap_or_default();
            }
            Group::File => {
                say("# Each file is a session of its own, and on one side of every fold.");
                say("group_by = \"file\"");
            }
            Group::Folder => {
                say("# Each folder is somebody's, and on one side of every fold.");
                say("group_by = \"folder\"");
            }
            Group::Stretch if self.has_stretches() => {
                say(
                    "# Nothing says whose rows are: stretches of one answer are on one side of every fold.",
                );
                say("group_by = \"stretch\"");
            }
            Group::Stretch | Group::Window => {}
        }
        if !rest.is_empty() {
            let rest: Vec<String> = rest.iter().map(of_source).collect();
            say("# Nor does a window span a change of these.");
            say(&format!("breaks = [{}]", rest.join(", ")));
        }
        if self.is_stream() && matches!(self.task, Some(Task::Classify { .. })) {
            say("# A window has one answer.\none_answer = true");
        }
    }

    /// Whether each label has several stretches, so that folds of them have all.
    fn has_stretches(&self) -> bool {
        self.answers.as_ref().is_some_and(|answers| {
            let labels = &answers.labels;
            !labels.is_empty() && labels.iter().all(|label| label.stretches >= STRETCHES)
        })
    }
}
