//! One file per way to be wrong. Each is built here, byte by byte, and must be
//! refused with its own error.

use senselm_gguf::{
    GgmlType, Gguf, GgufError, MAX_ARRAY_LEN, MAX_KEY_BYTES, MAX_KEYS, MAX_NAME_BYTES,
    MAX_STRING_BYTES, MAX_TENSORS, ValueType, Writer, keys,
};

const U32: u32 = 4;
const BOOL: u32 = 7;
const STRING: u32 = 8;
const ARRAY: u32 = 9;
const F32: u32 = 0;
const Q8_0: u32 = 8;

/// A file under construction.
struct File(Vec<u8>);

impl File {
    fn new(tensors: u64, keys: u64) -> Self {
        let mut file = Self(b"GGUF".to_vec());
        file.u32(3).u64(tensors).u64(keys);
        file
    }

    fn u32(&mut self, v: u32) -> &mut Self {
        self.0.extend(v.to_le_bytes());
        self
    }

    fn u64(&mut self, v: u64) -> &mut Self {
        self.0.extend(v.to_le_bytes());
        self
    }

    fn bytes(&mut self, v: &[u8]) -> &mut Self {
        self.0.extend(v);
        self
    }

    fn str(&mut self, v: &str) -> &mut Self {
        self.u64(v.len() as u64).bytes(v.as_bytes())
    }

    fn tensor(&mut self, name: &str, dims: &[u64], ty: u32, offset: u64) -> &mut Self {
        self.str(name).u32(dims.len() as u32);
        for &dim in dims {
            self.u64(dim);
        }
        self.u32(ty).u64(offset)
    }

    /// Pads to where the data begins, then adds `data` zero bytes.
    fn data(&mut self, data: usize) -> &mut Self {
        let start = self.0.len().next_multiple_of(32);
        self.0.resize(start + data, 0);
        self
    }

    fn refused(&self) -> GgufError {
        Gguf::parse(&self.0).expect_err("the file must be refused")
    }
}

/// Checks that a file is refused with an error of that shape, and that its
/// message says something.
macro_rules! refused {
    ($file:expr, $pattern:pat $(if $guard:expr)?) => {
        let error = $file.refused();
        assert!(matches!(&error, $pattern $(if $guard)?), "{error:?}");
        assert!(!error.to_string().is_empty());
    };
}

#[test]
fn empty_and_cut_at_every_byte() {
    let mut writer = Writer::new();
    writer
        .set(keys::GENERAL_NAME, "x")
        .and_then(|w| w.set("list", vec![String::from("a"), String::from("b")]))
        .and_then(|w| w.tensor("t", &[3, 2], GgmlType::F32, vec![0; 24]))
        .expect("valid");
    let bytes = writer.to_bytes().expect("valid");
    // The last 8 bytes are the padding of the only tensor.
    for end in 0..bytes.len() - 8 {
        let error = Gguf::parse(&bytes[..end]).expect_err("cut short");
        assert!(
            matches!(
                error,
                GgufError::Truncated { .. } | GgufError::OutOfFile { .. }
            ),
            "cut at {end}: {error:?}"
        );
    }
    assert!(Gguf::parse(&bytes[..bytes.len() - 8]).is_ok());
}

#[test]
fn bad_magic() {
    refused!(File(b"GGML\x03\0\0\0".to_vec()), GgufError::BadMagic { found } if found == b"GGML");
}

#[test]
fn big_endian() {
    refused!(File(b"GGUF\0\0\0\x03".to_vec()), GgufError::BigEndian);
}

#[test]
fn unsupported_version() {
    for version in [0, 1, 4, u32::MAX] {
        let mut file = File(b"GGUF".to_vec());
        file.u32(version);
        refused!(file, GgufError::UnsupportedVersion { found } if *found == version);
    }
}

#[test]
fn too_many_tensors() {
    refused!(
        File::new(MAX_TENSORS + 1, 0),
        GgufError::TooManyTensors { .. }
    );
    refused!(File::new(u64::MAX, 0), GgufError::TooManyTensors { .. });
}

#[test]
fn too_many_keys() {
    refused!(File::new(0, MAX_KEYS + 1), GgufError::TooManyKeys { .. });
    refused!(File::new(0, u64::MAX), GgufError::TooManyKeys { .. });
}

#[test]
fn counts_within_the_caps_that_lie() {
    refused!(File::new(MAX_TENSORS, 0), GgufError::Truncated { .. });
    refused!(File::new(0, MAX_KEYS), GgufError::Truncated { .. });
}

#[test]
fn empty_key() {
    refused!(
        File::new(0, 1).str("").u32(U32).u32(1),
        GgufError::EmptyKey { offset: 24 }
    );
}

#[test]
fn string_too_long() {
    refused!(
        File::new(0, 1).u64(MAX_KEY_BYTES + 1),
        GgufError::StringTooLong {
            what: "a metadata key",
            offset: 24,
            ..
        }
    );
    refused!(
        File::new(0, 1)
            .str("k")
            .u32(STRING)
            .u64(MAX_STRING_BYTES + 1),
        GgufError::StringTooLong {
            what: "a string value",
            ..
        }
    );
    refused!(
        File::new(1, 0).u64(MAX_NAME_BYTES + 1),
        GgufError::StringTooLong {
            what: "a tensor name",
            ..
        }
    );
    refused!(
        File::new(0, 1).u64(u64::MAX),
        GgufError::StringTooLong { .. }
    );
}

#[test]
fn not_utf8() {
    refused!(
        File::new(0, 1).u64(2).bytes(&[0xc3, 0x28]),
        GgufError::NotUtf8 {
            what: "a metadata key",
            offset: 32
        }
    );
    refused!(
        File::new(0, 1)
            .str("k")
            .u32(ARRAY)
            .u32(STRING)
            .u64(1)
            .u64(1)
            .bytes(&[0xff]),
        GgufError::NotUtf8 {
            what: "a string in an array",
            ..
        }
    );
}

#[test]
fn duplicate_key() {
    refused!(
        File::new(0, 2).str("k").u32(U32).u32(1).str("k").u32(U32).u32(2),
        GgufError::DuplicateKey { key } if key == "k"
    );
}

#[test]
fn unknown_value_type() {
    refused!(
        File::new(0, 1).str("k").u32(13),
        GgufError::UnknownValueType {
            found: 13,
            offset: 33,
            ..
        }
    );
    refused!(
        File::new(0, 1).str("k").u32(ARRAY).u32(99).u64(0),
        GgufError::UnknownValueType { found: 99, .. }
    );
}

#[test]
fn bad_bool() {
    refused!(
        File::new(0, 1).str("k").u32(BOOL).bytes(&[2]),
        GgufError::BadBool { found: 2, .. }
    );
    refused!(
        File::new(0, 1)
            .str("k")
            .u32(ARRAY)
            .u32(BOOL)
            .u64(3)
            .bytes(&[0, 1, 255]),
        GgufError::BadBool {
            found: 255,
            offset: 51,
            ..
        }
    );
}

#[test]
fn array_too_long() {
    for len in [MAX_ARRAY_LEN + 1, u64::MAX] {
        refused!(
            File::new(0, 1).str("k").u32(ARRAY).u32(U32).u64(len),
            GgufError::ArrayTooLong { found, .. } if *found == len
        );
    }
    refused!(
        File::new(0, 1)
            .str("k")
            .u32(ARRAY)
            .u32(STRING)
            .u64(MAX_ARRAY_LEN),
        GgufError::Truncated { .. }
    );
}

#[test]
fn nested_array() {
    refused!(
        File::new(0, 1).str("k").u32(ARRAY).u32(ARRAY).u64(1),
        GgufError::NestedArray { offset: 37, .. }
    );
}

#[test]
fn bad_alignment() {
    for found in [0, 1, 4, 24, 33, 1 << 31] {
        refused!(
            File::new(0, 1)
                .str(keys::GENERAL_ALIGNMENT)
                .u32(U32)
                .u32(found),
            GgufError::BadAlignment { .. }
        );
    }
    refused!(
        File::new(0, 1)
            .str(keys::GENERAL_ALIGNMENT)
            .u32(STRING)
            .str("32"),
        GgufError::WrongType {
            expected: ValueType::U32,
            found: ValueType::Str,
            ..
        }
    );
}

#[test]
fn empty_name() {
    refused!(
        File::new(1, 0).tensor("", &[1], F32, 0).data(4),
        GgufError::EmptyName { offset: 24 }
    );
}

#[test]
fn duplicate_tensor() {
    refused!(
        File::new(2, 0).tensor("a", &[1], F32, 0).tensor("a", &[1], F32, 32).data(36),
        GgufError::DuplicateTensor { name } if name == "a"
    );
}

#[test]
fn bad_dimension_count() {
    refused!(
        File::new(1, 0).tensor("a", &[], F32, 0).data(4),
        GgufError::BadDimensionCount { found: 0, .. }
    );
    refused!(
        File::new(1, 0).tensor("a", &[1; 5], F32, 0).data(4),
        GgufError::BadDimensionCount { found: 5, .. }
    );
    refused!(
        File::new(1, 0).str("a").u32(u32::MAX),
        GgufError::BadDimensionCount { .. }
    );
}

#[test]
fn zero_dimension() {
    refused!(
        File::new(1, 0).tensor("a", &[2, 0], F32, 0).data(4),
        GgufError::ZeroDimension { index: 1, .. }
    );
}

#[test]
fn tensor_too_large() {
    for dims in [&[u64::MAX, 2][..], &[1 << 32, 1 << 32], &[1 << 62, 1]] {
        refused!(
            File::new(1, 0).tensor("a", dims, F32, 0).data(4),
            GgufError::TensorTooLarge { .. }
        );
    }
}

#[test]
fn unknown_tensor_type() {
    // Q4_2 and IQ2_XXS, which ggml had or has and this project has no code for.
    for ty in [4, 16, 1000] {
        refused!(
            File::new(1, 0).tensor("a", &[256], ty, 0).data(256),
            GgufError::UnknownTensorType { found, .. } if *found == ty
        );
    }
}

#[test]
fn partial_block() {
    // Two rows of 48 are three blocks in all, but no row is whole blocks.
    refused!(
        File::new(1, 0).tensor("a", &[48, 2], Q8_0, 0).data(102),
        GgufError::PartialBlock {
            cols: 48,
            ty: "Q8_0",
            block_len: 32,
            ..
        }
    );
}

#[test]
fn misaligned() {
    refused!(
        File::new(1, 0).tensor("a", &[1], F32, 4).data(8),
        GgufError::Misaligned {
            offset: 4,
            alignment: 32,
            ..
        }
    );
}

#[test]
fn out_of_file() {
    refused!(
        File::new(1, 0).tensor("a", &[8], F32, 0).data(31),
        GgufError::OutOfFile {
            needed: 32,
            available: 31,
            ..
        }
    );
    refused!(
        File::new(1, 0).tensor("a", &[8], F32, 1 << 40).data(32),
        GgufError::OutOfFile { .. }
    );
    refused!(
        File::new(1, 0)
            .tensor("a", &[8], F32, u64::MAX - 31)
            .data(32),
        GgufError::OutOfFile { .. }
    );
    refused!(
        File::new(1, 0).tensor("a", &[8], F32, 0),
        GgufError::OutOfFile { available: 0, .. }
    );
}

#[test]
fn overlap() {
    refused!(
        File::new(2, 0).tensor("a", &[16], F32, 32).tensor("b", &[16], F32, 0).data(96),
        GgufError::Overlap { first, second } if first == "b" && second == "a"
    );
    refused!(
        File::new(2, 0)
            .tensor("a", &[8], F32, 0)
            .tensor("b", &[8], F32, 0)
            .data(32),
        GgufError::Overlap { .. }
    );
}

#[test]
fn trailing_bytes() {
    let mut file = File::new(1, 0);
    file.tensor("a", &[1], F32, 0).data(32);
    assert!(Gguf::parse(&file.0).is_ok(), "padding is not trailing");
    refused!(file.bytes(&[0]), GgufError::TrailingBytes { .. });
    let mut file = File::new(0, 0);
    refused!(
        file.data(32),
        GgufError::TrailingBytes {
            expected: 32,
            found: 64
        }
    );
}

#[test]
fn asking_for_what_is_not_there() {
    let mut file = File::new(0, 1);
    file.str("k").u32(STRING).str("v");
    let parsed = Gguf::parse(&file.0).expect("valid");
    let metadata = parsed.metadata();
    assert!(matches!(metadata.u32("none"), Err(GgufError::MissingKey { key }) if key == "none"));
    assert!(matches!(
        metadata.u32("k"),
        Err(GgufError::WrongType {
            found: ValueType::Str,
            expected: ValueType::U32,
            ..
        })
    ));
    assert!(metadata.array("k").is_err());
    assert!(metadata.bool("k").is_err());
    assert!(metadata.f32("k").is_err());
    assert_eq!(metadata.str("k").expect("a string"), "v");
}

#[test]
fn array_of_another_type() {
    let mut file = File::new(0, 1);
    file.str("k").u32(ARRAY).u32(U32).u64(2).u32(7).u32(8);
    let parsed = Gguf::parse(&file.0).expect("valid");
    let array = parsed.metadata().array("k").expect("an array");
    assert!(matches!(
        array.strings(),
        Err(GgufError::WrongType { key, .. }) if key == "k[]"
    ));
    assert!(array.u32s().expect("u32").eq([7, 8]));
}

#[test]
fn version_2_and_gaps_are_read() {
    let mut file = File::new(2, 0);
    file.0[4] = 2;
    file.tensor("a", &[1], F32, 64)
        .tensor("b", &[1], F32, 0)
        .data(68);
    let parsed = Gguf::parse(&file.0).expect("valid");
    assert_eq!(parsed.version(), 2);
    assert_eq!(parsed.tensor("b").map(|t| t.range.len()), Some(4));
}

#[test]
fn the_writer_refuses_what_the_reader_would() {
    let mut writer = Writer::new();
    assert!(matches!(
        writer.set("", 1_u32),
        Err(GgufError::EmptyKey { .. })
    ));
    assert!(matches!(
        writer.set("k".repeat(65_536), 1_u32),
        Err(GgufError::StringTooLong { .. })
    ));
    assert!(matches!(
        writer.set(keys::GENERAL_ALIGNMENT, 12_u32),
        Err(GgufError::BadAlignment { found: 12 })
    ));
    assert!(matches!(
        writer.set(keys::GENERAL_ALIGNMENT, "32"),
        Err(GgufError::WrongType { .. })
    ));
    let zeros = |n| vec![0_u8; n];
    assert!(matches!(
        writer.tensor("n".repeat(64), &[1], GgmlType::F32, zeros(4)),
        Err(GgufError::StringTooLong { .. })
    ));
    assert!(matches!(
        writer.tensor("a", &[1], GgmlType::F32, zeros(5)),
        Err(GgufError::WrongByteCount {
            expected: 4,
            found: 5,
            ..
        })
    ));
    assert!(matches!(
        writer.tensor("a", &[16, 2], GgmlType::Q8_0, zeros(34)),
        Err(GgufError::PartialBlock { .. })
    ));
    assert!(writer.tensor("a", &[1], GgmlType::F32, zeros(4)).is_ok());
    assert!(matches!(
        writer.tensor("a", &[1], GgmlType::F32, zeros(4)),
        Err(GgufError::DuplicateTensor { .. })
    ));
}

#[test]
fn a_missing_or_empty_file() {
    use senselm_gguf::mapped::Mapped;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("none.gguf");
    assert!(matches!(Mapped::open(&path), Err(GgufError::Open { .. })));
    std::fs::write(&path, []).expect("written");
    let empty = Mapped::open(&path).expect("opens");
    assert!(matches!(
        Gguf::parse(empty.as_ref()),
        Err(GgufError::Truncated { .. })
    ));
}

#[test]
fn a_disk_that_is_full() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    assert!(matches!(
        Writer::new().write_to(&mut Full),
        Err(GgufError::Write(_))
    ));
}
