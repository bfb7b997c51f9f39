// Attention of one row and one head over the cached rows that it sees, in one
// pass: scores are made 64 at a time, and what was gathered before is shrunk
// whenever a larger score turns up (online softmax).

struct AttentionParams {
    // Quads of a head: D / 4, at most 64.
    quads: u32,
    // Quads of a row of keys: C / 4.
    kv_quads: u32,
    // The quad of `kv` at which the values begin.
    values: u32,
    // Quads of a row of queries and of results.
    row_quads: u32,
    // 1 / sqrt(D)
    scale: f32,
    unused0: u32,
    unused1: u32,
    unused2: u32,
}

@group(0) @binding(0) var<uniform> params: AttentionParams;
@group(0) @binding(3) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read> rows: array<Row>;

const INVOCATIONS = 64u;
// Below every score.
const LOWEST = -1e30;

var<workgroup> query: array<vec4<f32>, 64>;
var<workgroup> weights: array<f32, 64>;
var<workgroup> gathered: array<vec4<f32>, 64>;

// The cached row that is number `at` among those that the row sees.
fn seen_slot(row: Row, at: u32) -> u32 {
    if (at < row.prefix) {
        return at;
    }
    let behind = at - row.prefix;
    if (behind < row.stem_length) {
        return row.stem + behind;
    }
    return row.own + (behind - row.stem_length);
}

fn run(group: Workgroup, invocation: Invocation) {
    let index = invocation.index;
    let row = rows[group.id.y];
    let quads = params.quads;
    let head = group.id.x * quads;
    let own = group.id.y * params.row_quads + head;
    if (index < quads) {
        query[index] = x[own + index] * params.scale;
    }
    workgroupBarrier();

    // Each team gathers every `teams`th value, a quad an invocation.
    let teams = 64u / quads;
    let team = index / quads;
    let quad = head + index % quads;
    let seen = row.prefix + row.stem_length + row.own_length;
    var largest = LOWEST;
    var total = 0.0;
    var sum = vec4<f32>();
    for (var first = 0u; first < seen; first += 64u) {
        let count = min(seen - first, 64u);
        var score = LOWEST;
        if (index < count) {
            let key = seen_slot(row, first + index) * params.kv_quads + head;
            score = 0.0;
            for (var i = 0u; i < quads; i++) {
                score += dot(query[i], kept(key + i));
            }
        }
        let top = max(largest, largest_of_all(group, invocation, 0u, score));
        let weight = exp(score - top);
        let shrink = exp(largest - top);
        largest = top;
        weights[index] = weight;
        // Nobody is behind this before all weights are there.
        total = total * shrink + sum_of_all(group, invocation, 1u, weight);
        sum *= shrink;
        if (team < teams) {
            for (var i = team; i < count; i += teams) {
                let value = seen_slot(row, first + i) * params.kv_quads + quad;
                sum += weights[i] * kept(params.values + value);
            }
        }
    }

    gathered[index] = sum;
    workgroupBarrier();
    if (index < quads) {
        var all = vec4<f32>();
        for (var i = 0u; i < teams; i++) {
            all += gathered[i * quads + index];
        }
        y[own + index] = all / max(total, 1e-30);
    }
}
