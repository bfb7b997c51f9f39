// Writes four keys or values in binary16, two in a word.

@group(0) @binding(6) var<storage, read_write> kv: array<vec2<u32>>;

fn keep(i: u32, four: vec4<f32>) {
    kv[i] = vec2<u32>(pack2x16float(four.xy), pack2x16float(four.zw));
}
