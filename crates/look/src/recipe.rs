//! A recipe for what was seen, with comments that say why.
//!
//! It is a sound beginning and no search: existing encodings, levels between the
//! first and the last hundredth of each channel, and a small model.

use std::fmt::Write;
use std::path::{Component, Path, PathBuf};

use senselm_sensor::{
    Encode, FeatureKind, FeatureSpec, FeatureWrite, FrontEndSpec, Layout, Missing, Resample,
    ResampleMethod, Samples, Scale, Source, Task,
};

use crate::seen::{Group, Seen, SeenChannel};
use crate::show::short;
use crate::{Goal, Role};

/// Tokens of all channels of a window.
const TOKENS: usize = 192;
/// Points of one channel.
const FEW_POINTS: usize = 4;
const MANY_POINTS: usize = 48;
/// Samples from which a window has statistics of its own.
const STATISTICS_FROM: usize = 8;
/// Levels of a window's samples, and of a single reading.
const LEVELS: usize = 16;
const MORE_LEVELS: usize = 32;
/// What a level may be written as.
const SYMBOLS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// What stands for a channel that is missing.
const MISSING: &str = "?";
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
    /// The front end of [`Seen::recipe`]: levels of each channel, and where a window
    /// is long its mean and deviation.
    #[must_use]
    pub fn front_end(&self) -> FrontEndSpec {
        let mut spec = self.carrier(None);
        let (shortest, longest) = self.window_lengths();
        let points = (TOKENS / self.channels.len().max(1)).clamp(FEW_POINTS, MANY_POINTS);
        let wanted = if longest == 1 { MORE_LEVELS } else { LEVELS };
        let symbols = self.symbols(wanted);
        let mut template = "window".to_owned();
        for (channel, seen) in spec.channels.iter_mut().zip(&self.channels) {
            let (min, max) = ends(seen);
            channel.scale = Scale::Global { min, max };
            channel.encode = Some(Encode::Levels {
                count: symbols.chars().count() as u32,
                alphabet: Some(symbols.clone()),
                separator: String::new(),
            });
            channel.missing = match longest {
                1 => Missing::Symbol {
                    text: MISSING.to_owned(),
                },
                _ => Missing::Interpolate {
                    empty: Some(MISSING.to_owned()),
                },
            };
            if longest > points {
                let method = match shortest >= points {
                    true => ResampleMethod::Mean,
                    false => ResampleMethod::Linear,
                };
                channel.resample = vec![Resample { points, method }];
            } else if shortest != longest {
                channel.resample = vec![Resample {
                    points: longest,
                    method: ResampleMethod::Linear,
                }];
            }
            let _ = write!(template, " {} {{{}}}", channel.name, channel.name);
            if shortest >= STATISTICS_FROM {
                let level = |min, max| FeatureWrite::Levels {
                    count: symbols.chars().count() as u32,
                    alphabet: Some(symbols.clone()),
                    min,
                    max,
                };
                let feature = |name: &str, of, write| FeatureSpec {
                    name: name.to_owned(),
                    of,
                    write,
                };
                channel.features = vec![
                    feature("mean", FeatureKind::Mean {}, level(min, max)),
                    feature(
                        "std",
                        FeatureKind::Std {},
                        level(0.0, six((max - min) / 2.0)),
                    ),
                ];
                let _ = write!(template, " {{{0}.mean}}{{{0}.std}}", channel.name);
            }
        }
        template.push_str(" is");
        spec.template = template;
        spec
    }

    fn window_lengths(&self) -> (usize, usize) {
        match &self.layout {
            Layout::Cells {
                samples: Samples { min, max },
                ..
            } => (*min, *max),
            Layout::Rows { .. } => (1, 1),
            Layout::Stream { length, .. } => (*length, *length),
        }
    }

    /// Symbols for levels: none that an answer has, which would be cut there.
    fn symbols(&self, wanted: usize) -> String {
        let labels = self.task.as_ref().map(Task::labels).unwrap_or_default();
        let number = matches!(self.task, Some(Task::Number { .. }));
        let all: String = labels.concat();
        let firsts: String = labels
            .iter()
            .filter_map(|label| label.chars().next())
            .collect();
        let free = |taken: &str| -> String {
            let is_free =
                |letter: &char| !(taken.contains(*letter) || number && letter.is_ascii_digit());
            SYMBOLS.chars().filter(is_free).take(wanted).collect()
        };
        let apart = free(&all);
        match apart.len() {
            length if length * 2 >= wanted => apart,
            _ => match free(&firsts) {
                symbols if symbols.len() >= 8 => symbols,
                _ => free(""),
            },
        }
    }

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

    fn front_end_text(&self, text: &mut String) {
        let spec = self.front_end();
        let _ = writeln!(text, "[front_end]\ntemplate = {}", quoted(&spec.template));
        match &spec.layout {
            Layout::Stream { length, .. } if self.sizes.len() > 1 => {
                let others = self.sizes.iter().filter(|size| size.length != *length);
                let others = others.map(|size| format!("{} every {}", size.length, size.stride));
                let others: Vec<String> = others.collect();
                let _ = writeln!(text, "# Worth a try as well: {}.", others.join(", "));
            }
            Layout::Cells { .. } => {
                let _ = writeln!(
                    text,
                    "# Lengths are those that were seen, with some to spare where they differ."
                );
            }
            _ => {}
        }
        let _ = writeln!(text, "layout = {}", of_layout(&spec.layout));
        for (channel, seen) in spec.channels.iter().zip(&self.channels) {
            let _ = writeln!(text, "\n[[front_end.channels]]");
            let _ = writeln!(text, "name = {}", quoted(&channel.name));
            if !channel.unit.is_empty() {
                let _ = writeln!(text, "unit = {}", quoted(&channel.unit));
            }
            let _ = writeln!(text, "source = {}", of_source(&channel.source));
            if let Some(rate) = channel.sample_rate_hz {
                let _ = writeln!(text, "sample_rate_hz = {rate:?}");
            }
            let missing = match &channel.missing {
                Missing::Symbol { .. } => {
                    format!("{{ kind = \"symbol\", text = {} }}", quoted(MISSING))
                }
                _ => format!("{{ kind = \"interpolate\", empty = {} }}", quoted(MISSING)),
            };
            let _ = writeln!(text, "missing = {missing}");
            if let [step] = channel.resample.as_slice() {
                let method = match step.method {
                    ResampleMethod::Mean => "mean",
                    ResampleMethod::Linear => "linear",
                };
                let points = step.points;
                let _ = writeln!(
                    text,
                    "resample = [{{ points = {points}, method = \"{method}\" }}]"
                );
            }
            if let Scale::Global { min, max } = channel.scale {
                let quantiles = &seen.quantiles;
                let (low, high) = (short(quantiles.min), short(quantiles.max));
                let _ = writeln!(
                    text,
                    "# All but a hundredth at each end of {low} to {high}."
                );
                let _ = writeln!(
                    text,
                    "scale = {{ kind = \"global\", min = {min:?}, max = {max:?} }}"
                );
            }
            if let Some(Encode::Levels {
                count, alphabet, ..
            }) = &channel.encode
            {
                let alphabet = quoted(alphabet.as_deref().unwrap_or_default());
                let _ = writeln!(
                    text,
                    "encode = {{ kind = \"levels\", count = {count}, alphabet = {alphabet} }}"
                );
            }
            if channel.features.is_empty() {
                continue;
            }
            let _ = writeln!(text, "features = [");
            for feature in &channel.features {
                let kind = if feature.of == (FeatureKind::Mean {}) {
                    "mean"
                } else {
                    "std"
                };
                if let FeatureWrite::Levels {
                    count,
                    alphabet,
                    min,
                    max,
                } = &feature.write
                {
                    let alphabet = quoted(alphabet.as_deref().unwrap_or_default());
                    let _ = writeln!(
                        text,
                        "    {{ name = \"{kind}\", of = {{ kind = \"{kind}\" }}, write = {{ kind = \"levels\", count = {count}, alphabet = {alphabet}, min = {min:?}, max = {max:?} }} }},"
                    );
                }
            }
            let _ = writeln!(text, "]");
        }
        text.push('\n');
    }

    fn task_text(&self, text: &mut String) {
        let column = |source: &Source| match of_source(source) {
            column if column == "\"output\"" => String::new(),
            column => format!("column = {column}\n"),
        };
        match &self.task {
            Some(Task::Classify {
                labels,
                label_values,
                column: source,
                ..
            }) => {
                let labels: Vec<String> = labels.iter().map(|label| quoted(label)).collect();
                let _ = writeln!(
                    text,
                    "[task]\nkind = \"classify\"\nlabels = [{}]",
                    labels.join(", ")
                );
                if !label_values.is_empty() {
                    let values = label_values.iter();
                    let values =
                        values.map(|(from, to)| format!("{} = {}", quoted(from), quoted(to)));
                    let values: Vec<String> = values.collect();
                    let _ = writeln!(text, "# Other spellings of the same numbers.");
                    let _ = writeln!(text, "label_values = {{ {} }}", values.join(", "));
                }
                text.push_str(&column(source));
            }
            Some(Task::Number {
                min,
                max,
                decimals,
                width,
                unit,
                column: source,
            }) => {
                let _ = writeln!(text, "# A tenth wider on each side than what was seen.");
                let _ = writeln!(
                    text,
                    "[task]\nkind = \"number\"\nmin = {min:?}\nmax = {max:?}\ndecimals = {decimals}\nwidth = {width}\nunit = {}",
                    quoted(unit)
                );
                text.push_str(&column(source));
            }
            Some(Task::Generate { .. } | Task::Anomaly(_)) | None => {
                let _ = writeln!(
                    text,
                    "# No [task]: there are no answers to learn, and a recipe without one is not trained yet."
                );
            }
        }
        text.push('\n');
    }

    fn model_text(&self, text: &mut String) {
        let _ = write!(
            text,
            "\
[model]
layers = 2
heads = 4
width = 64
initial = {{ position_waves = 0.1, ordered_levels = 0.1 }}

# A default that suits hundreds of windows.
[train]
steps = 600
batch = 32
learning_rate = 2e-3
warmup = 50
ema = 0.98
dropout = 0.1
window_loss = 0.25
evaluate_every = 200

[augment]
noise = 0.005

[export]
type = \"F16\"

[card]
data = {}
",
            quoted(&self.files_named())
        );
    }

    fn files_named(&self) -> String {
        let named = |file: &crate::SeenFile| {
            let name = file.path.file_name().unwrap_or(file.path.as_os_str());
            name.to_string_lossy().into_owned()
        };
        let names: Vec<String> = self.files.iter().take(3).map(named).collect();
        match self.files.len().saturating_sub(3) {
            0 => names.join(", "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    }
}

/// A number with six digits.
fn six(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// The ends of a channel's levels, with six digits where that is enough.
fn ends(channel: &SeenChannel) -> (f64, f64) {
    let quantiles = &channel.quantiles;
    let pairs = [
        (six(quantiles.p01), six(quantiles.p99)),
        (six(quantiles.min), six(quantiles.max)),
        (quantiles.min, quantiles.max),
    ];
    let wide = |(min, max): &(f64, f64)| max > min;
    let (min, max) = pairs
        .into_iter()
        .find(wide)
        .unwrap_or((quantiles.min - 1.0, quantiles.min + 1.0));
    if max > min {
        (min, max)
    } else {
        (min, min.abs() * 2.0 + 1.0)
    }
}

fn of_layout(layout: &Layout) -> String {
    match layout {
        Layout::Cells { column, samples } => format!(
            "{{ kind = \"cells\", column = {}, samples = {{ min = {}, max = {} }} }}",
            of_source(column),
            samples.min,
            samples.max
        ),
        Layout::Rows { column: None } => "{ kind = \"rows\" }".to_owned(),
        Layout::Rows {
            column: Some(column),
        } => {
            format!("{{ kind = \"rows\", column = {} }}", of_source(column))
        }
        Layout::Stream {
            length,
            stride,
            timestamp,
            max_gap_s,
            ..
        } => {
            let mut text = format!(
                "{{ kind = \"stream\", length = {length}, stride = {stride}, label = \"majority\""
            );
            if let Some(timestamp) = timestamp {
                let _ = write!(text, ", timestamp = {}", of_source(timestamp));
            }
            if let Some(max_gap_s) = max_gap_s {
                let _ = write!(text, ", max_gap_s = {max_gap_s:?}");
            }
            text + " }"
        }
    }
}

fn of_source(source: &Source) -> String {
    match source {
        Source::Index(at) => at.to_string(),
        Source::Name(name) => quoted(name),
    }
}

/// What was said about how files are written, as a recipe says it.
fn told(seen: &Seen) -> String {
    use senselm_readings::HeaderLine;
    let told = &seen.told;
    let mut settings = Vec::new();
    let mut name = |key: &str, name: Option<&str>| {
        settings.extend(name.map(|name| format!("{key} = {}", quoted(name))));
    };
    name(
        "delimiter",
        told.delimiter.map(|delimiter| delimiter.name()),
    );
    name("decimal", told.decimal.map(|decimal| decimal.name()));
    name("times", told.times.map(|times| times.name()));
    name("encoding", seen.encoding.map(|encoding| encoding.name()));
    let line = told.header_line.map(|line| match line {
        HeaderLine::Line(line) => line,
        HeaderLine::Nowhere => 0,
    });
    settings.extend(line.map(|line| format!("header_line = {line}")));
    settings.extend(told.rate_hz.map(|rate| format!("rate = {rate:?}")));
    settings.join(", ")
}

/// A text as TOML has it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn texts_are_quoted_as_toml_has_it() {
        assert_eq!(quoted("a \"b\" \\ \n"), r#""a \"b\" \\ \u000A""#);
        assert_eq!(quoted("°C"), "\"°C\"");
    }
}
