//! What naga says of a shader.

use naga::valid::{Capabilities, ValidationFlags, Validator};
use naga::{AddressSpace, Handle, Module, StorageAccess, Type, TypeInner};

use crate::variants::Needs;

/// A shader's interface.
pub(crate) struct Reflected {
    pub(crate) entry: String,
    pub(crate) workgroup: [u32; 3],
    /// Bytes of workgroup memory.
    pub(crate) workgroup_bytes: u32,
    pub(crate) bindings: Vec<Binding>,
    pub(crate) overrides: Vec<String>,
    pub(crate) structs: Vec<Layout>,
}

/// A buffer that the entry point uses.
pub(crate) struct Binding {
    pub(crate) name: String,
    pub(crate) group: u32,
    pub(crate) binding: u32,
    /// A variant of `Access`.
    pub(crate) access: &'static str,
    pub(crate) min_bytes: u32,
}

/// How a struct lies in memory.
#[derive(Clone, PartialEq)]
pub(crate) struct Layout {
    pub(crate) name: String,
    pub(crate) bytes: u32,
    pub(crate) members: Vec<(String, u32)>,
}

/// What core WGSL has; naga counts unpacking binary16 as a capability.
const CORE: Capabilities = Capabilities::SHADER_FLOAT16_IN_FLOAT32;

/// Parses and validates a shader. Nothing is allowed beyond core WGSL and what
/// the shader says that it needs.
pub(crate) fn reflect(source: &str, needs: Needs) -> Result<Reflected, String> {
    let module =
        naga::front::wgsl::parse_str(source).map_err(|error| error.emit_to_string(source))?;
    let mut capabilities = CORE;
    capabilities.set(Capabilities::SHADER_FLOAT16, needs.shader_f16);
    capabilities.set(Capabilities::SUBGROUP, needs.subgroups);
    let info = Validator::new(ValidationFlags::all(), capabilities)
        .validate(&module)
        .map_err(|error| error.emit_to_string(source))?;
    let [entry] = module.entry_points.as_slice() else {
        return Err("not one entry point".into());
    };
    let uses = info.get_entry_point(0);
    let size = |ty| {
        let inner: &TypeInner = &module.types[ty].inner;
        inner.size(module.to_ctx())
    };
    let mut bindings = Vec::new();
    let mut workgroup_bytes = 0;
    for (handle, global) in module.global_variables.iter() {
        if uses[handle].is_empty() {
            continue;
        }
        let access = match global.space {
            AddressSpace::WorkGroup => {
                workgroup_bytes += size(global.ty).next_multiple_of(16);
                continue;
            }
            AddressSpace::Uniform => "Uniform",
            AddressSpace::Storage { access } if access.contains(StorageAccess::STORE) => {
                "ReadWrite"
            }
            AddressSpace::Storage { .. } => "Read",
            _ => continue,
        };
        let place = global.binding.ok_or("a buffer without a binding")?;
        bindings.push(Binding {
            name: global.name.clone().unwrap_or_default(),
            group: place.group,
            binding: place.binding,
            access,
            min_bytes: size(global.ty),
        });
    }
    bindings.sort_by_key(|binding| (binding.group, binding.binding));
    let overrides = module.overrides.iter();
    Ok(Reflected {
        entry: entry.name.clone(),
        workgroup: entry.workgroup_size,
        workgroup_bytes,
        bindings,
        overrides: overrides.filter_map(|(_, o)| o.name.clone()).collect(),
        structs: structs(&module),
    })
}

/// The structs that lie in buffers: others are no business of the host.
fn structs(module: &Module) -> Vec<Layout> {
    let mut found = Vec::new();
    for (_, global) in module.global_variables.iter() {
        if global.binding.is_some() {
            add_structs(module, global.ty, &mut found);
        }
    }
    found
}

fn add_structs(module: &Module, ty: Handle<Type>, found: &mut Vec<Layout>) {
    match &module.types[ty].inner {
        TypeInner::Struct { members, span } => {
            found.push(Layout {
                name: module.types[ty].name.clone().unwrap_or_default(),
                bytes: *span,
                members: members
                    .iter()
                    .map(|member| (member.name.clone().unwrap_or_default(), member.offset))
                    .collect(),
            });
            for member in members {
                add_structs(module, member.ty, found);
            }
        }
        TypeInner::Array { base, .. } => add_structs(module, *base, found),
        _ => {}
    }
}
