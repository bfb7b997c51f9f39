//! Metrics, bootstrap intervals and classical baselines.
