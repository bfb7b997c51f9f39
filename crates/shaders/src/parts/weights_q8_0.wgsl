// Weights in Q8_0: two words of four signed codes an octet, and one scale in
// binary16 for every four octets.

@group(0) @binding(1) var<storage, read> quants: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> scales: array<u32>;

fn codes(word: u32) -> vec4<f32> {
    let placed = vec4<u32>(word) << vec4<u32>(24u, 16u, 8u, 0u);
    return vec4<f32>(bitcast<vec4<i32>>(placed) >> vec4<u32>(24u));
}

fn scale(i: u32) -> f32 {
    let pair = unpack2x16float(scales[i / 8u]);
    return select(pair.x, pair.y, (i & 4u) != 0u);
}

fn octet(i: u32) -> Octet {
    let words = quants[i];
    let d = scale(i);
    return Octet(codes(words.x) * d, codes(words.y) * d);
}

fn octet_dot(i: u32, low: vec4<f32>, high: vec4<f32>) -> f32 {
    let words = quants[i];
    return (dot(codes(words.x), low) + dot(codes(words.y), high)) * scale(i);
}
