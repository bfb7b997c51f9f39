//! What a model says of itself.

use std::collections::BTreeMap;

use senselm_gpt::Model;
use senselm_sensor::{FrontEnd, Task, largest_first};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::keys::Notes;

/// A channel of the front end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelInfo {
    /// Its name, in the order in which a window has its channels.
    pub name: String,
    /// The unit of its samples; empty where there is none.
    pub unit: String,
    /// Samples a second, where the front end says so.
    pub sample_rate_hz: Option<f64>,
}

/// Everything that is known about a loaded model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Info {
    /// The family of models.
    pub architecture: String,
    /// The model's name, where the file has one.
    pub name: Option<String>,
    /// How many numbers it has learned.
    pub parameters: u64,
    /// The types of its matrices, the most frequent first.
    pub quantization: String,
    /// Number of layers, L.
    pub layers: usize,
    /// Number of attention heads, H.
    pub heads: usize,
    /// Embedding width, C.
    pub width: usize,
    /// Longest sequence, in tokens.
    pub context: usize,
    /// Vocabulary size, V.
    pub vocab: usize,
    /// The kernels it runs on.
    pub kernels: String,
    /// How many threads work on a pass, where it is large enough.
    pub threads: usize,
    /// What cached keys and values are kept as.
    pub kv: String,
    /// Size of the file.
    pub file_bytes: u64,
    /// What is asked about a window; absent for a plain language model.
    pub task: Option<Task>,
    /// What a window consists of; empty for a plain language model.
    pub channels: Vec<ChannelInfo>,
    /// The fewest samples of a channel of a window; 0 without a front end.
    pub min_samples: usize,
    /// The most samples of a channel of a window; 0 without a front end.
    pub max_samples: usize,
    /// Name, description, provenance of the data, licence: `senselm.card`.
    pub card: Option<Value>,
    /// What was measured after training: `senselm.metrics`.
    pub metrics: Option<Value>,
    /// Hash of the training recipe: `senselm.recipe_sha256`.
    pub recipe_sha256: Option<String>,
}

impl Info {
    pub(crate) fn of_model(model: &Model, notes: Notes) -> Self {
        let config = model.config();
        Self {
            architecture: senselm_gpt::ARCHITECTURE.into(),
            name: notes.name,
            parameters: model.tensors().parameters(),
            quantization: quantization(model),
            layers: config.layers,
            heads: config.heads,
            width: config.width,
            context: config.context,
            vocab: config.vocab,
            kernels: model.kernels().name().into(),
            threads: model.compute().team.threads(),
            kv: model.compute().kv.name().into(),
            file_bytes: model.bytes().len() as u64,
            task: None,
            channels: Vec::new(),
            min_samples: 0,
            max_samples: 0,
            card: notes.card,
            metrics: notes.metrics,
            recipe_sha256: notes.recipe_sha256,
        }
    }

    pub(crate) fn set_sensor(&mut self, front_end: &FrontEnd, task: &Task) {
        self.task = Some(task.clone());
        self.min_samples = *front_end.window_lengths().start();
        self.max_samples = *front_end.window_lengths().end();
        let channels = front_end.channels().iter();
        self.channels = channels
            .map(|channel| ChannelInfo {
                name: channel.name.clone(),
                unit: channel.unit.clone(),
                sample_rate_hz: channel.sample_rate_hz,
            })
            .collect();
    }
}

fn quantization(model: &Model) -> String {
    let mut counts = BTreeMap::new();
    for matrix in model.tensors().matrices() {
        *counts.entry(matrix.ty.name()).or_insert(0.0) += matrix.rows as f64 * matrix.cols as f64;
    }
    let (names, weights): (Vec<&str>, Vec<f64>) = counts.into_iter().unzip();
    let order = largest_first(&weights).into_iter();
    let names: Vec<&str> = order.map(|at| names[at]).collect();
    names.join(" + ")
}
