// A row of a pass: one token, where it stands, and which cached rows it sees.

struct Row {
    // The token's id.
    id: u32,
    // Its place in the sequence, for the position embedding.
    position: u32,
    // The row of the cache that takes its key and value.
    slot: u32,
    // It sees the cache's first rows, this many,
    prefix: u32,
    // then `stem_length` rows from `stem` on,
    stem: u32,
    stem_length: u32,
    // then `own_length` rows from `own` on.
    own: u32,
    own_length: u32,
}
