// finish(x times weights) for many rows, from tiles that are unpacked into the
// workgroup's memory.

var<workgroup> x_tile: array<Piece, 288>;
var<workgroup> w_tile: array<Piece, 288>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let quads = 2u * params.octets;
    let across = index % 8u;
    let down = index / 8u;
    var sums: array<vec4<f32>, 4>;
    for (var base = 0u; base < params.octets; base += 4u) {
        for (var i = index; i < 256u; i += 64u) {
            let row = tile_row(group, i / 8u);
            x_tile[place(i / 8u) + i % 8u] = Piece(x[row * quads + 2u * base + i % 8u]);
        }
        for (var i = index; i < 128u; i += 64u) {
            let output = tile_output(group, i / 4u);
            let weights = octet(output * params.octets + base + i % 4u);
            let at = place(i / 4u) + i % 4u * 2u;
            w_tile[at] = Piece(weights.low);
            w_tile[at + 1u] = Piece(weights.high);
        }
        workgroupBarrier();
        for (var q = 0u; q < 8u; q++) {
            let w0 = w_tile[across * PITCH + q];
            let w1 = w_tile[(8u + across) * PITCH + q];
            let w2 = w_tile[(16u + across) * PITCH + q];
            let w3 = w_tile[(24u + across) * PITCH + q];
            for (var i = 0u; i < 4u; i++) {
                let v = x_tile[(i * 8u + down) * PITCH + q];
                sums[i] += vec4<f32>(
                    f32(dot(w0, v)),
                    f32(dot(w1, v)),
                    f32(dot(w2, v)),
                    f32(dot(w3, v)),
                );
            }
        }
        workgroupBarrier();
    }
    finish_tile(group, index, sums);
}
