//! Turns a browser build into one whose memory several workers share.
//!
//! Rust's own threads for wasm need an unstable compiler. They are not needed
//! here: the helpers only run kernels, which neither allocate nor use anything
//! thread-local (see `senselm_kernels::helpers`). What remains is the memory:
//! it must be shared, it must be filled once and not by every instance, and
//! every helper needs a stack of its own. The generated script must know that
//! such a memory grows in place, and that a text decoder does not read it.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use walrus::ir::Value;
use walrus::{ConstExpr, DataKind, ExportItem, FunctionBuilder, Module};

/// The memory comes from outside, of at most 4 GiB, and the stack can be moved.
pub const RUSTFLAGS: &str = " -Clink-arg=--import-memory -Clink-arg=--max-memory=4294967296 \
                             -Clink-arg=--export=__stack_pointer";

/// Fills the memory: called once, by the first instance.
const FILL: &str = "senselm_fill_memory";

/// Changes the module and the script in `folder`.
///
/// # Errors
/// Where they are not what the binding generator used to make.
pub fn share(folder: &Path) -> anyhow::Result<()> {
    let path = folder.join("senselm_bg.wasm");
    let mut module = Module::from_file(&path)?;
    let pages = share_memory(&mut module)?;
    module.emit_wasm_file(&path)?;

    let path = folder.join("senselm.js");
    let script = share_script(&std::fs::read_to_string(&path)?, pages)?;
    std::fs::write(&path, script)?;
    let path = folder.join("senselm.d.ts");
    let types = std::fs::read_to_string(&path)? + "export const INITIAL_PAGES: number;\n";
    std::fs::write(&path, types)?;
    Ok(())
}

/// Makes the memory shared and its contents passive. Returns its first size in
/// pages.
fn share_memory(module: &mut Module) -> anyhow::Result<u64> {
    let memory = module.memories.iter_mut().next().context("no memory")?;
    ensure!(memory.import.is_some(), "the memory is not imported");
    ensure!(memory.maximum.is_some(), "the memory has no maximum");
    memory.shared = true;
    memory.data_segments.clear();
    let (memory, pages) = (memory.id(), memory.initial);

    let mut fill = FunctionBuilder::new(&mut module.types, &[], &[]);
    let mut body = fill.func_body();
    let segments: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    for segment in segments {
        let data = module.data.get_mut(segment);
        let DataKind::Active { ref offset, .. } = data.kind else {
            continue;
        };
        let ConstExpr::Value(Value::I32(offset)) = *offset else {
            bail!("a data segment begins nobody knows where");
        };
        data.kind = DataKind::Passive;
        body.i32_const(offset)
            .i32_const(0)
            .i32_const(i32::try_from(data.value.len())?)
            .memory_init(memory, data.id());
    }
    let fill = fill.finish(vec![], &mut module.funcs);
    module.exports.add(FILL, fill);
    let stack = module.exports.iter().any(|export| {
        export.name == "__stack_pointer" && matches!(export.item, ExportItem::Global(_))
    });
    ensure!(stack, "the stack pointer is not exported");
    Ok(pages)
}

/// What the generated script must do otherwise, and how often it does it.
const CHANGES: [(&str, &str); 3] = [
    // A memory that grows keeps its buffer's bytes, but not the buffer.
    (".byteLength === 0", ".buffer !== wasm.memory.buffer"),
    (
        "cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)",
        "cachedDataViewMemory0.buffer !== wasm.memory.buffer",
    ),
    (
        "decodeText(getUint8ArrayMemory0().subarray(ptr, ptr + len))",
        "decodeText(getUint8ArrayMemory0().slice(ptr, ptr + len))",
    ),
];

fn share_script(script: &str, pages: u64) -> anyhow::Result<String> {
    let mut script = script.to_owned();
    for (from, to) in CHANGES {
        ensure!(script.contains(from), "the script does not say {from:?}");
        script = script.replace(from, to);
    }
    let start = "wasm = instance.exports;";
    ensure!(script.contains(start), "the script does not say {start:?}");
    script = script.replace(start, &format!("{start}\n    wasm.{FILL}();"));
    Ok(script
        + &format!(
            "\n/** How many pages the memory has at first. */\nexport const INITIAL_PAGES = {pages};\n"
        ))
}
