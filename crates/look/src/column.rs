//! What the cells of one column hold, over all rows of all files.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use senselm_readings::recording::Looks;
use senselm_readings::{Cell, Decimal, Unit, arrays, cell, is_missing, may_be_state};

use crate::spread::Spread;

/// Texts of a column that are told apart.
const MAX_TEXTS: usize = 4_096;
/// The longest of them, in bytes.
const LONGEST_TEXT: usize = 256;
/// Values of which it is known that none came twice.
const MAX_DISTINCT: usize = 1 << 20;
/// Channels that the lists of a column may have.
const MAX_IN_LIST: usize = 64;

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) title: String,
    /// What the first rows look like.
    pub(crate) looks: Looks,
    /// Cells that are not missing.
    pub(crate) filled: u64,
    /// Cells that are neither missing nor numbers.
    pub(crate) odd: u64,
    /// The first of them.
    pub(crate) odd_text: String,
    /// The numbers.
    pub(crate) spread: Spread,
    /// Whether all numbers are whole.
    pub(crate) whole: bool,
    /// Digits behind the point, at most.
    pub(crate) decimals: u8,
    /// The unit that stands in the cells, of the first that has one.
    pub(crate) unit: Option<Unit>,
    /// Another one in the cells of this file.
    pub(crate) other_unit: Option<Unit>,
    /// Numbers that say no unit, but for zeros, and the first of them.
    pub(crate) bare: u64,
    pub(crate) bare_text: String,
    /// The numbers that stand for a missing sample.
    codes: Vec<f64>,
    /// The cells with these numbers, which are labels like others where the column is
    /// one of labels.
    coded: BTreeSet<String>,
    /// How often each text is there; none where there are too many.
    pub(crate) texts: Option<BTreeMap<String, u64>>,
    /// How often each word is there that says of a reading that there is none, and
    /// may as well be a label.
    words: BTreeMap<String, u64>,
    /// Stretches of equal texts.
    pub(crate) runs: u64,
    /// Whether no text came twice, as far as that is known.
    pub(crate) distinct: bool,
    steps: Steps,
    pub(crate) lists: Lists,
    hashes: HashSet<u64>,
    above: Vec<u8>,
    below_start: bool,
}

/// How numbers go on from row to row.
#[derive(Debug, Clone, Default)]
struct Steps {
    above: Option<f64>,
    count: u64,
    falling: u64,
    still: u64,
    ones: u64,
    /// The first step, and how many are like it.
    first: Option<f64>,
    alike: u64,
}

/// The lists of a column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lists {
    codes: Vec<f64>,
    /// The arrays: their names, and how many samples they have.
    pub(crate) arrays: Vec<Listed>,
    /// Of lists without a name: the numbers of each position.
    pub(crate) positions: Vec<Spread>,
    /// Whether any cell held brackets.
    pub(crate) brackets: bool,
    /// Whether cells held other arrays than the first one.
    pub(crate) differ: u64,
    count: u64,
}

/// One array of the cells of a column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) spread: Spread,
    pub(crate) shortest: usize,
    pub(crate) longest: usize,
}

impl Column {
    pub(crate) fn new(title: &str, looks: Looks, codes: &[f64]) -> Self {
        Self {
            codes: codes.to_vec(),
            coded: BTreeSet::new(),
            other_unit: None,
            bare: 0,
            bare_text: String::new(),
            title: title.to_owned(),
            looks,
            filled: 0,
            odd: 0,
            odd_text: String::new(),
            spread: Spread::new(codes),
            whole: true,
            decimals: 0,
            unit: None,
            texts: Some(BTreeMap::new()),
            words: BTreeMap::new(),
            runs: 0,
            distinct: true,
            steps: Steps::default(),
            lists: Lists {
                codes: codes.to_vec(),
                ..Lists::default()
            },
            hashes: HashSet::new(),
            above: Vec::new(),
            below_start: false,
        }
    }

    /// Another file begins.
    pub(crate) fn start(&mut self) {
        self.other_unit = None;
        self.steps.above = None;
        self.below_start = false;
    }

    /// Takes the cell of the next row.
    pub(crate) fn add(&mut self, bytes: &[u8], decimal: Option<Decimal>) {
        let lossy = String::from_utf8_lossy(bytes);
        let text = lossy.trim();
        if !self.below_start || self.above != text.as_bytes() {
            self.runs += 1;
            self.above.clear();
            self.above.extend_from_slice(text.as_bytes());
        }
        self.below_start = true;
        if self.stands_for_nothing(text, decimal) {
            if self.coded.len() < MAX_TEXTS {
                self.coded.insert(text.to_owned());
            }
            self.spread.add(f64::NAN);
            return;
        }
        if is_missing(text) {
            if may_be_state(text) && self.words.len() < MAX_TEXTS {
                *self.words.entry(text.to_owned()).or_default() += 1;
            }
            self.spread.add(f64::NAN);
            return;
        }
        self.filled += 1;
        self.count(text);
        if self.looks == Looks::List {
            return self.lists.add(text, decimal);
        }
        match cell(text, decimal) {
            Ok(Cell::Number { value, unit }) => {
                self.unit = self.unit.or(unit);
                if unit.is_none() && value != 0.0 {
                    if self.bare == 0 {
                        self.bare_text = text.chars().take(40).collect();
                    }
                    self.bare += 1;
                }
                let value = self.in_first_unit(value, unit);
                self.whole &= value.fract() == 0.0;
                if !self.whole && self.distinct {
                    // What is measured is no name of a row.
                    self.distinct = false;
                    self.hashes = HashSet::new();
                }
                self.decimals = self.decimals.max(decimals(text));
                self.spread.add(value);
                self.steps.add(value);
            }
            _ => {
                if self.odd == 0 {
                    self.odd_text = text.chars().take(40).collect();
                }
                self.odd += 1;
            }
        }
    }

    /// Whether a cell is one of the numbers that stand for a missing sample.
    fn stands_for_nothing(&self, text: &str, decimal: Option<Decimal>) -> bool {
        let is_code = |cell: Cell| self.codes.contains(&cell.value());
        !self.codes.is_empty() && cell(text, decimal).is_ok_and(is_code)
    }

    /// A number with its unit in the unit of the first cells, as it is read then.
    fn in_first_unit(&mut self, value: f64, unit: Option<Unit>) -> f64 {
        let (Some(first), Some(unit)) = (self.unit, unit) else {
            return value;
        };
        if first == unit {
            return value;
        }
        self.other_unit = Some(unit);
        unit.convert(value, first).unwrap_or(value)
    }

    /// Every row was taken: in a column of texts "fault" and "none" are texts like
    /// the others, among numbers they say that there is no reading.
    pub(crate) fn settle(&mut self) {
        let words = std::mem::take(&mut self.words);
        let only_words = self.filled == 0 && words.len() > 1;
        if self.looks == Looks::List || !(only_words || self.is_text()) {
            return;
        }
        for (word, count) in words {
            self.filled += count;
            self.odd += count;
            self.distinct &= count == 1;
            if self.odd_text.is_empty() {
                self.odd_text.clone_from(&word);
            }
            if let Some(texts) = self.texts.as_mut().filter(|all| all.len() < MAX_TEXTS) {
                texts.insert(word, count);
            }
        }
    }

    fn count(&mut self, text: &str) {
        if let Some(texts) = &mut self.texts {
            if let Some(count) = texts.get_mut(text) {
                *count += 1;
            } else if text.len() > LONGEST_TEXT || texts.len() == MAX_TEXTS {
                self.texts = None;
            } else {
                texts.insert(text.to_owned(), 1);
            }
        }
        if self.distinct && self.hashes.len() < MAX_DISTINCT {
            let mut hasher = DefaultHasher::new();
            text.hash(&mut hasher);
            self.distinct = self.hashes.insert(hasher.finish());
            if !self.distinct {
                self.hashes = HashSet::new();
            }
        }
    }

    /// Its texts as labels: the numbers that stand for a missing sample are some, too.
    pub(crate) fn labels(&self) -> Vec<String> {
        let texts = self.texts.iter().flat_map(BTreeMap::keys);
        let labels: BTreeSet<&String> = texts.chain(&self.coded).collect();
        labels.into_iter().cloned().collect()
    }

    /// How many texts it has, where that is known.
    pub(crate) fn values(&self) -> Option<usize> {
        self.texts.as_ref().map(BTreeMap::len)
    }

    /// Whether no text is there more than twice as often as another one.
    pub(crate) fn is_even(&self) -> bool {
        let counts = || self.texts.iter().flatten().map(|(_, count)| *count);
        let (least, most) = (counts().min(), counts().max());
        least
            .zip(most)
            .is_some_and(|(least, most)| most <= 2 * least)
    }

    /// Whether nearly all of its cells are numbers.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self.looks, Looks::Number | Looks::Empty)
            && self.spread.count() > 0
            && self.odd * 20 <= self.filled
    }

    /// Whether it holds texts.
    pub(crate) fn is_text(&self) -> bool {
        let is_text = matches!(self.looks, Looks::Text | Looks::Number | Looks::Empty);
        is_text && self.filled > 0 && !self.is_number()
    }

    /// Whether it counts rows up, perhaps anew in each session.
    pub(crate) fn counts(&self) -> bool {
        let steps = &self.steps;
        self.is_number()
            && steps.count >= 3
            && steps.first.is_some_and(|first| first > 0.0)
            && steps.alike * 10 >= steps.count * 9
    }

    /// Whether it hardly ever falls.
    pub(crate) fn mostly_rises(&self) -> bool {
        self.is_number() && self.steps.falling * 10 <= self.steps.count
    }

    /// Whether every step is one, or none.
    pub(crate) fn steps_by_one(&self) -> bool {
        self.steps.ones + self.steps.still == self.steps.count
    }

    /// How many answers its texts are: numbers that are equal are one.
    pub(crate) fn classes(&self) -> usize {
        if self.texts.is_none() {
            return usize::MAX;
        }
        let labels = self.labels();
        if !self.is_number() || self.odd > 0 {
            return labels.len();
        }
        let value = |text: &String| cell(text, None).map_or(0, |cell| cell.value().to_bits());
        labels.iter().map(value).collect::<HashSet<u64>>().len()
    }

    /// Whether it never falls.
    pub(crate) fn rises(&self) -> bool {
        self.is_number() && self.steps.count > 0 && self.steps.falling == 0
    }

    /// Whether it is a number or a name of its own in every row. Readings may differ
    /// by chance, so that numbers have to be in order, close together or many.
    pub(crate) fn is_id(&self) -> bool {
        if self.filled < 8 || !self.distinct {
            return false;
        }
        let quantiles = self.spread.quantiles(&[]);
        let dense = quantiles.max - quantiles.min < 2.0 * self.filled as f64;
        let like_one = self.rises() || dense || self.filled >= 1_000;
        self.is_text() || (self.is_number() && self.whole && like_one)
    }
}

impl Steps {
    fn add(&mut self, value: f64) {
        if let Some(above) = self.above {
            let step = value - above;
            let first = *self.first.get_or_insert(step);
            self.count += 1;
            self.falling += u64::from(step < 0.0);
            self.still += u64::from(step == 0.0);
            self.ones += u64::from(step == 1.0);
            let near = (step - first).abs() <= first.abs() * 1e-3;
            self.alike += u64::from(near);
        }
        self.above = Some(value);
    }
}

impl Lists {
    fn add(&mut self, text: &str, decimal: Option<Decimal>) {
        let Ok(read) = arrays(text, decimal) else {
            self.differ += 1;
            return;
        };
        self.brackets |= text.contains('[');
        self.count += 1;
        if self.count == 1 {
            let listed = read.iter().take(MAX_IN_LIST).map(|array| Listed {
                name: array.name.to_owned(),
                shortest: usize::MAX,
                spread: Spread::new(&self.codes),
                ..Listed::default()
            });
            self.arrays = listed.collect();
        }
        let same = self.arrays.len() == read.len()
            && self.arrays.iter().zip(&read).all(|(a, b)| a.name == b.name);
        self.differ += u64::from(!same);
        for (at, array) in read.iter().enumerate() {
            // Arrays may come in another order.
            let by_name = |known: &Listed| !array.name.is_empty() && known.name == array.name;
            let place = self.arrays.iter().position(by_name).unwrap_or(at);
            let Some(listed) = self.arrays.get_mut(place) else {
                continue;
            };
            if listed.name != array.name {
                continue;
            }
            listed.shortest = listed.shortest.min(array.values.len());
            listed.longest = listed.longest.max(array.values.len());
            array
                .values
                .iter()
                .for_each(|value| listed.spread.add(*value));
        }
        if let [only] = read.as_slice()
            && only.values.len() <= MAX_IN_LIST
        {
            self.positions.resize(
                self.positions.len().max(only.values.len()),
                Spread::new(&self.codes),
            );
            for (spread, value) in self.positions.iter_mut().zip(&only.values) {
                spread.add(*value);
            }
        }
    }
}

/// Digits behind the decimal point or comma.
fn decimals(text: &str) -> u8 {
    let digits = text
        .rsplit_once(['.', ','])
        .map_or("", |(_, digits)| digits);
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    u8::try_from(count.min(9)).unwrap_or(9)
}
