// Tiled products: a workgroup makes 32 outputs of 32 rows, from tiles of 32
// inputs; an invocation makes 4 outputs of 4 rows.

struct Batch {
    // Rows of x.
    rows: u32,
    unused0: u32,
    unused: vec2<u32>,
}

@group(0) @binding(8) var<uniform> batch: Batch;

// Pieces of a row of a tile in memory: one more than it has, so that rows begin
// in different banks.
const PITCH = 9u;

// Where row i of a tile is kept: rows that are read together, every fourth
// one, stand side by side.
fn place(i: u32) -> u32 {
    return (i % 4u * 8u + i / 4u) * PITCH;
}

// The rows of x and of the weights that are number i of a workgroup's tiles.
// Beyond the last one the last one is read; nobody uses what comes of it.
fn tile_row(group: vec3<u32>, i: u32) -> u32 {
    return min(group.y * 32u + i, batch.rows - 1u);
}

fn tile_output(group: vec3<u32>, i: u32) -> u32 {
    return min(group.x * 32u + i, params.outputs - 1u);
}

// What an invocation made, 4 outputs of each of 4 rows.
fn finish_tile(group: vec3<u32>, index: u32, sums: array<vec4<f32>, 4>) {
    var rows = sums;
    let output = group.x * 32u + index % 8u * 4u;
    for (var i = 0u; i < 4u; i++) {
        let row = group.y * 32u + index / 8u * 4u + i;
        if (row < batch.rows && output < params.outputs) {
            finish(row, output / 4u, rows[i]);
        }
    }
}
