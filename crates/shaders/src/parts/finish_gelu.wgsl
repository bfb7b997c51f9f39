// y = gelu(product + bias), in the tanh form, as x / (1 + exp(-2u)).

@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;

fn finish(token: u32, quad: u32, product: vec4<f32>) {
    let v = product + vectors[params.bias + quad];
    let twice_u = 1.595769 * (v + 0.044715 * (v * v) * v);
    // The bound keeps the exponential finite where the result is zero anyway.
    let gelu = v / (1.0 + exp(min(-twice_u, vec4<f32>(80.0))));
    y[token * params.y_quads + params.first + quad] = gelu;
}
