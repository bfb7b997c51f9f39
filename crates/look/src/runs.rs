//! The second pass over readings: how fast they come, where they have gaps, how
//! long stretches of one label are, and what is there twice.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use senselm_readings::limits::{MAX_SAMPLE_BYTES, MAX_SAMPLE_ROWS};
use senselm_readings::recording::{Reader, TruthCell, Wants, find};
use senselm_readings::rows::{Row, Rows};

use crate::reservoir::{Reservoir, quantile};
use crate::survey::{Survey, Surveyed};
use crate::text::Text;
use crate::{LookError, Options, Role};

/// Windows that are compared with each other.
const MAX_COMPARED: usize = 1 << 20;
/// Groups whose labels are counted.
const MAX_PAIRS: usize = 1 << 16;
/// Rows by which the step of the times is told.
const STEPS_OF: u64 = 200_000;
/// So many usual steps are a gap.
pub(crate) const GAP_STEPS: f64 = 5.0;

/// How the times of a recording go on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pace {
    /// The usual step, in seconds.
    pub(crate) step_s: f64,
    /// The share of steps that are of another size, gaps and restarts aside.
    pub(crate) unsteady: f64,
    /// Whether rows follow each other faster than the clock ticks.
    pub(crate) coarse: Option<f64>,
}

/// What the rows say together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runs {
    /// Rows that were read.
    pub(crate) rows: u64,
    pub(crate) unlabelled: u64,
    pub(crate) gaps: u64,
    pub(crate) longest_gap_s: f64,
    pub(crate) backwards: u64,
    pub(crate) doubled_rows: u64,
    /// Stretches without a gap, and of one label and group.
    pub(crate) stretches: u64,
    lengths: Reservoir,
    longest: u64,
    /// The rows and stretches of each label.
    pub(crate) labels: BTreeMap<String, (u64, u64)>,
    /// Those that are in files to learn from.
    learned: BTreeSet<String>,
    /// The rows of each group, and how often it begins.
    pub(crate) groups: BTreeMap<String, (u64, u64)>,
    /// Which labels and groups are together.
    pairs: BTreeMap<(String, String), u64>,
    /// Distinct windows, where a row is one.
    pub(crate) distinct: u64,
    /// Windows that are equal to others with another answer.
    pub(crate) contradictory: u64,
    seen: HashMap<u64, u64>,
    alike: Alike,
}

/// How alike neighbours are within a stretch.
#[derive(Debug, Clone, Default)]
struct Alike {
    /// For each channel the sums of squared steps and how many, and the sum of the
    /// squared deviations from the stretch's mean.
    steps: Vec<(f64, u64)>,
    spread: Vec<(f64, u64)>,
    /// Mean, squared deviations and number in this stretch.
    stretch: Vec<(f64, f64, u64)>,
    last: Vec<f64>,
}

/// What tells rows apart.
pub(crate) struct By<'s> {
    pub(crate) wants: &'s Wants,
    /// The column of the groups.
    pub(crate) group: Option<usize>,
    /// Whether the file, or its folder, is the group.
    pub(crate) place: Place,
    /// Other columns whose change breaks a stretch.
    pub(crate) apart: &'s [usize],
    /// Whether the folder is the label.
    pub(crate) folders: bool,
    pub(crate) max_gap_s: Option<f64>,
}

/// Whether where a file is says whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Nothing,
    File,
    Folder,
}

/// A reader of the rows of a file.
fn reader(
    text: &Text,
    file: &Surveyed,
    wants: &Wants,
    options: &Options,
) -> Result<(Reader, senselm_readings::Table), LookError> {
    let refused = |problem| LookError::Table {
        path: file.found.path.clone(),
        problem,
    };
    let mut length = MAX_SAMPLE_BYTES;
    loop {
        let (sample, complete) = text.beginning(length)?;
        let table = find(&sample, complete, &options.told, wants).map_err(refused)?;
        let Some(table) = table else {
            if complete {
                return Err(refused(senselm_readings::Problem::Empty));
            }
            length = length.saturating_mul(16);
            continue;
        };
        let mut rows = Rows::from_position(&sample, table.delimiter, table.body);
        if !complete {
            rows = rows.of_piece();
        }
        let rows = rows.filter_map(Result::ok).take(MAX_SAMPLE_ROWS);
        let rows: Vec<Row<'_>> = rows.collect();
        let reader = Reader::of_table(wants.clone(), &table, &rows, &options.told, None);
        return Ok((reader.map_err(refused)?, table));
    }
}

/// How the times of the first file with several go on; nothing where there are none.
pub(crate) fn pace(
    survey: &Survey,
    wants: &Wants,
    options: &Options,
) -> Result<Option<Pace>, LookError> {
    for file in survey
        .files
        .iter()
        .filter(|file| file.found.role != Role::Test)
    {
        let text = Text::open(&file.found.path, options)?;
        let (mut reader, table) = reader(&text, file, wants, options)?;
        let (mut values, mut lengths) = (Vec::new(), Vec::new());
        let mut steps = Reservoir::default();
        let (mut above, mut rows, mut still, mut first) = (None::<f64>, 0_u64, 0_u64, None);
        let mut last = 0.0;
        text.rows(&table, &mut |row| {
            rows += 1;
            if rows > STEPS_OF {
                return;
            }
            values.clear();
            lengths.clear();
            let Ok(cells) = reader.read(row, &mut values, &mut lengths) else {
                return;
            };
            if let (Some(above), Some(now)) = (above, cells.time_s) {
                let step = now - above;
                if step > 0.0 {
                    steps.add(step);
                }
                still += u64::from(step == 0.0);
            }
            above = cells.time_s.or(above);
            last = cells.time_s.unwrap_or(last);
            first = first.or(cells.time_s);
        })?;
        let sorted = steps.sorted(|_| false);
        if sorted.is_empty() {
            continue;
        }
        let step_s = quantile(&sorted, 0.5);
        let rows = rows.min(STEPS_OF);
        if still * 4 >= rows {
            // Several readings share a tick of the clock.
            let passed = sorted.iter().filter(|step| **step <= step_s * GAP_STEPS);
            let mean = passed.clone().sum::<f64>() / passed.count().max(1) as f64;
            let ticks = rows.saturating_sub(still).max(1) as f64;
            return Ok(Some(Pace {
                step_s: mean * ticks / rows.max(1) as f64,
                unsteady: 1.0,
                coarse: Some(step_s),
            }));
        }
        let whole = sorted.iter().filter(|step| **step <= step_s * GAP_STEPS);
        let other = whole
            .clone()
            .filter(|step| (**step - step_s).abs() > step_s * 0.1);
        return Ok(Some(Pace {
            step_s,
            unsteady: other.count() as f64 / whole.count().max(1) as f64,
            coarse: None,
        }));
    }
    Ok(None)
}

/// Reads all rows to learn from.
pub(crate) fn runs(survey: &Survey, by: &By<'_>, options: &Options) -> Result<Runs, LookError> {
    let mut runs = Runs::default();
    for file in survey
        .files
        .iter()
        .filter(|file| file.found.role != Role::Test)
    {
        runs.file(survey, file, by, options)?;
    }
    Ok(runs)
}

impl Runs {
    fn file(
        &mut self,
        survey: &Survey,
        file: &Surveyed,
        by: &By<'_>,
        options: &Options,
    ) -> Result<(), LookError> {
        let text = Text::open(&file.found.path, options)?;
        let (mut reader, table) = reader(&text, file, by.wants, options)?;
        let place = survey.place(file, by.place);
        let folder = match by.folders {
            true => file.found.folder.clone().unwrap_or_default(),
            false => String::new(),
        };
        let (mut values, mut lengths) = (Vec::new(), Vec::new());
        let mut above: Option<Above> = None;
        let mut length = 0;
        text.rows(&table, &mut |row| {
            if reader.is_header(row) {
                return;
            }
            values.clear();
            lengths.clear();
            let Ok(cells) = reader.read(row, &mut values, &mut lengths) else {
                return;
            };
            self.rows += 1;
            let label = match (&cells.truth, by.folders) {
                (_, true) => folder.clone(),
                (TruthCell::Nothing, _) => String::new(),
                (TruthCell::Number(number), _) => number.to_string(),
                (TruthCell::Text(text), _) => text.to_string(),
                (TruthCell::Unreadable(_), _) => String::new(),
            };
            self.unlabelled += u64::from(label.is_empty());
            let fields = file.fields(row).unwrap_or_default();
            let text = |at: usize| {
                let field = file.at(at).and_then(|at| fields.get(at));
                let bytes = field.map_or(&[][..], |field| &field.bytes);
                String::from_utf8_lossy(bytes.trim_ascii()).into_owned()
            };
            let now = Above {
                group: by.group.map_or_else(|| place.clone(), text),
                apart: by.apart.iter().map(|at| text(*at)).collect(),
                label,
                time_s: cells.time_s,
                values: values.clone(),
            };
            let breaks = self.compare(above.as_ref(), &now, by.max_gap_s);
            if breaks && file.found.role == Role::Train && self.learned.len() < MAX_PAIRS {
                self.learned.insert(now.label.clone());
            }
            if breaks {
                self.end(length);
                length = 0;
                self.begin(&now, above.as_ref());
            }
            length += 1;
            self.take(&now, breaks);
            above = Some(now);
        })?;
        self.end(length);
        Ok(())
    }

    /// Whether a row begins another stretch.
    fn compare(&mut self, above: Option<&Above>, now: &Above, max_gap_s: Option<f64>) -> bool {
        let Some(above) = above else {
            return true;
        };
        let same = above.group == now.group && above.apart == now.apart;
        let mut gap = false;
        if let (true, Some(before), Some(time)) = (same, above.time_s, now.time_s) {
            let step = time - before;
            gap = step < 0.0 || max_gap_s.is_some_and(|most| step > most);
            self.backwards += u64::from(step < 0.0);
            if step > 0.0 && gap {
                self.gaps += 1;
                self.longest_gap_s = self.longest_gap_s.max(step);
            }
            self.doubled_rows += u64::from(step == 0.0 && is_same(&above.values, &now.values));
        }
        !same || gap || above.label != now.label
    }

    fn begin(&mut self, now: &Above, above: Option<&Above>) {
        self.stretches += 1;
        if !now.label.is_empty() && self.labels.len() < MAX_PAIRS {
            self.labels.entry(now.label.clone()).or_default().1 += 1;
        }
        let other = above.is_none_or(|above| above.group != now.group);
        if other && self.groups.len() < MAX_PAIRS {
            self.groups.entry(now.group.clone()).or_default().1 += 1;
        }
        if !now.label.is_empty() && self.pairs.len() < MAX_PAIRS {
            let pair = (now.group.clone(), now.label.clone());
            *self.pairs.entry(pair).or_default() += 1;
        }
    }

    fn end(&mut self, length: u64) {
        if length > 0 {
            self.lengths.add(length as f64);
            self.longest = self.longest.max(length);
            self.alike.end();
        }
    }

    fn take(&mut self, now: &Above, breaks: bool) {
        if let Some(counts) = self.labels.get_mut(&now.label) {
            counts.0 += 1;
        }
        if let Some(counts) = self.groups.get_mut(&now.group) {
            counts.0 += 1;
        }
        self.alike.add(&now.values, breaks);
        let mut hasher = DefaultHasher::new();
        for value in &now.values {
            (value + 0.0).to_bits().hash(&mut hasher);
        }
        let (window, mut hasher) = (hasher.finish(), DefaultHasher::new());
        now.label.hash(&mut hasher);
        let label = hasher.finish();
        match self.seen.get(&window) {
            Some(known) => self.contradictory += u64::from(*known != label),
            None => {
                self.distinct += 1;
                if self.seen.len() < MAX_COMPARED {
                    self.seen.insert(window, label);
                }
            }
        }
    }

    /// Whether a label is in a file to learn from; equal numbers are one label.
    pub(crate) fn is_learned(&self, label: &str) -> bool {
        let number = |text: &str| text.parse::<f64>().ok();
        let same = |text: &String| number(text).is_some() && number(text) == number(label);
        self.learned.contains(label) || self.learned.iter().any(same)
    }

    /// The length of a stretch, in rows: this share is shorter.
    pub(crate) fn length(&self, share: f64) -> f64 {
        quantile(&self.lengths.sorted(|_| false), share)
    }

    /// The longest stretch, in rows.
    pub(crate) fn longest(&self) -> u64 {
        self.longest
    }

    /// Whether all rows were compared with each other.
    pub(crate) fn compared_all(&self) -> bool {
        self.seen.len() < MAX_COMPARED
    }

    /// How alike neighbours are within stretches, from 0 for noise to 1; the most
    /// alike of all channels.
    pub(crate) fn neighbours(&self) -> f64 {
        let channels = self.alike.steps.iter().zip(&self.alike.spread);
        let each = channels.map(|((steps, pairs), (spread, count))| {
            let step = steps / (*pairs).max(1) as f64;
            let variance = spread / (*count).max(1) as f64;
            match variance > 0.0 && *pairs > 0 {
                true => 1.0 - step / (2.0 * variance),
                false => 0.0,
            }
        });
        each.fold(0.0, f64::max)
    }

    /// Whether each group has one label and each label one group.
    pub(crate) fn group_is_label(&self) -> bool {
        let (groups, labels) = (self.groups.len(), self.labels.len());
        labels >= 2 && groups == labels && self.pairs.len() == labels
    }
}

/// Whether two readings are equal, missing samples too.
fn is_same(a: &[f64], b: &[f64]) -> bool {
    let same = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan());
    a.len() == b.len() && a.iter().zip(b).all(same)
}

/// What a row is compared with.
struct Above {
    group: String,
    apart: Vec<String>,
    label: String,
    time_s: Option<f64>,
    values: Vec<f64>,
}

impl Alike {
    fn add(&mut self, values: &[f64], breaks: bool) {
        self.steps.resize(values.len(), (0.0, 0));
        self.spread.resize(values.len(), (0.0, 0));
        if breaks || self.stretch.len() != values.len() {
            self.stretch = vec![(f64::NAN, 0.0, 0); values.len()];
            self.last = vec![f64::NAN; values.len()];
        }
        for (at, &value) in values.iter().enumerate() {
            if value.is_nan() {
                continue;
            }
            if !self.last[at].is_nan() {
                let step = value - self.last[at];
                self.steps[at].0 += step * step;
                self.steps[at].1 += 1;
            }
            self.last[at] = value;
            // Welford 1962.
            let (mean, squares, count) = &mut self.stretch[at];
            *count += 1;
            let from = if mean.is_nan() { value } else { *mean };
            *mean = from + (value - from) / *count as f64;
            *squares += (value - from) * (value - *mean);
        }
    }

    fn end(&mut self) {
        for (spread, (_, squares, count)) in self.spread.iter_mut().zip(&mut self.stretch) {
            spread.0 += *squares;
            spread.1 += count.saturating_sub(1);
            (*squares, *count) = (0.0, 0);
        }
        self.stretch.clear();
    }
}
