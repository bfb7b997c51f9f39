// y = norm(x), a workgroup a row. Used in front of a tiled product, where each
// row would otherwise be normalised by every tile.

@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let t = group.x;
    let quads = 2u * params.octets;
    let start = source_row(t) * quads;
    let found = moments(index, start);
    for (var i = index; i < quads; i += 64u) {
        y[t * quads + i] = normed_quad(start, i, found);
    }
}
