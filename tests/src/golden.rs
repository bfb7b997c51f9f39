//! Logits and greedy tokens of the tiny model that llama.cpp and transformers
//! computed, as `tests/golden` holds them; its README says how they were made.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder `tests/golden`: `tiny/` and `tokenizer/`.
#[must_use]
pub fn folder() -> PathBuf {
    crate::workspace_root().join("tests/golden")
}

/// What a folder of golden outputs holds.
pub struct Outputs {
    folder: PathBuf,
    json: Value,
}

impl Outputs {
    /// Reads `golden.json` of a folder.
    ///
    /// # Errors
    /// Where it is missing, or no JSON.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let json = std::fs::read_to_string(folder.join("golden.json"))?;
        Ok(Self {
            folder: folder.to_owned(),
            json: serde_json::from_str(&json)?,
        })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The model file of a type, such as `q8_0`.
    #[must_use]
    pub fn model(&self, tag: &str) -> PathBuf {
        self.folder.join(format!("tiny-{tag}.gguf"))
    }

    /// The text of a prompt.
    #[must_use]
    pub fn text(&self, prompt: usize) -> Option<&str> {
        self.json["prompts"][prompt].as_str()
    }

    /// The tokens of a prompt.
    #[must_use]
    pub fn prompt(&self, prompt: usize) -> Vec<u32> {
        numbers(&self.json["ids"][prompt], |v| {
            v.as_u64().map(|id| id as u32)
        })
    }

    /// The greedy tokens of a reference, such as `hf_deq_q8_0`, behind a prompt.
    #[must_use]
    pub fn greedy(&self, reference: &str, prompt: usize) -> Vec<u32> {
        let run = &self.json["runs"][reference][prompt]["greedy"];
        numbers(run, |v| v.as_u64().map(|id| id as u32))
    }

    /// How far the best logit of each of those steps is ahead of the second.
    #[must_use]
    pub fn margins(&self, reference: &str, prompt: usize) -> Vec<f32> {
        let run = &self.json["runs"][reference][prompt]["margin"];
        numbers(run, |v| v.as_f64().map(|margin| margin as f32))
    }

    /// The floats of a file.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn stored(&self, name: &str) -> io::Result<Vec<f32>> {
        let bytes = std::fs::read(self.folder.join(name))?;
        let values = bytes.as_chunks().0.iter();
        Ok(values.map(|b| f32::from_le_bytes(*b)).collect())
    }
}

/// The largest difference of two rows: not a number where one is, infinite
/// where they are not of one length.
#[must_use]
pub fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    let mut largest = if a.len() == b.len() {
        0.0
    } else {
        f32::INFINITY
    };
    for (a, b) in a.iter().zip(b) {
        let difference = (a - b).abs();
        if difference.is_nan() || difference > largest {
            largest = difference;
        }
    }
    largest
}

/// The token of the largest logit, the first of equals.
#[must_use]
pub fn argmax(logits: &[f32]) -> u32 {
    let mut best = 0;
    for (id, logit) in logits.iter().enumerate() {
        if *logit > logits[best] {
            best = id;
        }
    }
    best as u32
}

fn numbers<T>(list: &Value, read: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(read).collect()
}
