//! Choosing tokens, and scoring them.

use bytemuck::bytes_of as pod;
use libtest_mimic::Failed;
use senselm_gpu::Gpu;
use senselm_shaders::ops::{self, Draw};
use senselm_shaders::{Row, SampleParams, ScoreParams, padded, table};

use super::support::{Random, bytes_of, close, floats, padded_rows, run, words_of};
use super::{On, ROUNDS, SUMS};

/// How near two scores may be for the order to be a matter of rounding.
const MARGIN: f32 = 2e-5;

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

pub(crate) fn sample(gpu: &mut Gpu, on: On) -> Result<(), Failed> {
    let mut decided = 0;
    for round in 0..150 {
        let random = &mut Random::new(round);
        let sampling = Sampling::new(random);
        let groups = [1, 1, 1];
        let found = run(
            gpu,
            on.of(&table::SAMPLE),
            &sampling.contents(),
            groups,
            "state",
        )?;
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
        let row = run(
            gpu,
            on.of(&table::SAMPLE),
            &sampling.contents(),
            groups,
            "rows",
        )?;
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

pub(crate) fn sample_nothing(gpu: &mut Gpu, on: On) -> Result<(), Failed> {
    let mut sampling = Sampling::new(&mut Random::new(1));
    sampling.params.masked = 1;
    for temperature in [0.0, 1.0] {
        sampling.params.temperature = temperature;
        sampling.mask.fill(0);
        let contents = sampling.contents();
        let found = run(gpu, on.of(&table::SAMPLE), &contents, [1, 1, 1], "state")?;
        let found: &[u32] = bytemuck::cast_slice(&found);
        assert_eq!(found[5], u32::MAX);
    }
    Ok(())
}

pub(crate) fn score(gpu: &mut Gpu, on: On) -> Result<(), Failed> {
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
        let found = floats(&run(
            gpu,
            on.of(table::SCORE.on(on.features)),
            &contents,
            groups,
            "scores",
        )?);
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
