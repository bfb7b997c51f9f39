// finish(x times weights) for many rows, both as signed bytes: a dot product of
// four is one instruction where the device has it, and exact. A tile is a block
// of 32 inputs, which has one scale on either side.

@group(0) @binding(9) var<storage, read> x_codes: array<vec2<u32>>;
@group(0) @binding(10) var<storage, read> x_scales: array<f32>;

var<workgroup> x_tile: array<u32, 288>;
var<workgroup> w_tile: array<u32, 288>;
var<workgroup> tile_scales: array<f32, 64>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let across = index % 8u;
    let down = index / 8u;
    var sums: array<vec4<f32>, 4>;
    for (var base = 0u; base < params.octets; base += 4u) {
        for (var i = index; i < 128u; i += 64u) {
            let at = place(i / 4u) + i % 4u * 2u;
            let x = x_codes[tile_row(group, i / 4u) * params.octets + base + i % 4u];
            x_tile[at] = x.x;
            x_tile[at + 1u] = x.y;
            let w = octet_bytes(tile_output(group, i / 4u) * params.octets + base + i % 4u);
            w_tile[at] = w.x;
            w_tile[at + 1u] = w.y;
        }
        if (index < 32u) {
            let first = tile_row(group, index) * params.octets + base;
            tile_scales[index] = x_scales[first / 4u];
        } else {
            let first = tile_output(group, index - 32u) * params.octets + base;
            tile_scales[index] = scale(first);
        }
        workgroupBarrier();
        // Set to zero by hand: Chromium keeps what a loop's variable held before.
        let zero = vec4<i32>();
        var dots = array<vec4<i32>, 4>(zero, zero, zero, zero);
        for (var q = 0u; q < 8u; q++) {
            let w0 = w_tile[across * PITCH + q];
            let w1 = w_tile[(8u + across) * PITCH + q];
            let w2 = w_tile[(16u + across) * PITCH + q];
            let w3 = w_tile[(24u + across) * PITCH + q];
            for (var i = 0u; i < 4u; i++) {
                let v = x_tile[(i * 8u + down) * PITCH + q];
                dots[i] += vec4<i32>(
                    dot4I8Packed(w0, v),
                    dot4I8Packed(w1, v),
                    dot4I8Packed(w2, v),
                    dot4I8Packed(w3, v),
                );
            }
        }
        let w = 32u + 4u * across;
        let scales = vec4<f32>(
            tile_scales[w],
            tile_scales[w + 1u],
            tile_scales[w + 2u],
            tile_scales[w + 3u],
        );
        for (var i = 0u; i < 4u; i++) {
            sums[i] += vec4<f32>(dots[i]) * scales * tile_scales[4u * down + i];
        }
        workgroupBarrier();
    }
    finish_tile(group, index, sums);
}
