//! Figures as people say them.

/// A figure to three digits.
#[must_use]
pub fn three_digits(value: f64) -> f64 {
    let size = libm::fabs(value);
    if !(1e-9..1e12).contains(&size) {
        return value;
    }
    let (mut up, mut down) = (1.0, 1.0);
    while size * up < 100.0 {
        up *= 10.0;
    }
    while size / down >= 1000.0 {
        down *= 10.0;
    }
    libm::round(value * up / down) * down / up
}

#[cfg(test)]
mod tests {
    use super::three_digits;

    #[test]
    fn three_digits_are_kept() {
        for (value, rounded) in [
            (0.123_456, 0.123),
            (15.904, 15.9),
            (999.6, 1000.0),
            (86_412.0, 86_400.0),
            (0.0, 0.0),
            (-2.345_6, -2.35),
        ] {
            assert_eq!(three_digits(value), rounded);
        }
    }
}
