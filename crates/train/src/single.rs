//! One run of a recipe from its records to its files: phases, measurement,
//! export.

use std::path::Path;
use std::time::Instant;

use senselm_save::Folder;
use senselm_sensor::{FrontEnd, Labelled, Profile, Quantiles, Stated, Truth, Validation};
use senselm_tokenize::Special;
use serde_json::{Value, json};

use crate::TrainError;
use crate::checkpoint::Checkpoint;
use crate::curve;
use crate::data::{Emphasis, Sequence, Supply, SupplySpec, hold_out};
use crate::export::{Description, no_whole_blocks, to_gguf};
use crate::measure::{self, EvalSet};
use crate::model::Parameters;
use crate::note::Event;
use crate::phase::PhaseSpec;
use crate::prepare::{Inputs, Source, Start};
use crate::progress::{Log, LogLine};
use crate::report::RunReport;
use crate::resume::{CHECKPOINT, METRICS, goes_on};
use crate::scores::{self, Scores};
use crate::scoring::Answer;
use crate::trainee::Trainee;
use crate::trainer::{Listen, Phase, Trainer};

/// What one run came to.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The figures.
    pub report: RunReport,
    /// The answer to each window to measure on.
    pub answers: Vec<Answer>,
    /// What the front end's projection alone answers to it.
    pub projected: Vec<Option<Truth>>,
    /// How unlike the learned each window to measure on is, by the rule of serving, where
    /// the task is to find anomalies; else none.
    pub surprise: Vec<f64>,
    /// The front end, with everything that was fitted.
    pub front_end: Option<FrontEnd>,
}

impl Source {
    /// Trains once.
    pub(crate) fn train(&self, inputs: Inputs, listen: Listen<'_>) -> Result<Trained, TrainError> {
        let started = Instant::now();
        let device = self.device.open()?;
        let folder = inputs.folder.as_deref().map(Folder::create).transpose()?;
        let (fit, held_out) = self.held_out(&inputs);
        let start = self.start(&inputs, &fit, &device)?;
        let Inputs {
            seed,
            train,
            unlabelled,
            test,
            ..
        } = &inputs;
        let identity = self.identity(*seed, train, unlabelled, test);
        let in_folder = |name: &str| inputs.folder.as_ref().map(|folder| folder.join(name));
        let checkpoint = in_folder(CHECKPOINT);
        let mut resume = match (&checkpoint, inputs.resume) {
            (Some(path), true) => Checkpoint::read(path, &identity, &self.recipe_text)?,
            _ => None,
        };
        if let (Some(path), Some(at)) = (&checkpoint, &resume) {
            let _ = listen(Event::Note(&goes_on(path, at)));
        }
        let ty = self.recipe.export_type()?;
        if inputs.first
            && let Some(note) = no_whole_blocks(&start.config, &start.parameters, ty)
        {
            let _ = listen(Event::Note(&note));
        }
        let test = match &start.encoders {
            Some(encoders) => Some(EvalSet::new(
                "validation",
                ty,
                &encoders.file,
                &inputs.test,
            )?),
            None => None,
        }
        .filter(|set| !set.is_empty());
        let mut trainer = Trainer {
            run: inputs.name.clone(),
            shards: self.device.shards(),
            seed: inputs.seed,
            identity: identity.clone(),
            recipe: self.recipe_text.clone(),
            checkpoint: checkpoint.clone(),
            budget: inputs.stop_after,
            log: open_log(in_folder("log.jsonl").as_deref(), resume.as_ref())?,
            listen,
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
            let eval = match (&held_out, &start.encoders) {
                (Some(records), Some(encoders)) => {
                    Some(EvalSet::new("held out", ty, &encoders.file, records)?)
                }
                _ => test.clone(),
            };
            let phase = self.phase(name, index, spec, &inputs, &fit, &start, eval)?;
            trainer.run(&mut trainee, phase, resume.take())?;
        }
        let dense = trainee.merged(trainee.trainable());
        let (mut scores, mut projection, mut validation) = (None, None, None);
        let (mut answers, mut projected) = (Vec::new(), Vec::new());
        if let (Some(set), Some(task)) = (&test, &self.recipe.task) {
            let measurement;
            (measurement, answers) = set.measure(start.config, &dense, &device)?;
            scores = Scores::new(task, &inputs.test, &answers, measurement.loss)?;
            projected = set.projected().to_vec();
            projection = scores::of_projection(task, &inputs.test, &projected)?;
            let learned = self
                .recipe
                .window_weight()
                .is_none_or(|weight| weight > 0.0);
            let taken = set.validation(start.config, &dense, &answers, learned, &device)?;
            validation = Some(taken);
        }
        let mut surprise = Vec::new();
        if let Some(all) = &start.encoders {
            let (test, config) = (&inputs.test, start.config);
            surprise = measure::surprise(&all.file, test, config, &dense, ty, &device)?;
        }
        if !surprise.is_empty() {
            validation = Some(Validation {
                windows: surprise.len() as u64,
                certainty: None,
                anomaly: Quantiles::of(&surprise),
            });
        }
        let mut profile = self.profile(&fit, &inputs.stated);
        if let Some(profile) = &mut profile {
            profile.validation = validation;
        }
        let seconds = started.elapsed().as_secs_f64();
        let report = RunReport {
            name: inputs.name,
            recipe: self.recipe.name.clone(),
            identity,
            simulated: self.recipe.card.simulated,
            parameters: start.config.parameters(),
            vocabulary: start.config.vocab,
            context: start.config.context,
            trained_on: fit.len(),
            steps,
            seconds,
            loss: trainer.log.lines().last().map(|line| line.loss),
            scores,
            projection,
        };
        if let Some(folder) = &folder {
            let log = trainer.log.lines();
            self.write(folder, &report, &start, &dense, profile, log)?;
        }
        if let Some(path) = checkpoint.filter(|path| path.exists()) {
            std::fs::remove_file(&path).map_err(|error| TrainError::write(path, error))?;
        }
        let encoders = start.encoders.as_ref();
        Ok(Trained {
            report,
            answers,
            projected,
            surprise,
            front_end: encoders.map(|all| all.file.question().front_end().clone()),
        })
    }

    /// What the model is trained on: the windows as they were read, before anything
    /// is varied.
    fn profile(&self, fit: &[Labelled], stated: &Stated) -> Option<Profile> {
        let front_end = self.front_end.as_ref()?;
        Profile::gather(front_end, fit.iter().map(|record| &record.window), stated)
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
        let stream = self.recipe.is_stream();
        let fold = hold_out(&inputs.train, stopping.share, inputs.seed, stream);
        let take = |indices: &[usize]| -> Vec<Labelled> {
            let records = indices.iter().filter_map(|&index| inputs.train.get(index));
            records.cloned().collect()
        };
        (take(&fold.train), Some(take(&fold.test)))
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
        if start.encoders.is_none() {
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
            start.encoders.clone(),
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
        folder: &Folder,
        report: &RunReport,
        start: &Start,
        dense: &Parameters,
        profile: Option<Profile>,
        log: &[LogLine],
    ) -> Result<(), TrainError> {
        let metrics = serde_json::to_value(report).unwrap_or_else(|_| json!({}));
        // The file carries the figures. The single answers stay beside it, and so does
        // the time that it took: the same run gives the same file.
        let mut figures = metrics.clone();
        if let Some(run) = figures.as_object_mut() {
            run.remove("seconds");
        }
        if let Some(scores) = figures.get_mut("scores").and_then(Value::as_object_mut) {
            scores.remove("answers");
        }
        let description = Description {
            recipe: &self.recipe,
            recipe_sha256: &self.recipe_sha256,
            tokenizer: &start.tokenizer,
            front_end: start
                .encoders
                .as_ref()
                .map(|all| all.file.question().front_end()),
            metrics: figures,
            profile,
        };
        let model = to_gguf(&start.config, dense, &description)?;
        let mut text = serde_json::to_string_pretty(&metrics).unwrap_or_default();
        text.push('\n');
        let svg = curve::draw(&self.recipe.name, log)?;
        Ok(folder.save_all(&[
            ("model.gguf", &model),
            ("loss.svg", svg.as_bytes()),
            (METRICS, text.as_bytes()),
        ])?)
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
