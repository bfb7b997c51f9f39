use super::*;

/// Rows that a norm can make, and the four neighbours that add up to most.
#[test]
fn four_neighbours_behind_a_norm_have_a_bound() {
    for width in [4, 64, 768] {
        let (gain, shift) = (3.0, 0.5);
        let bound = four_normed(width, gain, shift);
        let mut largest = 0.0_f32;
        for spikes in 1..=4 {
            let mut row = vec![0.0_f32; width];
            row[..spikes].fill(1.0);
            let mean = row.iter().sum::<f32>() / width as f32;
            let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / width as f32;
            let normed = row.iter().map(|x| (x - mean) / (variance + 1e-5).sqrt());
            let four: f32 = normed.take(4).map(|x| (x * gain).abs() + shift).sum();
            largest = largest.max(four);
        }
        assert!(largest <= bound, "{width}: {largest}, not up to {bound}");
        assert!(
            bound <= 1.2 * largest || width == 4,
            "{width}: {bound} is far above {largest}"
        );
    }
}
