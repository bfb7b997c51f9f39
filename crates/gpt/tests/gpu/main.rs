//! The GPU against others' golden outputs and against the CPU, on whatever
//! adapter is here.
//!
//! Set `SENSELM_FIGURES` to print the differences that were measured.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod failures;
mod golden;
mod random;

use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use senselm_gpt::gpu::{Features, Gpu, GpuModel, GpuModelError, GpuOptions, block_on};
use senselm_gpt::{Bytes, Kernels, Model};
use senselm_tests::golden::largest_difference;

/// What a test lets the device make use of.
#[derive(Clone, Copy)]
struct Variant {
    name: &'static str,
    features: Features,
}

impl Variant {
    /// Whether passes of many rows round what others do not.
    fn rounds(self) -> bool {
        self.features.packed_dot || self.features.shader_f16
    }
}

/// What every device runs.
const CORE: Variant = Variant {
    name: "core",
    features: Features::NONE,
};

const VARIANTS: [Variant; 4] = [
    CORE,
    Variant {
        name: "subgroups",
        features: Features {
            subgroups: true,
            ..Features::NONE
        },
    },
    Variant {
        name: "half",
        features: Features {
            shader_f16: true,
            ..Features::NONE
        },
    },
    Variant {
        name: "packed_dot",
        features: Features {
            packed_dot: true,
            ..Features::NONE
        },
    },
];

fn main() {
    let adapter = block_on(Gpu::open());
    match &adapter {
        Ok(gpu) => println!("adapter: {:?} with {:?}", gpu.adapter(), gpu.features()),
        Err(error) => println!("ignored: {error}"),
    }
    let has_timestamps = adapter.as_ref().is_ok_and(Gpu::has_timestamps);
    let mut trials: Vec<Trial> = failures::trials();
    for variant in VARIANTS {
        let here = |gpu: &Gpu| gpu.features().contains(variant.features);
        let missing = !adapter.as_ref().is_ok_and(here);
        let of = golden::trials(variant)
            .into_iter()
            .chain(random::trials(variant, has_timestamps));
        trials.extend(of.map(|trial| {
            let ignored = missing || trial.has_ignored_flag();
            trial.with_ignored_flag(ignored)
        }));
    }
    let trials = trials.into_iter().map(|trial| {
        let ignored = adapter.is_err() || trial.has_ignored_flag();
        trial.with_ignored_flag(ignored)
    });
    let trials = trials.collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// A model on the CPU and on the GPU.
struct Pair {
    cpu: Model,
    gpu: GpuModel,
}

impl Pair {
    fn load(bytes: &Bytes, options: GpuOptions) -> Result<Self, Failed> {
        let cpu = Model::load(Arc::clone(bytes), Kernels::detect())?;
        let gpu = on_gpu(&cpu, options)?;
        Ok(Self { cpu, gpu })
    }
}

fn on_gpu(model: &Model, options: GpuOptions) -> Result<GpuModel, GpuModelError> {
    block_on(async {
        let gpu = Gpu::open().await?;
        GpuModel::load(gpu, model, options, &mut |_| ()).await
    })
}

fn within(what: &str, found: &[f32], expected: &[f32], bound: f32) -> Result<(), Failed> {
    let largest = largest_difference(found, expected);
    figure(what, largest);
    if largest.is_nan() || largest > bound {
        return Err(format!("{what}: logits differ by {largest}, allowed is {bound}").into());
    }
    Ok(())
}

fn figure(what: &str, value: f32) {
    if std::env::var_os("SENSELM_FIGURES").is_some() {
        println!("{what}: {value:.6}");
    }
}
