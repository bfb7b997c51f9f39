// y += x times weights + bias, for few rows: every row of x reads all of the
// weights. A workgroup makes 16 outputs of one row.

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let token = group.y;
    let output = group.x * OUTPUTS + index / LANES * 4u;
    let start = 2u * token * params.octets;
    var sum = vec4<f32>();
    for (var i = index % LANES; i < params.octets; i += LANES) {
        let at = start + 2u * i;
        sum += four_dots(output, i, x[at], x[at + 1u]);
    }
    finish_team(token, output, index, sum);
}
