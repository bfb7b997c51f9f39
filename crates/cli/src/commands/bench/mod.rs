//! `senselm bench`: how fast a model runs on this machine.

mod calls;
mod measure;
mod windows;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use senselm_gpt::{Logits, Model};
use senselm_session::Window;
use serde::Serialize;

use self::measure::{Speed, Workers};
use crate::exit::{Exit, UsageError};
use crate::output::Output;
use crate::runtime::{Kind, Runtime, RuntimeArgs};

/// Tokens that are decoded, one after the other.
const DECODED: usize = 128;

/// Arguments of `senselm bench`.
#[derive(Args)]
#[command(after_help = "\
One sequence runs on --threads N; with --sequences N, as many over the same
weights run side by side, and the speeds are those of all together. Each speed is
the median of the repetitions. Prefill passes 128 or 512 tokens at once, decode 128
tokens one by one from an empty context, as llama-bench does. With --runtime
wasmtime and with --backend gpu the same goes through public calls; each sequence
is a guest or a device of its own.

Example:
  senselm bench --model pump.gguf --threads 2 --json")]
pub(crate) struct Bench {
    #[command(flatten)]
    runtime: RuntimeArgs,
    /// Sequences side by side, each on threads of its own
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = sequences)]
    sequences: usize,
    /// How often each measurement is repeated
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repetitions: u32,
    /// A recording whose windows are answered (default: made-up windows)
    #[arg(long, value_name = "CSV")]
    data: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn sequences(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(sequences @ 1..=1024) => Ok(sequences),
        _ => Err("must be from 1 to 1024".to_owned()),
    }
}

/// The result, as `--json` prints it. A speed that could not be measured is
/// null, and `reasons` says why.
#[derive(Serialize)]
struct Report<'a> {
    model: &'a std::path::Path,
    file_bytes: u64,
    parameters: u64,
    quantization: &'a str,
    kernels: &'a str,
    runtime: &'static str,
    backend: &'static str,
    /// The GPU, where it is one that computes.
    adapter: Option<String>,
    threads: usize,
    sequences: usize,
    kv: &'static str,
    repetitions: u32,
    prefill_128_tokens_per_s: Option<f64>,
    prefill_512_tokens_per_s: Option<f64>,
    decode_tokens_per_s: Option<f64>,
    windows_per_s: Option<f64>,
    /// The slowest and the fastest repetition of each speed.
    spread: BTreeMap<&'static str, Spread>,
    reasons: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Spread {
    min: f64,
    max: f64,
}

impl Bench {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        let threads = self.runtime.threads.unwrap_or(1);
        if self.runtime.runtime == Kind::Wasmtime && threads > 1 {
            let message = "a guest runs its sequence on one thread: give --sequences instead";
            return Err(UsageError(message.into()).into());
        }
        let runtime = Runtime::open(&RuntimeArgs {
            threads: Some(threads),
            ..self.runtime.clone()
        })?;
        let info = runtime.info().clone();
        let mut report = Report {
            model: &self.runtime.model,
            file_bytes: info.file_bytes,
            parameters: info.parameters,
            quantization: &info.quantization,
            kernels: &info.kernels,
            runtime: runtime.kind().name(),
            backend: runtime.session().backend().name(),
            adapter: runtime.adapter(),
            threads,
            sequences: self.sequences,
            kv: self.runtime.kv.name(),
            repetitions: self.repetitions,
            prefill_128_tokens_per_s: None,
            prefill_512_tokens_per_s: None,
            decode_tokens_per_s: None,
            windows_per_s: None,
            spread: BTreeMap::new(),
            reasons: BTreeMap::new(),
        };
        let workers = Workers {
            sequences: self.sequences,
            repetitions: self.repetitions,
        };
        let model = runtime.cpu_model();
        let speed = match model {
            Some(model) => prefill(&workers, model, 128)?,
            None => calls::prefill(&workers, &runtime, 128)?,
        };
        report.prefill_128_tokens_per_s = report.note("prefill_128_tokens_per_s", speed);
        let speed = match model {
            Some(model) => prefill(&workers, model, 512)?,
            None => calls::prefill(&workers, &runtime, 512)?,
        };
        report.prefill_512_tokens_per_s = report.note("prefill_512_tokens_per_s", speed);
        let speed = match model {
            Some(model) => decode(&workers, model)?,
            None => calls::decode(&workers, &runtime)?,
        };
        report.decode_tokens_per_s = report.note("decode_tokens_per_s", speed);
        let speed = self.windows(&workers, &runtime)?;
        report.windows_per_s = report.note("windows_per_s", speed);
        if self.json {
            out.json(&report)?;
        } else {
            report.show(out)?;
        }
        Ok(Exit::Done)
    }

    fn windows(&self, workers: &Workers, runtime: &Runtime) -> Result<Speed> {
        let session = runtime.session();
        if session.task().is_none() {
            return Ok(Err("the model has no task".into()));
        }
        let windows: Vec<Window> = match &self.data {
            Some(path) => windows::recorded(session, path)?,
            None => windows::made_up(session.info()),
        };
        if let Err(error) = session.fork().answer(&windows[0]) {
            if self.data.is_some() {
                return Err(error.into());
            }
            return Ok(Err(format!(
                "made-up windows do not fit ({error}): give --data"
            )));
        }
        if runtime.cpu_model().is_none() {
            return calls::windows(workers, runtime, &windows);
        }
        workers.measure(|| {
            let mut session = session.fork();
            let mut turn = windows.iter().cycle();
            Ok(move || {
                if let Some(window) = turn.next() {
                    session.answer(window)?;
                }
                Ok(1)
            })
        })
    }
}

impl Report<'_> {
    /// Takes up one measurement, and returns its median.
    fn note(&mut self, key: &'static str, speed: Speed) -> Option<f64> {
        match speed {
            Ok(figure) => {
                let (min, max) = (figure.min, figure.max);
                self.spread.insert(key, Spread { min, max });
                Some(figure.median)
            }
            Err(reason) => {
                self.reasons.insert(key, reason);
                None
            }
        }
    }

    fn show(&self, out: &mut Output) -> Result<()> {
        out.line(format_args!(
            "{}: {} parameters, {}, {}, {}, {} thread(s), {} sequence(s), median of {}",
            self.model.display(),
            self.parameters,
            self.quantization,
            match &self.adapter {
                Some(adapter) => adapter.clone(),
                None => format!("{} kernels", self.kernels),
            },
            self.runtime,
            self.threads,
            self.sequences,
            self.repetitions
        ))?;
        for (key, median) in [
            ("prefill_128_tokens_per_s", self.prefill_128_tokens_per_s),
            ("prefill_512_tokens_per_s", self.prefill_512_tokens_per_s),
            ("decode_tokens_per_s", self.decode_tokens_per_s),
            ("windows_per_s", self.windows_per_s),
        ] {
            let text = match (median, self.spread.get(key), self.reasons.get(key)) {
                (Some(median), Some(Spread { min, max }), _) => {
                    format!("{median:.1}  ({min:.1} to {max:.1})")
                }
                (_, _, reason) => format!("-  {}", reason.map_or("", String::as_str)),
            };
            out.line(format_args!("{key:<26}{text}"))?;
        }
        Ok(())
    }
}

fn prefill(workers: &Workers, model: &Model, tokens: usize) -> Result<Speed> {
    let config = model.config();
    if tokens > config.context {
        return Ok(Err(format!("the context holds {} tokens", config.context)));
    }
    let ids = ids(tokens, config.vocab);
    workers.measure(|| {
        let (ids, mut state) = (&ids, model.new_state());
        Ok(move || {
            state.truncate(0);
            model.forward(&mut state, ids, Logits::Last)?;
            Ok(tokens)
        })
    })
}

fn decode(workers: &Workers, model: &Model) -> Result<Speed> {
    let config = model.config();
    if DECODED > config.context {
        return Ok(Err(format!("the context holds {} tokens", config.context)));
    }
    workers.measure(|| {
        let mut state = model.new_state();
        Ok(move || {
            state.truncate(0);
            let mut id = 0;
            for _ in 0..DECODED {
                let logits = model.next_logits(&mut state, &[id])?;
                id = model.kernels().argmax(logits) as u32;
            }
            Ok(DECODED)
        })
    })
}

/// Any ids will do; spread out, so that embeddings come from all over.
fn ids(count: usize, vocab: usize) -> Vec<u32> {
    (0..count).map(|at| (at * 7919 % vocab) as u32).collect()
}
