//! Bounded zero-copy GGUF v3 reader, and a writer.
