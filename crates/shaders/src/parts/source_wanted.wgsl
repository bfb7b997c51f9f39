// Row t of the result comes from the row of x that `wanted` names.

@group(0) @binding(7) var<storage, read> wanted: array<u32>;

fn source_row(t: u32) -> u32 {
    return wanted[t];
}
