//! Which item a run uses when: each epoch a new permutation, a function of
//! seed and epoch alone, so that a resumed run continues where it was.

use senselm_sensor::rng::Rng;

const STREAM: u64 = 0x0def_0000_0000_0000;

/// Batches in each of which lengths are similar are cut from pools of this
/// many.
const POOL_BATCHES: usize = 8;

/// The order of items.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    seed: u64,
    count: usize,
    /// Lengths and the batch size, where batches hold similar lengths.
    buckets: Option<(Vec<usize>, usize)>,
    epoch: Option<(u64, Vec<usize>)>,
}

impl Order {
    /// An order of `count` items, at least 1.
    pub(crate) fn new(seed: u64, count: usize) -> Self {
        Self {
            seed,
            count: count.max(1),
            buckets: None,
            epoch: None,
        }
    }

    /// Puts items of similar length into a batch.
    pub(crate) fn with_buckets(mut self, lengths: Vec<usize>, batch: usize) -> Self {
        self.buckets = Some((lengths, batch.max(1)));
        self
    }

    /// The epoch and the item of the `at`-th use.
    pub(crate) fn item(&mut self, at: u64) -> (u64, usize) {
        let epoch = at / self.count as u64;
        let position = (at % self.count as u64) as usize;
        if self.epoch.as_ref().is_none_or(|(known, _)| *known != epoch) {
            self.epoch = Some((epoch, self.permutation(epoch)));
        }
        let item = self
            .epoch
            .as_ref()
            .and_then(|(_, order)| order.get(position))
            .copied()
            .unwrap_or_default();
        (epoch, item)
    }

    fn permutation(&self, epoch: u64) -> Vec<usize> {
        let mut rng = Rng::new(self.seed, STREAM ^ epoch);
        let mut order: Vec<usize> = (0..self.count).collect();
        shuffle(&mut order, &mut rng);
        let Some((lengths, batch)) = &self.buckets else {
            return order;
        };
        for pool in order.chunks_mut(batch * POOL_BATCHES) {
            pool.sort_by_key(|&item| lengths.get(item).copied().unwrap_or(0));
        }
        let mut batches: Vec<&[usize]> = order.chunks(*batch).collect();
        shuffle(&mut batches, &mut rng);
        batches.concat()
    }
}

/// Fisher and Yates.
pub(crate) fn shuffle<T>(items: &mut [T], rng: &mut Rng) {
    for last in (1..items.len()).rev() {
        items.swap(last, rng.below(last + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_epoch_uses_every_item_once_in_another_order() {
        let mut order = Order::new(5, 17);
        let epoch = |order: &mut Order, epoch: u64| -> Vec<usize> {
            (0..17).map(|at| order.item(epoch * 17 + at).1).collect()
        };
        let first = epoch(&mut order, 0);
        let second = epoch(&mut order, 1);
        assert_ne!(first, second);
        for mut items in [first.clone(), second] {
            items.sort_unstable();
            assert_eq!(items, (0..17).collect::<Vec<_>>());
        }
        assert_eq!(
            epoch(&mut Order::new(5, 17), 0),
            first,
            "a function of the seed"
        );
        assert_ne!(epoch(&mut Order::new(6, 17), 0), first);
    }

    #[test]
    fn buckets_keep_lengths_together() {
        let lengths: Vec<usize> = (0..256).map(|item| (item * 37) % 256).collect();
        let mut order = Order::new(1, 256).with_buckets(lengths.clone(), 32);
        let items: Vec<usize> = (0..256).map(|at| order.item(at).1).collect();
        for batch in items.chunks(32) {
            let of: Vec<usize> = batch.iter().map(|&item| lengths[item]).collect();
            let (least, most) = (of.iter().min().unwrap(), of.iter().max().unwrap());
            assert!(most - least < 40, "{least} to {most}");
        }
    }
}
