// Matrix times vector: four teams of 16 invocations, each of which makes four
// outputs. An invocation reads every 16th octet of four rows, so that
// neighbours read neighbouring words.

const TEAM = 16u;

// In how many rounds the outputs are made.
fn rounds(group: Workgroup) -> u32 {
    return 1u;
}

fn share_of(group: Workgroup, own: Invocation, round: u32) -> Share {
    return Share(own.index / TEAM, own.index % TEAM, TEAM);
}

var<workgroup> products: array<vec4<f32>, INVOCATIONS>;

// Keeps what an invocation has of its share, or adds it to what it had.
fn hand_in(
    group: Workgroup,
    own: Invocation,
    round: u32,
    product: vec4<f32>,
    add: bool,
) {
    var sum = product;
    if (add) {
        sum += products[own.index];
    }
    products[own.index] = sum;
}

// Adds up what was handed in; one invocation a quad of outputs finishes.
fn finish_team(token: u32, output: u32, group: Workgroup, own: Invocation) {
    workgroupBarrier();
    let at = output + own.index / TEAM * 4u;
    if (own.index % TEAM != 0u || at >= params.outputs) {
        return;
    }
    var sum = vec4<f32>();
    for (var i = 0u; i < TEAM; i++) {
        sum += products[own.index + i];
    }
    finish(token, at / 4u, sum);
}
