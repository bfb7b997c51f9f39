//! `senselm inspect`: what a file holds.

mod question;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use senselm_gguf::mapped::Mapped;
use senselm_gguf::{ArrayValue, Gguf, Shard, Value, keys};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use crate::exit::Exit;
use crate::output::Output;

/// How many elements of an array are shown.
const SHOWN: usize = 3;

/// Arguments of `senselm inspect`.
#[derive(Args)]
#[command(after_help = "\
Works for every GGUF file, also for those that no command here can run.

Example:
  senselm inspect pump.gguf --json | jq .metadata")]
pub(crate) struct Inspect {
    /// A GGUF file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    path: &'a std::path::Path,
    file_bytes: usize,
    gguf_version: u32,
    /// Which part of a model the file is, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<ShardInfo>,
    parameters: u64,
    metadata: Map<String, Json>,
    tensors: Vec<Tensor<'a>>,
}

#[derive(Serialize)]
struct ShardInfo {
    number: u32,
    count: u32,
}

#[derive(Serialize)]
struct Tensor<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    ty: &'static str,
    /// The contiguous dimension first.
    dims: &'a [u64],
    offset: usize,
    bytes: usize,
}

impl Inspect {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        let file = Mapped::open(&self.file)?;
        let gguf = Gguf::parse(file.as_ref()).with_context(|| self.file.display().to_string())?;
        let report = self.report(&gguf);
        if self.json {
            out.json(&report)?;
        } else {
            show(&report, out)?;
        }
        Ok(Exit::Done)
    }

    fn report<'a>(&'a self, gguf: &'a Gguf<'_>) -> Report<'a> {
        let entries = gguf.metadata().iter();
        Report {
            path: &self.file,
            file_bytes: gguf.total_len(),
            gguf_version: gguf.version(),
            shard: Shard::of(gguf.metadata())
                .ok()
                .flatten()
                .map(|shard| ShardInfo {
                    number: shard.number,
                    count: shard.count,
                }),
            parameters: gguf
                .tensors()
                .iter()
                .map(|t| t.dims.as_slice().iter().product::<u64>())
                .sum(),
            metadata: entries
                .map(|(key, value)| (key.to_owned(), shown(key, value)))
                .collect(),
            tensors: gguf
                .tensors()
                .iter()
                .map(|tensor| Tensor {
                    name: tensor.name,
                    ty: tensor.ty.name(),
                    dims: tensor.dims.as_slice(),
                    offset: tensor.range.start,
                    bytes: tensor.range.len(),
                })
                .collect(),
        }
    }
}

/// A value in JSON: an array by its length and beginning, a key of ours that
/// holds JSON as that JSON.
fn shown(key: &str, value: &Value<'_>) -> Json {
    match *value {
        Value::U8(v) => v.into(),
        Value::I8(v) => v.into(),
        Value::U16(v) => v.into(),
        Value::I16(v) => v.into(),
        Value::U32(v) => v.into(),
        Value::I32(v) => v.into(),
        Value::U64(v) => v.into(),
        Value::I64(v) => v.into(),
        Value::F32(v) => v.into(),
        Value::F64(v) => v.into(),
        Value::Bool(v) => v.into(),
        Value::Str(v) if key.starts_with(keys::SENSELM_PREFIX) => {
            serde_json::from_str(v).unwrap_or_else(|_| v.into())
        }
        Value::Str(v) => v.into(),
        Value::Array(array) => json!({
            "type": array.element_type().to_string(),
            "len": array.len(),
            "first": first(&array),
        }),
    }
}

/// The first elements of the arrays that files of ours have.
fn first(array: &ArrayValue<'_>) -> Vec<Json> {
    if let Ok(strings) = array.strings() {
        return strings.take(SHOWN).map(Json::from).collect();
    }
    if let Ok(numbers) = array.i32s() {
        return numbers.take(SHOWN).map(Json::from).collect();
    }
    if let Ok(numbers) = array.u32s() {
        return numbers.take(SHOWN).map(Json::from).collect();
    }
    match array.f32s() {
        Ok(numbers) => numbers.take(SHOWN).map(Json::from).collect(),
        Err(_) => Vec::new(),
    }
}

fn show(report: &Report<'_>, out: &mut Output) -> Result<()> {
    out.line(format_args!(
        "{}: GGUF {}, {} bytes, {} parameters",
        report.path.display(),
        report.gguf_version,
        report.file_bytes,
        report.parameters
    ))?;
    if let Some(ShardInfo { number, count }) = report.shard {
        out.line(format_args!(
            "shard {number} of {count}: the other shards hold the rest of the model"
        ))?;
    }
    question::show(&report.metadata, out)?;
    out.line("\nkeys")?;
    for (key, value) in &report.metadata {
        out.line(format_args!("  {key:<38} {}", in_a_line(value)))?;
    }
    out.line("\ntensors")?;
    for tensor in &report.tensors {
        let dims: Vec<String> = tensor.dims.iter().map(u64::to_string).collect();
        out.line(format_args!(
            "  {:<28} {:<5} {:>14} {:>11} bytes",
            tensor.name,
            tensor.ty,
            dims.join(" x "),
            tensor.bytes
        ))?;
    }
    Ok(())
}

/// Whether a model card says that the training data is simulated.
pub(super) fn is_simulated(card: Option<&Json>) -> bool {
    card.and_then(|card| card.pointer("/data/simulated")) == Some(&Json::Bool(true))
}

fn in_a_line(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Object(array) if array.contains_key("len") && array.contains_key("first") => {
            let element = array["type"].as_str().unwrap_or_default();
            format!("{} x {element}: {} ...", array["len"], array["first"])
        }
        other => other.to_string(),
    }
}
