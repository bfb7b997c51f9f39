// y += x times weights + bias, for few rows: every row of x reads all of the
// weights.

fn run(group: Workgroup, own: Invocation) {
    let token = group.id.y;
    let output = group.id.x * OUTPUTS;
    let start = 2u * token * params.octets;
    for (var round = 0u; round < rounds(group); round++) {
        let share = share_of(group, own, round);
        var sum = vec4<f32>();
        for (var i = share.first; i < params.octets; i += share.step) {
            let at = start + 2u * i;
            sum += four_dots(output + 4u * share.quad, i, x[at], x[at + 1u]);
        }
        hand_in(group, own, round, sum, false);
    }
    finish_team(token, output, group, own);
}
