// y = tokens[id] + positions[position], a workgroup a row of the pass.
//
// A table that is too large for one binding comes in parts; a dispatch writes
// the rows whose token is in its part.

struct EmbedParams {
    // Octets of a row.
    octets: u32,
    // The tokens of this part: the first, and how many.
    first: u32,
    tokens: u32,
    unused: u32,
}

@group(0) @binding(0) var<uniform> params: EmbedParams;
@group(0) @binding(3) var<storage, read> positions: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> history: array<u32>;
@group(0) @binding(7) var<storage, read> rows: array<Row>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let t = group.x;
    let row = rows[t];
    if (row.id < params.first || row.id - params.first >= params.tokens) {
        return;
    }
    let token = (row.id - params.first) * params.octets;
    let position = row.position * params.octets;
    for (var i = index; i < params.octets; i += 64u) {
        let weights = octet(token + i);
        let at = 2u * (t * params.octets + i);
        let place = 2u * (position + i);
        y[at] = weights.low + positions[place];
        y[at + 1u] = weights.high + positions[place + 1u];
    }
    if (index == 0u) {
        history[row.slot] = row.id;
    }
}
