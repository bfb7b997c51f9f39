//! Training on burn: data, tokenizer, pretraining, fine-tuning, export.
