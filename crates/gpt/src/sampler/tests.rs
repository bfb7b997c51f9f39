use super::*;

fn sampler(spec: SamplerSpec) -> Sampler {
    Sampler::new(spec).unwrap()
}

/// Frequencies of `draws` draws from the same logits.
fn frequencies(spec: SamplerSpec, logits: &[f32], draws: usize) -> Vec<f64> {
    let mut sampler = sampler(spec);
    let mut counts = vec![0.0; logits.len()];
    for _ in 0..draws {
        let id = sampler.next(&mut logits.to_vec(), &[], None).unwrap();
        counts[id as usize] += 1.0 / draws as f64;
    }
    counts
}

fn warm() -> SamplerSpec {
    SamplerSpec {
        temperature: 1.0,
        seed: 7,
        ..SamplerSpec::default()
    }
}

fn logits_of(probabilities: &[f32]) -> Vec<f32> {
    probabilities.iter().map(|p| p.ln()).collect()
}

const PROBABILITIES: [f32; 5] = [0.05, 0.4, 0.25, 0.2, 0.1];
const DRAWS: usize = 20_000;
/// Five standard deviations of a frequency over [`DRAWS`] draws.
const FREQUENCY_TOLERANCE: f64 = 0.018;

fn assert_frequencies(found: &[f64], expected: &[f64]) {
    for (f, e) in found.iter().zip(expected) {
        assert!(
            (f - e).abs() < FREQUENCY_TOLERANCE && (*e > 0.0 || *f == 0.0),
            "{found:?} instead of {expected:?}"
        );
    }
}

#[test]
fn greedy_takes_the_first_of_the_largest() {
    let mut greedy = sampler(SamplerSpec::default());
    assert_eq!(
        greedy.next(&mut [0.5, 2.0, 2.0, -1.0], &[], None).unwrap(),
        1
    );
}

#[test]
fn draws_follow_the_softmax() {
    let found = frequencies(warm(), &logits_of(&PROBABILITIES), DRAWS);
    assert_frequencies(&found, &[0.05, 0.4, 0.25, 0.2, 0.1]);
}

#[test]
fn temperature_sharpens() {
    let spec = SamplerSpec {
        temperature: 0.5,
        ..warm()
    };
    let squares: Vec<f64> = PROBABILITIES.iter().map(|&p| f64::from(p * p)).collect();
    let total: f64 = squares.iter().sum();
    let expected: Vec<f64> = squares.iter().map(|s| s / total).collect();
    assert_frequencies(
        &frequencies(spec, &logits_of(&PROBABILITIES), DRAWS),
        &expected,
    );
}

#[test]
fn top_k_keeps_the_most_probable() {
    let spec = SamplerSpec { top_k: 2, ..warm() };
    let found = frequencies(spec, &logits_of(&PROBABILITIES), DRAWS);
    assert_frequencies(&found, &[0.0, 0.4 / 0.65, 0.25 / 0.65, 0.0, 0.0]);
}

#[test]
fn top_p_keeps_until_the_sum_is_reached() {
    let spec = SamplerSpec {
        top_p: 0.8,
        ..warm()
    };
    let found = frequencies(spec, &logits_of(&PROBABILITIES), DRAWS);
    assert_frequencies(&found, &[0.0, 0.4 / 0.85, 0.25 / 0.85, 0.2 / 0.85, 0.0]);
}

#[test]
fn top_p_looks_beyond_the_first_sorted_block() {
    let logits = vec![0.0; 1000];
    let spec = SamplerSpec {
        top_p: 0.5,
        ..warm()
    };
    let found = frequencies(spec, &logits, 5000);
    let (kept, dropped) = found.split_at(500);
    assert!(kept.iter().filter(|&&f| f > 0.0).count() > 490);
    assert_eq!(dropped.iter().filter(|&&f| f > 0.0).count(), 0);
}

#[test]
fn min_p_is_relative_to_the_most_probable() {
    let spec = SamplerSpec {
        min_p: 0.45,
        ..warm()
    };
    let found = frequencies(spec, &logits_of(&PROBABILITIES), DRAWS);
    assert_frequencies(&found, &[0.0, 0.4 / 0.85, 0.25 / 0.85, 0.2 / 0.85, 0.0]);
}

#[test]
fn repetition_is_penalised_once_and_within_the_window() {
    let spec = SamplerSpec {
        repetition_penalty: 2.0,
        repetition_window: 3,
        ..SamplerSpec::default()
    };
    let mut logits = [4.0, 3.0, -1.0, 1.0];
    sampler(spec)
        .next(&mut logits, &[3, 0, 0, 2], None)
        .unwrap();
    assert_eq!(logits, [2.0, 3.0, -2.0, 1.0]);
}

#[test]
fn the_mask_is_obeyed() {
    let mut mask = TokenMask::none(5);
    mask.allow(0);
    mask.allow(4);
    mask.allow(1000);
    for spec in [SamplerSpec::default(), warm()] {
        let mut sampler = sampler(spec);
        for _ in 0..200 {
            let mut logits = logits_of(&PROBABILITIES);
            let id = sampler.next(&mut logits, &[], Some(&mask)).unwrap();
            assert!([0, 4].contains(&id));
        }
    }
}

#[test]
fn the_seed_decides() {
    let tokens = |seed| -> Vec<u32> {
        let mut sampler = sampler(SamplerSpec { seed, ..warm() });
        (0..50)
            .map(|_| sampler.next(&mut [0.0; 100], &[], None).unwrap())
            .collect()
    };
    assert_eq!(tokens(1), tokens(1));
    assert_ne!(tokens(1), tokens(2));
    assert_ne!(tokens(1), tokens(1 << 32 | 1));
}

#[test]
fn what_is_not_a_number_is_never_chosen() {
    for spec in [
        SamplerSpec::default(),
        warm(),
        SamplerSpec {
            top_p: 0.9,
            min_p: 0.1,
            top_k: 3,
            ..warm()
        },
    ] {
        let mut sampler = sampler(spec);
        let mut logits = [f32::NAN, 0.0, -f32::NAN, f32::NEG_INFINITY];
        assert_eq!(sampler.next(&mut logits, &[], None).unwrap(), 1);
        let mut logits = [0.0, f32::INFINITY, f32::MIN, f32::NAN];
        assert_eq!(sampler.next(&mut logits, &[], None).unwrap(), 1);
        let error = sampler.next(&mut [f32::NAN, f32::NEG_INFINITY], &[], None);
        assert!(matches!(error, Err(GptError::NothingToSample { vocab: 2 })));
    }
}

#[test]
fn senseless_settings_are_refused() {
    let bad = [
        SamplerSpec {
            temperature: -1.0,
            ..warm()
        },
        SamplerSpec {
            temperature: f32::NAN,
            ..warm()
        },
        SamplerSpec {
            top_p: 0.0,
            ..warm()
        },
        SamplerSpec {
            top_p: f32::NAN,
            ..warm()
        },
        SamplerSpec {
            min_p: 1.5,
            ..warm()
        },
        SamplerSpec {
            repetition_penalty: 0.0,
            ..warm()
        },
    ];
    for spec in bad {
        let error = Sampler::new(spec).unwrap_err();
        assert!(matches!(error, GptError::SamplerSetting { .. }));
    }
}
