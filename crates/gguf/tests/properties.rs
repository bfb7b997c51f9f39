//! Random files: what the writer wrote is read back, and nothing panics.

use proptest::collection::vec;
use proptest::prelude::*;
use senselm_gguf::{GgmlType, Gguf, OwnedArray, OwnedValue, Writer};

fn value() -> impl Strategy<Value = OwnedValue> {
    let finite = any::<f32>().prop_filter("NaN is not equal to itself", |v| !v.is_nan());
    let array = prop_oneof![
        vec(any::<u8>(), 0..9).prop_map(OwnedArray::U8),
        vec(any::<i8>(), 0..9).prop_map(OwnedArray::I8),
        vec(any::<u16>(), 0..9).prop_map(OwnedArray::U16),
        vec(any::<i16>(), 0..9).prop_map(OwnedArray::I16),
        vec(any::<u32>(), 0..9).prop_map(OwnedArray::U32),
        vec(any::<i32>(), 0..9).prop_map(OwnedArray::I32),
        vec(finite.clone(), 0..9).prop_map(OwnedArray::F32),
        vec(any::<bool>(), 0..9).prop_map(OwnedArray::Bool),
        vec(".{0,6}", 0..9).prop_map(OwnedArray::Str),
        vec(any::<u64>(), 0..9).prop_map(OwnedArray::U64),
        vec(any::<i64>(), 0..9).prop_map(OwnedArray::I64),
        vec(-1e300..1e300_f64, 0..9).prop_map(OwnedArray::F64),
    ];
    prop_oneof![
        any::<u8>().prop_map(OwnedValue::U8),
        any::<i8>().prop_map(OwnedValue::I8),
        any::<u16>().prop_map(OwnedValue::U16),
        any::<i16>().prop_map(OwnedValue::I16),
        any::<u32>().prop_map(OwnedValue::U32),
        any::<i32>().prop_map(OwnedValue::I32),
        finite.prop_map(OwnedValue::F32),
        any::<bool>().prop_map(OwnedValue::Bool),
        ".{0,20}".prop_map(OwnedValue::Str),
        array.prop_map(OwnedValue::Array),
        any::<u64>().prop_map(OwnedValue::U64),
        any::<i64>().prop_map(OwnedValue::I64),
        (-1e300..1e300_f64).prop_map(OwnedValue::F64),
    ]
}

type Tensor = (String, Vec<u64>, GgmlType, Vec<u8>);

fn tensor() -> impl Strategy<Value = Tensor> {
    let ty = proptest::sample::select(&GgmlType::ALL[..]);
    (
        "[a-z.]{1,63}",
        ty,
        1..3_u64,
        vec(1..4_u64, 0..4),
        any::<u8>(),
    )
        .prop_map(|(name, ty, blocks, mut outer, fill)| {
            outer.insert(0, blocks * ty.block_len() as u64);
            let elements: u64 = outer.iter().product();
            let bytes = ty.bytes_for(elements as usize).expect("whole blocks");
            (name, outer, ty, vec![fill; bytes])
        })
}

type Content = (
    std::collections::BTreeMap<String, OwnedValue>,
    std::collections::BTreeMap<String, Tensor>,
    Option<u32>,
);

fn content() -> impl Strategy<Value = Content> {
    (
        proptest::collection::btree_map("[a-z._]{1,20}", value(), 0..8),
        vec(tensor(), 0..6).prop_map(|all| all.into_iter().map(|t| (t.0.clone(), t)).collect()),
        proptest::option::of((3..9_u32).prop_map(|log| 1 << log)),
    )
}

fn write((keys, tensors, alignment): &Content) -> Vec<u8> {
    let mut writer = Writer::new();
    for (key, value) in keys {
        writer
            .set(key.as_str(), value.clone())
            .expect("a valid key");
    }
    if let Some(alignment) = *alignment {
        writer
            .set(senselm_gguf::keys::GENERAL_ALIGNMENT, alignment)
            .expect("a valid alignment");
    }
    for (name, dims, ty, bytes) in tensors.values() {
        writer
            .tensor(name.as_str(), dims, *ty, bytes.as_slice())
            .expect("a valid tensor");
    }
    writer.to_bytes().expect("memory does not fail")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_written_is_read_back(content in content()) {
        let bytes = write(&content);
        let file = Gguf::parse(&bytes).expect("what the writer wrote");
        prop_assert_eq!(file.total_len(), bytes.len());
        for (key, value) in &content.0 {
            let found = file.metadata().get(key).map(OwnedValue::from);
            prop_assert_eq!(found.as_ref(), Some(value));
        }
        prop_assert_eq!(
            file.metadata().len(),
            content.0.len() + usize::from(content.2.is_some())
        );
        prop_assert_eq!(file.tensors().len(), content.1.len());
        for (name, dims, ty, bytes) in content.1.values() {
            let found = file.tensor(name).expect("the tensor");
            prop_assert_eq!(found.dims.as_slice(), dims.as_slice());
            prop_assert_eq!(found.ty, *ty);
            prop_assert_eq!(file.tensor_bytes(found), bytes.as_slice());
        }
    }

    #[test]
    fn mutations_never_panic(
        content in content(),
        edits in vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        cut in proptest::option::of(any::<proptest::sample::Index>()),
    ) {
        let mut bytes = write(&content);
        // Edits favour the header, which is where a lie does harm.
        let header = bytes.len().min(400);
        for (at, value) in edits {
            bytes[at.index(header)] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(file) = Gguf::parse(&bytes) {
            for tensor in file.tensors() {
                prop_assert_eq!(file.tensor_bytes(tensor).len(), tensor.range.len());
            }
            for (_, value) in file.metadata().iter() {
                let _ = OwnedValue::from(value);
            }
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..300), headed in any::<bool>()) {
        let mut file = if headed { b"GGUF\x03\0\0\0".to_vec() } else { Vec::new() };
        file.extend(bytes);
        let _ = Gguf::parse(&file);
    }
}
