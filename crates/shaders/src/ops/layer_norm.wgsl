// y = norm(x), a workgroup a row. Used in front of a tiled product, where each
// row would otherwise be normalised by every tile.

const INVOCATIONS = 64u;

@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;

fn run(group: Workgroup, own: Invocation) {
    let t = group.id.x;
    let quads = 2u * params.octets;
    let start = source_row(t) * quads;
    let found = moments(group, own, start);
    for (var i = own.index; i < quads; i += INVOCATIONS) {
        y[t * quads + i] = normed_quad(start, i, found);
    }
}
