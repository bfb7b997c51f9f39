//! Embedding and attention.

use bytemuck::bytes_of as pod;
use libtest_mimic::Failed;
use senselm_gpu::Gpu;
use senselm_shaders::{
    AttentionParams, CacheType, EmbedParams, Row, WeightType, ops, padded, table,
};

use super::support::{Random, bytes_of, close, floats, padded_rows, run, words_of};
use super::{EXACT, On, ROUNDS, SUMS, keep, kept, planes, quads, zeros};

pub(crate) fn embed(gpu: &mut Gpu, on: On) -> Result<(), Failed> {
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
            let shader = on.of(table::EMBED.of(ty));
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

pub(crate) fn attention(gpu: &mut Gpu, on: On) -> Result<(), Failed> {
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
            let shader = on.of(table::ATTENTION.on(on.features).of(cache));
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
                    let twin = ops::attention(&queries[t][offset..][..head_width], &pairs);
                    let found = &found[t * padded(width) + offset..];
                    close(shader.name, found, &twin, SUMS)?;
                }
            }
        }
    }
    Ok(())
}
