//! The embedder's API: load, classify, number, generate, score.
