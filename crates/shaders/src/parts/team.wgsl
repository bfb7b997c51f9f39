// Matrix times vector: teams of 16 lanes, each of which makes four outputs.
// A lane reads every 16th octet of four rows, so that neighbours read
// neighbouring words.

const LANES = 16u;
// Outputs of a workgroup of 64 invocations.
const OUTPUTS = 16u;

var<workgroup> parts: array<vec4<f32>, 64>;

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

// Adds up what the lanes of each team have; the first lane of each finishes.
fn finish_team(token: u32, output: u32, index: u32, part: vec4<f32>) {
    parts[index] = part;
    workgroupBarrier();
    if (index % LANES != 0u || output >= params.outputs) {
        return;
    }
    var sum = vec4<f32>();
    for (var i = 0u; i < LANES; i++) {
        sum += parts[index + i];
    }
    finish(token, output / 4u, sum);
}
