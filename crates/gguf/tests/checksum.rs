//! Damage of tensors is found, whoever rewrites a file, and nothing else is called
//! damage.

use senselm_gguf::{GgmlType, Gguf, GgufError, OwnedValue, Writer, keys, merge};

/// A writer of two tensors in a file with a key of ours.
fn writer() -> Writer<'static> {
    let mut writer = Writer::new();
    writer
        .set(keys::SENSELM_SCHEMA_VERSION, keys::SCHEMA_VERSION)
        .expect("set");
    tensors(&mut writer, GgmlType::F32);
    writer
}

fn tensors(writer: &mut Writer<'_>, ty: GgmlType) {
    for (name, fill) in [("one", 1_u8), ("two", 2)] {
        let bytes = vec![fill; ty.bytes_for(64).expect("whole blocks")];
        writer.tensor(name, &[32, 2], ty, bytes).expect("a tensor");
    }
}

/// The checksum that a file has.
fn checksum(bytes: &[u8]) -> String {
    let file = Gguf::parse(bytes).expect("valid");
    let text = file.metadata().str(keys::SENSELM_TENSORS_XXH64);
    text.expect("a checksum").to_owned()
}

fn check(bytes: &[u8]) -> Result<(), GgufError> {
    Gguf::parse(bytes).expect("valid").check_damage()
}

#[test]
fn each_bit_of_a_tensor_counts() {
    let whole = writer().to_bytes().expect("valid");
    check(&whole).expect("undamaged");
    let file = Gguf::parse(&whole).expect("valid");
    let ranges = file.tensors().iter().map(|tensor| tensor.range.clone());
    for at in ranges.flatten() {
        for bit in 0..8 {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << bit;
            let error = check(&damaged).expect_err("damaged");
            assert!(matches!(error, GgufError::Damaged { .. }), "{error}");
            assert!(error.to_string().contains("again"), "{error}");
        }
    }
}

#[test]
fn each_bit_of_a_key_that_counts_is_seen_or_refused() {
    let mut writer = writer();
    for (key, value) in [
        (
            "senselm.task",
            OwnedValue::from("{\"labels\": [\"bearing\"]}"),
        ),
        ("gpt2.context_length", OwnedValue::U32(125)),
        ("general.name", OwnedValue::from("a name")),
    ] {
        writer.set(key, value).expect("set");
    }
    let whole = writer.to_bytes().expect("valid");
    check(&whole).expect("undamaged");
    let place = |text: &str| {
        let found = whole
            .windows(text.len())
            .position(|at| at == text.as_bytes());
        found.expect("in the file")
    };
    // What comes before the first tensor's description, but the name, that nothing
    // depends on, and the checksum's own key, without which nothing is checked.
    let end = place("one");
    let name = place("general.name") - 8..place("general.name") + "general.name".len() + 18;
    // Of the tensors' checksum the first half is of their descriptions: another one says
    // nothing.
    let key = |key: &str, more: usize| place(key)..place(key) + key.len() + more;
    let (own, of_tensors) = (
        key(keys::SENSELM_METADATA_XXH64, 0),
        key(keys::SENSELM_TENSORS_XXH64, 4 + 8 + 16),
    );
    let counts = |at: &usize| !name.contains(at) && !own.contains(at) && !of_tensors.contains(at);
    for at in (8..end - 8).filter(counts) {
        for bit in 0..8 {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << bit;
            let checked = Gguf::parse(&damaged).and_then(|file| file.check_damage());
            assert!(checked.is_err(), "bit {bit} of byte {at}");
        }
    }
}

/// What nothing depends on may be changed by others.
#[test]
fn keys_of_others_may_change() {
    let mut writer = writer();
    writer.set("general.name", "a name").expect("set");
    let mut bytes = writer.to_bytes().expect("valid");
    let place = bytes.windows(6).position(|at| at == b"a name");
    bytes[place.expect("in the file")] = b'b';
    check(&bytes).expect("undamaged");
}

/// By another implementation of XXH64, written for this from its specification.
#[test]
fn the_checksum_is_that_of_the_format() {
    let whole = writer().to_bytes().expect("valid");
    assert_eq!(checksum(&whole), "d18443190a165bcd-e4a18795bbee7832");
}

#[test]
fn files_of_others_have_none() {
    let mut writer = Writer::new();
    writer
        .set(keys::GENERAL_ARCHITECTURE, keys::GPT2)
        .expect("set");
    tensors(&mut writer, GgmlType::F32);
    let bytes = writer.to_bytes().expect("valid");
    let file = Gguf::parse(&bytes).expect("valid");
    assert_eq!(file.metadata().len(), 1);
    file.check_damage().expect("nothing to check");
}

#[test]
fn a_rewritten_file_has_its_own_and_a_damaged_one_is_not_rewritten() {
    let whole = writer().to_bytes().expect("valid");
    let before = checksum(&whole);
    let file = Gguf::parse(&whole).expect("valid");
    let mut other = Writer::of(&file).expect("whole");
    other.set(keys::SENSELM_CARD, "{}").expect("set");
    let other_bytes = other.to_bytes().expect("valid");
    assert_eq!(checksum(&other_bytes), before, "the tensors are the same");
    check(&other_bytes).expect("undamaged");
    other
        .tensor("three", &[1], GgmlType::F32, vec![3; 4])
        .expect("a tensor");
    let more = other.to_bytes().expect("valid");
    assert_ne!(checksum(&more), before);
    check(&more).expect("undamaged");
    let keys = Gguf::parse(&more).expect("valid").metadata().len();
    assert_eq!(keys, 4, "each checksum is there once");

    let mut damaged = whole.clone();
    *damaged.last_mut().expect("a byte") ^= 1;
    let damaged = Gguf::parse(&damaged).expect("valid");
    assert!(matches!(
        Writer::of(&damaged),
        Err(GgufError::Damaged { .. })
    ));
}

/// What stores tensors in another type may copy keys that it does not know.
#[test]
fn a_checksum_of_other_tensors_says_nothing() {
    let whole = writer().to_bytes().expect("valid");
    let text = checksum(&whole);
    // Nothing but the writer sets the key, so the bytes are changed behind it.
    let mut writer = Writer::new();
    writer
        .set(keys::SENSELM_TENSORS_XXH64, text.as_str())
        .expect("set");
    tensors(&mut writer, GgmlType::Q8_0);
    let bytes = writer.to_bytes().expect("valid");
    let own = checksum(&bytes);
    assert_ne!(own, text);
    let copied = replaced(&bytes, &own, &text);
    check(&copied).expect("it speaks of other tensors");
}

fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let at = bytes.windows(from.len()).position(|w| w == from.as_bytes());
    let at = at.expect("the text");
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    bytes
}

#[test]
fn what_is_no_checksum_is_refused() {
    let whole = writer().to_bytes().expect("valid");
    let text = checksum(&whole);
    for wrong in ["g", "-", "+"] {
        let other = format!("{wrong}{}", &text[1..]);
        let error = check(&replaced(&whole, &text, &other)).expect_err("refused");
        assert!(matches!(error, GgufError::BadChecksum), "{error}");
    }
}

#[test]
fn shards_are_checked_together() {
    let whole = writer().to_bytes().expect("valid");
    let file = Gguf::parse(&whole).expect("valid");
    let shard = |number: u32, damage: u8| {
        let mut writer = Writer::new();
        let (count, tensors) = (2_u32, 2_u32);
        writer.set("split.no", number).expect("set");
        writer.set("split.count", count).expect("set");
        writer.set("split.tensors.count", tensors).expect("set");
        let tensor = &file.tensors()[number as usize];
        let mut bytes = file.tensor_bytes(tensor).to_vec();
        bytes[0] ^= damage;
        writer
            .tensor(tensor.name, tensor.dims.as_slice(), tensor.ty, bytes)
            .expect("a tensor");
        if number > 0 {
            return writer.to_bytes().expect("valid");
        }
        // As llama-gguf-split does: the first shard has the keys of the whole.
        for (key, value) in file.metadata().iter() {
            writer.set(key, OwnedValue::from(value)).expect("set");
        }
        let bytes = writer.to_bytes().expect("valid");
        replaced(&bytes, &checksum(&bytes), &checksum(&whole))
    };
    let merged = merge(&[&shard(0, 0), &shard(1, 0)]).expect("whole");
    assert_eq!(checksum(&merged), checksum(&whole));
    let mut first = shard(0, 0);
    let key = keys::SENSELM_SCHEMA_VERSION;
    let place = first.windows(key.len()).position(|at| at == key.as_bytes());
    first[place.expect("in the file") + key.len() + 4] ^= 1;
    let merged = merge(&[&first, &shard(1, 0)]);
    assert!(matches!(merged, Err(GgufError::DamagedKeys { .. })));
    for damage in [(1, 0), (0, 4)] {
        let merged = merge(&[&shard(0, damage.0), &shard(1, damage.1)]);
        assert!(matches!(merged, Err(GgufError::Damaged { .. })));
    }
}
