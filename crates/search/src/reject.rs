//! "None of these": steps that tell what no label is like, and how often they do.

use std::collections::BTreeSet;

use senselm_fit::{Sample, cross_fit};
use senselm_sensor::limits::{MAX_CHANNELS, MAX_OPERATORS};
use senselm_sensor::{
    FrontEnd, FrontEndSpec, Labelled, Matrix, Numbers, Operator, OperatorSpec, Task, Truth, is_new,
};

use crate::SearchError;
use crate::candidate::{SHORTEST, convolutions, step};
use crate::data::{Data, label, longest};
use crate::outcome::{Rejection, Unknown};
use crate::split;

/// Every channel may have its change and its outline, beside the steps of all.
const _: () = assert!(MAX_OPERATORS >= 2 * MAX_CHANNELS + 8);

/// Numbers of convolutions that say how new a window is.
const OUTLINES: usize = 252;
/// Points that windows are brought to at most.
const POINTS: usize = 128;
/// Parts of the windows, of which each is looked at by what was fitted on the others.
const PARTS: usize = 5;
/// Windows that are measured with at most.
const MOST: usize = 2000;

/// Checks that there is something to refuse, and a way to.
///
/// # Errors
/// [`SearchError::Data`].
pub(crate) fn check(data: &Data, task: &Task) -> Result<(), SearchError> {
    let wrong = |reason: &str| Err(SearchError::Data(reason.to_owned()));
    if !matches!(task, Task::Classify { .. }) {
        return wrong("--reject is for labels: a number has no \"none of these\"");
    }
    if longest(&data.records) < SHORTEST {
        return wrong(
            "--reject tells by the shape of a window, and windows of fewer than 9 readings have \
             none: leave it out, or take longer windows",
        );
    }
    Ok(())
}

/// The front end of a candidate with the steps that say how new a window is, of which
/// this share of known windows may be called new.
pub(crate) fn with_novelty(spec: &FrontEndSpec, data: &Data, rate: f64) -> FrontEndSpec {
    let mut spec = spec.clone();
    let steps = steps(&spec, data, rate);
    spec.operators.extend(steps);
    spec
}

/// Each channel by its outline alone, where it lies and how large it is aside; shapes of
/// these, and what is left of them beside those of known windows.
fn steps(spec: &FrontEndSpec, data: &Data, rate: f64) -> Vec<OperatorSpec> {
    let channels = spec.channels.iter().map(|channel| channel.name.clone());
    let outlines: Vec<(String, String)> = channels
        .map(|channel| (format!("{channel}_outline"), channel))
        .collect();
    let standardise = outlines.iter().map(|(outline, signal)| {
        let signal = signal.clone();
        step(
            outline,
            Operator::Standardise {
                signal,
                least: None,
            },
        )
    });
    let mut steps: Vec<OperatorSpec> = standardise.collect();
    let signals: Vec<String> = outlines.into_iter().map(|(outline, _)| outline).collect();
    let points = longest(&data.records).clamp(SHORTEST, POINTS);
    steps.push(step("outlines", convolutions(&signals, points, OUTLINES)));
    steps.push(step(
        "unlike",
        Operator::Novelty {
            of: vec!["outlines".to_owned()],
            rate,
            mean: Numbers::default(),
            deviation: Numbers::default(),
            clip: 8.0,
            basis: Matrix::default(),
            limit: None,
        },
    ));
    steps
}

/// How often known windows are refused that nothing was learned from, and how often
/// windows are of a label that was left out. `spec` has the channels.
pub(crate) fn measure(
    spec: &FrontEndSpec,
    data: &Data,
    task: &Task,
    rate: f64,
    seed: u64,
) -> Result<Rejection, SearchError> {
    let by = Refusing {
        spec: FrontEndSpec {
            operators: steps(spec, data, rate),
            template: "none".to_owned(),
            ..spec.clone()
        },
        data,
        task,
        seed,
        every: data.records.len().div_ceil(MOST).max(1),
    };
    let folds = split::repeats(data, seed)?;
    let mut known = Share::default();
    for fold in folds.first().into_iter().flatten() {
        known.add(by.refused(&fold.train, &by.of(&fold.test), true)?);
    }
    let all: Vec<usize> = (0..data.records.len()).collect();
    let kept: Vec<&Labelled> = data.kept.iter().collect();
    let kept = match kept.is_empty() {
        true => Share::default(),
        false => by.refused(&all, &kept, true)?,
    };
    let mut unknown = Vec::new();
    for (at, name) in task.labels().iter().enumerate() {
        let is = |of: &usize| label(data.records[*of].truth.as_ref()) == at;
        let (left_out, others): (Vec<usize>, Vec<usize>) = all.iter().partition(|of| is(of));
        if left_out.is_empty() || others.len() < 2 {
            continue;
        }
        let found = by.refused(&others, &by.of(&left_out), false)?;
        unknown.push(Unknown {
            label: name.clone(),
            windows: found.of,
            refused: found.refused,
        });
    }
    Ok(Rejection {
        rate,
        windows: known.of,
        refused: known.refused,
        kept_windows: kept.of,
        kept_refused: kept.refused,
        unknown,
    })
}

/// What is to be said first: that much of what is new is not seen, or that there are
/// too few windows for the share that was asked.
pub(crate) fn verdicts(rejection: &Rejection) -> Vec<String> {
    let found = rejection.found().filter(|found| *found < 0.5).map(|found| {
        format!(
            "\"None of these\" is said of {:.0} % of a label's windows, in the mean, when that label \
             is one that nobody has seen: much of what is new will be called by a known label. \
             Labels whose windows look alike are not told from what is new; where windows are \
             few, more of them help.",
            100.0 * found
        )
    });
    let few = rejection.is_few().then(|| {
        format!(
            "{} windows are too few to refuse a share of {} of known ones: the most unlike of them \
             is the limit, and less of what is new is seen.",
            rejection.windows, rejection.rate
        )
    });
    found.into_iter().chain(few).collect()
}

/// How many windows were refused, and of how many.
#[derive(Debug, Clone, Copy, Default)]
struct Share {
    refused: usize,
    of: usize,
}

impl Share {
    fn add(&mut self, other: Self) {
        self.refused += other.refused;
        self.of += other.of;
    }
}

/// What tells.
struct Refusing<'a> {
    spec: FrontEndSpec,
    data: &'a Data,
    task: &'a Task,
    seed: u64,
    /// Every how many windows are taken.
    every: usize,
}

impl<'a> Refusing<'a> {
    fn of(&self, which: &[usize]) -> Vec<&'a Labelled> {
        let chosen = which.iter().filter_map(|at| self.data.records.get(*at));
        chosen.collect()
    }

    /// How many of some windows are refused by what was fitted on others. Where these
    /// are to be `known`, a window of a label that the others have not is none of them.
    fn refused(
        &self,
        others: &[usize],
        these: &[&Labelled],
        known: bool,
    ) -> Result<Share, SearchError> {
        let others: Vec<usize> = others.iter().copied().step_by(self.every).collect();
        let samples: Vec<Sample<'_>> = self.data.samples(&others);
        let learned: BTreeSet<usize> = samples.iter().map(|one| label(Some(one.truth))).collect();
        let fitted = cross_fit(&self.spec, self.task, &samples, PARTS, self.seed)?;
        let front_end = FrontEnd::of_numbers(fitted.spec)?;
        let mut share = Share::default();
        for record in these.iter().step_by(self.every) {
            let Some(Truth::Label(of)) = record.truth else {
                continue;
            };
            if known && !learned.contains(&of) {
                continue;
            }
            let novelty = front_end.novelty(&front_end.compute(&record.window)?);
            share.refused += usize::from(is_new(novelty));
            share.of += 1;
        }
        Ok(share)
    }
}
