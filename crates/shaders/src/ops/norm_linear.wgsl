// finish(norm(x) times weights), for few rows: every row of x reads all of the
// weights. A workgroup makes 16 outputs of one row.
//
// Each workgroup normalises its row again: that is a few hundred additions,
// and one dispatch less.

// Quads of a row that are normalised at a time: 8 KiB.
const TILE = 512u;

var<workgroup> normed: array<vec4<f32>, 512>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let token = group.y;
    let output = group.x * OUTPUTS + index / LANES * 4u;
    let quads = 2u * params.octets;
    let start = source_row(token) * quads;
    let found = moments(index, start);

    var sum = vec4<f32>();
    for (var tile = 0u; tile < quads; tile += TILE) {
        let end = min(quads - tile, TILE);
        if (tile > 0u) {
            workgroupBarrier();
        }
        for (var i = index; i < end; i += 64u) {
            normed[i] = normed_quad(start, tile + i, found);
        }
        workgroupBarrier();
        for (var i = 2u * (index % LANES); i < end; i += 2u * LANES) {
            sum += four_dots(output, (tile + i) / 2u, normed[i], normed[i + 1u]);
        }
    }
    finish_team(token, output, index, sum);
}
