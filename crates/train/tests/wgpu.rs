//! A GPU, or llvmpipe, trains like the CPU: the same losses, step by step.

use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};
use senselm_train::{Device, Evaluation, Event, LogLine, RunOptions, TrainError, run};

/// Sums in another order drift apart; over these steps by less than this.
const TOLERANCE: f64 = 5e-3;

const RECIPE: &str = senselm_tests::recipe_of_levels!(
    r#"
name = "tiny"
[data]
train = ["train.csv"]
"#,
    r#"[task]
kind = "classify"
labels = ["low", "high"]
[model]
layers = 2
heads = 2
width = 16
[train]
steps = 6
batch = 8
learning_rate = 1e-2
ema = 0.9
dropout = 0.0
label_smoothing = 0.1
window_loss = 0.2
"#
);

fn main() {
    let arguments = Arguments::from_args();
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => {
            eprintln!("no temporary folder: {error}");
            std::process::exit(1);
        }
    };
    let gpu = prepare(folder.path()).and_then(|()| train(folder.path(), Device::Wgpu));
    let missing = matches!(gpu, Err(TrainError::Device { .. }));
    if missing {
        eprintln!("ignored: no wgpu adapter (Debian: mesa-vulkan-drivers)");
    }
    let path = folder.path().to_path_buf();
    let trial = Trial::test("losses_are_those_of_the_cpu", move || {
        compare(&gpu?, &train(&path, Device::Cpu)?)
    });
    libtest_mimic::run(&arguments, vec![trial.with_ignored_flag(missing)]).exit();
}

fn prepare(folder: &Path) -> Result<(), TrainError> {
    let rows: String = (0..40)
        .map(|row| {
            format!(
                "0.{}5,{}\n",
                row % 10,
                if row % 10 < 5 { "low" } else { "high" }
            )
        })
        .collect();
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|source| TrainError::File {
            path,
            source,
            hint: "check the temporary folder",
        })
    };
    write("recipe.toml", RECIPE)?;
    write("train.csv", &format!("x,output\n{rows}"))
}

fn train(folder: &Path, device: Device) -> Result<Vec<f64>, TrainError> {
    let out = folder.join(device.name());
    let options = RunOptions {
        recipe: folder.join("recipe.toml"),
        data: folder.to_path_buf(),
        out: out.clone(),
        device,
        seed: None,
        resume: false,
        evaluation: Evaluation::Once,
        stop_after: None,
    };
    let mut losses = Vec::new();
    run(&options, &mut |event| {
        if let Event::Progress(now) = event {
            losses.push(LogLine::from(now).loss);
        }
    })?;
    Ok(losses)
}

fn compare(gpu: &[f64], cpu: &[f64]) -> Result<(), Failed> {
    for (step, (gpu, cpu)) in gpu.iter().zip(cpu).enumerate() {
        if (gpu - cpu).abs() > TOLERANCE {
            return Err(format!("step {step}: {gpu} on the GPU, {cpu} on the CPU").into());
        }
    }
    if gpu.len() != cpu.len() {
        return Err("another number of steps".into());
    }
    Ok(())
}
