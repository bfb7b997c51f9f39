// The layer norm of a row of x, by the 64 invocations of a workgroup.

var<workgroup> sums: array<f32, 64>;
var<workgroup> squares: array<f32, 64>;

// The mean of the row that starts at quad `start`, and one over its standard
// deviation. Every invocation adds up the 64 parts itself: that costs fewer
// barriers than a tree.
fn moments(index: u32, start: u32) -> vec2<f32> {
    let quads = params.width / 4u;
    var sum = 0.0;
    for (var i = index; i < quads; i += 64u) {
        sum += dot(x[start + i], vec4<f32>(1.0));
    }
    sums[index] = sum;
    workgroupBarrier();
    var mean = 0.0;
    for (var i = 0u; i < 64u; i++) {
        mean += sums[i];
    }
    mean /= f32(params.width);

    var square = 0.0;
    for (var i = index; i < quads; i += 64u) {
        let distance = x[start + i] - mean;
        square += dot(distance, distance);
    }
    squares[index] = square;
    workgroupBarrier();
    var variance = 0.0;
    for (var i = 0u; i < 64u; i++) {
        variance += squares[i];
    }
    variance /= f32(params.width);
    return vec2<f32>(mean, inverseSqrt(variance + params.eps));
}

// Quad `at` of the row, normalised. Padding has no gain and no bias, and so
// stays zero.
fn normed_quad(start: u32, at: u32, found: vec2<f32>) -> vec4<f32> {
    let centred = (x[start + at] - found.x) * found.y;
    return centred * vectors[params.gain + at] + vectors[params.shift + at];
}
