//! Pipelines on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use senselm_shaders::Shader;

use super::{Pipeline, Progress, pipeline};
use crate::{GpuError, block_on};

/// Compiles shaders, and returns them in their order.
pub(super) async fn pipelines(
    device: &wgpu::Device,
    shaders: &[&'static Shader],
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<Pipeline>, GpuError> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    let mut made = Vec::with_capacity(shaders.len());
    thread::scope(|scope| -> Result<(), GpuError> {
        for _ in 0..cores.min(shaders.len()) {
            let (next, send) = (&next, send.clone());
            scope.spawn(move || {
                while let Some(shader) = shaders.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let done = block_on(pipeline(device, shader));
                    if send.send((shader.name, done)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        for (name, pipeline) in receive {
            made.push((name, pipeline?));
            progress(Progress {
                done: made.len(),
                total: shaders.len(),
            });
        }
        Ok(())
    })?;
    let order = |name: &str| shaders.iter().position(|shader| shader.name == name);
    made.sort_by_key(|(name, _)| order(name));
    Ok(made.into_iter().map(|(_, pipeline)| pipeline).collect())
}
