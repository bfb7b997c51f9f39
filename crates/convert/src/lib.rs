//! Hugging Face folders, requantisation and random weights, to and from GGUF.
