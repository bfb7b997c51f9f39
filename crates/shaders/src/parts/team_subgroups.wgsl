// Matrix times vector: a subgroup makes four outputs a round. Where there are
// more subgroups than quads of outputs, several share a quad's octets; where
// there are fewer, they take the quads in turns.

// How many quads are made at the same time.
fn team_count(group: Workgroup) -> u32 {
    return min(group.subgroups, QUADS);
}

// In how many rounds the outputs are made.
fn rounds(group: Workgroup) -> u32 {
    return (QUADS + team_count(group) - 1u) / team_count(group);
}

fn share_of(group: Workgroup, own: Invocation, round: u32) -> Share {
    let teams = team_count(group);
    let team = own.subgroup % teams;
    // The subgroups of this team, and the number of this one among them.
    let count = (group.subgroups - team + teams - 1u) / teams;
    let number = own.subgroup / teams;
    return Share(round * teams + team, number + own.lane * count, own.lanes * count);
}

// One a subgroup and round: where there are several rounds, there are no more
// subgroups than quads.
var<workgroup> products: array<vec4<f32>, INVOCATIONS>;

// Keeps what a subgroup has of its share, or adds it to what it had.
fn hand_in(
    group: Workgroup,
    own: Invocation,
    round: u32,
    product: vec4<f32>,
    add: bool,
) {
    var sum = subgroupAdd(product);
    if (own.lane == 0u) {
        let at = round * group.subgroups + own.subgroup;
        if (add) {
            sum += products[at];
        }
        products[at] = sum;
    }
}

// Adds up what was handed in; one invocation a quad of outputs finishes.
fn finish_team(token: u32, output: u32, group: Workgroup, own: Invocation) {
    workgroupBarrier();
    let at = output + own.index * 4u;
    if (own.index >= QUADS || at >= params.outputs) {
        return;
    }
    let teams = team_count(group);
    let first = own.index / teams * group.subgroups;
    var sum = vec4<f32>();
    for (var i = own.index % teams; i < group.subgroups; i += teams) {
        sum += products[first + i];
    }
    finish(token, at / 4u, sum);
}
