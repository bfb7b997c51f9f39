//! A small random model as a Hugging Face folder, to be written in the ways in
//! which people's folders differ.

#![allow(
    dead_code,
    reason = "each test binary uses some of what a folder can do"
)]

use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use senselm_convert::{
    ConvertError, ConvertWarning, Converted, Preset, Vocab, gguf_to_hf, hf_to_gguf, init,
};
use senselm_gguf::{Gguf, OwnedValue};
use serde_json::Value;
use tempfile::TempDir;

/// A tensor of a safetensors file: name, shape, little-endian f32.
pub(crate) type Tensor = (String, Vec<usize>, Vec<u8>);

/// A folder with a model of 2 layers, 2 heads, width 64, a context of 128 and
/// 260 tokens, none of whose tensors is all zeros or ones.
pub(crate) struct Folder {
    dir: TempDir,
    pub tensors: Vec<Tensor>,
}

impl Folder {
    /// The folder as `gguf_to_hf` writes it.
    pub(crate) fn new() -> Self {
        let preset = Preset::from_name("tiny").expect("a preset");
        let file = init(preset, &Vocab::Bytes(260), 5, "f32").expect("random weights");
        let dir = tempfile::tempdir().expect("a folder");
        gguf_to_hf(&file, dir.path()).expect("written");
        let bytes = std::fs::read(dir.path().join("model.safetensors")).expect("read");
        let file = SafeTensors::deserialize(&bytes).expect("valid");
        let mut tensors: Vec<Tensor> = file
            .tensors()
            .into_iter()
            .map(|(name, view)| (name, view.shape().to_vec(), view.data().to_vec()))
            .collect();
        tensors.sort();
        for (seed, (_, shape, data)) in tensors.iter_mut().enumerate() {
            if shape.len() == 1 {
                let values = (0..shape[0]).map(|i| ((i * 7 + seed) % 23) as f32 * 0.1 - 1.0);
                *data = values.flat_map(f32::to_le_bytes).collect();
            }
        }
        let folder = Self { dir, tensors };
        folder.save();
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file beside the others.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.file(name), bytes).expect("written");
    }

    pub(crate) fn remove(&self, name: &str) {
        std::fs::remove_file(self.file(name)).expect("removed");
    }

    /// Writes the tensors as one file.
    pub(crate) fn save(&self) {
        self.write("model.safetensors", safetensors_of(&self.tensors));
    }

    /// Passes every tensor through `edit`; what gives nothing is left out.
    pub(crate) fn edited(mut self, edit: impl Fn(Tensor) -> Option<Tensor>) -> Self {
        self.tensors = self.tensors.into_iter().filter_map(edit).collect();
        self.save();
        self
    }

    /// Names every tensor anew.
    pub(crate) fn renamed(self, name: impl Fn(&str) -> String) -> Self {
        self.edited(|(old, shape, data)| Some((name(&old), shape, data)))
    }

    /// Leaves tensors out.
    pub(crate) fn without(self, is_gone: impl Fn(&str) -> bool) -> Self {
        self.edited(|tensor| Some(tensor).filter(|(name, _, _)| !is_gone(name)))
    }

    /// Adds a tensor.
    pub(crate) fn with(mut self, name: &str, shape: &[usize], data: Vec<u8>) -> Self {
        self.tensors.push((name.to_owned(), shape.to_vec(), data));
        self.save();
        self
    }

    /// Changes config.json.
    pub(crate) fn configured(
        self,
        change: impl FnOnce(&mut serde_json::Map<String, Value>),
    ) -> Self {
        self.changed("config.json", |json| {
            change(json.as_object_mut().expect("an object"));
        })
    }

    /// Changes a file of JSON.
    pub(crate) fn changed(self, name: &str, change: impl FnOnce(&mut Value)) -> Self {
        let text = std::fs::read_to_string(self.file(name)).expect("read");
        let mut json = serde_json::from_str(&text).expect("JSON");
        change(&mut json);
        self.write(name, json.to_string());
        self
    }

    pub(crate) fn tensor(&self, name: &str) -> &Tensor {
        let found = self.tensors.iter().find(|tensor| tensor.0 == name);
        found.expect("a tensor of that name")
    }

    pub(crate) fn convert(&self) -> Converted {
        hf_to_gguf(self.path(), "f32").unwrap_or_else(|error| panic!("refused: {error}"))
    }

    pub(crate) fn refused(&self) -> ConvertError {
        let error = hf_to_gguf(self.path(), "f32").expect_err("the folder must be refused");
        assert!(!error.to_string().is_empty());
        error
    }

    /// Asserts that this folder is the same model as the plain one, and
    /// returns the warnings.
    pub(crate) fn is_plain(&self) -> Vec<ConvertWarning> {
        let Converted { file, warnings } = self.convert();
        let plain = Self::new().convert();
        assert_eq!(plain.warnings, []);
        same_tensors(&file, &plain.file);
        warnings
    }
}

/// A safetensors file of these tensors.
pub(crate) fn safetensors_of(tensors: &[Tensor]) -> Vec<u8> {
    let views = tensors.iter().map(|(name, shape, data)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), data).expect("a valid tensor");
        (name.as_str(), view)
    });
    safetensors::serialize(views, None).expect("a valid file")
}

/// A matrix the other way round.
pub(crate) fn transposed((name, shape, data): Tensor) -> Tensor {
    let (rows, cols) = (shape[0], shape[1]);
    let mut out = Vec::with_capacity(data.len());
    for col in 0..cols {
        for row in 0..rows {
            let at = 4 * (row * cols + col);
            out.extend_from_slice(&data[at..at + 4]);
        }
    }
    (name, vec![cols, rows], out)
}

/// Asserts that two files hold the same tensors.
pub(crate) fn same_tensors(ours: &[u8], theirs: &[u8]) {
    let (ours, theirs) = (
        Gguf::parse(ours).expect("valid"),
        Gguf::parse(theirs).expect("valid"),
    );
    assert_eq!(ours.tensors().len(), theirs.tensors().len());
    for tensor in theirs.tensors() {
        let found = ours.tensor(tensor.name).expect(tensor.name);
        assert_eq!(found.dims, tensor.dims, "{}", tensor.name);
        let same = ours.tensor_bytes(found) == theirs.tensor_bytes(tensor);
        assert!(same, "{} differs", tensor.name);
    }
}

/// The value of a key.
pub(crate) fn key(file: &[u8], key: &str) -> Option<OwnedValue> {
    let file = Gguf::parse(file).expect("valid");
    file.metadata().get(key).map(OwnedValue::from)
}
