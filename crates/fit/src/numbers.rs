//! What a front end computes of many windows.

use std::num::NonZero;
use std::thread;

use senselm_sensor::{
    Computed, Encode, FeatureWrite, FrontEnd, FrontEndSpec, OperatorSpec, SensorError,
};

use crate::{FitError, Sample};

/// A front end that computes what a specification's channels and these operators
/// do, and writes nothing.
pub(crate) fn front_end(
    spec: &FrontEndSpec,
    operators: Vec<OperatorSpec>,
) -> Result<FrontEnd, SensorError> {
    let mut spec = FrontEndSpec {
        operators,
        ..spec.clone()
    };
    for channel in &mut spec.channels {
        if let Some(encode) = &mut channel.encode {
            *encode = Encode::Decimal {
                decimals: 0,
                width: 0,
                trim: false,
                separator: " ".into(),
            };
        }
        for feature in &mut channel.features {
            feature.write = FeatureWrite::Decimal {
                decimals: 0,
                width: 0,
                trim: false,
            };
        }
    }
    FrontEnd::of_numbers(spec)
}

/// What `pick` takes of each window's numbers, in the order of the windows, on all
/// cores.
pub(crate) fn of_each<T: Send>(
    front_end: &FrontEnd,
    samples: &[Sample<'_>],
    pick: impl Fn(Computed) -> T + Sync,
) -> Result<Vec<T>, FitError> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = samples.len().div_ceil(cores).max(1);
    let pick = &pick;
    thread::scope(|scope| {
        let parts = samples.chunks(share).map(|part| {
            scope.spawn(move || {
                let each = part.iter();
                let picked = each.map(|one| Ok(pick(front_end.compute(one.window)?)));
                picked.collect::<Result<Vec<T>, SensorError>>()
            })
        });
        let parts: Vec<_> = parts.collect();
        let mut all = Vec::with_capacity(samples.len());
        for part in parts {
            let failed = |_| FitError::Data("a thread that computes windows ended".into());
            all.extend(part.join().map_err(failed)??);
        }
        Ok(all)
    })
}
