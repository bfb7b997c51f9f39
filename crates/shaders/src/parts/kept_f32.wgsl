// Reads four keys or values.

@group(0) @binding(6) var<storage, read> kv: array<vec4<f32>>;

fn kept(i: u32) -> vec4<f32> {
    return kv[i];
}
