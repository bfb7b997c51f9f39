// Weights in Q4_0: a word of eight nibbles an octet, in the order of the
// columns, and one scale in binary16 for every four octets.

@group(0) @binding(1) var<storage, read> quants: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<u32>;

fn codes(word: u32) -> vec4<f32> {
    let nibbles = (vec4<u32>(word) >> vec4<u32>(0u, 4u, 8u, 12u)) & vec4<u32>(15u);
    return vec4<f32>(nibbles) - 8.0;
}

fn scale(i: u32) -> f32 {
    let pair = unpack2x16float(scales[i / 8u]);
    return select(pair.x, pair.y, (i & 4u) != 0u);
}

fn octet(i: u32) -> Octet {
    let word = quants[i];
    let d = scale(i);
    return Octet(codes(word) * d, codes(word >> 16u) * d);
}

fn octet_dot(i: u32, low: vec4<f32>, high: vec4<f32>) -> f32 {
    let word = quants[i];
    return (dot(codes(word), low) + dot(codes(word >> 16u), high)) * scale(i);
}
