use super::Access;
use crate::table;

/// What every WebGPU device offers.
const STORAGE_BUFFERS: usize = 8;
const INVOCATIONS: u32 = 256;
const WORKGROUP_BYTES: u32 = 16 << 10;

#[test]
fn every_device_can_run_every_shader() {
    assert!(table::ALL.len() > 40);
    for shader in table::ALL {
        let name = shader.name;
        let storage = shader
            .bindings
            .iter()
            .filter(|b| b.access != Access::Uniform);
        assert!(storage.count() <= STORAGE_BUFFERS, "{name}");
        assert!(
            shader.workgroup.iter().product::<u32>() <= INVOCATIONS,
            "{name}"
        );
        assert!(shader.workgroup_bytes <= WORKGROUP_BYTES, "{name}");
        assert_eq!(shader.entry, "main", "{name}");
    }
}

#[test]
fn bindings_are_in_one_group_and_have_one_name_each() {
    for shader in table::ALL {
        for (i, a) in shader.bindings.iter().enumerate() {
            assert_eq!(a.group, 0, "{}", shader.name);
            for b in &shader.bindings[i + 1..] {
                assert_ne!(a.binding, b.binding, "{}", shader.name);
                assert_ne!(a.name, b.name, "{}", shader.name);
            }
        }
    }
}
