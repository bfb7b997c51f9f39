//! The front end as data: what a model file stores and a recipe writes.
//!
//! Nothing here is checked beyond its shape; [`crate::FrontEnd::new`] does
//! that. Unknown fields are refused, so that a typing error is not a default.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

pub use senselm_readings::recording::Source;
use serde::{Deserialize, Serialize};

use crate::raw::{FromRaw, FromSection, Misread, Raw, Section, deserialize_raw};

mod channel;
mod feature;
mod operator;

pub(crate) use channel::is_zero;
pub use channel::{ChannelSpec, Encode, Missing, Resample, ResampleMethod, Scale};
pub use feature::{Detrend, FeatureKind, FeatureSpec, FeatureWrite, Taper};
pub use operator::{Dilation, Edges, Operator, OperatorSpec, OperatorWrite};

/// How windows are found, turned into text and put into a prompt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontEndSpec {
    /// Where windows are in a CSV file, and how long they are.
    pub layout: Layout,
    /// The channels, in the order of [`crate::Window::channels`].
    pub channels: Vec<ChannelSpec>,
    /// Steps over the channels, in the order in which they are taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operators: Vec<OperatorSpec>,
    /// Placeholders that write several channels sample by sample.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interleave: Vec<Interleave>,
    /// The prompt, with `{channel}`, `{channel.feature}` and `{interleave}`
    /// where text is put in, and `{{` and `}}` for braces.
    pub template: String,
}

impl FrontEndSpec {
    /// Whether windows are cut out of one stream of readings, so that
    /// neighbours are alike.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        matches!(self.layout, Layout::Stream { .. })
    }

    /// What is left to be fitted to data, by its place; `None` where nothing is.
    #[must_use]
    pub fn not_fitted(&self) -> Option<String> {
        let channels = self.channels.iter().find_map(|channel| {
            let name = &channel.name;
            let encode = match &channel.encode {
                Some(Encode::Edges { edges, .. }) => edges.is_fitted(),
                _ => true,
            };
            let mut features = channel.features.iter();
            let feature = features.find(|feature| match &feature.write {
                FeatureWrite::Edges { edges } => !edges.is_fitted(),
                _ => false,
            });
            match feature {
                _ if !encode => Some(format!("channel {name}, encode")),
                Some(feature) => Some(format!("channel {name}, feature {}", feature.name)),
                None => None,
            }
        });
        let mut operators = self.operators.iter();
        let mut operator = || operators.find(|operator| !operator.is_fitted());
        channels.or_else(|| operator().map(|operator| format!("operator {}", operator.name)))
    }
}

/// Where windows are in a CSV file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Layout {
    /// One cell holds a whole window: named arrays (`Red: [1, 2, 3]`), bare
    /// arrays (`[1, 2, 3]`), or one list of numbers without brackets. A
    /// channel's source is the name or the position of its array.
    Cells {
        /// The column of the cell. Without it every channel has a column of its own,
        /// with one list of numbers in each cell.
        #[serde(skip_serializing_if = "Option::is_none")]
        column: Option<Source>,
        /// How many samples a channel may have.
        samples: Samples,
    },
    /// One row holds a whole window, with a column for each sample. A channel's
    /// source is the column of its first sample; the others are those whose titles
    /// go on counting (`ax_1`, `ax_2`, ...), or where no line names the columns as
    /// many behind it as `samples.max` says.
    SideBySide {
        /// How many samples a channel may have. What is missing at the end of a row
        /// makes the window shorter, down to the fewest.
        samples: Samples,
    },
    /// One row is one reading, which is a window of length 1.
    Rows {
        /// The column of a cell with a comma-separated list, of which each
        /// channel's source is a position. Without it every channel has a
        /// column of its own.
        #[serde(skip_serializing_if = "Option::is_none")]
        column: Option<Source>,
    },
    /// One row is one reading of a stream that is cut into windows.
    Stream {
        /// Readings in a window.
        length: usize,
        /// Readings from the start of one window to the start of the next.
        stride: usize,
        /// Which readings decide about the label of a window.
        label: LabelOf,
        /// The column with the time of the reading.
        #[serde(skip_serializing_if = "Option::is_none")]
        timestamp: Option<Source>,
        /// A longer time between two readings breaks the window.
        #[serde(skip_serializing_if = "Option::is_none")]
        max_gap_s: Option<f64>,
    },
}

/// How many samples a window of a cell may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Samples {
    /// The fewest.
    pub min: usize,
    /// The most.
    pub max: usize,
}

/// Which readings decide about the label of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelOf {
    /// The last one: what is the state now?
    #[default]
    Last,
    /// The most frequent one, of equally frequent ones the latest.
    Majority,
}

/// A placeholder that writes several channels sample by sample: all channels
/// of the first sample, then all of the second, and so on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interleave {
    /// Its name in the template.
    pub name: String,
    /// The channels, in the order they are written.
    pub channels: Vec<String>,
    /// Between two channels of the same sample.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub within: String,
    /// Between two samples.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub between: String,
}

deserialize_raw!(Layout, Samples, LabelOf);

impl FromSection for Layout {
    fn from_section(section: &mut Section) -> Result<Self, Misread> {
        section.by_kind(&[
            ("cells", |it| {
                Ok(Self::Cells {
                    column: it.may("column")?,
                    samples: it.need("samples")?,
                })
            }),
            ("side_by_side", |it| {
                Ok(Self::SideBySide {
                    samples: it.need("samples")?,
                })
            }),
            ("rows", |it| {
                Ok(Self::Rows {
                    column: it.may("column")?,
                })
            }),
            ("stream", |it| {
                Ok(Self::Stream {
                    length: it.need("length")?,
                    stride: it.need("stride")?,
                    label: it.may("label")?,
                    timestamp: it.may("timestamp")?,
                    max_gap_s: it.may("max_gap_s")?,
                })
            }),
        ])
    }
}

impl FromSection for Samples {
    fn from_section(section: &mut Section) -> Result<Self, Misread> {
        Ok(Self {
            min: section.need("min")?,
            max: section.need("max")?,
        })
    }
}

impl FromRaw for LabelOf {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        raw.word(&[("last", Self::Last), ("majority", Self::Majority)])
    }
}
