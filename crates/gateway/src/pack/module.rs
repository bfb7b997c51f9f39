//! The core module: one more data segment, a larger memory, and a descriptor
//! that says where the segment is.

use senselm_gguf::mapped::{EMBEDDED_DESCRIPTOR_BYTES, EMBEDDED_MAGIC};
use wasm_encoder::{
    ConstExpr, DataCountSection, DataSection, MemorySection, MemoryType, Module, RawSection,
};
use wasmparser::{
    BinaryReader, DataKind, DataSectionReader, MemorySectionReader, Operator, SectionLimited,
};

use crate::GatewayError;

const PAGE_BYTES: u64 = 65_536;
/// All that 32-bit addresses reach.
const MAX_PAGES: u64 = 65_536;

const HEADER_BYTES: usize = 8;
const MEMORY_SECTION: u8 = 5;
const DATA_SECTION: u8 = 11;
const DATA_COUNT_SECTION: u8 = 12;

/// Returns the module with the weights in it, or `None` where it has no
/// descriptor and therefore takes none.
pub(super) fn with_weights(module: &[u8], weights: &[u8]) -> Result<Option<Vec<u8>>, GatewayError> {
    let sections = sections(module)?;
    let Some(descriptor) = find_descriptor(&sections)? else {
        return Ok(None);
    };
    let memory = memory_type(&sections)?;
    let pages = (weights.len() as u64).div_ceil(PAGE_BYTES);
    let minimum = memory.minimum + pages;
    if minimum > MAX_PAGES {
        return Err(GatewayError::ModelTooLarge {
            bytes: weights.len() as u64,
            limit: (MAX_PAGES - memory.minimum) * PAGE_BYTES,
        });
    }
    let address = u32::try_from(memory.minimum * PAGE_BYTES)
        .map_err(|_| GatewayError::guest("its memory is full"))?;

    let mut packed = Module::new();
    for (id, data) in sections {
        match id {
            MEMORY_SECTION => {
                packed.section(MemorySection::new().memory(MemoryType {
                    minimum,
                    maximum: memory.maximum.map(|maximum| maximum.max(minimum)),
                    ..memory
                }));
            }
            DATA_COUNT_SECTION => {
                let count = BinaryReader::new(data, 0).read_var_u32()?;
                packed.section(&DataCountSection { count: count + 1 });
            }
            DATA_SECTION => {
                packed.section(&data_section(data, &descriptor, address, weights)?);
            }
            _ => {
                packed.section(&RawSection { id, data });
            }
        }
    }
    Ok(Some(packed.finish()))
}

/// The sections of a module: id and contents, in order.
fn sections(module: &[u8]) -> Result<Vec<(u8, &[u8])>, GatewayError> {
    let mut reader = BinaryReader::new(module, 0);
    reader.read_bytes(HEADER_BYTES)?;
    let mut sections = Vec::new();
    while !reader.eof() {
        let id = reader.read_u8()?;
        let len = reader.read_var_u32()? as usize;
        sections.push((id, reader.read_bytes(len)?));
    }
    Ok(sections)
}

/// Where the descriptor is: the index of its segment and the offset in it.
struct Descriptor {
    segment: usize,
    offset: usize,
}

/// Finds the descriptor: the magic, followed by an address and a length that
/// are still zero.
fn find_descriptor(sections: &[(u8, &[u8])]) -> Result<Option<Descriptor>, GatewayError> {
    let Some((_, data)) = sections.iter().find(|(id, _)| *id == DATA_SECTION) else {
        return Ok(None);
    };
    let mut blank = [0; EMBEDDED_DESCRIPTOR_BYTES];
    blank[..EMBEDDED_MAGIC.len()].copy_from_slice(&EMBEDDED_MAGIC);
    let mut found = None;
    for (segment, data) in data_segments(data)?.into_iter().enumerate() {
        let data = data?;
        let offsets = data.data.windows(blank.len()).enumerate();
        for (offset, _) in offsets.filter(|(_, at)| *at == blank) {
            if found.is_some() {
                return Err(GatewayError::guest("it has several places for weights"));
            }
            found = Some(Descriptor { segment, offset });
        }
    }
    Ok(found)
}

fn memory_type(sections: &[(u8, &[u8])]) -> Result<MemoryType, GatewayError> {
    let (_, data) = sections
        .iter()
        .find(|(id, _)| *id == MEMORY_SECTION)
        .ok_or_else(|| GatewayError::guest("it imports its memory"))?;
    let memories = MemorySectionReader::new(BinaryReader::new(data, 0))?;
    let mut memories = memories.into_iter();
    let (Some(memory), None) = (memories.next(), memories.next()) else {
        return Err(GatewayError::guest("it does not have exactly one memory"));
    };
    let memory = memory?;
    if memory.memory64 || memory.shared || memory.page_size_log2.is_some() {
        return Err(GatewayError::guest("its memory is not a plain 32-bit one"));
    }
    Ok(MemoryType {
        minimum: memory.initial,
        maximum: memory.maximum,
        memory64: false,
        shared: false,
        page_size_log2: None,
    })
}

/// The old segments with the descriptor filled in, and the weights behind them.
fn data_section(
    data: &[u8],
    descriptor: &Descriptor,
    address: u32,
    weights: &[u8],
) -> Result<DataSection, GatewayError> {
    let mut section = DataSection::new();
    for (index, segment) in data_segments(data)?.into_iter().enumerate() {
        let segment = segment?;
        let mut bytes = segment.data.to_vec();
        if index == descriptor.segment {
            let place = descriptor.offset + EMBEDDED_MAGIC.len();
            let filled = [u64::from(address), weights.len() as u64];
            for (slot, value) in bytes[place..].chunks_exact_mut(8).zip(filled) {
                slot.copy_from_slice(&value.to_le_bytes());
            }
        }
        match segment.kind {
            DataKind::Passive => section.passive(bytes),
            DataKind::Active {
                memory_index,
                offset_expr,
            } => {
                let mut operators = offset_expr.get_operators_reader();
                let Operator::I32Const { value } = operators.read()? else {
                    return Err(GatewayError::guest("its data has no fixed address"));
                };
                section.active(memory_index, &ConstExpr::i32_const(value), bytes)
            }
        };
    }
    // Addresses above 2 GiB wrap to negative constants, as the format has it.
    let offset = ConstExpr::i32_const(address.cast_signed());
    section.active(0, &offset, weights.iter().copied());
    Ok(section)
}

fn data_segments(data: &[u8]) -> Result<SectionLimited<'_, wasmparser::Data<'_>>, GatewayError> {
    Ok(DataSectionReader::new(BinaryReader::new(data, 0))?)
}
