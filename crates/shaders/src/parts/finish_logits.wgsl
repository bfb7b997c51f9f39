// y = product: a head has no bias.

@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;

fn finish(token: u32, quad: u32, product: vec4<f32>) {
    y[token * params.y_quads + params.first + quad] = product;
}
