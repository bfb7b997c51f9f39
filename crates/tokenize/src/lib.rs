//! Byte-level BPE from GGUF keys or tokenizer.json.
