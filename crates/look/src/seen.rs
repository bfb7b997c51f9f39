//! What was seen in recordings, as whoever makes a model of them needs it.

use std::path::PathBuf;

use senselm_decode::Encoding;
use senselm_readings::Told;
use senselm_sensor::{
    Apart, ChannelSpec, FrontEnd, FrontEndSpec, LabelOf, Layout, Missing, Scale, SensorError,
    Source, Task,
};

use crate::note::{Note, Why};
use crate::spread::{Quantiles, Sentinel};
use crate::{Goal, Role};

/// What was seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The files, in the order in which they were found.
    pub files: Vec<SeenFile>,
    /// Where windows are; of a stream with the first of [`Seen::sizes`].
    pub layout: Layout,
    /// How windows of a stream may be cut, the most likely first; none where a row
    /// is a window.
    pub sizes: Vec<WindowSize>,
    /// What is measured, in the order of the columns.
    pub channels: Vec<SeenChannel>,
    /// Readings a second, where times say it or somebody did.
    pub rate_hz: Option<f64>,
    /// How rows follow each other in time, where they do.
    pub gaps: Gaps,
    /// The right answers, where there are any.
    pub answers: Option<Answers>,
    /// What is learned; nothing where there are no right answers.
    pub task: Option<Task>,
    /// The column that marks anomalies which nobody learns.
    pub marks: Option<Source>,
    /// What says whose a window is.
    pub group: Group,
    /// The groups with their rows, and how often each begins.
    pub groups: Vec<Counted>,
    /// Columns whose change no window spans; the first is that of the groups, where
    /// they have a column.
    pub apart: Vec<Source>,
    /// Rows to learn from that can be read.
    pub rows: u64,
    /// Of these, how many have distinct readings.
    pub distinct: u64,
    /// Stretches of rows of one group and label without a gap.
    pub stretches: u64,
    /// What else is to be known.
    pub notes: Vec<Note>,
    /// What was said about how files are written.
    pub told: Told,
    /// And in which encoding.
    pub encoding: Option<&'static Encoding>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it is for.
    pub role: Role,
    /// The folder that it is in, where a folder above that was named.
    pub folder: Option<String>,
    /// Its rows.
    pub rows: u64,
}

/// How a stream is cut into windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WindowSize {
    /// Readings of a window.
    pub length: usize,
    /// Readings from the start of one to the start of the next.
    pub stride: usize,
}

/// One thing that is measured.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenChannel {
    /// What a front end calls it.
    pub name: String,
    /// What the recordings call it.
    pub title: String,
    /// Where its samples are.
    pub source: Source,
    /// Its unit; empty where nothing says it.
    pub unit: String,
    /// Where its numbers are, without sentinels.
    pub quantiles: Quantiles,
    /// The share of samples that are missing.
    pub missing_share: f64,
    /// Numbers that somebody said stand for a missing sample.
    pub missing_values: Vec<f64>,
    /// Numbers that stand for something else.
    pub sentinels: Vec<Sentinel>,
    /// Whether it never varies where it is there.
    pub constant: bool,
}

/// How rows follow each other in time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Gaps {
    /// The usual step, in seconds.
    pub step_s: Option<f64>,
    /// A longer one breaks a window.
    pub max_gap_s: Option<f64>,
    /// How many there are.
    pub count: u64,
    /// The longest, in seconds.
    pub longest_s: f64,
}

/// The right answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// The title of their column, or `folder`.
    pub title: String,
    /// Their column; the folders of the files are the labels where there is none.
    pub column: Option<Source>,
    /// What is learned from them.
    pub goal: Goal,
    /// Labels with their rows and stretches, in the order of the task; empty where
    /// numbers are estimated.
    pub labels: Vec<Counted>,
    /// Where numbers are that are estimated.
    pub quantiles: Option<Quantiles>,
}

/// How much there is of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// What.
    pub name: String,
    /// Rows of it.
    pub rows: u64,
    /// Stretches of rows that follow each other.
    pub stretches: u64,
}

/// What says whose a window is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Group {
    /// A column.
    Column {
        /// Its title.
        title: String,
        /// Where it is.
        source: Source,
    },
    /// Each file is of one.
    File,
    /// Each folder is of one.
    Folder,
    /// Stretches without a gap or a change of the label: there is nothing better.
    Stretch,
    /// Each distinct window is one of its own.
    Window,
}

impl Group {
    /// Whether the recordings say whose windows are.
    #[must_use]
    pub const fn is_named(&self) -> bool {
        matches!(self, Self::Column { .. } | Self::File | Self::Folder)
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Column { title, .. } => title,
            Self::File => "file",
            Self::Folder => "folder",
            Self::Stretch => "stretch",
            Self::Window => "window",
        }
    }
}

impl Seen {
    /// Whether a column says of every row that it is simulated: what is made of these
    /// recordings says so of itself.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        self.notes.iter().any(|note| {
            matches!(note, Note::LeftOut { why: Why::Constant { text }, .. }
                if text.eq_ignore_ascii_case("simulated"))
        })
    }

    /// What has to be said before any figure, in sentences.
    #[must_use]
    pub fn said_first(&self) -> Vec<String> {
        let first = self.notes.iter().filter(|note| note.comes_first());
        first.map(|note| format!("{note}.")).collect()
    }

    /// The layout with windows of another size; the same where a row is a window.
    #[must_use]
    pub fn layout_of(&self, size: WindowSize) -> Layout {
        let mut layout = self.layout.clone();
        if let Layout::Stream { length, stride, .. } = &mut layout {
            (*length, *stride) = (size.length, size.stride);
        }
        layout
    }

    /// A front end that carries the windows and writes nothing of them, for charts,
    /// baselines and whoever puts encodings into it. `size` is for streams.
    #[must_use]
    pub fn carrier(&self, size: Option<WindowSize>) -> FrontEndSpec {
        let layout = size.map_or_else(|| self.layout.clone(), |size| self.layout_of(size));
        carrier(layout, &self.channels, self.steady_rate_hz())
    }

    /// Readings a second that a front end can hold recordings to.
    #[must_use]
    pub fn steady_rate_hz(&self) -> Option<f64> {
        self.rate_hz
    }

    /// What tells the parts of a file apart, for [`senselm_sensor::read_csv_apart`].
    #[must_use]
    pub fn apart(&self) -> Apart {
        Apart {
            columns: self.apart.clone(),
            truths: matches!(self.task, Some(Task::Classify { .. })),
        }
    }

    /// Whether rows are readings of a stream.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        matches!(self.layout, Layout::Stream { .. })
    }
}

/// A front end with these channels that writes nothing of them.
pub(crate) fn carrier(
    layout: Layout,
    channels: &[SeenChannel],
    rate_hz: Option<f64>,
) -> FrontEndSpec {
    let channels = channels.iter().map(|channel| ChannelSpec {
        name: channel.name.clone(),
        unit: channel.unit.clone(),
        source: channel.source.clone(),
        sample_rate_hz: rate_hz,
        missing_values: channel.missing_values.clone(),
        missing: Missing::Interpolate { empty: None },
        resample: Vec::new(),
        scale: Scale::None {},
        encode: None,
        features: Vec::new(),
    });
    FrontEndSpec {
        layout,
        channels: channels.collect(),
        operators: Vec::new(),
        interleave: Vec::new(),
        template: "window".to_owned(),
    }
}

/// A stream of single readings.
pub(crate) fn stream(timestamp: Option<Source>, max_gap_s: Option<f64>) -> Layout {
    Layout::Stream {
        length: 2,
        stride: 1,
        label: LabelOf::Majority,
        timestamp,
        max_gap_s,
    }
}

/// What is wanted of recordings for this front end, and for a column of answers.
pub(crate) fn wants(
    spec: FrontEndSpec,
    answer: Option<(&Source, bool)>,
) -> Result<senselm_sensor::Wants, SensorError> {
    let front_end = FrontEnd::new(spec)?;
    let column = answer.map_or(Source::Name(String::new()), |(source, _)| source.clone());
    let task = Task::Generate {
        max_tokens: 1,
        column,
    };
    let mut wants = senselm_sensor::wants(&front_end, &task);
    if answer.is_none() {
        wants.columns.pop();
    }
    wants.number = answer.is_some_and(|(_, number)| number);
    Ok(wants)
}
