//! The training loop of one phase: sequences from a supply, steps, the
//! average, measurements, checkpoints and progress.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Instant;

use burn::tensor::Device;

use crate::TrainError;
use crate::checkpoint::{Best, Checkpoint, restore};
use crate::cpu::Buffers;
use crate::data::{Emphasis, Supply};
use crate::measure::EvalSet;
use crate::model::Parameters;
use crate::note::Event;
use crate::optim::{AdamW, Ema};
use crate::phase::PhaseSpec;
use crate::progress::{Log, LogLine, Measurement, Progress};
use crate::resume::Identity;
use crate::step::StepSettings;
use crate::trainee::Trainee;

/// Steps whose sequences are made ahead of time.
const AHEAD: usize = 4;

/// What all phases of a run share.
pub(crate) struct Trainer<'a> {
    /// Which of several runs this is; empty for the only one.
    pub(crate) run: String,
    pub(crate) device: Device,
    pub(crate) shards: usize,
    pub(crate) seed: u64,
    pub(crate) identity: Identity,
    /// The text of the recipe.
    pub(crate) recipe: String,
    pub(crate) checkpoint: Option<PathBuf>,
    /// Steps that may still be done before the run stops.
    pub(crate) budget: Option<u64>,
    pub(crate) log: Log,
    pub(crate) listen: Listen<'a>,
}

/// Who hears of steps, and may end the training after any.
pub(crate) type Listen<'a> = &'a mut dyn FnMut(Event<'_>) -> ControlFlow<()>;

/// One phase.
pub(crate) struct Phase<'a> {
    pub(crate) name: &'static str,
    pub(crate) index: u32,
    pub(crate) spec: &'a PhaseSpec,
    pub(crate) supply: Supply,
    pub(crate) emphasis: Emphasis,
    pub(crate) eval: Option<EvalSet>,
}

/// What changes from step to step.
struct State {
    optimiser: AdamW,
    average: Option<Ema>,
    best: Option<Best>,
    first: u64,
}

impl Trainer<'_> {
    /// Runs a phase to its end and leaves the weights to use in `trainee`:
    /// the best measured ones where it may stop early, else the averaged ones.
    pub(crate) fn run(
        &mut self,
        trainee: &mut Trainee,
        phase: Phase<'_>,
        resume: Option<Checkpoint>,
    ) -> Result<(), TrainError> {
        let mut state = self.state(trainee, phase.spec, resume)?;
        let Phase {
            name,
            index,
            spec,
            mut supply,
            emphasis,
            eval,
        } = phase;
        let started = Instant::now();
        let (mut tokens, mut buffers) = (0, Buffers::default());
        let (sender, receiver) = mpsc::sync_channel(AHEAD);
        let steps = state.first..spec.steps;
        std::thread::scope(|scope| -> Result<(), TrainError> {
            let ahead = steps.clone();
            scope.spawn(move || {
                for step in ahead {
                    if sender.send(supply.step(step)).is_err() {
                        break;
                    }
                }
            });
            // Dropped with this closure, also on an error, so that the supply
            // ends.
            let receiver = receiver;
            for step in steps {
                let sequences = receiver
                    .recv()
                    .map_err(|_| TrainError::data("the supply of windows stopped"))??;
                let settings = StepSettings {
                    phase: spec,
                    emphasis,
                    seed: self.seed,
                    shards: self.shards,
                    device: &self.device,
                };
                let report = settings.run(
                    trainee,
                    &mut state.optimiser,
                    step,
                    &sequences,
                    &mut buffers,
                )?;
                if !report.loss.is_finite() {
                    return Err(TrainError::Diverged {
                        phase: name,
                        step,
                        loss: report.loss,
                    });
                }
                if let Some(average) = &mut state.average {
                    average.update(trainee.trainable(), step);
                }
                let done = step + 1;
                let due =
                    |every: u64| every > 0 && (done.is_multiple_of(every) || done == spec.steps);
                let mut stop = false;
                let evaluation = match &eval {
                    Some(set) if due(spec.evaluate_every) => {
                        let measured = self.measure(trainee, &state, set)?;
                        stop = note(&mut state, trainee, spec, &measured)?;
                        Some(measured)
                    }
                    _ => None,
                };
                tokens += report.tokens;
                let speed = tokens as f64 / started.elapsed().as_secs_f64().max(1e-9);
                let per_step = started.elapsed().as_secs_f64() / (done - state.first) as f64;
                let told = self.tell(Progress {
                    run: self.run.clone(),
                    phase: name,
                    step: done,
                    steps: spec.steps,
                    loss: report.loss,
                    learning_rate: report.rate,
                    gradient_norm: report.gradient_norm,
                    tokens_per_s: speed,
                    eta_s: per_step * (spec.steps - done) as f64,
                    evaluation,
                })?;
                if stop {
                    break;
                }
                if told.is_break() && done < spec.steps {
                    return Err(TrainError::Ended {
                        phase: name,
                        step: done,
                    });
                }
                if self.budget == Some(1) && done < spec.steps {
                    self.save(trainee, &state, index, done)?;
                    return Err(TrainError::Stopped {
                        phase: name,
                        step: done,
                    });
                }
                self.budget = self.budget.map(|steps| steps.saturating_sub(1));
                if due(spec.checkpoint_every) {
                    self.save(trainee, &state, index, done)?;
                }
            }
            Ok(())
        })?;
        let chosen = match (state.best, state.average) {
            (Some(best), _) => Some(best.values),
            (None, Some(average)) => Some(average.parameters().to_host()?),
            (None, None) => None,
        };
        if let Some(values) = chosen {
            restore(trainee.trainable_mut(), &values, &self.device)?;
        }
        Ok(())
    }

    /// A fresh state, or that of a checkpoint.
    fn state(
        &self,
        trainee: &mut Trainee,
        spec: &PhaseSpec,
        resume: Option<Checkpoint>,
    ) -> Result<State, TrainError> {
        let (mut first, mut best) = (0, None);
        let mut moments = None;
        let mut averaged = None;
        if let Some(checkpoint) = resume {
            restore(trainee.trainable_mut(), &checkpoint.values, &self.device)?;
            if let Some(frozen) = &checkpoint.frozen {
                restore(&mut trainee.base, frozen, &self.device)?;
            }
            first = checkpoint.step;
            best = checkpoint.best;
            moments = Some(checkpoint.optimiser);
            averaged = checkpoint.average;
        }
        let mut optimiser = AdamW::new(spec.adamw, trainee.trainable());
        if let Some(moments) = moments {
            optimiser.restore(moments);
        }
        let mut average = (spec.ema > 0.0).then(|| Ema::new(spec.ema, trainee.trainable()));
        if let (Some(average), Some(values)) = (&mut average, averaged) {
            restore(average.parameters_mut(), &values, &self.device)?;
        }
        Ok(State {
            optimiser,
            average,
            best,
            first,
        })
    }

    fn measure(
        &self,
        trainee: &Trainee,
        state: &State,
        set: &EvalSet,
    ) -> Result<Measurement, TrainError> {
        let dense = trainee.merged(current(trainee, state));
        let (measurement, _) = set.measure(trainee.config, &dense, &self.device)?;
        Ok(measurement)
    }

    fn tell(&mut self, progress: Progress) -> Result<ControlFlow<()>, TrainError> {
        self.log.push(LogLine::from(&progress))?;
        Ok((self.listen)(Event::Progress(&progress)))
    }

    fn save(
        &self,
        trainee: &Trainee,
        state: &State,
        phase: u32,
        step: u64,
    ) -> Result<(), TrainError> {
        let Some(path) = &self.checkpoint else {
            return Ok(());
        };
        let average = state.average.as_ref();
        let frozen = trainee.adapters.is_some().then(|| trainee.base.to_host());
        Checkpoint {
            identity: self.identity.clone(),
            recipe: self.recipe.clone(),
            phase,
            step,
            values: trainee.trainable().to_host()?,
            frozen: frozen.transpose()?,
            average: average.map(|a| a.parameters().to_host()).transpose()?,
            optimiser: state.optimiser.state()?,
            best: state.best.clone(),
        }
        .write(path)
    }
}

/// The weights that would be exported now.
fn current<'a>(trainee: &'a Trainee, state: &'a State) -> &'a Parameters {
    match &state.average {
        Some(average) => average.parameters(),
        None => trainee.trainable(),
    }
}

/// Keeps the best weights where the phase may stop early; says whether it
/// should stop now.
fn note(
    state: &mut State,
    trainee: &Trainee,
    spec: &PhaseSpec,
    measured: &Measurement,
) -> Result<bool, TrainError> {
    let Some(stopping) = spec.early_stopping else {
        return Ok(false);
    };
    match &mut state.best {
        Some(best) if measured.loss >= best.loss => {
            best.worse += 1;
            Ok(best.worse >= stopping.patience)
        }
        _ => {
            let values = current(trainee, state).to_host()?;
            state.best = Some(Best {
                loss: measured.loss,
                worse: 0,
                values,
            });
            Ok(false)
        }
    }
}
