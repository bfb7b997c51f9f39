// Queries go to y; keys and values go where the cache keeps them.

@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read> rows: array<Row>;

fn finish(token: u32, quad: u32, product: vec4<f32>) {
    let all = product + vectors[params.bias + quad];
    let output = params.first + quad;
    let part = output / params.kv_quads;
    let at = output % params.kv_quads;
    if (part == 0u) {
        y[token * params.y_quads + at] = all;
    } else {
        let plane = (part - 1u) * params.values;
        keep(plane + rows[token].slot * params.kv_quads + at, all);
    }
}
