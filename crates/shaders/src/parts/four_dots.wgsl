// Matrix times vector, for few rows: a workgroup makes 16 outputs of one row.

const INVOCATIONS = 64u;
// Outputs of a workgroup, and quads of them.
const OUTPUTS = 16u;
const QUADS = 4u;

// What an invocation multiplies in one round.
struct Share {
    // Which four of the workgroup's outputs,
    quad: u32,
    // from which octet on,
    first: u32,
    // and how far it is to the next.
    step: u32,
}

// Octet `at` of four rows of weights, times the same octet of a vector. Rows
// beyond the last are read as the last; nobody uses what comes of them.
fn four_dots(output: u32, at: u32, low: vec4<f32>, high: vec4<f32>) -> vec4<f32> {
    let last = params.outputs - 1u;
    let rows = min(vec4<u32>(output) + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(last));
    let first = rows * params.octets + at;
    return vec4<f32>(
        octet_dot(first.x, low, high),
        octet_dot(first.y, low, high),
        octet_dot(first.z, low, high),
        octet_dot(first.w, low, high),
    );
}
