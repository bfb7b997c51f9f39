// finish(norm(x) times weights), for few rows: every row of x reads all of the
// weights.
//
// Each workgroup normalises its row again: that is a few hundred additions,
// and one dispatch less.

// Quads of a row that are normalised at a time: 8 KiB.
const TILE = 512u;

var<workgroup> normed: array<vec4<f32>, 512>;

fn run(group: Workgroup, own: Invocation) {
    let token = group.id.y;
    let output = group.id.x * OUTPUTS;
    let quads = 2u * params.octets;
    let start = source_row(token) * quads;
    let found = moments(group, own, start);

    for (var tile = 0u; tile < quads; tile += TILE) {
        let end = min(quads - tile, TILE);
        if (tile > 0u) {
            workgroupBarrier();
        }
        for (var i = own.index; i < end; i += INVOCATIONS) {
            normed[i] = normed_quad(start, tile + i, found);
        }
        workgroupBarrier();
        for (var round = 0u; round < rounds(group); round++) {
            let share = share_of(group, own, round);
            let four = output + 4u * share.quad;
            var sum = vec4<f32>();
            for (var i = 2u * share.first; i < end; i += 2u * share.step) {
                sum += four_dots(four, (tile + i) / 2u, normed[i], normed[i + 1u]);
            }
            hand_in(group, own, round, sum, tile > 0u);
        }
    }
    finish_team(token, output, group, own);
}
