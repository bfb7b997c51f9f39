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

const INVOCATIONS = 256u;

fn run(group: Workgroup, own: Invocation) {
    let row = group.id.x;
    let start = row * params.row_values;
    for (var i = own.index; i < picks.count; i += INVOCATIONS) {
        let pick = picks.each[i];
        if (pick.x == row) {
            scores[params.picked + i] = logits[start + pick.y];
        }
    }
    var top = -1e30;
    for (var i = own.index; i < params.vocab; i += INVOCATIONS) {
        top = max(top, logits[start + i]);
    }
    top = largest_of_all(group, own, 0u, top);
    var sum = 0.0;
    for (var i = own.index; i < params.vocab; i += INVOCATIONS) {
        sum += exp(logits[start + i] - top);
    }
    let all = sum_of_all(group, own, 1u, sum);
    if (own.index == 0u) {
        scores[row] = top + log(all);
    }
}
