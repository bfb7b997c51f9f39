//! The ways to write windows that are tried.

use senselm_sensor::{
    Detrend, Edges, Encode, FeatureKind, FrontEndSpec, Layout, Matrix, Missing, Numbers, Operator,
    OperatorSpec, OperatorWrite, Scale, Taper, Task,
};

use crate::data::Data;

/// Numbers of convolutions of the signals, and as many of their differences.
const SHAPES: usize = 504;
/// Where windows are longer than this, fewer points are tried too.
const LONG: usize = 96;
/// The fewest samples in which a kernel finds a shape.
const SHORTEST: usize = 9;
/// The most points that convolutions are given.
const MOST_POINTS: usize = 512;
/// The most samples of a spectrum.
const MOST_SPECTRAL: usize = 2048;
/// Levels of a margin and of numbers, the lowest first.
const MARGIN: &str = "01234567";
const LEVELS: &str = "abcdefghijklmnopqrstuvwxyzABCDEF";

/// Who decides in a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A projection in the front end, whose verdict the model reads.
    Projection,
    /// The model, from levels.
    Model,
}

/// A way to write windows.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What it is called.
    pub name: String,
    /// What it does, for people.
    pub what: String,
    /// The front end, with what is fitted left out.
    pub spec: FrontEndSpec,
    /// Who decides.
    pub by: By,
    /// Which of the sizes of windows it has.
    pub size: usize,
}

/// The candidates for windows of each size, the default first.
pub(crate) fn candidates(sizes: &[Data], task: &Task) -> Vec<Candidate> {
    let mut all = Vec::new();
    let Some(first) = sizes.first() else {
        return all;
    };
    let build = Build::new(first, 0, task);
    let (shapes, changes) = (Part::Shapes(MOST_POINTS), Part::ChangedShapes(MOST_POINTS));
    let both = [shapes, changes, Part::Facts];
    let long_enough = build.longest >= SHORTEST;
    if build.longest == 1 {
        all.push(build.of("values", "each reading as a number", &[Part::Values]));
        // Where one reading is all there is, a model weighs levels better than a line
        // does; where windows can be longer, that is tried last.
        let levels = build.levels();
        all.insert(if sizes.len() == 1 { 0 } else { 1 }, levels);
    }
    match task {
        Task::Number { .. } if build.longest == 1 => {}
        Task::Number { .. } => {
            all.push(build.of(
                "facts",
                "statistics and frequencies of every channel and of its changes",
                &[Part::Facts, Part::Frequencies],
            ));
            for (name, what, part) in [
                (
                    "frequencies",
                    "three measures of the main frequency",
                    Part::Frequencies,
                ),
                (
                    "spectral peak",
                    "the largest peak of the spectrum",
                    Part::Peak,
                ),
                (
                    "repetition",
                    "the shortest time after which the signal repeats",
                    Part::Repetition,
                ),
                (
                    "crossings",
                    "how often the signal crosses its middle",
                    Part::Crossings,
                ),
            ] {
                if build.has_spectrum() {
                    all.push(build.of(name, what, &[part]));
                }
            }
            if long_enough {
                all.push(build.of(
                    "shapes and facts",
                    "shapes of the signal and of its changes, and statistics",
                    &both,
                ));
            }
        }
        _ if build.longest == 1 => {}
        _ if !long_enough => {
            all.push(build.of(
                "facts",
                "statistics of every channel and of its changes",
                &[Part::Facts],
            ));
        }
        _ => {
            all.push(build.of(
                "shapes and facts",
                "shapes of the signal and of its changes, and statistics",
                &both,
            ));
            all.push(build.of(
                "facts",
                "statistics of every channel and of its changes",
                &[Part::Facts],
            ));
            all.push(build.of(
                "shapes",
                "shapes of the signal and of its changes",
                &both[..2],
            ));
            all.push(build.of(
                "changes",
                "shapes of the changes alone: where the signal lies does not matter",
                &[changes],
            ));
            all.push(build.of(
                "shapes, facts and frequencies",
                "as the first, with three measures of the main frequency",
                &[shapes, changes, Part::Facts, Part::Frequencies],
            ));
            if build.longest > LONG {
                all.push(build.of(
                    "coarse shapes and facts",
                    "as the first, from 64 points",
                    &[Part::Shapes(64), Part::ChangedShapes(64), Part::Facts],
                ));
            }
        }
    }
    // The default on the other sizes of windows.
    for (at, data) in sizes.iter().enumerate().skip(1) {
        let build = Build::new(data, at, task);
        let (name, parts): (&str, &[Part]) = match task {
            Task::Number { .. } => ("facts", &[Part::Facts, Part::Frequencies]),
            _ if build.longest < SHORTEST => ("facts", &[Part::Facts]),
            _ => ("shapes and facts", &both),
        };
        let length = data.size.map_or(build.longest, |size| size.length);
        let what = format!("as {name:?}, in windows of {length} readings");
        all.push(build.of(&format!("{name}, {length}"), &what, parts));
    }
    all
}

/// What a projection reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Convolutions of the signals brought to at most so many points.
    Shapes(usize),
    /// Of their differences.
    ChangedShapes(usize),
    /// Statistics of both.
    Facts,
    /// Measures of the main frequency.
    Frequencies,
    Peak,
    Repetition,
    Crossings,
    /// The only reading of each channel.
    Values,
}

/// Makes candidates for windows of one size.
struct Build<'a> {
    data: &'a Data,
    size: usize,
    task: &'a Task,
    channels: Vec<String>,
    shortest: usize,
    longest: usize,
    /// Readings a second, of which frequencies are taken.
    rate_hz: f64,
}

impl<'a> Build<'a> {
    fn new(data: &'a Data, size: usize, task: &'a Task) -> Self {
        let lengths = data
            .records
            .iter()
            .flat_map(|record| &record.window.channels);
        let lengths = lengths.map(Vec::len);
        let channels = &data.carrier.channels;
        Self {
            size,
            task,
            channels: channels
                .iter()
                .map(|channel| channel.name.clone())
                .collect(),
            shortest: lengths.clone().min().unwrap_or(1),
            longest: lengths.max().unwrap_or(1),
            rate_hz: channels
                .first()
                .and_then(|one| one.sample_rate_hz)
                .unwrap_or(1.0),
            data,
        }
    }

    fn has_spectrum(&self) -> bool {
        self.shortest >= 16 && self.longest <= MOST_SPECTRAL
    }

    /// A candidate whose projection reads these parts.
    fn of(&self, name: &str, what: &str, parts: &[Part]) -> Candidate {
        let changes: Vec<String> = self
            .channels
            .iter()
            .map(|name| format!("{name}_change"))
            .collect();
        let mut operators = Vec::new();
        let changed = parts
            .iter()
            .any(|part| matches!(part, Part::ChangedShapes(_) | Part::Facts));
        if changed && self.longest > 1 {
            for (channel, change) in self.channels.iter().zip(&changes) {
                let signal = channel.clone();
                operators.push(step(change, Operator::Difference { signal }));
            }
        }
        let mut read = Vec::new();
        for part in parts {
            let (name, of) = match part {
                Part::Shapes(points) => ("shapes", self.shapes(&self.channels, *points)),
                Part::ChangedShapes(points) => ("changed_shapes", self.shapes(&changes, *points)),
                Part::Facts => {
                    let signals = [self.channels.as_slice(), &changes].concat();
                    (
                        "facts",
                        Operator::Statistics {
                            signals,
                            of: facts(self.shortest),
                        },
                    )
                }
                Part::Values => ("readings", self.statistics(vec![FeatureKind::Mean {}])),
                Part::Frequencies if self.has_spectrum() => {
                    let of = vec![self.peak(), self.repetition(), self.crossings()];
                    ("frequencies", self.statistics(of))
                }
                Part::Frequencies => continue,
                Part::Peak => ("peak", self.statistics(vec![self.peak()])),
                Part::Repetition => ("repetition", self.statistics(vec![self.repetition()])),
                Part::Crossings => ("crossings", self.statistics(vec![self.crossings()])),
            };
            operators.push(step(name, of));
            read.push(name.to_owned());
        }
        operators.push(OperatorSpec {
            write: Some(self.verdict()),
            ..step(
                "verdict",
                Operator::Project {
                    of: read,
                    mean: Numbers::default(),
                    deviation: Numbers::default(),
                    clip: 8.0,
                    weights: Matrix::default(),
                    bias: Numbers::default(),
                },
            )
        });
        Candidate {
            name: name.to_owned(),
            what: what.to_owned(),
            by: By::Projection,
            size: self.size,
            spec: FrontEndSpec {
                operators,
                template: "scores {verdict} answer".to_owned(),
                ..self.carrier()
            },
        }
    }

    /// A candidate whose model reads the only reading of each channel as a level.
    fn levels(&self) -> Candidate {
        let mut spec = self.carrier();
        let mut template = String::new();
        for channel in &mut spec.channels {
            channel.scale = Scale::None {};
            channel.encode = Some(Encode::Edges {
                edges: Edges {
                    at: Numbers::default(),
                    alphabet: LEVELS.to_owned(),
                },
                separator: String::new(),
            });
            template += &format!("{{{}}}", channel.name);
        }
        spec.template = format!("levels {template} answer");
        Candidate {
            name: "levels".to_owned(),
            what: "each reading as one of 32 levels, for the model to weigh".to_owned(),
            spec,
            by: By::Model,
            size: self.size,
        }
    }

    /// The channels, with gaps filled where nothing else is said.
    fn carrier(&self) -> FrontEndSpec {
        let mut spec = self.data.carrier.clone();
        for channel in &mut spec.channels {
            channel.encode = None;
            channel.features.clear();
            channel.missing = match spec.layout {
                // One reading has no neighbours.
                Layout::Rows { .. } => Missing::Symbol {
                    text: "?".to_owned(),
                },
                _ => Missing::Interpolate {
                    empty: Some("?".to_owned()),
                },
            };
        }
        spec
    }

    fn verdict(&self) -> OperatorWrite {
        match self.task {
            Task::Number {
                decimals, width, ..
            } => OperatorWrite::Decimal {
                decimals: *decimals,
                width: *width,
                separator: String::new(),
                empty: None,
            },
            _ => OperatorWrite::Rank {
                symbols: Vec::new(),
                top: 2.min(self.task.labels().len()),
                margin: Edges {
                    at: Numbers::default(),
                    alphabet: MARGIN.to_owned(),
                },
            },
        }
    }

    fn shapes(&self, signals: &[String], points: usize) -> Operator {
        Operator::Convolutions {
            signals: signals.to_vec(),
            points: points.min(self.longest).max(SHORTEST),
            features: Some(SHAPES),
            dilations: Vec::new(),
        }
    }

    fn statistics(&self, of: Vec<FeatureKind>) -> Operator {
        Operator::Statistics {
            signals: self.channels.clone(),
            of,
        }
    }

    /// Two periods in a window at least, four readings a period at least.
    fn range_cpm(&self) -> (f64, f64) {
        let low = 60.0 * self.rate_hz * 2.0 / self.longest as f64;
        (low, (60.0 * self.rate_hz / 4.0).max(2.0 * low))
    }

    fn peak(&self) -> FeatureKind {
        let (min_cpm, max_cpm) = self.range_cpm();
        FeatureKind::DominantFrequency {
            min_cpm,
            max_cpm,
            detrend: Detrend::Line,
            taper: Taper::Hann,
        }
    }

    fn repetition(&self) -> FeatureKind {
        let (min_cpm, max_cpm) = self.range_cpm();
        FeatureKind::AutocorrelationFrequency {
            min_cpm,
            max_cpm,
            detrend: Detrend::Line,
        }
    }

    fn crossings(&self) -> FeatureKind {
        let (min_cpm, max_cpm) = self.range_cpm();
        FeatureKind::CrossingRate {
            min_cpm,
            max_cpm,
            detrend: Detrend::Line,
            smooth: 0.25,
        }
    }
}

fn step(name: &str, of: Operator) -> OperatorSpec {
    OperatorSpec {
        name: name.to_owned(),
        of,
        write: None,
    }
}

/// The statistics of a signal, as far as the shortest window has them.
pub(crate) fn facts(shortest: usize) -> Vec<FeatureKind> {
    let mut all = vec![
        FeatureKind::Mean {},
        FeatureKind::Std {},
        FeatureKind::Min {},
        FeatureKind::Max {},
        FeatureKind::Range {},
        FeatureKind::First {},
        FeatureKind::Last {},
        FeatureKind::Median {},
        FeatureKind::InterquartileRange {},
        FeatureKind::Slope {},
        FeatureKind::Roughness {},
        FeatureKind::Skewness {},
        FeatureKind::Kurtosis {},
        FeatureKind::CrossingShare {},
        FeatureKind::MinPosition {},
        FeatureKind::MaxPosition {},
        FeatureKind::LongestRun {},
        FeatureKind::Length {},
    ];
    if shortest >= 16 {
        all.push(FeatureKind::SpectralCentroid {});
        all.push(FeatureKind::SpectralEntropy {});
    }
    let lags = [1, 2, 4, 8].into_iter().filter(|lag| 2 * lag < shortest);
    all.extend(lags.map(|lag| FeatureKind::Autocorrelation { lag }));
    all
}
