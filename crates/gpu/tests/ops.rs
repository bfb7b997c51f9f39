//! Every operation against its scalar twin, over made-up shapes and numbers.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use bytemuck::bytes_of as pod;
use libtest_mimic::Failed;
use senselm_gpu::Gpu;
use senselm_quant::{f16_to_f32, f32_to_f16};
use senselm_shaders::ops::{
    self, Draw, Finish, Norm, attention as attention_twin, linear_add as linear_add_twin,
};
use senselm_shaders::{
    AttentionParams, Batch, CacheType, EmbedParams, LinearParams, Packed, Row, SampleParams,
    ScoreParams, Shader, WeightType, padded, table,
};
use support::{Check, Random, bytes_of, close, floats, padded_rows, run, words_of};

/// Sums of a few hundred products in another order.
const SUMS: f32 = 2e-4;
/// One operation a number.
const EXACT: f32 = 1e-6;
/// What rounding to binary16 does to numbers up to 8.
const HALF: f32 = 2e-3;

const EPS: f32 = 1e-5;
const ROUNDS: u64 = 6;

fn main() {
    let mut checks: Vec<(String, Check)> = vec![
        ("embed".into(), embed),
        ("layer_norm".into(), layer_norm),
        ("norm_linear".into(), norm_linear),
        ("head".into(), head),
        ("linear_add".into(), linear_add),
        ("qkv".into(), qkv),
        ("matmul".into(), matmul),
        ("matmul_logits".into(), matmul_logits),
        ("attention".into(), attention),
        ("sample".into(), sample),
        ("score".into(), score),
    ];
    checks.push(("sample_nothing".into(), sample_nothing));
    support::main(checks);
}

fn planes(weights: &Packed) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("quants", words_of(&weights.quants)),
        ("scales", words_of(&weights.scales)),
    ]
}

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
        contents.push(("x", bytes_of(&padded_rows(&self.x))));
        contents.push(("y", y));
        contents
    }
}

fn zeros(rows: usize, width: usize) -> Vec<u8> {
    vec![0; 4 * rows * padded(width)]
}

fn quads(width: usize) -> u32 {
    (padded(width) / 4) as u32
}

fn tiles(outputs: usize, rows: usize) -> [u32; 3] {
    [outputs.div_ceil(32) as u32, rows.div_ceil(32) as u32, 1]
}

fn fused(outputs: usize, rows: usize) -> [u32; 3] {
    [outputs.div_ceil(16) as u32, rows as u32, 1]
}

fn embed(gpu: &mut Gpu) -> Result<(), Failed> {
    for ty in WeightType::ALL {
        for round in 0..ROUNDS {
            let random = &mut Random::new(round);
            let width = random.width(ty, 300);
            let (first, vocab) = (random.int(0, 40), random.int(1, 60));
            let tokens = random.matrix(ty, vocab, width);
            let positions = random.matrix(WeightType::F32, 9, width);
            let rows: Vec<Row> = (0..random.int(1, 6))
                .map(|t| Row {
                    id: random.int(0, first + vocab + 20) as u32,
                    position: random.int(0, 9) as u32,
                    slot: t as u32,
                    ..Row::default()
                })
                .collect();
            let params = EmbedParams {
                octets: quads(width) / 2,
                first: first as u32,
                tokens: vocab as u32,
                unused: 0,
            };
            let mut contents = planes(&tokens);
            contents.push(("params", pod(&params).to_vec()));
            contents.push(("positions", words_of(&positions.quants)));
            contents.push(("rows", bytemuck::cast_slice(&rows).to_vec()));
            contents.push(("history", vec![0xff; 4 * rows.len()]));
            contents.push(("y", zeros(rows.len(), width)));
            let groups = [rows.len() as u32, 1, 1];
            let shader = table::EMBED.of(ty);
            let found = floats(&run(gpu, shader, &contents, groups, "y")?);
            let history = run(gpu, shader, &contents, groups, "history")?;
            let history: &[u32] = bytemuck::cast_slice(&history);
            for (t, row) in rows.iter().enumerate() {
                let id = row.id as usize;
                let here = (first..first + vocab).contains(&id);
                let expected = match here {
                    true => ops::embed(&tokens, id - first, &positions, row.position as usize),
                    false => vec![0.0; padded(width)],
                };
                close(shader.name, &found[t * padded(width)..], &expected, EXACT)?;
                let noted = if here { row.id } else { u32::MAX };
                assert_eq!(history[t], noted, "{}", shader.name);
            }
        }
    }
    Ok(())
}

fn layer_norm(gpu: &mut Gpu) -> Result<(), Failed> {
    for round in 0..ROUNDS {
        let random = &mut Random::new(round);
        let rows = random.int(1, 9);
        let map = Map::new(random, WeightType::F32, 4, rows);
        let width = map.weights.cols;
        let wanted: Vec<u32> = (0..rows).map(|_| random.int(0, rows) as u32).collect();
        for (shader, any) in [
            (&table::LAYER_NORM, false),
            (&table::LAYER_NORM_WANTED, true),
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

fn norm_linear(gpu: &mut Gpu) -> Result<(), Failed> {
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
            let shader = table::NORM_LINEAR_GELU.of(ty);
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
fn head(gpu: &mut Gpu) -> Result<(), Failed> {
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
            let shader = table::HEAD.of(ty);
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

fn linear_add(gpu: &mut Gpu) -> Result<(), Failed> {
    for ty in WeightType::ALL {
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
            let few = (table::LINEAR_ADD.of(ty), fused(outputs, rows));
            let many = (table::MATMUL_ADD.of(ty), tiles(outputs, rows));
            for (shader, groups) in [few, many] {
                let found = floats(&run(gpu, shader, &contents, groups, "y")?);
                let all = map.x.iter().zip(&y).zip(found.chunks(padded(outputs)));
                for ((x, y), found) in all {
                    let twin = linear_add_twin(y, x, &map.weights, &map.bias);
                    close(shader.name, found, &twin, SUMS)?;
                }
            }
        }
    }
    Ok(())
}

/// Queries, keys and values, fused and tiled, into rows of a cache.
fn qkv(gpu: &mut Gpu) -> Result<(), Failed> {
    for ty in WeightType::ALL {
        for cache in CacheType::ALL {
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
                let few = table::NORM_LINEAR_QKV.of(ty, cache);
                let many = table::MATMUL_QKV.of(ty, cache);
                let fused = (few, fused(3 * width, rows), true);
                let tiled = (many, tiles(3 * width, rows), false);
                for (shader, groups, normed) in [fused, tiled] {
                    let y = floats(&run(gpu, shader, &contents, groups, "y")?);
                    let kv = kept(cache, &run(gpu, shader, &contents, groups, "kv")?);
                    for (t, x) in map.x.iter().enumerate() {
                        let twin = match normed {
                            true => ops::norm_linear(
                                x,
                                map.norm(),
                                &map.weights,
                                &map.bias,
                                Finish::Store,
                            ),
                            false => ops::matmul(x, &map.weights, &map.bias, Finish::Store),
                        };
                        close(shader.name, &y[t * padded(width)..], &twin[..width], SUMS)?;
                        let slot = slots[t].slot as usize;
                        let bound = if cache == CacheType::F16 { HALF } else { SUMS };
                        for (plane, expected) in twin[width..].chunks(width).enumerate() {
                            let at = (plane * capacity + slot) * width;
                            close(shader.name, &kv[at..], expected, bound)?;
                        }
                    }
                }
            }
        }
    }
    Ok(())
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

fn matmul(gpu: &mut Gpu) -> Result<(), Failed> {
    tiled(gpu, |ty| table::MATMUL_GELU.of(ty), Finish::Gelu)
}

fn matmul_logits(gpu: &mut Gpu) -> Result<(), Failed> {
    tiled(gpu, |ty| table::MATMUL_LOGITS.of(ty), Finish::Store)
}

fn tiled(
    gpu: &mut Gpu,
    shader: fn(WeightType) -> &'static Shader,
    finish: Finish,
) -> Result<(), Failed> {
    for ty in WeightType::ALL {
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
            let shader = shader(ty);
            let found = floats(&run(gpu, shader, &contents, tiles(outputs, rows), "y")?);
            for (x, found) in map.x.iter().zip(found.chunks(padded(outputs))) {
                let twin = ops::matmul(x, &map.weights, &map.bias, finish);
                close(shader.name, found, &twin, SUMS)?;
            }
        }
    }
    Ok(())
}

fn attention(gpu: &mut Gpu) -> Result<(), Failed> {
    for cache in CacheType::ALL {
        for round in 0..2 * ROUNDS {
            let random = &mut Random::new(round);
            let (heads, head_width) = (random.int(1, 4), random.pick(&[4, 12, 32, 64, 256]));
            let (rows, width) = (random.int(1, 5), heads * head_width);
            let capacity = random.pick(&[3, 70, 300]);
            let scaled = |values: Vec<f32>| values.iter().map(|x| 4.0 * x).collect::<Vec<_>>();
            let (keys, values) = (
                scaled(random.floats(capacity * width)),
                random.floats(capacity * width),
            );
            let queries = random.rows(rows, width);
            let seen = |random: &mut Random| {
                let length = random.int(0, capacity + 1);
                let start = random.int(0, capacity - length + 1);
                (start as u32, length as u32)
            };
            let tokens: Vec<Row> = (0..rows)
                .map(|_| {
                    let (_, prefix) = seen(random);
                    let (stem, stem_length) = seen(random);
                    let (own, own_length) = seen(random);
                    Row {
                        prefix,
                        stem,
                        stem_length,
                        own,
                        own_length,
                        ..Row::default()
                    }
                })
                .collect();
            let params = AttentionParams {
                quads: (head_width / 4) as u32,
                kv_quads: (width / 4) as u32,
                values: (capacity * width / 4) as u32,
                row_quads: quads(width),
                scale: 1.0 / (head_width as f32).sqrt(),
                ..AttentionParams::default()
            };
            let all: Vec<f32> = keys.iter().chain(&values).copied().collect();
            let contents = [
                ("params", pod(&params).to_vec()),
                ("x", bytes_of(&padded_rows(&queries))),
                ("kv", keep(cache, &all)),
                ("rows", bytemuck::cast_slice(&tokens).to_vec()),
                ("y", zeros(rows, width)),
            ];
            let shader = table::ATTENTION.of(cache);
            let groups = [heads as u32, rows as u32, 1];
            let found = floats(&run(gpu, shader, &contents, groups, "y")?);
            let all = kept(cache, &keep(cache, &all));
            for (t, row) in tokens.iter().enumerate() {
                let runs = [
                    (0, row.prefix),
                    (row.stem, row.stem_length),
                    (row.own, row.own_length),
                ];
                let slots = runs
                    .iter()
                    .flat_map(|&(start, length)| start..start + length);
                let slots: Vec<usize> = slots.map(|slot| slot as usize).collect();
                for head in 0..heads {
                    let offset = head * head_width;
                    let pairs: Vec<(&[f32], &[f32])> = slots
                        .iter()
                        .map(|slot| {
                            let key = slot * width + offset;
                            let value = (capacity + slot) * width + offset;
                            (&all[key..][..head_width], &all[value..][..head_width])
                        })
                        .collect();
                    let twin = attention_twin(&queries[t][offset..][..head_width], &pairs);
                    let found = &found[t * padded(width) + offset..];
                    close(shader.name, found, &twin, SUMS)?;
                }
            }
        }
    }
    Ok(())
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

/// A row of logits and how to choose from it.
struct Sampling {
    params: SampleParams,
    logits: Vec<f32>,
    history: Vec<u32>,
    mask: Vec<u32>,
    step: u64,
}

impl Sampling {
    fn new(random: &mut Random) -> Self {
        let vocab = random.pick(&[1, 3, 257, 512, 5000]);
        let spread = random.pick(&[0.5, 4.0, 12.0]);
        let coarse = random.int(0, 4) == 0;
        let mut logits = random.floats(vocab);
        for logit in &mut logits {
            *logit *= spread;
            // Many equal logits.
            if coarse {
                *logit = (2.0 * *logit).round() / 2.0;
            }
        }
        for value in [f32::NAN, f32::NEG_INFINITY, -f32::NAN, f32::INFINITY] {
            if random.int(0, 3) == 0 && vocab > 200 {
                let at = random.int(0, vocab);
                logits[at] = value;
            }
        }
        let params = SampleParams {
            vocab: vocab as u32,
            masked: random.int(0, 2) as u32,
            temperature: random.pick(&[0.0, 0.7, 1.0, 1.5]),
            top_k: random.pick(&[0, 1, 5, 40, 300]).min(vocab as u32),
            top_p: random.pick(&[1.0, 0.95, 0.5, 0.05]),
            ln_min_p: random.pick(&[-1e30, 0.05_f32.ln(), 0.5_f32.ln()]),
            penalty: random.pick(&[1.0, 1.3]),
            window: random.pick(&[0, 4, 64]),
            seed: [random.bits() as u32, random.bits() as u32],
            unused: [0; 2],
        };
        let length = random.int(0, 30);
        Self {
            params,
            logits,
            history: (0..length)
                .map(|_| random.int(0, vocab + 2) as u32)
                .collect(),
            mask: (0..vocab.div_ceil(32))
                .map(|_| random.bits() as u32)
                .collect(),
            step: random.pick(&[0, 7, u64::from(u32::MAX)]),
        }
    }

    fn contents(&self) -> Vec<(&'static str, Vec<u8>)> {
        let row = Row {
            position: 41,
            slot: 42,
            prefix: self.history.len() as u32,
            ..Row::default()
        };
        let mut history = self.history.clone();
        history.push(0);
        let sampler = [self.step as u32, (self.step >> 32) as u32, 1, 0, 77, 0];
        vec![
            ("params", pod(&self.params).to_vec()),
            ("mask", words_of(&self.mask)),
            ("logits", bytes_of(&self.logits)),
            ("state", words_of(&sampler)),
            ("history", words_of(&history)),
            ("rows", pod(&row).to_vec()),
        ]
    }

    fn draw(&self) -> Draw<'_> {
        Draw {
            step: self.step,
            history: &self.history,
            mask: &self.mask,
        }
    }
}

/// How near two scores may be for the order to be a matter of rounding.
const MARGIN: f32 = 2e-5;

fn sample(gpu: &mut Gpu) -> Result<(), Failed> {
    let mut decided = 0;
    for round in 0..150 {
        let random = &mut Random::new(round);
        let sampling = Sampling::new(random);
        let groups = [1, 1, 1];
        let found = run(gpu, &table::SAMPLE, &sampling.contents(), groups, "state")?;
        let found: &[u32] = bytemuck::cast_slice(&found);
        let next = sampling.step.wrapping_add(1);
        assert_eq!(found[..3], [next as u32, (next >> 32) as u32, 2]);
        assert_eq!(found[4], 77, "an earlier token stays");
        let twin = ops::sample(&sampling.params, &sampling.logits, sampling.draw());
        match twin {
            None => assert_eq!(found[5], u32::MAX, "round {round}"),
            Some(choice) if choice.margin > MARGIN || sampling.params.temperature == 0.0 => {
                decided += 1;
                let params = &sampling.params;
                assert_eq!(found[5], choice.id, "round {round}: {params:?} {choice:?}");
            }
            Some(_) => {}
        }
        let row = run(gpu, &table::SAMPLE, &sampling.contents(), groups, "rows")?;
        let row: &[Row] = bytemuck::cast_slice(&row);
        let seen = sampling.history.len() as u32 + 1;
        assert_eq!(
            (row[0].position, row[0].slot, row[0].prefix),
            (42, 43, seen)
        );
        assert_eq!(row[0].id, found[5]);
    }
    assert!(decided > 120, "{decided} of 150 rounds are decided");
    Ok(())
}

fn sample_nothing(gpu: &mut Gpu) -> Result<(), Failed> {
    let mut sampling = Sampling::new(&mut Random::new(1));
    sampling.params.masked = 1;
    for temperature in [0.0, 1.0] {
        sampling.params.temperature = temperature;
        sampling.mask.fill(0);
        let contents = sampling.contents();
        let found = run(gpu, &table::SAMPLE, &contents, [1, 1, 1], "state")?;
        let found: &[u32] = bytemuck::cast_slice(&found);
        assert_eq!(found[5], u32::MAX);
    }
    Ok(())
}

fn score(gpu: &mut Gpu) -> Result<(), Failed> {
    for round in 0..ROUNDS {
        let random = &mut Random::new(round);
        let (vocab, rows) = (random.pick(&[1, 100, 513, 5000]), random.int(1, 6));
        let spread = random.pick(&[1.0, 30.0]);
        let mut logits = random.rows(rows, vocab);
        logits.iter_mut().flatten().for_each(|x| *x *= spread);
        let picks: Vec<[u32; 2]> = (0..random.int(1, 400))
            .map(|_| [random.int(0, rows) as u32, random.int(0, vocab) as u32])
            .collect();
        let params = ScoreParams {
            vocab: vocab as u32,
            row_values: padded(vocab) as u32,
            picked: 8,
            unused: 0,
        };
        let mut list = vec![picks.len() as u32, 0];
        list.extend(picks.iter().flatten());
        let contents = [
            ("params", pod(&params).to_vec()),
            ("logits", bytes_of(&padded_rows(&logits))),
            ("picks", words_of(&list)),
            ("scores", vec![0; 4 * (8 + picks.len())]),
        ];
        let groups = [rows as u32, 1, 1];
        let found = floats(&run(gpu, &table::SCORE, &contents, groups, "scores")?);
        let sums: Vec<f32> = logits.iter().map(|row| ops::log_sum_exp(row)).collect();
        close("sums", &found, &sums, SUMS)?;
        let picked = picks
            .iter()
            .map(|[row, id]| logits[*row as usize][*id as usize]);
        let picked: Vec<f32> = picked.collect();
        close("picked", &found[8..], &picked, 0.0)?;
    }
    Ok(())
}
