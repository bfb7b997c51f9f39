//! The ways to write windows whose likelihood is the score.

use senselm_look::{Seen, SeenChannel};
use senselm_sensor::{
    ChannelSpec, Encode, FrontEndSpec, Labelled, Missing, Resample, ResampleMethod, Scale,
    resample::resample,
};

const LEVELS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
const COUNT: u32 = 32;
/// Samples of a window that are written, of all channels together, and of one.
const POINTS: usize = 192;
const POINTS_OF_ONE: usize = 128;
const FEWEST_POINTS: usize = 16;
/// What a channel has to vary in a window for its shape to be written as large, as a
/// share of its range.
const QUIET: f64 = 0.02;
/// Windows whose changes are measured.
const MEASURED: usize = 2000;
/// What fixed ends lie beyond what was seen, as a share of it.
const MARGIN: f64 = 0.1;

/// A way to write windows.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) spec: FrontEndSpec,
    /// What windows are learned with, so that the next recordings are no surprise.
    pub(crate) augment: Augment,
    /// Samples that are written of a window, of all channels together.
    pub(crate) points: usize,
}

/// Shares of the range by which windows are varied: as far as a window's ends are its
/// own that is the window's, and else all that was seen. Without it a model of a few
/// recordings is as surprised by the next as by an anomaly (docs/experiments.md).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Augment {
    /// The deviation of noise, at most.
    pub(crate) noise: f64,
    /// The deviation of the ends of a line.
    pub(crate) trend: f64,
}

/// Where it does not matter where a window lies.
const OF_SHAPE: Augment = Augment {
    noise: 0.02,
    trend: 0.1,
};
/// Where it does.
const OF_PLACE: Augment = Augment {
    noise: 0.005,
    trend: 0.0,
};

/// The candidates, the default first.
pub(crate) fn candidates(
    seen: &Seen,
    carrier: &FrontEndSpec,
    records: &[Labelled],
    longest: usize,
) -> Vec<Candidate> {
    let of = |name, what, write: &dyn Fn(&SeenChannel, &mut ChannelSpec)| Candidate {
        name,
        what,
        spec: spec(seen, carrier, longest, write),
        augment: OF_SHAPE,
        points: points(carrier.channels.len()).min(longest) * carrier.channels.len(),
    };
    let fixed = Candidate {
        augment: OF_PLACE,
        ..of(
            "place",
            "each sample between fixed ends: where it lies",
            &fixed,
        )
    };
    // A window of one reading has no shape.
    if longest < 4 {
        return vec![fixed];
    }
    vec![
        of(
            "shape",
            "each sample less the window's mean, over its deviation: drift and scale do not matter",
            &shape,
        ),
        fixed,
        Candidate {
            spec: changes(seen, carrier, records, longest),
            augment: OF_PLACE,
            ..of(
                "changes",
                "each sample less the one before: where it lies does not matter",
                &|_, _| {},
            )
        },
        of(
            "range",
            "each sample between the least and the largest of its window",
            &range,
        ),
    ]
}

fn spec(
    seen: &Seen,
    carrier: &FrontEndSpec,
    longest: usize,
    write: &dyn Fn(&SeenChannel, &mut ChannelSpec),
) -> FrontEndSpec {
    let mut spec = carrier.clone();
    let points = points(carrier.channels.len());
    spec.template = "window".to_owned();
    for (channel, seen) in spec.channels.iter_mut().zip(&seen.channels) {
        channel.missing = Missing::Interpolate {
            empty: Some("?".into()),
        };
        if longest > points {
            channel.resample = vec![Resample {
                points,
                method: ResampleMethod::Mean,
            }];
        }
        write(seen, channel);
        spec.template += &format!(" {{{}}}", channel.name);
    }
    spec
}

/// Samples that are written of a channel at most.
pub(super) fn points(channels: usize) -> usize {
    (POINTS / channels.max(1)).clamp(FEWEST_POINTS, POINTS_OF_ONE)
}

/// Changes, with ends that one in two hundred goes beyond.
fn changes(
    seen: &Seen,
    carrier: &FrontEndSpec,
    records: &[Labelled],
    longest: usize,
) -> FrontEndSpec {
    let mut spec = spec(seen, carrier, longest, &|_, channel| {
        channel.encode = levels()
    });
    let step = records.len().div_ceil(MEASURED).max(1);
    let each = spec.channels.iter_mut().zip(&seen.channels).enumerate();
    for (at, (channel, seen)) in each {
        let mut sizes: Vec<f64> = Vec::new();
        for record in records.iter().step_by(step) {
            let mut samples = record.window.channels.get(at).cloned().unwrap_or_default();
            for step in &channel.resample {
                samples = resample(&samples, *step);
            }
            let changes = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs());
            sizes.extend(changes.filter(|change| change.is_finite()));
        }
        sizes.sort_by(f64::total_cmp);
        let most = sizes.len().saturating_sub(1) * 199 / 200;
        let max = sizes.get(most).copied().unwrap_or_default();
        channel.scale = Scale::Change {
            max: max.max(1e-3 * reach(seen)),
        };
    }
    spec
}

fn levels() -> Option<Encode> {
    Some(Encode::Levels {
        count: COUNT,
        alphabet: Some(LEVELS.to_owned()),
        separator: String::new(),
    })
}

/// How far a channel goes, never 0.
pub(super) fn reach(seen: &SeenChannel) -> f64 {
    let all = seen.quantiles;
    (all.max - all.min).max(1e-6 * all.p50.abs()).max(1e-9)
}

fn shape(seen: &SeenChannel, channel: &mut ChannelSpec) {
    channel.scale = Scale::WindowZScore {
        min_std: QUIET * reach(seen),
        clip: 3.0,
    };
    channel.encode = levels();
}

fn range(seen: &SeenChannel, channel: &mut ChannelSpec) {
    channel.scale = Scale::WindowMinMax {
        min_range: 2.0 * QUIET * reach(seen),
        group: None,
    };
    channel.encode = levels();
}

fn ends(seen: &SeenChannel) -> (f64, f64) {
    let margin = MARGIN * reach(seen);
    (seen.quantiles.min - margin, seen.quantiles.max + margin)
}

fn fixed(seen: &SeenChannel, channel: &mut ChannelSpec) {
    let (min, max) = ends(seen);
    channel.scale = Scale::Global { min, max };
    channel.encode = levels();
}
