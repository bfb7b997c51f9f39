//! What every candidate is worth on files that were kept apart: what a choice has cost.

use senselm_look::Seen;
use senselm_sensor::Labelled;

use crate::SearchError;
use crate::candidate::{By, candidates};
use crate::clock::Clock;
use crate::data::Data;
use crate::figures::spread;
use crate::model::{Model, Timed, Told};
use crate::options::Options;
use crate::outcome::KeptCandidate;
use crate::recipe::{About, usual_steps};
use crate::trial::projected;

/// Fits every candidate on all windows to learn from, whatever time it takes, and
/// measures it on those that were kept apart. Nothing may be chosen by these figures:
/// they say what a choice without them has cost.
///
/// # Errors
/// [`SearchError::Data`] where no file is kept apart, and what reading, fitting and
/// training say.
pub fn every_candidate(seen: &Seen, options: &Options) -> Result<Vec<KeptCandidate>, SearchError> {
    let task = seen.task.clone().ok_or_else(|| {
        SearchError::Data("there is no column of right answers to measure by".into())
    })?;
    let sizes = Data::of_sizes(seen)?;
    if sizes.iter().all(|data| data.kept.is_empty()) {
        return Err(SearchError::Data(
            "no file is kept apart, by which candidates could be measured: call one of them \
             validation.csv or test.csv"
                .into(),
        ));
    }
    let clock = Clock::new(&|| 0.0, f64::INFINITY);
    let clock = &clock;
    let mut all = Vec::new();
    for candidate in candidates(&sizes, &task) {
        let Some(data) = sizes.get(candidate.size) else {
            continue;
        };
        let found = match candidate.by {
            By::Projection => {
                let everything: Vec<usize> = (0..data.records.len()).collect();
                let kept: Vec<&Labelled> = data.kept.iter().collect();
                let spec = &candidate.spec;
                projected(data, spec, &task, &everything, &kept, options.seed)?
            }
            By::Model => {
                let model = Model {
                    data,
                    candidate: &candidate,
                    task: &task,
                    about: About {
                        name: &options.name,
                        source: "",
                        data: "[data]\n",
                        steps: usual_steps(&candidate, data.records.len()),
                        seed: options.seed,
                        simulated: false,
                    },
                    device: options.device,
                    clock,
                };
                match model.train(&data.records, &data.kept, None, f64::INFINITY)? {
                    Timed::Done((trained, _), _) => Told::of(&trained).answers,
                    Timed::TooLong(_) => continue,
                }
            }
        };
        let of = spread(&task, &data.kept, &found);
        all.extend(of.map(|of| KeptCandidate {
            name: candidate.name.clone(),
            figure: of.mean,
            windows: of.windows,
        }));
    }
    Ok(all)
}
