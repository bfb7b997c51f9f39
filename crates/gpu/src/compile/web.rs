//! Pipelines in a browser, which compiles in its own process. Between two of
//! them the page's events have their turn.

use senselm_shaders::Shader;

use super::{Pipeline, Progress, pipeline};
use crate::GpuError;

/// Compiles shaders, and returns them in their order.
pub(super) async fn pipelines(
    device: &wgpu::Device,
    shaders: &[&'static Shader],
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<Pipeline>, GpuError> {
    let mut made = Vec::with_capacity(shaders.len());
    for shader in shaders {
        made.push(pipeline(device, shader).await?);
        progress(Progress {
            done: made.len(),
            total: shaders.len(),
        });
    }
    Ok(made)
}
