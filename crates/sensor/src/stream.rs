//! Cuts windows out of readings that come one at a time.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::limits::{MAX_SAMPLES, at_most, setting};
use crate::{FrontEnd, Layout, SensorError, Window, missing};

/// Collects readings and gives a window whenever one is complete.
#[derive(Debug, Clone)]
pub struct WindowStream {
    channels: usize,
    names: alloc::string::String,
    /// The numbers that stand for a missing sample of each channel.
    missing_values: Vec<Vec<f64>>,
    length: usize,
    stride: usize,
    max_gap_s: Option<f64>,
    /// The last `length` readings at most, reading by reading.
    buffer: VecDeque<f64>,
    last_time_s: Option<f64>,
    /// Readings until the next window is complete.
    until_window: usize,
    /// Readings since the last window or break.
    since_window: usize,
}

/// What became of a reading.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pushed {
    /// The window that the reading completed.
    pub window: Option<Window>,
    /// Readings before this one that a gap in time left without any window.
    pub dropped: usize,
    /// Whether a gap in time came before this reading.
    pub gap: bool,
}

impl WindowStream {
    /// A stream with the length, stride and gap of the front end's layout; of
    /// rows, every reading is a window.
    ///
    /// # Errors
    /// [`SensorError::NotAStream`] where a row of the layout is a whole window.
    pub fn new(front_end: &FrontEnd) -> Result<Self, SensorError> {
        let (length, stride, max_gap_s) = match front_end.spec().layout {
            Layout::Stream {
                length,
                stride,
                max_gap_s,
                ..
            } => (length, stride, max_gap_s),
            Layout::Rows { .. } => (1, 1, None),
            Layout::Cells { .. } | Layout::SideBySide { .. } => {
                return Err(SensorError::NotAStream);
            }
        };
        let mut stream = Self::with_length(front_end, length, stride)?;
        stream.max_gap_s = max_gap_s;
        Ok(stream)
    }

    /// A stream with a length and stride of the caller's choice, for any
    /// layout.
    ///
    /// # Errors
    /// [`SensorError::Setting`] where the front end takes no windows of that
    /// length, or the stride is 0.
    pub fn with_length(
        front_end: &FrontEnd,
        length: usize,
        stride: usize,
    ) -> Result<Self, SensorError> {
        let allowed = front_end.window_lengths();
        if !allowed.contains(&length) {
            return Err(setting(
                "window length",
                alloc::format!(
                    "{length} readings, but the front end takes {} to {}",
                    allowed.start(),
                    allowed.end()
                ),
            ));
        }
        if stride == 0 {
            return Err(setting("window stride", "must be at least 1"));
        }
        at_most("readings of a stride", stride, MAX_SAMPLES)?;
        Ok(Self {
            channels: front_end.channels().len(),
            names: front_end.channel_names(),
            missing_values: (front_end.channels().iter())
                .map(|channel| channel.missing_values.clone())
                .collect(),
            length,
            stride,
            max_gap_s: None,
            buffer: VecDeque::new(),
            last_time_s: None,
            until_window: length,
            since_window: 0,
        })
    }

    /// At most how many values there are in the windows that this many readings
    /// complete.
    #[must_use]
    pub fn values_after(&self, readings: usize) -> usize {
        let windows = readings / self.stride + 1;
        windows.saturating_mul(self.length * self.channels)
    }

    /// Adds a reading: one value for each channel, NaN where it is missing,
    /// and its time in seconds where it is known.
    ///
    /// # Errors
    /// [`SensorError::ChannelCount`] where there are more or fewer values than
    /// channels. The stream is then as before.
    pub fn push(&mut self, reading: &[f64], time_s: Option<f64>) -> Result<Pushed, SensorError> {
        if reading.len() != self.channels {
            return Err(SensorError::ChannelCount {
                expected: self.channels,
                found: reading.len(),
                names: self.names.clone(),
            });
        }
        let mut pushed = Pushed::default();
        if let (Some(gap), Some(before), Some(now)) = (self.max_gap_s, self.last_time_s, time_s) {
            // A clock that goes backwards is a break as well.
            pushed.gap = !(0.0..=gap).contains(&(now - before));
            if pushed.gap {
                pushed.dropped = self.reset();
            }
        }
        self.last_time_s = time_s.or(self.last_time_s);
        if self.buffer.len() == self.length * self.channels {
            self.buffer.drain(..self.channels);
        }
        let values = reading.iter().zip(&self.missing_values);
        self.buffer
            .extend(values.map(|(&value, codes)| missing::read(codes, value)));
        self.since_window = self.since_window.saturating_add(1);
        self.until_window -= 1;
        if self.until_window == 0 {
            self.until_window = self.stride;
            self.since_window = 0;
            pushed.window = Some(self.window());
        }
        Ok(pushed)
    }

    /// Forgets everything, so that the next reading begins a new window.
    /// Returns how many readings that leaves without any window.
    pub fn reset(&mut self) -> usize {
        let dropped = self.pending();
        self.buffer.clear();
        self.last_time_s = None;
        self.until_window = self.length;
        self.since_window = 0;
        dropped
    }

    /// How many readings since the last window are not in any window yet.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.since_window
    }

    /// Lets this many seconds more pass without a break.
    pub(crate) fn allow_gap(&mut self, more_s: f64) {
        self.max_gap_s = self.max_gap_s.map(|gap| gap + more_s);
    }

    /// The longest gap without a break, in seconds.
    pub(crate) fn max_gap_s(&self) -> Option<f64> {
        self.max_gap_s
    }

    fn window(&self) -> Window {
        let channel = |at: usize| {
            let samples = self.buffer.iter().skip(at).step_by(self.channels);
            samples.copied().collect::<Vec<f64>>()
        };
        Window {
            channels: (0..self.channels).map(channel).collect(),
        }
    }
}
