// Weights in binary32.

@group(0) @binding(1) var<storage, read> quants: array<vec4<f32>>;

fn octet(i: u32) -> Octet {
    return Octet(quants[2u * i], quants[2u * i + 1u]);
}

fn octet_dot(i: u32, low: vec4<f32>, high: vec4<f32>) -> f32 {
    return dot(quants[2u * i], low) + dot(quants[2u * i + 1u], high);
}
