//! One run of a recipe from records to files: vocabulary, model, phases,
//! measurement, export.

use std::path::{Path, PathBuf};
use std::time::Instant;

use senselm_sensor::augment::Augmenter;
use senselm_sensor::{FrontEnd, Labelled, Layout, Task, Truth};
use senselm_tokenize::{Special, Tokenizer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::TrainError;
use crate::checkpoint::{Checkpoint, write_atomically};
use crate::curve;
use crate::data::{Emphasis, Encoder, Recordings, Sequence, Supply, SupplySpec, hold_out};
use crate::device::Device;
use crate::export::{Description, to_gguf};
use crate::import::Imported;
use crate::measure::EvalSet;
use crate::model::{ModelConfig, Parameters};
use crate::phase::PhaseSpec;
use crate::progress::{Log, LogLine, Progress};
use crate::recipe::Recipe;
use crate::report::RunReport;
use crate::run::RunOptions;
use crate::scores::Scores;
use crate::trainee::Trainee;
use crate::trainer::{Phase, Trainer};
use crate::vocabulary;

/// How often a label or the template counts in learning the vocabulary.
const TEMPLATE_WEIGHT: usize = 64;

/// A recipe with everything that all of its runs share.
pub(crate) struct Source {
    pub(crate) recipe: Recipe,
    pub(crate) recipe_sha256: String,
    pub(crate) device: Device,
    front_end: Option<FrontEnd>,
    augmenter: Option<Augmenter>,
    texts: Vec<String>,
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
    pub(crate) resume: bool,
    pub(crate) stop_after: Option<u64>,
}

/// A model at the start of a run.
struct Start {
    config: ModelConfig,
    parameters: Parameters,
    tokenizer: Tokenizer,
    encoder: Option<Encoder>,
}

impl Source {
    pub(crate) fn open(options: &RunOptions) -> Result<Self, TrainError> {
        let (recipe, text) = Recipe::read(&options.recipe)?;
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
                let path = options.data.join(path);
                std::fs::read_to_string(&path).map_err(|error| TrainError::read(path, error))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            recipe_sha256: hex(&Sha256::digest(text.as_bytes())),
            device: options.device,
            front_end,
            augmenter,
            texts,
            folder: options
                .recipe
                .parent()
                .unwrap_or(Path::new("."))
                .to_path_buf(),
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

    /// Trains once.
    pub(crate) fn train(
        &self,
        inputs: Inputs,
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<RunReport, TrainError> {
        let started = Instant::now();
        let device = self.device.open()?;
        if let Some(folder) = &inputs.folder {
            std::fs::create_dir_all(folder)
                .map_err(|error| TrainError::write(folder.as_path(), error))?;
        }
        let (fit, held_out) = self.held_out(&inputs);
        let start = self.start(&inputs, &fit, &device)?;
        let identity = self.identity(&inputs, &start);
        let in_folder = |name: &str| inputs.folder.as_ref().map(|folder| folder.join(name));
        let checkpoint = in_folder("checkpoint.gguf");
        let mut resume = match (&checkpoint, inputs.resume) {
            (Some(path), true) => Checkpoint::read(path, &identity)?,
            _ => None,
        };
        let test = match &start.encoder {
            Some(encoder) => Some(EvalSet::new("validation", encoder, &inputs.test)?),
            None => None,
        }
        .filter(|set| !set.is_empty());
        let mut trainer = Trainer {
            run: inputs.name.clone(),
            shards: self.device.shards(),
            seed: inputs.seed,
            identity,
            checkpoint: checkpoint.clone(),
            budget: inputs.stop_after,
            log: open_log(in_folder("log.jsonl").as_deref(), resume.as_ref())?,
            progress,
            device: device.clone(),
        };
        let mut trainee = Trainee::new(start.config, start.parameters.clone());
        let mut steps = 0;
        for (index, name, spec) in self.phases() {
            steps += spec.steps;
            if name == "train"
                && let Some(lora) = &self.recipe.lora
            {
                trainee = trainee.with_adapters(lora.clone(), inputs.seed, &device);
            }
            if resume.as_ref().is_some_and(|at| at.phase > index) {
                continue;
            }
            let eval = match (&held_out, &start.encoder) {
                (Some(records), Some(encoder)) => Some(EvalSet::new("held out", encoder, records)?),
                _ => test.clone(),
            };
            let phase = self.phase(name, index, spec, &inputs, &fit, &start, eval)?;
            trainer.run(&mut trainee, phase, resume.take())?;
        }
        let dense = trainee.merged(trainee.trainable());
        let scores = match (&test, &self.recipe.task) {
            (Some(set), Some(task)) => {
                let (measurement, answers) = set.measure(start.config, &dense, &device)?;
                Scores::new(task, &inputs.test, &answers, measurement.loss)?
            }
            _ => None,
        };
        let seconds = started.elapsed().as_secs_f64();
        let report = RunReport {
            name: inputs.name,
            recipe: self.recipe.name.clone(),
            recipe_sha256: self.recipe_sha256.clone(),
            device: self.device.name(),
            simulated: self.recipe.card.simulated,
            seed: inputs.seed,
            parameters: start.config.parameters(),
            vocabulary: start.config.vocab,
            context: start.config.context,
            trained_on: fit.len(),
            steps,
            seconds,
            loss: trainer.log.lines().last().map(|line| line.loss),
            scores,
        };
        if let Some(folder) = &inputs.folder {
            self.write(folder, &report, &start, &dense, trainer.log.lines())?;
        }
        if let Some(path) = checkpoint.filter(|path| path.exists()) {
            std::fs::remove_file(&path).map_err(|error| TrainError::write(path, error))?;
        }
        Ok(report)
    }

    /// The phases in order, with their index.
    fn phases(&self) -> impl Iterator<Item = (u32, &'static str, &PhaseSpec)> {
        let pretrain = self.recipe.pretrain.as_ref().map(|spec| ("pretrain", spec));
        let train = self.recipe.train.as_ref().map(|spec| ("train", spec));
        (0..).zip([pretrain, train]).filter_map(|(index, phase)| {
            let (name, spec) = phase?;
            Some((index, name, spec))
        })
    }

    /// The records to fit on, and those held out to decide when to stop.
    fn held_out(&self, inputs: &Inputs) -> (Vec<Labelled>, Option<Vec<Labelled>>) {
        let stopping = self
            .recipe
            .train
            .as_ref()
            .and_then(|spec| spec.early_stopping);
        let Some(stopping) = stopping else {
            return (inputs.train.clone(), None);
        };
        let stream = self
            .recipe
            .front_end
            .as_ref()
            .is_some_and(|spec| matches!(spec.layout, Layout::Stream { .. }));
        let fold = hold_out(&inputs.train, stopping.share, inputs.seed, stream);
        let take = |indices: &[usize]| -> Vec<Labelled> {
            let records = indices.iter().filter_map(|&index| inputs.train.get(index));
            records.cloned().collect()
        };
        (take(&fold.train), Some(take(&fold.test)))
    }

    fn start(
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
        let encoder = match (&self.front_end, &self.recipe.task) {
            (Some(front_end), Some(task)) => Some(Encoder::new(
                front_end.clone(),
                task.clone(),
                tokenizer.clone(),
            )?),
            _ => None,
        };
        let longest = self.longest(fit, inputs, encoder.as_ref())?;
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
                let config = ModelConfig {
                    vocab: tokenizer.vocab_len(),
                    context: spec.context.unwrap_or(longest),
                    layers: spec.layers,
                    heads: spec.heads,
                    width: spec.width,
                    ff_width: spec.ff_width.unwrap_or(4 * spec.width),
                    tied: true,
                };
                config.check()?;
                let mut parameters = Parameters::initial(&config, inputs.seed, device);
                let alphabets = self.alphabets(&tokenizer);
                let initial = spec.initial;
                initial.apply(&config, &mut parameters, &alphabets, inputs.seed, device)?;
                (config, parameters)
            }
        };
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
            encoder,
        })
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
            Task::Generate { .. } => fit.iter().filter_map(|r| r.truth.clone()).collect(),
        };
        let answer = answers
            .iter()
            .map(|truth| encoder.answer(truth).len())
            .max();
        let mut prompt = 0;
        for record in fit.iter().chain(&inputs.test).chain(&inputs.unlabelled) {
            let ids = encoder.prompt(&record.window);
            let ids = ids.map_err(|source| TrainError::Sensor {
                path: format!("the window at line {}", record.place.line),
                source,
            })?;
            prompt = prompt.max(ids.len());
        }
        Ok(prompt + answer.unwrap_or(1))
    }

    /// Recipe, seed, device and data as one hash.
    fn identity(&self, inputs: &Inputs, start: &Start) -> String {
        let mut hash = Sha256::new();
        hash.update(self.recipe_sha256.as_bytes());
        hash.update(inputs.seed.to_le_bytes());
        hash.update(self.device.name().as_bytes());
        hash.update(start.tokenizer.to_json().as_bytes());
        for record in inputs.train.iter().chain(&inputs.unlabelled) {
            hash.update(record.window.fingerprint().to_le_bytes());
            hash.update(format!("{:?}", record.truth).as_bytes());
        }
        for text in &self.texts {
            hash.update(text.as_bytes());
        }
        hex(&hash.finalize())
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of a run, gathered in one place"
    )]
    fn phase<'a>(
        &'a self,
        name: &'static str,
        index: u32,
        spec: &'a PhaseSpec,
        inputs: &Inputs,
        fit: &[Labelled],
        start: &Start,
        eval: Option<EvalSet>,
    ) -> Result<Phase<'a>, TrainError> {
        let pretrain = name == "pretrain";
        let mut records = fit.to_vec();
        let mut texts = Vec::new();
        if pretrain {
            records.extend(inputs.unlabelled.iter().cloned());
            for text in &self.texts {
                texts.extend(self.pieces(text, start));
            }
        }
        if start.encoder.is_none() {
            records.clear();
        }
        let supply = Supply::new(
            SupplySpec {
                records,
                texts,
                answers: !pretrain,
                batch: spec.batch,
                per_step: spec.batch * spec.accumulate,
                bucket: spec.bucket,
                seed: inputs.seed ^ (u64::from(index) << 32),
            },
            start.encoder.clone(),
            self.augmenter.clone(),
        )?;
        let emphasis = if pretrain {
            Emphasis {
                window: 1.0,
                answer: 0.0,
            }
        } else {
            Emphasis {
                window: spec.window_loss,
                answer: 1.0,
            }
        };
        Ok(Phase {
            name,
            index,
            spec,
            supply,
            emphasis,
            eval,
        })
    }

    /// A text cut into sequences that fill the context.
    fn pieces(&self, text: &str, start: &Start) -> Vec<Sequence> {
        let mut ids = start.tokenizer.encode(text, Special::Parse);
        ids.extend(start.tokenizer.eos_id());
        ids.chunks(start.config.context)
            .filter(|ids| ids.len() > 1)
            .map(|ids| Sequence {
                ids: ids.to_vec(),
                window: 0,
                answer: ids.len(),
            })
            .collect()
    }

    fn write(
        &self,
        folder: &Path,
        report: &RunReport,
        start: &Start,
        dense: &Parameters,
        log: &[LogLine],
    ) -> Result<(), TrainError> {
        let metrics = serde_json::to_value(report).unwrap_or_else(|_| json!({}));
        // The file carries the figures; the single answers stay beside it.
        let mut figures = metrics.clone();
        if let Some(scores) = figures.get_mut("scores").and_then(Value::as_object_mut) {
            scores.remove("answers");
        }
        let description = Description {
            recipe: &self.recipe,
            recipe_sha256: &self.recipe_sha256,
            tokenizer: &start.tokenizer,
            metrics: figures,
        };
        let model = to_gguf(&start.config, dense, &description)?;
        write_atomically(&folder.join("model.gguf"), &model)?;
        let mut text = serde_json::to_string_pretty(&metrics).unwrap_or_default();
        text.push('\n');
        write_atomically(&folder.join("metrics.json"), text.as_bytes())?;
        let svg = curve::draw(&self.recipe.name, log)?;
        write_atomically(&folder.join("loss.svg"), svg.as_bytes())
    }
}

/// A new log, or the part of the old one that lies before the checkpoint.
fn open_log(path: Option<&Path>, resume: Option<&Checkpoint>) -> Result<Log, TrainError> {
    let lines = match (path, resume) {
        (Some(path), Some(at)) => Log::before(path, |line| {
            let phase = u32::from(line.phase == "train");
            phase < at.phase || (phase == at.phase && line.step <= at.step)
        }),
        _ => Vec::new(),
    };
    Log::create(path, lines)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
