// Where an operation begins, and sums and maxima over its workgroup: over
// subgroups first, then over what these have, through workgroup memory.
//
// Subgroups may have any size and need not be full, and nothing is known about
// which invocation is in which.

struct Invocation {
    index: u32,
    // The number of its subgroup, and how many there are.
    subgroup: u32,
    subgroups: u32,
    // Its number among the invocations of its subgroup, and how many these are.
    lane: u32,
    lanes: u32,
}

@compute @workgroup_size(INVOCATIONS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
    @builtin(subgroup_id) subgroup: u32,
    @builtin(num_subgroups) subgroups: u32,
) {
    let lane = subgroupExclusiveAdd(1u);
    let lanes = subgroupAdd(1u);
    run(group, Invocation(index, subgroup, subgroups, lane, lanes));
}

// Reductions take the two places in turns: then one is read by all before it
// is written again, without a barrier more.
var<workgroup> numbers: array<array<f32, INVOCATIONS>, 2>;

fn sum_of_all(own: Invocation, place: u32, number: f32) -> f32 {
    let part = subgroupAdd(number);
    if (own.lane == 0u) {
        numbers[place][own.subgroup] = part;
    }
    workgroupBarrier();
    var sum = 0.0;
    for (var i = 0u; i < own.subgroups; i++) {
        sum += numbers[place][i];
    }
    return sum;
}

fn largest_of_all(own: Invocation, place: u32, number: f32) -> f32 {
    let part = subgroupMax(number);
    if (own.lane == 0u) {
        numbers[place][own.subgroup] = part;
    }
    workgroupBarrier();
    var largest = part;
    for (var i = 0u; i < own.subgroups; i++) {
        largest = max(largest, numbers[place][i]);
    }
    return largest;
}
