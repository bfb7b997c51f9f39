//! Running one shader over numbers, and making up the numbers.

#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "a test stops at what it did not expect, and uses what it needs"
)]

use libtest_mimic::{Arguments, Failed, Trial};
use senselm_gpu::{
    Bound, BufferSpec, Dispatch, Extent, Gpu, GpuError, Read, Recording, SequenceId, Step, block_on,
};
use senselm_quant::{GgmlType, quantize};
use senselm_shaders::{Access, Features, Packed, Shader, Slot, WeightType, table};

/// A test that is given a device of its own.
pub(crate) struct Case {
    name: String,
    /// Where this says no it is ignored.
    can_run: fn(&Gpu) -> bool,
    check: Check,
}

type Check = Box<dyn Fn(&mut Gpu) -> Result<(), Failed> + Send>;

impl Case {
    pub(crate) fn new(
        name: impl Into<String>,
        check: impl Fn(&mut Gpu) -> Result<(), Failed> + Send + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            can_run: |_| true,
            check: Box::new(check),
        }
    }

    pub(crate) fn only_if(self, can_run: fn(&Gpu) -> bool) -> Self {
        Self { can_run, ..self }
    }
}

/// Runs the tests, or reports those ignored that need what is not here.
pub(crate) fn main(cases: Vec<Case>) {
    let found = block_on(Gpu::open());
    match &found {
        Ok(gpu) => println!("{:?} with {:?}", gpu.adapter(), gpu.features()),
        Err(error) => println!("ignored: {error}"),
    }
    let trials = cases.into_iter().map(|case| {
        let here = found.as_ref().is_ok_and(|gpu| (case.can_run)(gpu));
        Trial::test(case.name, move || (case.check)(&mut block_on(Gpu::open())?))
            .with_ignored_flag(!here)
    });
    let trials = trials.collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// The smallest shader.
pub(crate) fn smallest() -> &'static Shader {
    table::SCORE.on(Features::NONE)
}

/// A dispatch of it over `groups` workgroups.
pub(crate) fn score(gpu: &mut Gpu, groups: u32) -> Result<(SequenceId, Read), GpuError> {
    let specs = [
        BufferSpec::uniform("params", 16),
        BufferSpec::storage("logits", 64),
        BufferSpec::storage("scores", 64),
        BufferSpec::storage("picks", 64),
    ];
    let buffers = block_on(gpu.allocate(&specs))?;
    let slots = [Slot::Params, Slot::Logits, Slot::Scores, Slot::Picks];
    let bound = slots
        .iter()
        .zip(&buffers)
        .map(|(slot, b)| Bound::all(*slot, *b));
    let recording = Recording {
        dispatches: vec![Dispatch {
            shader: smallest(),
            bound: bound.collect(),
            extent: [
                Extent::Fixed(groups),
                Extent::Of { size: 0, per: 2 },
                Extent::ONE,
            ],
        }],
    };
    let read = Read {
        buffer: buffers[2],
        offset: 0,
        bytes: 8,
    };
    let made = block_on(gpu.prepare(&[recording], &mut |_| ()))?;
    Ok((made[0], read))
}

pub(crate) fn step(sequence: SequenceId, size: u32) -> Step {
    Step {
        sequence,
        sizes: [size, 0],
    }
}

/// Runs one dispatch and reads back what `out` names.
pub(crate) fn run(
    gpu: &mut Gpu,
    shader: &'static Shader,
    contents: &[(&'static str, Vec<u8>)],
    workgroups: [u32; 3],
    out: &str,
) -> Result<Vec<u8>, GpuError> {
    block_on(async {
        let mut bound = Vec::new();
        let mut read = None;
        for binding in shader.bindings {
            let (name, bytes) = contents
                .iter()
                .find(|(name, _)| *name == binding.slot.name())
                .unwrap_or_else(|| panic!("{}: nothing for {}", shader.name, binding.slot.name()));
            let len = bytes.len() as u64;
            let spec = match binding.access {
                Access::Uniform => BufferSpec::uniform(*name, len),
                Access::Read | Access::ReadWrite => BufferSpec::storage(*name, len),
            };
            let buffer = gpu.allocate(&[spec]).await?[0];
            gpu.write(buffer, 0, bytes)?;
            bound.push(Bound::all(binding.slot, buffer));
            if *name == out {
                read = Some(Read {
                    buffer,
                    offset: 0,
                    bytes: len,
                });
            }
        }
        let recording = Recording {
            dispatches: vec![Dispatch {
                shader,
                bound,
                extent: workgroups.map(Extent::Fixed),
            }],
        };
        let sequence = gpu.prepare(&[recording], &mut |_| ()).await?[0];
        let step = Step {
            sequence,
            sizes: [0, 0],
        };
        gpu.run(&[step], 1, &[read.unwrap()]).await
    })
}

pub(crate) fn bytes_of(values: &[f32]) -> Vec<u8> {
    bytemuck::cast_slice(values).to_vec()
}

pub(crate) fn words_of(values: &[u32]) -> Vec<u8> {
    bytemuck::cast_slice(values).to_vec()
}

pub(crate) fn floats(bytes: &[u8]) -> Vec<f32> {
    let values = bytes.as_chunks().0.iter();
    values.map(|b| f32::from_le_bytes(*b)).collect()
}

/// Rows with their padding.
pub(crate) fn padded_rows(rows: &[Vec<f32>]) -> Vec<f32> {
    let mut all = Vec::new();
    for row in rows {
        all.extend_from_slice(row);
        all.resize(senselm_shaders::padded(all.len()), 0.0);
    }
    all
}

/// Fails where a number is further from the expected than `bound` allows,
/// relative to the larger of it and 1.
pub(crate) fn close(what: &str, found: &[f32], expected: &[f32], bound: f32) -> Result<(), Failed> {
    if found.len() < expected.len() {
        return Err(format!("{what}: {} numbers, not {}", found.len(), expected.len()).into());
    }
    for (i, (a, b)) in found.iter().zip(expected).enumerate() {
        let allowed = bound * b.abs().max(1.0);
        if (a - b).abs() > allowed || a.is_nan() {
            return Err(format!("{what}: number {i} is {a}, not {b}").into());
        }
    }
    Ok(())
}

/// Made-up numbers, the same every time.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// In `from..to`.
    pub(crate) fn int(&mut self, from: usize, to: usize) -> usize {
        from + (self.bits() >> 20) as usize % (to - from)
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.int(0, of.len())]
    }

    /// In -1 to 1.
    pub(crate) fn float(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1 << 23) as f32 - 1.0
    }

    pub(crate) fn floats(&mut self, len: usize) -> Vec<f32> {
        (0..len).map(|_| self.float()).collect()
    }

    pub(crate) fn rows(&mut self, rows: usize, width: usize) -> Vec<Vec<f32>> {
        (0..rows).map(|_| self.floats(width)).collect()
    }

    pub(crate) fn matrix(&mut self, ty: WeightType, rows: usize, cols: usize) -> Packed {
        let ty = match ty {
            WeightType::Q8_0 => GgmlType::Q8_0,
            WeightType::Q4_0 => GgmlType::Q4_0,
            WeightType::F16 => GgmlType::F16,
            WeightType::F32 => GgmlType::F32,
        };
        let values = self.floats(rows * cols);
        let mut bytes = vec![0; ty.bytes_for(values.len()).unwrap()];
        quantize(ty, &values, &mut bytes).unwrap();
        Packed::pack(ty, rows, cols, &bytes).unwrap()
    }

    /// A width that such weights may have.
    pub(crate) fn width(&mut self, ty: WeightType, most: usize) -> usize {
        let step = if ty.has_scales() { 32 } else { 4 };
        step * self.int(1, most / step + 1)
    }
}
