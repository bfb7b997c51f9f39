use super::{Access, Features};
use crate::{WeightType, table};

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
                assert_ne!(a.slot, b.slot, "{}", shader.name);
            }
        }
    }
}

#[test]
fn the_best_variant_that_a_device_can_run_is_found() {
    let subgroups = Features {
        subgroups: true,
        ..Features::NONE
    };
    let found = |features| table::LINEAR_ADD.on(features).of(WeightType::Q8_0);
    assert_eq!(found(Features::NONE).name, "linear_add_q8_0");
    assert_eq!(found(subgroups).name, "linear_add_q8_0_subgroups");
    assert_eq!(found(subgroups).features, subgroups);
    for shader in table::ALL {
        assert!(Features::ALL.contains(shader.features), "{}", shader.name);
        let named = shader.name.ends_with("_subgroups");
        assert_eq!(shader.features.subgroups, named, "{}", shader.name);
    }
}
