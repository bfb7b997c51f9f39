//! The sequences of every step, as a function of the step: the item, its
//! variation and its place in the batch all follow from seed and position.

use std::collections::HashMap;

use senselm_ask::AskError;
use senselm_sensor::augment::Augmenter;
use senselm_sensor::rng::Rng;
use senselm_sensor::{Computed, Labelled, Truth};

use super::encode::Encoders;
use super::order::Order;
use super::sequence::Sequence;
use crate::TrainError;

const STREAM: u64 = 0xa060_0000_0000_0000;
const SCORES: u64 = 0x5c0e_0000_0000_0000;

/// Variations of a window whose front end has operators. These cost far more than
/// the rest, so what they compute of a variation is kept and comes again.
const VARIATIONS: u64 = 8;

/// What sequences are made of.
#[derive(Debug, Clone, Default)]
pub(crate) struct SupplySpec {
    pub(crate) records: Vec<Labelled>,
    /// Sequences that are used as they are.
    pub(crate) texts: Vec<Sequence>,
    /// Whether sequences end with their answers.
    pub(crate) answers: bool,
    /// Sequences of a forward pass, and of a step.
    pub(crate) batch: usize,
    pub(crate) per_step: usize,
    pub(crate) bucket: bool,
    pub(crate) seed: u64,
}

/// Makes the sequences of every step.
#[derive(Debug, Clone)]
pub(crate) struct Supply {
    spec: SupplySpec,
    encoders: Option<Encoders>,
    augmenter: Option<Augmenter>,
    order: Order,
    /// What operators computed, by item and variation.
    computed: HashMap<(usize, u64), (Computed, Option<Truth>)>,
}

impl Supply {
    pub(crate) fn new(
        spec: SupplySpec,
        encoders: Option<Encoders>,
        augmenter: Option<Augmenter>,
    ) -> Result<Self, TrainError> {
        let count = spec.records.len() + spec.texts.len();
        if count == 0 {
            return Err(TrainError::data(
                "there is nothing to train on: check [data] in the recipe and --data",
            ));
        }
        let mut supply = Self {
            order: Order::new(spec.seed, count),
            spec,
            encoders,
            augmenter,
            computed: HashMap::new(),
        };
        if supply.spec.bucket {
            let lengths = (0..count)
                .map(|item| supply.plain(item).map(|sequence| sequence.ids.len()))
                .collect::<Result<Vec<usize>, TrainError>>()?;
            let batch = supply.spec.batch;
            supply.order = supply.order.with_buckets(lengths, batch);
        }
        Ok(supply)
    }

    /// The sequences of a step, counted from 0.
    pub(crate) fn step(&mut self, step: u64) -> Result<Vec<Sequence>, TrainError> {
        let per_step = self.spec.per_step as u64;
        (0..per_step)
            .map(|position| {
                let use_number = step * per_step + position;
                let (epoch, item) = self.order.item(use_number);
                self.varied(item, epoch, use_number)
            })
            .collect()
    }

    fn varied(&mut self, item: usize, epoch: u64, use_number: u64) -> Result<Sequence, TrainError> {
        let (Some(augmenter), Some(record), Some(encoders)) =
            (&self.augmenter, self.spec.records.get(item), &self.encoders)
        else {
            return self.plain(item);
        };
        let truth = record.truth.as_ref().filter(|_| self.spec.answers);
        let encoder = encoders.of(item);
        let front_end = encoder.question().front_end();
        if front_end.spec().operators.is_empty() {
            let mut rng = Rng::new(self.spec.seed, STREAM ^ use_number);
            let (window, truth) = augmenter.apply(&record.window, truth, &mut rng);
            return encoder
                .sequence(&window, truth.as_ref())
                .map_err(|source| at(record, source));
        }
        let wrong = |source: AskError| at(record, source);
        let variation = epoch % VARIATIONS;
        let key = (item, variation);
        if !self.computed.contains_key(&key) {
            let stream = STREAM ^ (variation << 40) ^ item as u64;
            let mut rng = Rng::new(self.spec.seed, stream);
            let (window, truth) = augmenter.apply(&record.window, truth, &mut rng);
            let mut computed = front_end.compute(&window).map_err(|e| wrong(e.into()))?;
            front_end.forget_unwritten(&mut computed);
            self.computed.insert(key, (computed, truth));
        }
        let Some((mut computed, truth)) = self.computed.get(&key).cloned() else {
            return self.plain(item);
        };
        let mut rng = Rng::new(self.spec.seed, SCORES ^ use_number);
        let truth = augmenter.apply_to_scores(&mut computed, truth, &mut rng);
        let rendered = front_end.write(&computed).map_err(|e| wrong(e.into()))?;
        encoder
            .sequence_of(&rendered, truth.as_ref())
            .map_err(wrong)
    }

    fn plain(&self, item: usize) -> Result<Sequence, TrainError> {
        let missing = || TrainError::data("a record without a front end to render it");
        let Some(record) = self.spec.records.get(item) else {
            let text = item - self.spec.records.len();
            return self.spec.texts.get(text).cloned().ok_or_else(missing);
        };
        let truth = record.truth.as_ref().filter(|_| self.spec.answers);
        self.encoders
            .as_ref()
            .ok_or_else(missing)?
            .of(item)
            .sequence(&record.window, truth)
            .map_err(|source| at(record, source))
    }
}

fn at(record: &Labelled, error: AskError) -> TrainError {
    TrainError::ask(format!("the window at line {}", record.place.line), error)
}
