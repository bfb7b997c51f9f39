// What scoring needs of logits: the logarithm of the sum of their exponentials,
// a workgroup a row, and some of the logits as they are.

struct ScoreParams {
    // Logits of a row.
    vocab: u32,
    // Values of a row of logits.
    row_values: u32,
    // Where the picked logits begin among the scores, behind one sum a row.
    picked: u32,
    unused: u32,
}

struct Picks {
    count: u32,
    // A row of logits and a token's id.
    each: array<vec2<u32>>,
}

@group(0) @binding(0) var<uniform> params: ScoreParams;
@group(0) @binding(3) var<storage, read> logits: array<f32>;
@group(0) @binding(5) var<storage, read_write> scores: array<f32>;
@group(0) @binding(6) var<storage, read> picks: Picks;

var<workgroup> tops: array<f32, 256>;
var<workgroup> sums: array<f32, 256>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let row = group.x;
    let start = row * params.row_values;
    for (var i = index; i < picks.count; i += 256u) {
        let pick = picks.each[i];
        if (pick.x == row) {
            scores[params.picked + i] = logits[start + pick.y];
        }
    }
    var top = -1e30;
    for (var i = index; i < params.vocab; i += 256u) {
        top = max(top, logits[start + i]);
    }
    tops[index] = top;
    workgroupBarrier();
    for (var i = 0u; i < 256u; i++) {
        top = max(top, tops[i]);
    }
    var sum = 0.0;
    for (var i = index; i < params.vocab; i += 256u) {
        sum += exp(logits[start + i] - top);
    }
    sums[index] = sum;
    workgroupBarrier();
    if (index == 0u) {
        var all = 0.0;
        for (var i = 0u; i < 256u; i++) {
            all += sums[i];
        }
        scores[row] = top + log(all);
    }
}
