//! Makes the front ends of candidates.

use senselm_sensor::{
    Detrend, Edges, Encode, FeatureKind, FrontEndSpec, Layout, Missing, Numbers, Operator,
    OperatorSpec, OperatorWrite, Scale, Taper, Task,
};

use super::letters::letters;
use super::steps::{convolutions, facts, projection, step};
use super::{By, Candidate};
use crate::data::{Data, longest};

/// Numbers of convolutions of the signals, and as many of their differences.
const SHAPES: usize = 504;
/// The fewest samples in which a kernel finds a shape.
pub(crate) const SHORTEST: usize = 9;
/// The most samples of a spectrum.
const MOST_SPECTRAL: usize = 2048;
/// Levels of numbers, the lowest first.
const LEVELS: &str = "abcdefghijklmnopqrstuvwxyzABCDEF";

/// What a projection reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
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
pub(super) struct Build<'a> {
    data: &'a Data,
    size: usize,
    task: &'a Task,
    channels: Vec<String>,
    shortest: usize,
    pub(super) longest: usize,
    /// Readings a second, of which frequencies are taken.
    rate_hz: f64,
}

impl<'a> Build<'a> {
    pub(super) fn new(data: &'a Data, size: usize, task: &'a Task) -> Self {
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
            shortest: lengths.min().unwrap_or(1),
            longest: longest(&data.records),
            rate_hz: channels
                .first()
                .and_then(|one| one.sample_rate_hz)
                .unwrap_or(1.0),
            data,
        }
    }

    pub(super) fn has_spectrum(&self) -> bool {
        self.shortest >= 16 && self.longest <= MOST_SPECTRAL
    }

    /// A candidate whose projection reads these parts.
    pub(super) fn of(&self, name: &str, what: &str, parts: &[Part]) -> Candidate {
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
            ..step("verdict", projection(read))
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
    pub(super) fn levels(&self) -> Candidate {
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
            _ => self.rank(),
        }
    }

    fn rank(&self) -> OperatorWrite {
        let (symbols, alphabet) = letters(self.task);
        OperatorWrite::Rank {
            symbols,
            // Of two labels the second is the other one: written too, both stand in
            // every window, and only their order would say which is which.
            top: 2.min(self.task.labels().len().saturating_sub(1)).max(1),
            margin: Edges {
                at: Numbers::default(),
                alphabet,
            },
        }
    }

    fn shapes(&self, signals: &[String], points: usize) -> Operator {
        convolutions(signals, points.min(self.longest).max(SHORTEST), SHAPES)
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
