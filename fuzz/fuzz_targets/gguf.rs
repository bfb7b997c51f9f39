//! A file is refused or read; what is read can be written and read again, and
//! converted or refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use senselm_gguf::{Gguf, OwnedValue, Shard, Writer, merge};

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = Gguf::parse(bytes) else {
        return;
    };
    let mut writer = Writer::new();
    for (key, value) in file.metadata().iter() {
        writer
            .set(key, OwnedValue::from(value))
            .expect("the writer takes what the reader took");
    }
    for tensor in file.tensors() {
        let data = file.tensor_bytes(tensor);
        assert_eq!(data.len(), tensor.range.len());
        writer
            .tensor(tensor.name, tensor.dims.as_slice(), tensor.ty, data)
            .expect("the writer takes what the reader took");
    }
    let written = writer.to_bytes().expect("memory does not fail");
    let again = Gguf::parse(&written).expect("the reader takes what the writer wrote");
    assert_eq!(again.metadata().len(), file.metadata().len());
    for (ours, theirs) in again.tensors().iter().zip(file.tensors()) {
        assert_eq!(
            (ours.name, ours.dims, ours.ty),
            (theirs.name, theirs.dims, theirs.ty)
        );
        assert_eq!(again.tensor_bytes(ours), file.tensor_bytes(theirs));
    }
    if let Ok(Some(_)) = Shard::of(file.metadata()) {
        assert!(merge(&[bytes]).is_err(), "one shard of several is no model");
    }
    let _ = senselm_convert::requantize(bytes, "q4_k_m");
});
