//! The names of every metadata key this project writes.
//!
//! `general.*`, `gpt2.*` and `tokenizer.ggml.*` are llama.cpp's; `senselm.*` is
//! ours and documented in `docs/file-format.md`.

/// The architecture; `gpt2`. String.
pub const GENERAL_ARCHITECTURE: &str = "general.architecture";
/// What the file holds; `model`. String.
pub const GENERAL_TYPE: &str = "general.type";
/// The model's name. String.
pub const GENERAL_NAME: &str = "general.name";
/// The number of weights, rounded, as `141K`. String.
pub const GENERAL_SIZE_LABEL: &str = "general.size_label";
/// The most common tensor type, as llama.cpp numbers such mixes. `u32`.
pub const GENERAL_FILE_TYPE: &str = "general.file_type";
/// The version of ggml's block formats; 2. `u32`.
pub const GENERAL_QUANTIZATION_VERSION: &str = "general.quantization_version";
/// Alignment of tensor data in bytes. `u32`.
pub const GENERAL_ALIGNMENT: &str = "general.alignment";

/// The value of [`GENERAL_ARCHITECTURE`] for every model here.
pub const GPT2: &str = "gpt2";
/// Layers L. `u32`.
pub const GPT2_BLOCK_COUNT: &str = "gpt2.block_count";
/// Longest sequence T. `u32`.
pub const GPT2_CONTEXT_LENGTH: &str = "gpt2.context_length";
/// Embedding width C. `u32`.
pub const GPT2_EMBEDDING_LENGTH: &str = "gpt2.embedding_length";
/// Width of the feed-forward layer. `u32`.
pub const GPT2_FEED_FORWARD_LENGTH: &str = "gpt2.feed_forward_length";
/// Heads H. `u32`.
pub const GPT2_HEAD_COUNT: &str = "gpt2.attention.head_count";
/// Epsilon of every layer norm. `f32`.
pub const GPT2_LAYER_NORM_EPSILON: &str = "gpt2.attention.layer_norm_epsilon";

/// The kind of tokenizer; `gpt2` is byte-level BPE. String.
pub const TOKENIZER_MODEL: &str = "tokenizer.ggml.model";
/// The pre-tokenizer; `gpt-2`. String.
pub const TOKENIZER_PRE: &str = "tokenizer.ggml.pre";
/// The vocabulary in GPT-2's byte-to-character writing, V strings.
pub const TOKENIZER_TOKENS: &str = "tokenizer.ggml.tokens";
/// The kind of each token (1 normal, 3 control, 4 user-defined, 5 unused), V `i32`.
pub const TOKENIZER_TOKEN_TYPE: &str = "tokenizer.ggml.token_type";
/// The merges in order of rank, each two tokens and a space between them. Strings.
pub const TOKENIZER_MERGES: &str = "tokenizer.ggml.merges";
/// The token that begins a text. `u32`.
pub const TOKENIZER_BOS_ID: &str = "tokenizer.ggml.bos_token_id";
/// The token that ends a text. `u32`.
pub const TOKENIZER_EOS_ID: &str = "tokenizer.ggml.eos_token_id";
/// The token for what the vocabulary lacks. `u32`.
pub const TOKENIZER_UNKNOWN_ID: &str = "tokenizer.ggml.unknown_token_id";
/// The token that fills a batch. `u32`.
pub const TOKENIZER_PADDING_ID: &str = "tokenizer.ggml.padding_token_id";
/// Whether encoding puts the beginning token in front. Boolean.
pub const TOKENIZER_ADD_BOS: &str = "tokenizer.ggml.add_bos_token";
/// Whether encoding puts the ending token behind. Boolean.
pub const TOKENIZER_ADD_EOS: &str = "tokenizer.ggml.add_eos_token";

/// What every key of ours begins with.
pub const SENSELM_PREFIX: &str = "senselm.";
/// The version of the `senselm.*` keys: [`SCHEMA_VERSION`]. `u32`.
pub const SENSELM_SCHEMA_VERSION: &str = "senselm.schema_version";
/// The sensor front end. JSON.
pub const SENSELM_FRONT_END: &str = "senselm.front_end";
/// The prompt template. JSON.
pub const SENSELM_PROMPT: &str = "senselm.prompt";
/// The task: labels, number or text. JSON.
pub const SENSELM_TASK: &str = "senselm.task";
/// SHA-256 of the training recipe, in hexadecimal. String.
pub const SENSELM_RECIPE_SHA256: &str = "senselm.recipe_sha256";
/// The weight with which training learned the windows themselves beside their
/// answers; with 0 their likelihood says nothing. JSON.
pub const SENSELM_WINDOW_LOSS: &str = "senselm.window_loss";
/// What was measured. JSON.
pub const SENSELM_METRICS: &str = "senselm.metrics";
/// What the model was trained on, in figures: units, rates, quantiles. JSON, from
/// version 2 on.
pub const SENSELM_PROFILE: &str = "senselm.profile";
/// The checksum of the tensors, which every file with keys of ours has: 16
/// hexadecimal digits of XXH64 over their names, shapes and types, `-`, and 16 over
/// their bytes. String.
pub const SENSELM_TENSORS_XXH64: &str = "senselm.tensors_xxh64";
/// The sum of the hashes of the keys that answers depend on, by which damage is seen.
pub const SENSELM_METADATA_XXH64: &str = "senselm.metadata_xxh64";
/// Name, description, provenance of the data, licence. JSON.
pub const SENSELM_CARD: &str = "senselm.card";

/// The version of the `senselm.*` keys that this project writes. It reads this and
/// every earlier one.
pub const SCHEMA_VERSION: u32 = 2;
