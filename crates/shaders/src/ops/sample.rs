//! Choosing a token, by sorting the whole vocabulary.

use crate::SampleParams;

/// Where a draw takes its noise from.
#[derive(Clone, Copy, Debug)]
pub struct Draw<'a> {
    /// The number of the draw.
    pub step: u64,
    /// What was fed so far, oldest first.
    pub history: &'a [u32],
    /// A bit for each token that is allowed, if the parameters say so.
    pub mask: &'a [u32],
}

/// A token, and by how much it beat the next best: near zero, another machine
/// may as well choose the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// The token.
    pub id: u32,
    /// The difference of the two best scores.
    pub margin: f32,
}

/// The next token, or `None` where no token is possible.
#[must_use]
pub fn sample(params: &SampleParams, logits: &[f32], draw: Draw<'_>) -> Option<Choice> {
    let logits = penalised(params, logits, draw.history);
    let allowed = |id: u32| {
        let word = draw.mask.get(id as usize / 32).copied().unwrap_or(0);
        params.masked == 0 || word >> (id % 32) & 1 == 1
    };
    let ids = (0..).zip(&logits);
    let mut all: Vec<(u32, f32)> = ids
        .filter(|&(id, &logit)| allowed(id) && logit > f32::NEG_INFINITY)
        .map(|(id, &logit)| (id, logit.min(f32::MAX)))
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let top = all.first()?.1;
    if params.temperature > 0.0 {
        filter(params, &mut all, top);
    }
    let score = |&(id, logit): &(u32, f32)| match params.temperature > 0.0 {
        true => (logit - top) / params.temperature + gumbel(params.seed, draw.step, id),
        false => logit,
    };
    let mut scores: Vec<(f32, u32)> = all.iter().map(|c| (score(c), c.0)).collect();
    scores.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let (best, id) = *scores.first()?;
    let margin = scores.get(1).map_or(f32::INFINITY, |next| best - next.0);
    Some(Choice { id, margin })
}

fn penalised(params: &SampleParams, logits: &[f32], history: &[u32]) -> Vec<f32> {
    let mut logits = logits.to_vec();
    let from = history.len().saturating_sub(params.window as usize);
    let mut recent = history.get(from..).unwrap_or_default().to_vec();
    recent.sort_unstable();
    recent.dedup();
    for id in recent {
        if let Some(logit) = logits.get_mut(id as usize) {
            *logit = match *logit > 0.0 {
                true => *logit / params.penalty,
                false => *logit * params.penalty,
            };
        }
    }
    logits
}

/// Top-k, top-p and min-p of candidates in order.
fn filter(params: &SampleParams, all: &mut Vec<(u32, f32)>, top: f32) {
    if params.top_k > 0 {
        all.truncate(params.top_k as usize);
    }
    if params.top_p < 1.0 {
        let total: f64 = all.iter().map(|c| f64::from(c.1 - top).exp()).sum();
        let mut sum = 0.0;
        let short = all.iter().take_while(|c| {
            let enough = sum >= f64::from(params.top_p) * total;
            sum += f64::from(c.1 - top).exp();
            !enough
        });
        let kept = short.count();
        all.truncate(kept.max(1));
    }
    all.retain(|c| c.1 >= top + params.ln_min_p);
}

/// Gumbel noise of one token at one step: word `id % 4` of the block that
/// counter `[id / 4, step, step >> 32, 0]` gives under the seed.
#[must_use]
pub fn gumbel(seed: [u32; 2], step: u64, id: u32) -> f32 {
    let counter = [id / 4, step as u32, (step >> 32) as u32, 0];
    let word = philox4x32(counter, seed)[id as usize % 4];
    let unit = ((word >> 9) as f32 + 0.5) * (1.0 / 8_388_608.0);
    -(-unit.ln()).ln()
}

/// Philox4x32-10.
///
/// # Source
/// Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3",
/// SC 2011.
#[must_use]
pub fn philox4x32(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let [mut a, mut b, mut c, mut d] = counter;
    let [mut k0, mut k1] = key;
    for _ in 0..10 {
        let p0 = 0xD251_1F53 * u64::from(a);
        let p1 = 0xCD9E_8D57 * u64::from(c);
        (a, b, c, d) = (
            (p1 >> 32) as u32 ^ b ^ k0,
            p1 as u32,
            (p0 >> 32) as u32 ^ d ^ k1,
            p0 as u32,
        );
        k0 = k0.wrapping_add(0x9E37_79B9);
        k1 = k1.wrapping_add(0xBB67_AE85);
    }
    [a, b, c, d]
}
