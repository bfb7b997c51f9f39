//! Norms and linear maps, row by row and tiled.

use bytemuck::bytes_of as pod;
use libtest_mimic::Failed;
use senselm_gpu::Gpu;
use senselm_shaders::ops::{self, Finish, Norm};
use senselm_shaders::{
    Batch, CacheType, LinearParams, Packed, Row, Shader, WeightType, padded, table,
};

use super::support::{Random, bytes_of, close, floats, padded_rows, run, words_of};
use super::{EXACT, HALF, On, ROUNDS, SUMS, kept, planes, quads, zeros};

const EPS: f32 = 1e-5;

/// A linear map with everything around it.
struct Map {
    weights: Packed,
    gain: Vec<f32>,
    shift: Vec<f32>,
    bias: Vec<f32>,
    x: Vec<Vec<f32>>,
}

impl Map {
    fn new(random: &mut Random, ty: WeightType, outputs: usize, rows: usize) -> Self {
        // Rarely more than one tile of a fused norm holds.
        let most = random.pick(&[100, 400, 400, 2600]);
        let width = random.width(ty, most);
        Self {
            weights: random.matrix(ty, outputs, width),
            gain: random.floats(width),
            shift: random.floats(width),
            bias: random.floats(outputs),
            x: random.rows(rows, width),
        }
    }

    fn norm(&self) -> Norm<'_> {
        Norm {
            gain: &self.gain,
            shift: &self.shift,
            eps: EPS,
        }
    }

    /// Parameters and inputs; y starts as `y`.
    fn contents(&self, params: LinearParams, y: Vec<u8>) -> Vec<(&'static str, Vec<u8>)> {
        let vectors = [self.gain.clone(), self.shift.clone(), self.bias.clone()];
        let width = padded(self.weights.cols) as u32;
        let params = LinearParams {
            octets: width / 8,
            outputs: self.weights.rows as u32,
            bias: 2 * width / 4,
            shift: width / 4,
            width: self.weights.cols as u32,
            eps: EPS,
            ..params
        };
        let batch = Batch {
            rows: self.x.len() as u32,
            ..Batch::default()
        };
        let mut contents = planes(&self.weights);
        contents.push(("params", pod(&params).to_vec()));
        contents.push(("batch", pod(&batch).to_vec()));
        contents.push(("vectors", bytes_of(&padded_rows(&vectors))));
        let x = padded_rows(&self.x);
        let quantized = ops::quantize(&x);
        contents.push(("x_codes", bytemuck::cast_slice(&quantized.codes).to_vec()));
        contents.push(("x_scales", bytes_of(&quantized.scales)));
        contents.push(("x", bytes_of(&x)));
        contents.push(("y", y));
        contents
    }
}

fn tiles(outputs: usize, rows: usize) -> [u32; 3] {
    [outputs.div_ceil(32) as u32, rows.div_ceil(32) as u32, 1]
}

fn fused(outputs: usize, rows: usize) -> [u32; 3] {
    [outputs.div_ceil(16) as u32, rows as u32, 1]
}

pub(crate) fn layer_norm(gpu: &mut Gpu, on: On) -> Result<(), Failed> {
    for round in 0..ROUNDS {
        let random = &mut Random::new(round);
        let rows = random.int(1, 9);
        let map = Map::new(random, WeightType::F32, 4, rows);
        let width = map.weights.cols;
        let wanted: Vec<u32> = (0..rows).map(|_| random.int(0, rows) as u32).collect();
        for (shader, any) in [
            (on.of(table::LAYER_NORM.on(on.features)), false),
            (on.of(table::LAYER_NORM_WANTED.on(on.features)), true),
        ] {
            let mut contents = map.contents(LinearParams::default(), zeros(rows, width));
            contents.push(("wanted", words_of(&wanted)));
            let found = floats(&run(gpu, shader, &contents, [rows as u32, 1, 1], "y")?);
            for (t, found) in found.chunks(padded(width)).enumerate() {
                let source = if any { wanted[t] as usize } else { t };
                let mut expected = ops::layer_norm(&map.x[source], map.norm());
                expected.resize(padded(width), 0.0);
                close(shader.name, found, &expected, SUMS)?;
            }
        }
    }
    Ok(())
}

pub(crate) fn norm_linear(gpu: &mut Gpu, on: On) -> Result<(), Failed> {
    for ty in WeightType::ALL {
        for round in 0..ROUNDS {
            let random = &mut Random::new(round);
            let (outputs, rows) = (4 * random.int(1, 30), random.int(1, 5));
            let map = Map::new(random, ty, outputs, rows);
            let params = LinearParams {
                y_quads: quads(outputs),
                ..LinearParams::default()
            };
            let contents = map.contents(params, zeros(rows, outputs));
            let shader = on.of(table::NORM_LINEAR_GELU.on(on.features).of(ty));
            let found = floats(&run(gpu, shader, &contents, fused(outputs, rows), "y")?);
            for (x, found) in map.x.iter().zip(found.chunks(padded(outputs))) {
                let twin = ops::norm_linear(x, map.norm(), &map.weights, &map.bias, Finish::Gelu);
                close(shader.name, found, &twin, SUMS)?;
            }
        }
    }
    Ok(())
}

/// Part of a vocabulary, for rows in any order, between other logits.
pub(crate) fn head(gpu: &mut Gpu, on: On) -> Result<(), Failed> {
    for ty in WeightType::ALL {
        for round in 0..ROUNDS {
            let random = &mut Random::new(round);
            let (outputs, rows, first) = (random.int(1, 90), random.int(1, 5), random.int(0, 3));
            let map = Map::new(random, ty, outputs, rows);
            let wanted: Vec<u32> = (0..rows).map(|_| random.int(0, rows) as u32).collect();
            let width = 32 * first + outputs;
            let params = LinearParams {
                first: 8 * first as u32,
                y_quads: quads(width),
                ..LinearParams::default()
            };
            let mut contents = map.contents(params, zeros(rows, width));
            contents.push(("wanted", words_of(&wanted)));
            let shader = on.of(table::HEAD.on(on.features).of(ty));
            let found = floats(&run(gpu, shader, &contents, fused(outputs, rows), "y")?);
            let none = vec![0.0; outputs];
            for (t, found) in found.chunks(padded(width)).enumerate() {
                let x = &map.x[wanted[t] as usize];
                let twin = ops::norm_linear(x, map.norm(), &map.weights, &none, Finish::Store);
                close(shader.name, &found[32 * first..], &twin, SUMS)?;
                close(shader.name, found, &vec![0.0; 32 * first], 0.0)?;
            }
        }
    }
    Ok(())
}

pub(crate) fn linear_add(gpu: &mut Gpu, on: On) -> Result<(), Failed> {
    let shader = |ty| Some(on.of(table::LINEAR_ADD.on(on.features).of(ty)));
    added(gpu, &shader, fused)
}

pub(crate) fn matmul_add(gpu: &mut Gpu, on: On) -> Result<(), Failed> {
    added(
        gpu,
        &|ty| on.of_tiled(table::MATMUL_ADD.of(ty), table::MATMUL_ADD_DOT.of(ty)),
        tiles,
    )
}

/// A product of a row that is not normalised, as the shader sees the row.
fn product(shader: &Shader, x: &[f32], map: &Map, finish: Finish) -> Vec<f32> {
    match shader.features.packed_dot {
        true => ops::matmul_dot(&ops::quantize(x), &map.weights, &map.bias, finish),
        false => ops::matmul(x, &map.weights, &map.bias, finish),
    }
}

/// How far a product may be off. In binary16, inputs, weights, four products and
/// their sum are rounded, each by a third of 2^-11 as a rule, and what that does
/// to the products of a row adds up like a random walk: no further than eight
/// times what is to be expected of it.
fn bound(shader: &Shader, x: &[f32], map: &Map) -> f32 {
    if !shader.features.shader_f16 {
        return SUMS;
    }
    let lengths = (0..map.weights.rows).map(|row| {
        let products = ops::row_of(&map.weights, row).into_iter().zip(x);
        products.map(|(w, x)| (w * x) * (w * x)).sum::<f32>().sqrt()
    });
    let longest = lengths.fold(1.0, f32::max);
    8.0 * 7_f32.sqrt() / 3.0 / 2048.0 * longest
}

/// The shader for a type of weights, if there is one.
type ByType<'a> = &'a dyn Fn(WeightType) -> Option<&'static Shader>;

/// How many workgroups make so many outputs of so many rows.
type Groups = fn(usize, usize) -> [u32; 3];

fn all_types(shader: ByType<'_>) -> impl Iterator<Item = (WeightType, &'static Shader)> {
    let all = WeightType::ALL.into_iter();
    all.filter_map(move |ty| Some((ty, shader(ty)?)))
}

fn added(gpu: &mut Gpu, shader: ByType<'_>, groups: Groups) -> Result<(), Failed> {
    for (ty, shader) in all_types(shader) {
        for round in 0..ROUNDS {
            let random = &mut Random::new(round);
            let (outputs, rows) = (4 * random.int(1, 30), random.int(1, 70));
            let map = Map::new(random, ty, outputs, rows);
            let y = random.rows(rows, outputs);
            let params = LinearParams {
                y_quads: quads(outputs),
                ..LinearParams::default()
            };
            let contents = map.contents(params, bytes_of(&padded_rows(&y)));
            let found = floats(&run(gpu, shader, &contents, groups(outputs, rows), "y")?);
            let all = map.x.iter().zip(&y).zip(found.chunks(padded(outputs)));
            for ((x, y), found) in all {
                let twin = match shader.features.packed_dot {
                    true => {
                        let product = product(shader, x, &map, Finish::Store);
                        y.iter().zip(product).map(|(y, p)| y + p).collect()
                    }
                    false => ops::linear_add(y, x, &map.weights, &map.bias),
                };
                close(shader.name, found, &twin, SUMS)?;
            }
        }
    }
    Ok(())
}

pub(crate) fn qkv(gpu: &mut Gpu, on: On) -> Result<(), Failed> {
    let shader = |ty, cache| Some(on.of(table::NORM_LINEAR_QKV.on(on.features).of(ty, cache)));
    cached(gpu, &shader, fused, |_, x, map| {
        ops::norm_linear(x, map.norm(), &map.weights, &map.bias, Finish::Store)
    })
}

pub(crate) fn matmul_qkv(gpu: &mut Gpu, on: On) -> Result<(), Failed> {
    let shader = |ty, cache| {
        let dot = table::MATMUL_QKV_DOT.of(ty, cache);
        on.of_tiled(table::MATMUL_QKV.on(on.features).of(ty, cache), dot)
    };
    cached(gpu, &shader, tiles, |shader, x, map| {
        product(shader, x, map, Finish::Store)
    })
}

/// Queries, keys and values, into rows of a cache.
fn cached(
    gpu: &mut Gpu,
    shader: &dyn Fn(WeightType, CacheType) -> Option<&'static Shader>,
    groups: Groups,
    twin: fn(&Shader, &[f32], &Map) -> Vec<f32>,
) -> Result<(), Failed> {
    for cache in CacheType::ALL {
        for (ty, shader) in all_types(&|ty| shader(ty, cache)) {
            for round in 0..3 {
                let random = &mut Random::new(round);
                let (width, rows) = (4 * random.int(1, 20), random.int(1, 40));
                let map = Map::new(random, ty, 3 * width, rows);
                let capacity = rows + 7;
                let slots: Vec<Row> = (0..rows)
                    .map(|t| Row {
                        slot: (capacity - 1 - t) as u32,
                        ..Row::default()
                    })
                    .collect();
                let params = LinearParams {
                    y_quads: quads(width),
                    values: (capacity * width / 4) as u32,
                    kv_quads: (width / 4) as u32,
                    ..LinearParams::default()
                };
                let mut contents = map.contents(params, zeros(rows, width));
                contents.push(("rows", bytemuck::cast_slice(&slots).to_vec()));
                contents.push(("kv", vec![0; 2 * capacity * width * cache.bytes()]));
                let groups = groups(3 * width, rows);
                let y = floats(&run(gpu, shader, &contents, groups, "y")?);
                let kv = kept(cache, &run(gpu, shader, &contents, groups, "kv")?);
                for (t, x) in map.x.iter().enumerate() {
                    let bound = bound(shader, x, &map);
                    let twin = twin(shader, x, &map);
                    close(shader.name, &y[t * padded(width)..], &twin[..width], bound)?;
                    let slot = slots[t].slot as usize;
                    for (plane, expected) in twin[width..].chunks(width).enumerate() {
                        let at = (plane * capacity + slot) * width;
                        let kept = if cache == CacheType::F16 { HALF } else { 0.0 };
                        close(shader.name, &kv[at..], expected, bound + kept)?;
                    }
                }
            }
        }
    }
    Ok(())
}

pub(crate) fn matmul(gpu: &mut Gpu, on: On) -> Result<(), Failed> {
    let shader = |ty| {
        on.of_tiled(
            table::MATMUL_GELU.on(on.features).of(ty),
            table::MATMUL_GELU_DOT.of(ty),
        )
    };
    tiled(gpu, &shader, Finish::Gelu)
}

pub(crate) fn matmul_logits(gpu: &mut Gpu, on: On) -> Result<(), Failed> {
    let shader = |ty| {
        on.of_tiled(
            table::MATMUL_LOGITS.on(on.features).of(ty),
            table::MATMUL_LOGITS_DOT.of(ty),
        )
    };
    tiled(gpu, &shader, Finish::Store)
}

/// Codes may be off by one where a number stands between two of them.
pub(crate) fn quantize(gpu: &mut Gpu, on: On) -> Result<(), Failed> {
    let shader = on.of(&table::QUANTIZE);
    let (mut codes, mut off) = (0, 0);
    for round in 0..ROUNDS {
        let random = &mut Random::new(round);
        let rows = random.int(1, 9);
        let mut map = Map::new(random, WeightType::F32, 4, rows);
        let width = map.weights.cols;
        // A block of zeros, one that is as good as that, and a large one.
        for (x, factor) in map.x.iter_mut().zip([1.0, 0.0, 1e-34, 1e6]) {
            x.iter_mut().take(32).for_each(|x| *x *= factor);
        }
        let contents = map.contents(LinearParams::default(), Vec::new());
        let groups = [rows as u32, 1, 1];
        let found_codes = run(gpu, shader, &contents, groups, "x_codes")?;
        let found_scales = floats(&run(gpu, shader, &contents, groups, "x_scales")?);
        let each = found_codes.chunks(padded(width));
        let each = each.zip(found_scales.chunks(padded(width) / 32));
        for (x, (found, scales)) in map.x.iter().zip(each) {
            let mut x = x.clone();
            x.resize(padded(width), 0.0);
            let twin = ops::quantize(&x);
            for (a, b) in scales.iter().zip(&twin.scales) {
                assert!((a - b).abs() <= EXACT * b.abs(), "a scale is {a}, not {b}");
            }
            for (&a, &b) in found.iter().zip(&twin.codes) {
                assert!((a as i8).abs_diff(b) <= 1, "a code is {}, not {b}", a as i8);
                codes += 1;
                off += usize::from(a as i8 != b);
            }
        }
    }
    assert!(off * 1000 <= codes, "{off} of {codes} codes are off by one");
    Ok(())
}

fn tiled(gpu: &mut Gpu, shader: ByType<'_>, finish: Finish) -> Result<(), Failed> {
    for (ty, shader) in all_types(shader) {
        for round in 0..ROUNDS {
            let random = &mut Random::new(round);
            let (outputs, rows) = (4 * random.int(1, 30), random.int(1, 70));
            let mut map = Map::new(random, ty, outputs, rows);
            if finish == Finish::Store {
                map.bias.fill(0.0);
            }
            let params = LinearParams {
                y_quads: quads(outputs),
                ..LinearParams::default()
            };
            let contents = map.contents(params, zeros(rows, outputs));
            let found = floats(&run(gpu, shader, &contents, tiles(outputs, rows), "y")?);
            for (x, found) in map.x.iter().zip(found.chunks(padded(outputs))) {
                let twin = product(shader, x, &map, finish);
                close(shader.name, found, &twin, bound(shader, x, &map))?;
            }
        }
    }
    Ok(())
}
