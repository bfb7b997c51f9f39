use super::*;

#[test]
fn an_adapter_that_offers_too_little_is_refused_by_name() {
    let usual = wgpu::Limits::default();
    assert!(limits(&usual).is_ok());
    for (limit, of, needed) in NEEDED {
        let mut poor = usual.clone();
        poor.max_storage_buffers_per_shader_stage = 4;
        poor.max_compute_invocations_per_workgroup = 128;
        poor.max_compute_workgroup_storage_size = 8 << 10;
        poor.max_compute_workgroups_per_dimension = 1024;
        poor.max_storage_buffer_binding_size = 64 << 20;
        poor.max_buffer_size = 64 << 20;
        let found = of(&poor);
        assert!(found < needed, "{limit}");
    }
    let poor = wgpu::Limits {
        max_storage_buffers_per_shader_stage: 4,
        ..usual
    };
    let expected = GpuError::Limit {
        limit: "maxStorageBuffersPerShaderStage",
        needed: 8,
        found: 4,
    };
    assert_eq!(limits(&poor), Err(expected));
}

#[test]
fn large_bindings_are_asked_for_where_they_are_offered() {
    let rich = wgpu::Limits {
        max_storage_buffer_binding_size: 4 << 30,
        max_buffer_size: 4 << 30,
        ..wgpu::Limits::default()
    };
    let asked = limits(&rich).unwrap();
    assert_eq!(asked.max_storage_buffer_binding_size, LARGEST_BINDING);
    let plain = limits(&wgpu::Limits::default()).unwrap();
    assert_eq!(plain.max_storage_buffer_binding_size, 128 << 20);
}
