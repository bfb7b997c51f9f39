//! Every operation against its scalar twin, over made-up shapes and numbers.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod attention;
mod linear;
mod sampling;
#[path = "../support/mod.rs"]
mod support;

use libtest_mimic::Failed;
use senselm_gpu::Gpu;
use senselm_quant::{f16_to_f32, f32_to_f16};
use senselm_shaders::{CacheType, Features, Packed, Shader, padded};
use support::{Case, bytes_of, floats, words_of};

/// Sums of a few hundred products in another order.
const SUMS: f32 = 2e-4;
/// One operation a number.
const EXACT: f32 = 1e-6;
/// What rounding to binary16 does to numbers up to 8.
const HALF: f32 = 2e-3;

const ROUNDS: u64 = 6;

/// Sizes of workgroups that make one to three subgroups, four and more, also one
/// that is not full. Several are full ones of 8 here: with others, Mesa 22.3
/// counts one too few.
const WORKGROUPS: [usize; 7] = [4, 8, 16, 24, 40, 56, 128];

type Check = fn(&mut Gpu, On) -> Result<(), Failed>;

/// Which variant of a shader is tested.
#[derive(Clone, Copy, Debug)]
struct On {
    features: Features,
    /// Another size of a workgroup, so that there is another number of
    /// subgroups in it.
    invocations: Option<usize>,
}

impl On {
    const CORE: Self = Self {
        features: Features::NONE,
        invocations: None,
    };
    const SUBGROUPS: Self = Self {
        features: Features {
            subgroups: true,
            ..Features::NONE
        },
        invocations: None,
    };

    const HALF: Self = Self {
        features: Features {
            shader_f16: true,
            ..Features::NONE
        },
        invocations: None,
    };
    const PACKED_DOT: Self = Self {
        features: Features {
            packed_dot: true,
            ..Features::NONE
        },
        invocations: None,
    };

    /// A tiled product, if there is one.
    fn of_tiled(
        self,
        floats: &'static Shader,
        dot: Option<&'static Shader>,
    ) -> Option<&'static Shader> {
        match self.features.packed_dot {
            true => Some(self.of(dot?)),
            // Floats have none in binary16.
            false if self.features.shader_f16 && !floats.features.shader_f16 => None,
            false => Some(self.of(floats)),
        }
    }

    fn of(self, shader: &'static Shader) -> &'static Shader {
        assert_eq!(shader.features, self.features, "{}", shader.name);
        let Some(invocations) = self.invocations else {
            return shader;
        };
        let sized = |n: u32| format!("const INVOCATIONS = {n}u;");
        let usual = sized(shader.workgroup[0]);
        assert!(shader.source.contains(&usual), "{}", shader.name);
        let source = shader.source.replace(&usual, &sized(invocations as u32));
        Box::leak(Box::new(Shader {
            name: format!("{}_of_{invocations}", shader.name).leak(),
            source: source.leak(),
            ..*shader
        }))
    }
}

fn main() {
    let plain: [(&str, Check); 4] = [
        ("embed", attention::embed),
        ("quantize", linear::quantize),
        ("sample", sampling::sample),
        ("sample_nothing", sampling::sample_nothing),
    ];
    let tiled: [(&str, Check); 4] = [
        ("matmul_add", linear::matmul_add),
        ("matmul_qkv", linear::matmul_qkv),
        ("matmul", linear::matmul),
        ("matmul_logits", linear::matmul_logits),
    ];
    let reduced: [(&str, Check); 7] = [
        ("attention", attention::attention),
        ("layer_norm", linear::layer_norm),
        ("norm_linear", linear::norm_linear),
        ("head", linear::head),
        ("linear_add", linear::linear_add),
        ("qkv", linear::qkv),
        ("score", sampling::score),
    ];
    let case = |name: String, on: On, check: Check| Case::new(name, move |gpu| check(gpu, on));
    let mut cases: Vec<Case> = Vec::new();
    for (name, check) in plain.into_iter().chain(tiled).chain(reduced) {
        cases.push(case(name.to_owned(), On::CORE, check));
    }
    for (name, check) in tiled {
        let case = case(format!("{name}::packed_dot"), On::PACKED_DOT, check);
        cases.push(case.only_if(|gpu| gpu.features().packed_dot));
    }
    for (name, check) in tiled.into_iter().filter(|(name, _)| *name != "matmul_add") {
        let case = case(format!("{name}::half"), On::HALF, check);
        cases.push(case.only_if(|gpu| gpu.features().shader_f16));
    }
    for (name, check) in reduced {
        let case = case(format!("{name}::subgroups"), On::SUBGROUPS, check);
        cases.push(case.only_if(has_subgroups));
    }
    for (name, check) in reduced.into_iter().filter(|(name, _)| *name != "attention") {
        let name = format!("{name}::any_number_of_subgroups");
        let case = Case::new(name, move |gpu| {
            WORKGROUPS.into_iter().try_for_each(|invocations| {
                let invocations = Some(invocations);
                check(
                    gpu,
                    On {
                        invocations,
                        ..On::SUBGROUPS
                    },
                )
            })
        });
        cases.push(case.only_if(has_subgroups));
    }
    support::main(cases);
}

fn has_subgroups(gpu: &Gpu) -> bool {
    gpu.features().subgroups
}

fn planes(weights: &Packed) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("quants", words_of(&weights.quants)),
        ("scales", words_of(&weights.scales)),
    ]
}

fn zeros(rows: usize, width: usize) -> Vec<u8> {
    vec![0; 4 * rows * padded(width)]
}

fn quads(width: usize) -> u32 {
    (padded(width) / 4) as u32
}

fn kept(cache: CacheType, bytes: &[u8]) -> Vec<f32> {
    match cache {
        CacheType::F32 => floats(bytes),
        CacheType::F16 => {
            let halves = bytes.as_chunks().0.iter();
            halves.map(|b| f16_to_f32(u16::from_le_bytes(*b))).collect()
        }
    }
}

fn keep(cache: CacheType, values: &[f32]) -> Vec<u8> {
    match cache {
        CacheType::F32 => bytes_of(values),
        CacheType::F16 => {
            let halves = values.iter().map(|&x| f32_to_f16(x).to_le_bytes());
            halves.flatten().collect()
        }
    }
}
