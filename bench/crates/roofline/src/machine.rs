//! What the machine can do at most, measured with loops that do nothing else.

mod loops;

use std::collections::BTreeMap;
use std::sync::{Barrier, Mutex, PoisonError};
use std::time::Instant;

/// Bytes that are read: within a core's own cache, then the sizes of a 30M and
/// a 124M model, then far more.
pub(crate) const BUFFERS: [usize; 4] = [1 << 20, 32 << 20, 130 << 20, 1 << 30];

/// Measurements of one figure, of which the best counts: what is looked for is
/// a limit.
const ATTEMPTS: usize = 15;

/// Bytes that one attempt reads at least.
const READ_AT_LEAST: usize = 512 << 20;

/// Rounds of the int8 loop in one attempt.
const PEAK_ROUNDS: usize = 4_000_000;

/// The widest instructions that the loops use here.
pub(crate) fn instructions() -> &'static str {
    loops::name()
}

/// Gigabytes a second that `threads` threads read together out of `bytes` bytes,
/// each its own part. Measured once for each pair.
pub(crate) fn bandwidth(threads: usize, bytes: usize) -> f64 {
    static KNOWN: Mutex<BTreeMap<(usize, usize), f64>> = Mutex::new(BTreeMap::new());
    let known = KNOWN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&(threads, bytes))
        .copied();
    known.unwrap_or_else(|| {
        let measured = measure_bandwidth(threads, bytes);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert((threads, bytes), measured);
        measured
    })
}

fn measure_bandwidth(threads: usize, bytes: usize) -> f64 {
    let words = (bytes / size_of::<u64>() / threads).max(1);
    // Not zeros: memory of zeros is one page of the system's, mapped everywhere.
    let buffers: Vec<Vec<u64>> = (1..=threads)
        .map(|number| vec![number as u64; words])
        .collect();
    let read = threads * words * size_of::<u64>();
    let passes = READ_AT_LEAST.div_ceil(read);
    let seconds = best(threads, |thread| {
        let mut sum = 0_u64;
        for _ in 0..passes {
            sum = sum.wrapping_add(loops::sum(std::hint::black_box(&buffers[thread])));
        }
        std::hint::black_box(sum);
    });
    (read * passes) as f64 / seconds / 1e9
}

/// Thousand million int8 multiplications and additions a second in registers,
/// or `None` where there is no loop for this architecture.
pub(crate) fn int8_peak(threads: usize) -> Option<f64> {
    static KNOWN: Mutex<BTreeMap<usize, f64>> = Mutex::new(BTreeMap::new());
    let operations = loops::operations_a_round()?;
    let known = KNOWN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&threads)
        .copied();
    Some(known.unwrap_or_else(|| {
        let seconds = best(threads, |_| {
            std::hint::black_box(loops::int8(PEAK_ROUNDS));
        });
        let measured = (operations * PEAK_ROUNDS * threads) as f64 / seconds / 1e9;
        KNOWN
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(threads, measured);
        measured
    }))
}

/// The seconds of the fastest attempt, from when the first thread began until
/// the last had finished, by the clocks that they read themselves.
fn best(threads: usize, work: impl Fn(usize) + Sync) -> f64 {
    (0..ATTEMPTS)
        .map(|_| attempt(threads, &work))
        .fold(f64::INFINITY, f64::min)
}

fn attempt(threads: usize, work: &(impl Fn(usize) + Sync)) -> f64 {
    if threads == 1 {
        // Also where no thread can be started, as under wasmtime.
        let start = Instant::now();
        work(0);
        return start.elapsed().as_secs_f64();
    }
    let barrier = Barrier::new(threads);
    let timed = |thread: usize| {
        barrier.wait();
        let start = Instant::now();
        work(thread);
        (start, Instant::now())
    };
    let spans: Vec<(Instant, Instant)> = std::thread::scope(|scope| {
        let timed = &timed;
        let running: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || timed(thread)))
            .collect();
        running
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .collect()
    });
    let start = spans.iter().map(|(start, _)| *start).min();
    let end = spans.iter().map(|(_, end)| *end).max();
    match start.zip(end) {
        Some((start, end)) if spans.len() == threads => (end - start).as_secs_f64(),
        _ => f64::INFINITY,
    }
}

/// One JSON object about the bandwidth.
pub(crate) fn bandwidth_line(threads: usize, bytes: usize) -> String {
    let gb_per_s = bandwidth(threads, bytes);
    format!(r#"{{"threads":{threads},"bytes":{bytes},"gb_per_s":{gb_per_s}}}"#)
}

/// One JSON object about the int8 peak.
pub(crate) fn peak_line(threads: usize) -> Option<String> {
    let gop_per_s = int8_peak(threads)?;
    Some(format!(
        r#"{{"threads":{threads},"gop_per_s":{gop_per_s}}}"#
    ))
}
