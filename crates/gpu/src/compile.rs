//! Pipelines: each shader is compiled once.

#[cfg_attr(target_family = "wasm", path = "compile/web.rs")]
#[cfg_attr(not(target_family = "wasm"), path = "compile/native.rs")]
mod all;

use senselm_shaders::{Access, Shader};

use crate::device::Scopes;
use crate::{Gpu, GpuError};

/// How many pipelines are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// So many are done,
    pub done: usize,
    /// of so many.
    pub total: usize,
}

/// A compiled shader.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) inner: wgpu::ComputePipeline,
    pub(crate) layout: wgpu::BindGroupLayout,
}

impl Gpu {
    pub(crate) async fn compile(
        &mut self,
        shaders: impl Iterator<Item = &'static Shader>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), GpuError> {
        self.check()?;
        let mut missing: Vec<&'static Shader> = Vec::new();
        for shader in shaders {
            let known = self.pipelines.contains_key(shader.name);
            if !known && !missing.iter().any(|s| s.name == shader.name) {
                missing.push(shader);
            }
        }
        let made = all::pipelines(&self.device, &missing, progress).await;
        self.check()?;
        let named = missing.iter().map(|shader| shader.name).zip(made?);
        self.pipelines.extend(named);
        Ok(())
    }
}

async fn pipeline(device: &wgpu::Device, shader: &'static Shader) -> Result<Pipeline, GpuError> {
    let scopes = Scopes::push(device);
    let made = create(device, shader);
    match scopes.pop(shader.name).await {
        Some(error) => Err(error),
        None => Ok(made),
    }
}

fn create(device: &wgpu::Device, shader: &'static Shader) -> Pipeline {
    let entries: Vec<_> = shader.bindings.iter().map(layout_entry).collect();
    let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some(shader.name),
        entries: &entries,
    });
    let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some(shader.name),
        bind_group_layouts: &[Some(&layout)],
        immediate_size: 0,
    });
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some(shader.name),
        source: wgpu::ShaderSource::Wgsl(shader.source.into()),
    });
    let inner = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(shader.name),
        layout: Some(&pipeline_layout),
        module: &module,
        entry_point: Some(shader.entry),
        // Every shader writes its workgroup memory before it reads it.
        compilation_options: wgpu::PipelineCompilationOptions {
            zero_initialize_workgroup_memory: false,
            ..wgpu::PipelineCompilationOptions::default()
        },
        cache: None,
    });
    Pipeline { inner, layout }
}

fn layout_entry(binding: &senselm_shaders::Binding) -> wgpu::BindGroupLayoutEntry {
    let ty = match binding.access {
        Access::Uniform => wgpu::BufferBindingType::Uniform,
        Access::Read => wgpu::BufferBindingType::Storage { read_only: true },
        Access::ReadWrite => wgpu::BufferBindingType::Storage { read_only: false },
    };
    wgpu::BindGroupLayoutEntry {
        binding: binding.binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer {
            ty,
            has_dynamic_offset: false,
            min_binding_size: std::num::NonZeroU64::new(binding.min_bytes),
        },
        count: None,
    }
}
