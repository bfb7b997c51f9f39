//! Timing work on several threads.

use std::sync::Barrier;
use std::time::Instant;

use anyhow::{Result, anyhow};

/// The shortest stretch that is timed; shorter work is repeated within it.
const MIN_SECONDS: f64 = 0.1;
/// The most repetitions within one stretch.
const MAX_ROUNDS: f64 = 100_000.0;

/// A speed, or why there is none.
pub(super) type Speed = Result<Figure, String>;

/// Units a second over the repetitions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figure {
    pub(super) median: f64,
    pub(super) min: f64,
    pub(super) max: f64,
}

/// How to measure.
pub(super) struct Workers {
    pub(super) sequences: usize,
    pub(super) repetitions: u32,
}

impl Workers {
    /// Measures the work of `make()`, which returns how many units it did, on
    /// every thread at once. It runs once before the clock does.
    pub(super) fn measure<W>(&self, make: impl Fn() -> Result<W>) -> Result<Speed>
    where
        W: FnMut() -> Result<usize> + Send,
    {
        let workers = (0..self.sequences).map(|_| make());
        self.time(workers.collect::<Result<_>>()?)
    }

    fn time<W>(&self, mut workers: Vec<W>) -> Result<Speed>
    where
        W: FnMut() -> Result<usize> + Send,
    {
        round(&mut workers, 1)?;
        let (_, seconds) = round(&mut workers, 1)?;
        let rounds = (MIN_SECONDS / seconds.max(1e-9))
            .ceil()
            .clamp(1.0, MAX_ROUNDS) as usize;
        let mut speeds = Vec::new();
        for _ in 0..self.repetitions {
            let (units, seconds) = round(&mut workers, rounds)?;
            speeds.push(units as f64 / seconds.max(1e-9));
        }
        speeds.sort_unstable_by(f64::total_cmp);
        let half = speeds.len() / 2;
        let at = |index: usize| speeds.get(index).copied().unwrap_or(0.0);
        let median = if speeds.len() % 2 == 1 {
            at(half)
        } else {
            at(half.saturating_sub(1)).midpoint(at(half))
        };
        Ok(Ok(Figure {
            median,
            min: at(0),
            max: at(speeds.len() - 1),
        }))
    }
}

/// Lets every worker do its work `rounds` times; the units of all, and the
/// seconds from the common start until the last has finished.
fn round<W>(workers: &mut [W], rounds: usize) -> Result<(usize, f64)>
where
    W: FnMut() -> Result<usize> + Send,
{
    let work = |worker: &mut W| -> Result<usize> {
        let mut units = 0;
        for _ in 0..rounds {
            units += worker()?;
        }
        Ok(units)
    };
    // One worker needs no thread, and none of its start-up.
    if let [worker] = workers {
        let start = Instant::now();
        let units = work(worker)?;
        return Ok((units, start.elapsed().as_secs_f64()));
    }
    let barrier = Barrier::new(workers.len() + 1);
    std::thread::scope(|scope| {
        let threads: Vec<_> = workers
            .iter_mut()
            .map(|worker| {
                let (barrier, work) = (&barrier, &work);
                scope.spawn(move || {
                    barrier.wait();
                    work(worker)
                })
            })
            .collect();
        barrier.wait();
        let start = Instant::now();
        let mut units = 0;
        for thread in threads {
            let done = thread
                .join()
                .map_err(|_| anyhow!("a measuring thread panicked"))?;
            units += done?;
        }
        Ok((units, start.elapsed().as_secs_f64()))
    })
}
