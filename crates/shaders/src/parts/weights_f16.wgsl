// Weights in binary16, two in a word. Core WGSL unpacks them; the arithmetic
// is that of f32.

@group(0) @binding(1) var<storage, read> quants: array<vec4<u32>>;

fn octet(i: u32) -> Octet {
    let words = quants[i];
    return Octet(
        vec4<f32>(unpack2x16float(words.x), unpack2x16float(words.y)),
        vec4<f32>(unpack2x16float(words.z), unpack2x16float(words.w)),
    );
}

fn octet_dot(i: u32, low: vec4<f32>, high: vec4<f32>) -> f32 {
    let weights = octet(i);
    return dot(weights.low, low) + dot(weights.high, high);
}
