//! What a run starts with: recipe, front end, vocabulary, model, and the hash
//! that tells runs apart.

use std::path::{Path, PathBuf};

use senselm_fit::{Sample, cross_fit};
use senselm_sensor::augment::Augmenter;
use senselm_sensor::rng::Rng;
use senselm_sensor::{FrontEnd, FrontEndSpec, Labelled, Stated, Task, Truth, Window};
use senselm_tokenize::{Special, Tokenizer};
use sha2::{Digest, Sha256};

use crate::TrainError;
use crate::data::{Encoder, Encoders, Recordings};
use crate::device::Device;
use crate::import::Imported;
use crate::model::{ModelConfig, Parameters};
use crate::recipe::Recipe;
use crate::run::RunOptions;
use crate::vocabulary;

const COPIES: u64 = 0xc091_e500_0000_0000;

/// How often a label or the template counts in learning the vocabulary.
const TEMPLATE_WEIGHT: usize = 64;

/// A recipe with everything that all of its runs share.
pub(crate) struct Source {
    pub(crate) recipe: Recipe,
    pub(crate) recipe_text: String,
    pub(crate) recipe_sha256: String,
    /// The hash of the files that the recipe names beside the data.
    pub(crate) files_sha256: String,
    pub(crate) device: Device,
    pub(crate) front_end: Option<FrontEnd>,
    pub(crate) augmenter: Option<Augmenter>,
    pub(crate) texts: Vec<String>,
    /// The folder of the recipe, for the files it names itself.
    folder: PathBuf,
}

/// One run.
pub(crate) struct Inputs {
    pub(crate) name: String,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) seed: u64,
    pub(crate) train: Vec<Labelled>,
    pub(crate) test: Vec<Labelled>,
    pub(crate) unlabelled: Vec<Labelled>,
    /// What the recordings state of units and rates.
    pub(crate) stated: Stated,
    pub(crate) resume: bool,
    pub(crate) stop_after: Option<u64>,
    /// Whether it is the first of several: what holds for all is said once.
    pub(crate) first: bool,
}

/// A model at the start of a run.
pub(crate) struct Start {
    pub(crate) config: ModelConfig,
    pub(crate) parameters: Parameters,
    pub(crate) tokenizer: Tokenizer,
    pub(crate) encoders: Option<Encoders>,
}

impl Source {
    pub(crate) fn open(options: &RunOptions) -> Result<Self, TrainError> {
        let (recipe, text) = Recipe::read(&options.recipe)?;
        let folder = options.recipe.parent().unwrap_or(Path::new("."));
        Self::new(recipe, text, folder, &options.data, options.device)
    }

    /// A recipe of `folder` for data of another folder.
    pub(crate) fn new(
        recipe: Recipe,
        text: String,
        folder: &Path,
        data: &Path,
        device: Device,
    ) -> Result<Self, TrainError> {
        let front_end = recipe.front_end()?;
        let augmenter = match (&recipe.augment, &front_end) {
            (Some(spec), Some(front_end)) => {
                let made = Augmenter::new(spec.clone(), front_end);
                Some(made.map_err(|source| TrainError::Sensor {
                    path: "recipe, augment".into(),
                    source,
                })?)
            }
            _ => None,
        };
        let texts = recipe
            .data
            .text
            .iter()
            .map(|path| {
                let path = data.join(path);
                std::fs::read_to_string(&path).map_err(|error| TrainError::read(path, error))
            })
            .collect::<Result<_, _>>()?;
        let named = [&recipe.tokenizer.file, &recipe.model.base];
        let mut files = Sha256::new();
        for path in named.into_iter().flatten() {
            let path = folder.join(path);
            files.update(std::fs::read(&path).map_err(|error| TrainError::named(path, error))?);
        }
        Ok(Self {
            recipe_sha256: hex(&Sha256::digest(text.as_bytes())),
            recipe_text: text,
            files_sha256: hex(&files.finalize()),
            device,
            front_end,
            augmenter,
            texts,
            folder: folder.to_path_buf(),
            recipe,
        })
    }

    pub(crate) fn recordings(&self, folder: &Path) -> Result<Recordings, TrainError> {
        match (&self.front_end, &self.recipe.task) {
            (Some(front_end), Some(task)) => {
                Recordings::load(&self.recipe.data, folder, front_end, task)
            }
            _ => Ok(Recordings::default()),
        }
    }

    pub(crate) fn start(
        &self,
        inputs: &Inputs,
        fit: &[Labelled],
        device: &burn::tensor::Device,
    ) -> Result<Start, TrainError> {
        let spec = &self.recipe.model;
        let base = match &spec.base {
            Some(path) => Some(Imported::read(&self.folder.join(path), device)?),
            None => None,
        };
        let tokenizer = self.tokenizer(base.as_ref())?;
        let encoders = match (&self.front_end, &self.recipe.task) {
            (Some(front_end), Some(task)) => {
                Some(self.encoders(front_end, task, &tokenizer, fit, inputs.seed)?)
            }
            _ => None,
        };
        let longest = self.longest(fit, inputs, encoders.as_ref().map(|all| &all.file))?;
        let (config, parameters) = match base {
            Some(base) => {
                if base.config.vocab < tokenizer.vocab_len() {
                    return Err(TrainError::model(format!(
                        "the base has {} tokens and the tokenizer {}; leave [tokenizer] out to use \
                         the base's own",
                        base.config.vocab,
                        tokenizer.vocab_len()
                    )));
                }
                (base.config, base.parameters)
            }
            None => {
                let sizes = [spec.layers, spec.heads, spec.width];
                let context = spec.context.unwrap_or(longest);
                let usual = ModelConfig::gpt2(sizes, context, tokenizer.vocab_len());
                let config = ModelConfig {
                    ff_width: spec.ff_width.unwrap_or(usual.ff_width),
                    ..usual
                };
                let config = config
                    .checked()
                    .map_err(|error| TrainError::recipe("model", error.to_string()))?;
                let mut parameters = Parameters::initial(&config, inputs.seed, device);
                let alphabets = self.alphabets(&tokenizer);
                let initial = spec.initial;
                initial.apply(&config, &mut parameters, &alphabets, inputs.seed, device)?;
                (config, parameters)
            }
        };
        if config.context < 2 {
            let reason = "the context must be at least 2: a token and the one behind it";
            return Err(TrainError::recipe("model", reason));
        }
        if longest > config.context {
            return Err(TrainError::TooLong {
                tokens: longest,
                context: config.context,
            });
        }
        Ok(Start {
            config,
            parameters,
            tokenizer,
            encoders,
        })
    }

    /// Fits what the front end leaves out, and makes the encoders of what comes of
    /// it.
    fn encoders(
        &self,
        front_end: &FrontEnd,
        task: &Task,
        tokenizer: &Tokenizer,
        fit: &[Labelled],
        seed: u64,
    ) -> Result<Encoders, TrainError> {
        let encoder = |front_end: FrontEnd| {
            Encoder::new(front_end, task.clone(), tokenizer.clone())
                .map_err(|error| TrainError::ask("the tokenizer and the task", error))
        };
        let left = self.recipe.front_end.as_ref();
        let Some(left) = left.filter(|spec| spec.not_fitted().is_some()) else {
            return Ok(Encoders {
                file: encoder(front_end.clone())?,
                parts: Vec::new(),
                part_of: Vec::new(),
            });
        };
        let copies = self.copies(fit, seed);
        let known = fit.iter().enumerate().filter_map(|(item, record)| {
            let truth = record.truth.as_ref()?;
            Some((
                item,
                Sample {
                    window: &record.window,
                    truth,
                    cluster: record.group,
                },
            ))
        });
        let (items, mut samples): (Vec<usize>, Vec<Sample<'_>>) = known.unzip();
        samples.extend(copies.iter().map(|(window, truth, cluster)| Sample {
            window,
            truth,
            cluster: *cluster,
        }));
        let fitted = cross_fit(left, task, &samples, self.recipe.fit.parts, seed)?;
        let made = |spec: FrontEndSpec| {
            FrontEnd::new(spec).map_err(|source| TrainError::Sensor {
                path: "the fitted front end".into(),
                source,
            })
        };
        let parts = fitted.parts.into_iter();
        let parts = parts.map(|spec| encoder(made(spec)?));
        let mut part_of = vec![0; fit.len()];
        for (item, part) in items.iter().zip(fitted.part_of) {
            part_of[*item] = part;
        }
        Ok(Encoders {
            file: encoder(made(fitted.spec)?)?,
            parts: parts.collect::<Result<_, TrainError>>()?,
            part_of,
        })
    }

    /// Varied copies of the windows to fit on, each with its truth and the group of
    /// the window that it is a copy of.
    fn copies(&self, fit: &[Labelled], seed: u64) -> Vec<(Window, Truth, u64)> {
        let Some(augmenter) = &self.augmenter else {
            return Vec::new();
        };
        let mut copies = Vec::new();
        for copy in 0..self.recipe.fit.copies {
            for (item, record) in fit.iter().enumerate() {
                let stream = COPIES ^ ((copy as u64) << 40) ^ item as u64;
                let mut rng = Rng::new(seed, stream);
                let (window, truth) =
                    augmenter.apply(&record.window, record.truth.as_ref(), &mut rng);
                copies.extend(truth.map(|truth| (window, truth, record.group)));
            }
        }
        copies
    }

    fn tokenizer(&self, base: Option<&Imported>) -> Result<Tokenizer, TrainError> {
        if let Some(path) = &self.recipe.tokenizer.file {
            let path = self.folder.join(path);
            let text = std::fs::read_to_string(&path)
                .map_err(|error| TrainError::read(path.as_path(), error))?;
            return Tokenizer::from_json(&text)
                .map_err(|error| TrainError::Tokenizer(error.to_string()));
        }
        if let Some(base) = base {
            return base.tokenizer.clone().ok_or_else(|| {
                TrainError::Tokenizer("the base model's vocabulary cannot be read".into())
            });
        }
        let symbols = vocabulary::symbols(self.recipe.front_end.as_ref());
        let mut own = Vec::new();
        if let (Some(front_end), Some(task)) = (&self.front_end, &self.recipe.task) {
            own.push(front_end.spec().template.clone());
            for label in 0..task.labels().len() {
                own.push(task.answer_text(&Truth::Label(label)));
            }
        }
        let texts = own
            .iter()
            .map(|text| (text.as_str(), TEMPLATE_WEIGHT))
            .chain(self.texts.iter().map(|text| (text.as_str(), 1)));
        vocabulary::learn(texts, &symbols, self.recipe.tokenizer.vocabulary)
    }

    /// The tokens of each alphabet that levels are written with.
    fn alphabets(&self, tokenizer: &Tokenizer) -> Vec<Vec<u32>> {
        let alphabets = self.recipe.front_end.iter().flat_map(vocabulary::alphabets);
        let mut found: Vec<Vec<u32>> = Vec::new();
        for alphabet in alphabets {
            let tokens: Vec<u32> = alphabet
                .chars()
                .filter_map(|symbol| {
                    let ids = tokenizer.encode(symbol.encode_utf8(&mut [0; 4]), Special::AsText);
                    ids.last().copied()
                })
                .collect();
            if !found.contains(&tokens) {
                found.push(tokens);
            }
        }
        found
    }

    /// Tokens of the longest sequence: with an answer of any label, or of any
    /// number, not only of those that occur.
    fn longest(
        &self,
        fit: &[Labelled],
        inputs: &Inputs,
        encoder: Option<&Encoder>,
    ) -> Result<usize, TrainError> {
        let Some(encoder) = encoder else {
            return Ok(self.recipe.model.context.unwrap_or(256));
        };
        let answers: Vec<Truth> = match encoder.task() {
            Task::Classify { labels, .. } => (0..labels.len()).map(Truth::Label).collect(),
            Task::Number { min, max, .. } => vec![Truth::Number(*min), Truth::Number(*max)],
            Task::Anomaly(_) => Vec::new(),
            Task::Generate { .. } => fit.iter().filter_map(|r| r.truth.clone()).collect(),
        };
        let answer = answers
            .iter()
            .map(|truth| encoder.answer(truth).len())
            .max();
        // Serving refuses a prompt behind which this many do not fit.
        let reserved = encoder.question().reserved();
        let mut prompt = 0;
        for record in fit.iter().chain(&inputs.test).chain(&inputs.unlabelled) {
            let ids = encoder.prompt(&record.window);
            let ids = ids.map_err(|error| {
                TrainError::ask(format!("the window at line {}", record.place.line), error)
            })?;
            prompt = prompt.max(ids.len());
        }
        // A vocabulary of windows alone still needs two tokens.
        Ok((prompt + answer.unwrap_or(0).max(reserved)).max(2))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
