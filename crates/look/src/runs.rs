//! The second pass over readings: how fast they come, where they have gaps, how
//! long stretches of one label are, and what is there twice.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use senselm_readings::limits::{MAX_SAMPLE_BYTES, MAX_SAMPLE_ROWS};
use senselm_readings::recording::{Reader, TruthCell, Wants, find, three_digits};
use senselm_readings::rows::{Row, Rows};
use senselm_sensor::{FrontEnd, Twins};

use crate::alike::Alike;
use crate::compare::Compare;
use crate::disguise::Answered;
use crate::pace::{Pace, Steps};
use crate::repeats::{Part, Repeats};
use crate::reservoir::{Reservoir, quantile};
use crate::survey::{Survey, Surveyed};
use crate::text::Text;
use crate::{LookError, Options, Role};

/// Windows that are compared with each other.
const MAX_COMPARED: usize = 1 << 20;
/// Groups whose labels are counted.
const MAX_PAIRS: usize = 1 << 16;
/// What the rows say together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runs {
    /// Rows that were read.
    pub(crate) rows: u64,
    pub(crate) unlabelled: u64,
    pub(crate) gaps: u64,
    pub(crate) longest_gap_s: f64,
    pub(crate) backwards: u64,
    doubled_rows: u64,
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
    /// What is there again in another file, under another label or of another group.
    pub(crate) repeats: Repeats,
    /// Which channels give the answer away.
    pub(crate) answered: Answered,
    /// How files of one answer differ.
    pub(crate) compare: Option<Compare>,
    /// How fast readings come in each file whose times say it, by its position.
    pub(crate) paces: Vec<(usize, Pace)>,
    twins: Twins,
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
    /// The channels.
    pub(crate) front_end: Option<FrontEnd>,
    /// Whether a row is a whole window.
    pub(crate) windows: bool,
}

/// Whether where a file is says whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Nothing,
    File,
    Folder,
}

/// A reader of the rows of a file.
pub(crate) fn reader(
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

/// Reads all rows to learn from.
pub(crate) fn runs(survey: &Survey, by: &By<'_>, options: &Options) -> Result<Runs, LookError> {
    let front_end = by.front_end.clone();
    let mut runs = Runs {
        repeats: Repeats::new(by.windows),
        compare: front_end.map(|front_end| Compare::new(front_end, by.windows)),
        ..Runs::default()
    };
    let files = survey.files.iter().enumerate();
    for (at, file) in files.filter(|(_, file)| file.found.role != Role::Test) {
        runs.file(survey, (at, file), by, options)?;
    }
    runs.have_one_rate(survey)?;
    Ok(runs)
}

impl Runs {
    /// Checks that readings come at one rate in all files whose times say one.
    fn have_one_rate(&self, survey: &Survey) -> Result<(), LookError> {
        let known = || self.paces.iter().filter(|(_, pace)| pace.is_known());
        let Some((first, pace)) = known().next() else {
            return Ok(());
        };
        let Some((second, other)) = known().find(|(_, other)| pace.is_another(other)) else {
            return Ok(());
        };
        let path = |at: &usize| survey.files.get(*at).map(|file| file.found.path.clone());
        Err(LookError::OtherRates {
            first: path(first).unwrap_or_default(),
            first_hz: three_digits(1.0 / pace.step_s),
            second: path(second).unwrap_or_default(),
            second_hz: three_digits(1.0 / other.step_s),
        })
    }

    fn file(
        &mut self,
        survey: &Survey,
        (at, file): (usize, &Surveyed),
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
        let mut steps = Steps::default();
        let mut part: Option<Part> = None;
        text.rows(&table, &mut |row| {
            if reader.is_header(row) {
                return;
            }
            values.clear();
            lengths.clear();
            let Ok(cells) = reader.read(row, &mut values, &mut lengths) else {
                return;
            };
            if !options.missing.is_empty() {
                for value in &mut values {
                    let missing = options.missing.contains(value);
                    *value = if missing { f64::NAN } else { *value };
                }
            }
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
            let is_doubled = above.as_ref().is_some_and(|above| is_again(above, &now));
            steps.add(now.time_s, is_doubled);
            let same =
                |above: &Above| above.time_s == now.time_s && is_same(&above.values, &now.values);
            self.twins.add(above.as_ref().is_some_and(same));
            let breaks = self.breaks(above.as_ref(), &now, by.max_gap_s);
            let of = (at, now.group.as_str(), now.label.as_str());
            if breaks || part.as_ref().is_none_or(|part| part.is_other(of)) {
                let now = Part::new(of);
                self.repeats.begin(now.clone());
                part = Some(now);
            }
            self.answered.add(&values, &lengths, &now.label);
            if let Some(compare) = &mut self.compare {
                compare.add(&values, &lengths, &now.label, breaks);
            }
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
        self.twins.end();
        if let Some(compare) = &mut self.compare {
            compare.end(at);
        }
        self.paces.extend(steps.pace().map(|pace| (at, pace)));
        Ok(())
    }

    /// Rows that repeat the one above them: with its time, or each of them.
    pub(crate) fn doubled_rows(&self) -> u64 {
        match self.twins.are_all() {
            true => self.rows / 2,
            false => self.doubled_rows,
        }
    }

    /// Whether a row begins another stretch.
    fn breaks(&mut self, above: Option<&Above>, now: &Above, max_gap_s: Option<f64>) -> bool {
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
            self.doubled_rows += u64::from(is_again(above, now));
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
        self.repeats.add(window);
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
        self.alike.most()
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

/// Whether a row is the one above it once more, with its time.
fn is_again(above: &Above, now: &Above) -> bool {
    let same_time = above.time_s.is_some() && above.time_s == now.time_s;
    same_time && is_same(&above.values, &now.values)
}

/// What a row is compared with.
struct Above {
    group: String,
    apart: Vec<String>,
    label: String,
    time_s: Option<f64>,
    values: Vec<f64>,
}
