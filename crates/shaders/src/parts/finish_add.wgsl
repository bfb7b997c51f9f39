// y += product + bias.

@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;

fn finish(token: u32, quad: u32, product: vec4<f32>) {
    let at = token * params.y_quads + params.first + quad;
    y[at] += product + vectors[params.bias + quad];
}
