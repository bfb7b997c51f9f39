//! ggml block types: layout, scalar encode and decode.
