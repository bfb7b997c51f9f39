//! A recipe: one TOML file that says everything about a training run.
//!
//! `docs/training.md` describes every setting for people; this is the same as
//! types. Unknown settings are refused.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use senselm_decode::Encoding;
use senselm_gguf::GgmlType;
use senselm_readings::rows::Delimiter;
use senselm_readings::{Decimal, HeaderLine, TimeForm, Told};
use senselm_sensor::augment::AugmentSpec;
use senselm_sensor::{Apart, FrontEnd, FrontEndSpec, Source, Task};
use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::model::{InitialSpec, LoraSpec};
use crate::phase::PhaseSpec;

/// Everything about a training run.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The name of the model.
    pub name: String,
    /// One sentence about it.
    #[serde(default)]
    pub description: String,
    /// The seed of everything random, unless the caller gives another.
    #[serde(default)]
    pub seed: u64,
    /// Where the data is.
    pub data: DataSpec,
    /// How a window becomes a prompt. Without it the model is a plain
    /// language model, pretrained on text.
    pub front_end: Option<FrontEndSpec>,
    /// What is asked about a window.
    pub task: Option<Task>,
    /// How what the front end leaves out is fitted.
    #[serde(default)]
    pub fit: FitSpec,
    /// The vocabulary.
    #[serde(default)]
    pub tokenizer: TokenizerSpec,
    /// The shape of the model, or the file it starts from.
    pub model: ModelSpec,
    /// Next-token training on windows without labels and on text.
    pub pretrain: Option<PhaseSpec>,
    /// Training on labelled windows.
    pub train: Option<PhaseSpec>,
    /// Random changes of windows, drawn anew each time one is used.
    pub augment: Option<AugmentSpec>,
    /// Train adapters instead of the weights.
    pub lora: Option<LoraSpec>,
    /// The file that comes out.
    #[serde(default)]
    pub export: ExportSpec,
    /// What the file says about itself.
    #[serde(default)]
    pub card: CardSpec,
}

/// Where the data is. Paths are relative to the data folder.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSpec {
    /// CSV files to train on.
    #[serde(default)]
    pub train: Vec<PathBuf>,
    /// CSV files to measure on.
    #[serde(default)]
    pub validation: Vec<PathBuf>,
    /// CSV files whose windows are used for pretraining only.
    #[serde(default)]
    pub unlabelled: Vec<PathBuf>,
    /// Text files for pretraining and for the vocabulary.
    #[serde(default)]
    pub text: Vec<PathBuf>,
    /// What happens to a row that cannot be read.
    #[serde(default)]
    pub bad_rows: BadRowsSpec,
    /// What is known about how the files are written.
    #[serde(default)]
    pub told: ToldSpec,
    /// The column that says whose a row is, by its name or position: no window spans
    /// two, and folds keep each together.
    pub group: Option<Source>,
    /// The same where no column says it.
    pub group_by: Option<GroupBy>,
    /// Other columns whose change no window spans.
    #[serde(default)]
    pub breaks: Vec<Source>,
    /// Whether no window of a stream spans a change of the right answer.
    #[serde(default)]
    pub one_answer: bool,
    /// Readings between the windows of a stream to train on, where these are to begin
    /// more often, or less, than those that are measured and answered.
    pub stride: Option<NonZeroUsize>,
    /// What the labels are where no column has them.
    pub label_by: Option<LabelBy>,
    /// Simulated recordings of the pump instead of files.
    pub simulate: Option<SimulateSpec>,
}

/// What says whose a window is, where no column does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// Each file is of one.
    File,
    /// Each folder is.
    Folder,
    /// Each stretch of rows is, without a gap or a change of what no window spans.
    Stretch,
}

/// What the labels are, where no column has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelBy {
    /// The name of the folder that a file is in.
    Folder,
}

impl DataSpec {
    /// What tells the parts of a file apart.
    #[must_use]
    pub fn apart(&self) -> Apart {
        let columns = self.group.iter().chain(&self.breaks);
        Apart {
            columns: columns.cloned().collect(),
            truths: self.one_answer,
        }
    }

    /// Whether windows have groups.
    #[must_use]
    pub fn is_grouped(&self) -> bool {
        self.group.is_some() || self.group_by.is_some()
    }

    fn check(&self, task: Option<&Task>) -> Result<(), TrainError> {
        if self.group.is_some() && self.group_by.is_some() {
            return Err(TrainError::recipe(
                "data, group",
                "a column says whose a row is, or `group_by` does: leave one out",
            ));
        }
        let classifies = matches!(task, Some(Task::Classify { .. }));
        if self.label_by.is_some() && !classifies {
            return Err(TrainError::recipe(
                "data, label_by",
                "folders are labels: it needs a [task] that is `classify`",
            ));
        }
        Ok(())
    }
}

/// What a recipe says about how its files are written, with the names that the
/// program's options have. Without it, they are read where only one reading is
/// possible.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldSpec {
    /// What stands between fields.
    pub delimiter: Option<String>,
    /// What stands before decimals.
    pub decimal: Option<String>,
    /// How times are written.
    pub times: Option<String>,
    /// The line that names the columns, from 1; 0 where none does.
    pub header_line: Option<u64>,
    /// Readings a second, where the times do not say it rightly.
    pub rate: Option<f64>,
    /// The encoding, where it is neither UTF-8 nor UTF-16: `windows-1251`.
    pub encoding: Option<String>,
}

impl ToldSpec {
    /// As the rules of reading take it.
    ///
    /// # Errors
    /// [`TrainError::Recipe`] for a name that is none.
    pub fn told(&self) -> Result<Told, TrainError> {
        fn named<T>(
            key: &str,
            name: Option<&String>,
            find: impl Fn(&str) -> Option<T>,
        ) -> Result<Option<T>, TrainError> {
            let unknown = |name: &String| {
                TrainError::recipe(
                    format!("data, told, {key}"),
                    format!("{name:?} is no such thing"),
                )
            };
            name.map(|name| find(name).ok_or_else(|| unknown(name)))
                .transpose()
        }
        if self
            .rate
            .is_some_and(|rate| !(rate > 0.0 && rate.is_finite()))
        {
            return Err(TrainError::recipe("data, told, rate", "must be above 0"));
        }
        Ok(Told {
            delimiter: named("delimiter", self.delimiter.as_ref(), Delimiter::from_name)?,
            decimal: named("decimal", self.decimal.as_ref(), Decimal::from_name)?,
            times: named("times", self.times.as_ref(), TimeForm::from_name)?,
            header_line: self.header_line.map(|line| match line {
                0 => HeaderLine::Nowhere,
                line => HeaderLine::Line(line),
            }),
            rate_hz: self.rate,
        })
    }

    /// The encoding, where one is said.
    ///
    /// # Errors
    /// [`TrainError::Recipe`] for a name that is none.
    pub fn encoding(&self) -> Result<Option<&'static Encoding>, TrainError> {
        let named = |name: &String| {
            let found = senselm_decode::encoding(name);
            found.map_err(|reason| {
                TrainError::recipe("data, told, encoding", format!("{name:?} {reason}"))
            })
        };
        self.encoding.as_ref().map(named).transpose()
    }
}

/// What happens to a row that cannot be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadRowsSpec {
    /// It is reported and skipped.
    #[default]
    Skip,
    /// The run fails.
    Fail,
}

/// How much is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulateSpec {
    /// The seed of the training recording; validation uses the next one.
    pub seed: u64,
    /// Windows to train on.
    pub windows: u32,
    /// Windows to measure on.
    pub validation_windows: u32,
}

/// How what a front end leaves out is fitted to the windows that are trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FitSpec {
    /// Parts of the windows: what is written of a window to train on comes of a
    /// projection that was fitted on the other parts.
    pub parts: usize,
    /// Varied copies of each window, by `[augment]`, that are fitted on beside it.
    pub copies: usize,
}

impl Default for FitSpec {
    fn default() -> Self {
        Self {
            parts: 5,
            copies: 1,
        }
    }
}

/// The vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenizerSpec {
    /// Tokens at most: 256 bytes, the end of text, and merges. Merges are
    /// learned from the labels, the template and the text, and never join
    /// digits or level symbols.
    #[serde(default = "default_vocabulary")]
    pub vocabulary: usize,
    /// A `tokenizer.json` to use as it is, relative to the recipe.
    pub file: Option<PathBuf>,
}

impl Default for TokenizerSpec {
    fn default() -> Self {
        Self {
            vocabulary: default_vocabulary(),
            file: None,
        }
    }
}

fn default_vocabulary() -> usize {
    320
}

/// The shape of the model, or the file it starts from.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelSpec {
    /// A GGUF file to start from, relative to the recipe; it brings shape and
    /// vocabulary.
    pub base: Option<PathBuf>,
    /// Blocks.
    pub layers: usize,
    /// Attention heads.
    pub heads: usize,
    /// Embedding width.
    pub width: usize,
    /// Width of the feed-forward part; 4 times the width where it is left out.
    pub ff_width: Option<usize>,
    /// The longest sequence; the longest of the data where it is left out.
    pub context: Option<usize>,
    /// Starting points other than random ones.
    pub initial: InitialSpec,
}

/// The file that comes out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExportSpec {
    /// The type of the matrices: `F32`, `F16`, `Q8_0`, ...; vectors are F32.
    #[serde(rename = "type")]
    pub ty: String,
}

impl Default for ExportSpec {
    fn default() -> Self {
        Self { ty: "F32".into() }
    }
}

/// What a model says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CardSpec {
    /// Where the data comes from.
    pub data: String,
    /// Whether the data is simulated.
    pub simulated: bool,
    /// The licence of the data or of the model.
    pub licence: String,
}

/// Refuses what a recipe with a base says and what the base says otherwise.
fn unneeded(text: &str) -> Result<(), TrainError> {
    const BY_THE_BASE: [(&str, &[&str]); 2] = [
        (
            "model",
            &["layers", "heads", "width", "ff_width", "context", "initial"],
        ),
        ("tokenizer", &["vocabulary"]),
    ];
    let settings: toml::Table = text.parse().unwrap_or_default();
    for (place, names) in BY_THE_BASE {
        let table = settings.get(place).and_then(toml::Value::as_table);
        let said: Vec<&str> = names
            .iter()
            .copied()
            .filter(|name| table.is_some_and(|table| table.contains_key(*name)))
            .collect();
        if !said.is_empty() {
            let said = said.join(", ");
            return Err(TrainError::recipe(
                place,
                format!("the base brings its own {said}: leave that out, or leave `base` out"),
            ));
        }
    }
    Ok(())
}

impl Recipe {
    /// Whether windows are cut out of one stream of readings, so that
    /// neighbours are alike.
    pub(crate) fn is_stream(&self) -> bool {
        let front_end = self.front_end.as_ref();
        front_end.is_some_and(FrontEndSpec::is_stream)
    }

    /// The largest weight with which a phase learns the windows themselves;
    /// `None` where there are none, or a base may have learned them.
    pub(crate) fn window_weight(&self) -> Option<f64> {
        self.front_end.as_ref()?;
        // Pretraining is on windows as they are.
        let pretrain = self.pretrain.as_ref().map_or(0.0, |_| 1.0);
        let train = self.train.as_ref().map_or(0.0, |spec| spec.window_loss);
        let weight = f64::max(pretrain, train);
        (weight > 0.0 || self.model.base.is_none()).then_some(weight)
    }

    /// Reads and checks a recipe.
    ///
    /// # Errors
    /// Says which setting cannot be read or cannot work.
    pub fn read(path: &Path) -> Result<(Self, String), TrainError> {
        let bytes = std::fs::read(path).map_err(|e| TrainError::recipe_file(path, e))?;
        let text = decode(bytes).map_err(|reason| TrainError::RecipeSyntax {
            path: path.to_path_buf(),
            message: reason,
        })?;
        let recipe = Self::parse(&text, path)?;
        Ok((recipe, text))
    }

    /// Parses and checks a recipe; `path` is for messages.
    ///
    /// # Errors
    /// As [`Recipe::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, TrainError> {
        // Editors of Windows begin a file with a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let recipe: Self = toml::from_str(text).map_err(|error| TrainError::RecipeSyntax {
            path: path.to_path_buf(),
            message: error.to_string(),
        })?;
        recipe.check()?;
        if recipe.model.base.is_some() {
            unneeded(text)?;
        }
        Ok(recipe)
    }

    fn check(&self) -> Result<(), TrainError> {
        let sensor = |source| TrainError::Sensor {
            path: "recipe".into(),
            source,
        };
        if let Some(task) = &self.task {
            task.check().map_err(sensor)?;
        }
        if self.front_end.is_some() != self.task.is_some() {
            return Err(TrainError::recipe(
                "front_end and task",
                "give both, or neither for a plain language model",
            ));
        }
        self.front_end()?;
        let fitted = self
            .front_end
            .iter()
            .all(|spec| spec.not_fitted().is_none());
        if !fitted && self.train.is_none() {
            return Err(TrainError::recipe(
                "front_end",
                "what it leaves out is fitted to windows with right answers: it needs [train]",
            ));
        }
        if self.fit.parts < 2 || self.fit.parts > 100 || self.fit.copies > 100 {
            return Err(TrainError::recipe(
                "fit",
                "parts must be 2 to 100, copies at most 100",
            ));
        }
        self.data.check(self.task.as_ref())?;
        if self.train.is_some() && self.task.is_none() {
            return Err(TrainError::recipe("train", "needs [front_end] and [task]"));
        }
        if self.train.is_some() && matches!(self.task, Some(Task::Anomaly(_))) {
            return Err(TrainError::recipe(
                "train",
                "there is no right answer to an anomaly: what is normal is learned by [pretrain]",
            ));
        }
        if self.train.is_none() && self.pretrain.is_none() {
            return Err(TrainError::recipe(
                "train",
                "give [train], [pretrain] or both",
            ));
        }
        for (place, phase) in [("train", &self.train), ("pretrain", &self.pretrain)] {
            if let Some(phase) = phase {
                phase.check(place)?;
            }
        }
        self.model.initial.check()?;
        if let Some(lora) = &self.lora {
            lora.check()?;
            if self.model.base.is_none() && self.pretrain.is_none() {
                return Err(TrainError::recipe(
                    "lora",
                    "adapters of random weights learn little: give a `base` in [model] or [pretrain]",
                ));
            }
        }
        if self.data.simulate.is_some() && !self.card.simulated {
            return Err(TrainError::recipe(
                "card",
                "the data is simulated: say so with `simulated = true`",
            ));
        }
        self.export_type().map(|_| ())
    }

    /// The checked front end. What it leaves to be fitted stands there as numbers
    /// that say nothing: recordings are read with it, and nothing is written.
    ///
    /// # Errors
    /// [`TrainError::Sensor`] and [`TrainError::Fit`].
    pub fn front_end(&self) -> Result<Option<FrontEnd>, TrainError> {
        let Some(spec) = &self.front_end else {
            return Ok(None);
        };
        let spec = match (spec.not_fitted(), &self.task) {
            (Some(_), Some(task)) => senselm_fit::provisional(spec, task)?,
            _ => spec.clone(),
        };
        let made = FrontEnd::new(spec).map_err(|source| TrainError::Sensor {
            path: "recipe, front_end".into(),
            source,
        })?;
        Ok(Some(made))
    }

    /// The type of exported matrices.
    ///
    /// # Errors
    /// [`TrainError::Recipe`] for a name that is no type.
    pub fn export_type(&self) -> Result<GgmlType, TrainError> {
        GgmlType::from_name(&self.export.ty).ok_or_else(|| {
            let known = GgmlType::ALL.map(GgmlType::name).join(", ");
            TrainError::recipe(
                "export, type",
                format!(
                    "there is no type {:?}; use one of {known}. Mixes such as Q4_K_M are made of \
                     an F32 file by senselm quantize",
                    self.export.ty
                ),
            )
        })
    }
}

/// The text of a recipe.
fn decode(bytes: Vec<u8>) -> Result<String, String> {
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    if utf16 || bytes.contains(&0) {
        return Err("it is no UTF-8 text but UTF-16 or binary: save it as UTF-8".into());
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..valid).unwrap_or_default();
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        format!("line {line} is no UTF-8: save it as UTF-8")
    })
}
