// Reads four keys or values in binary16.

@group(0) @binding(6) var<storage, read> kv: array<vec2<u32>>;

fn kept(i: u32) -> vec4<f32> {
    let words = kv[i];
    return vec4<f32>(unpack2x16float(words.x), unpack2x16float(words.y));
}
