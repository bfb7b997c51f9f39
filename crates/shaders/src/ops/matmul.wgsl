// finish(x times weights) for many rows. A workgroup makes 32 outputs of 32
// rows, from tiles of 32 inputs that it unpacks into its memory; an invocation
// makes 4 outputs of 4 rows.

struct Batch {
    // Rows of x.
    rows: u32,
    unused0: u32,
    unused: vec2<u32>,
}

@group(0) @binding(8) var<uniform> batch: Batch;

// Quads of a row of a tile in memory: one more than it has, so that rows begin
// in different banks.
const PITCH = 9u;

var<workgroup> x_tile: array<vec4<f32>, 288>;
var<workgroup> w_tile: array<vec4<f32>, 288>;

// Where row i of a tile is kept: rows that are read together, every fourth
// one, stand side by side.
fn place(i: u32) -> u32 {
    return (i % 4u * 8u + i / 4u) * PITCH;
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let last_output = params.outputs - 1u;
    let last_row = batch.rows - 1u;
    let quads = 2u * params.octets;
    let across = index % 8u;
    let down = index / 8u;
    var sums: array<vec4<f32>, 4>;
    for (var base = 0u; base < params.octets; base += 4u) {
        for (var i = index; i < 256u; i += 64u) {
            let row = min(group.y * 32u + i / 8u, last_row);
            x_tile[place(i / 8u) + i % 8u] = x[row * quads + 2u * base + i % 8u];
        }
        for (var i = index; i < 128u; i += 64u) {
            let output = min(group.x * 32u + i / 4u, last_output);
            let weights = octet(output * params.octets + base + i % 4u);
            let at = place(i / 4u) + i % 4u * 2u;
            w_tile[at] = weights.low;
            w_tile[at + 1u] = weights.high;
        }
        workgroupBarrier();
        for (var q = 0u; q < 8u; q++) {
            let w0 = w_tile[across * PITCH + q];
            let w1 = w_tile[(8u + across) * PITCH + q];
            let w2 = w_tile[(16u + across) * PITCH + q];
            let w3 = w_tile[(24u + across) * PITCH + q];
            for (var i = 0u; i < 4u; i++) {
                let v = x_tile[(i * 8u + down) * PITCH + q];
                sums[i] += vec4<f32>(dot(w0, v), dot(w1, v), dot(w2, v), dot(w3, v));
            }
        }
        workgroupBarrier();
    }
    let output = group.x * 32u + across * 4u;
    for (var i = 0u; i < 4u; i++) {
        let row = group.y * 32u + down * 4u + i;
        if (row <= last_row && output <= last_output) {
            finish(row, output / 4u, sums[i]);
        }
    }
}
