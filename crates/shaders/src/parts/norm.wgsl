// The layer norm of a row of x, by the invocations of a workgroup.

// The mean of the row that starts at quad `start`, and one over its standard
// deviation.
fn moments(group: Workgroup, own: Invocation, start: u32) -> vec2<f32> {
    let quads = params.width / 4u;
    var sum = 0.0;
    for (var i = own.index; i < quads; i += INVOCATIONS) {
        sum += dot(x[start + i], vec4<f32>(1.0));
    }
    let mean = sum_of_all(group, own, 0u, sum) / f32(params.width);

    var square = 0.0;
    for (var i = own.index; i < quads; i += INVOCATIONS) {
        let distance = x[start + i] - mean;
        square += dot(distance, distance);
    }
    let variance = sum_of_all(group, own, 1u, square) / f32(params.width);
    return vec2<f32>(mean, inverseSqrt(variance + params.eps));
}

// Quad `at` of the row, normalised. Padding has no gain and no bias, and so
// stays zero.
fn normed_quad(start: u32, at: u32, found: vec2<f32>) -> vec4<f32> {
    let centred = (x[start + at] - found.x) * found.y;
    return centred * vectors[params.gain + at] + vectors[params.shift + at];
}
