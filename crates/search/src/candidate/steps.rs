//! Steps of front ends with what is fitted left out, of candidates and baselines.

use senselm_sensor::{FeatureKind, Matrix, Numbers, Operator, OperatorSpec};

/// Convolutions whose dilations and biases are to be fitted.
pub(crate) fn convolutions(signals: &[String], points: usize, features: usize) -> Operator {
    Operator::Convolutions {
        signals: signals.to_vec(),
        points,
        features: Some(features),
        dilations: Vec::new(),
    }
}

/// A projection of these steps that is to be fitted.
pub(crate) fn projection(of: Vec<String>) -> Operator {
    Operator::Project {
        of,
        mean: Numbers::default(),
        deviation: Numbers::default(),
        clip: 8.0,
        weights: Matrix::default(),
        bias: Numbers::default(),
    }
}

/// A step that is read by others and not written.
pub(crate) fn step(name: &str, of: Operator) -> OperatorSpec {
    OperatorSpec {
        name: name.to_owned(),
        of,
        write: None,
    }
}

/// The statistics of a signal, as far as the shortest window has them.
pub(crate) fn facts(shortest: usize) -> Vec<FeatureKind> {
    let mut all = vec![
        FeatureKind::Mean {},
        FeatureKind::Std {},
        FeatureKind::Min {},
        FeatureKind::Max {},
        FeatureKind::Range {},
        FeatureKind::First {},
        FeatureKind::Last {},
        FeatureKind::Median {},
        FeatureKind::InterquartileRange {},
        FeatureKind::Slope {},
        FeatureKind::Roughness {},
        FeatureKind::Skewness {},
        FeatureKind::Kurtosis {},
        FeatureKind::CrossingShare {},
        FeatureKind::MinPosition {},
        FeatureKind::MaxPosition {},
        FeatureKind::LongestRun {},
        FeatureKind::Length {},
    ];
    if shortest >= 16 {
        all.push(FeatureKind::SpectralCentroid {});
        all.push(FeatureKind::SpectralEntropy {});
    }
    let lags = [1, 2, 4, 8].into_iter().filter(|lag| 2 * lag < shortest);
    all.extend(lags.map(|lag| FeatureKind::Autocorrelation { lag }));
    all
}
