// Rows of x as signed bytes with a scale for 32, a workgroup a row and an
// invocation a block of 32.

@group(0) @binding(9) var<storage, read_write> x_codes: array<vec4<u32>>;
@group(0) @binding(10) var<storage, read_write> x_scales: array<f32>;

fn largest_of(four: vec4<f32>) -> f32 {
    let all = abs(four);
    return max(max(all.x, all.y), max(all.z, all.w));
}

// Four codes in a word.
fn packed(four: vec4<f32>) -> u32 {
    let bytes = bitcast<vec4<u32>>(vec4<i32>(round(four))) & vec4<u32>(255u);
    return bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | (bytes.w << 24u);
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let blocks = params.octets / 4u;
    for (var i = index; i < blocks; i += 64u) {
        let block = group.x * blocks + i;
        var largest = 0.0;
        for (var q = 0u; q < 8u; q++) {
            largest = max(largest, largest_of(x[8u * block + q]));
        }
        // Below this the inverse could overflow.
        let is_zero = largest < 1e-30;
        let inverse = select(127.0 / largest, 0.0, is_zero);
        x_scales[block] = select(largest / 127.0, 0.0, is_zero);
        for (var half = 0u; half < 2u; half++) {
            let at = 8u * block + 4u * half;
            x_codes[2u * block + half] = vec4<u32>(
                packed(x[at] * inverse),
                packed(x[at + 1u] * inverse),
                packed(x[at + 2u] * inverse),
                packed(x[at + 3u] * inverse),
            );
        }
    }
}
