// Where an operation begins, and sums and maxima over its workgroup: over
// subgroups first, then over what these have, through workgroup memory.
//
// Subgroups may have any size and need not be full, and nothing is known about
// which invocation is in which.

// What is the same for all invocations of a workgroup, apart from what is not:
// by that a browser knows that they all go through the same loops.
struct Workgroup {
    id: vec3<u32>,
    // How many subgroups there are.
    subgroups: u32,
}

struct Invocation {
    index: u32,
    // The number of its subgroup.
    subgroup: u32,
    // Its number among the invocations of its subgroup, and how many these are.
    lane: u32,
    lanes: u32,
}

@compute @workgroup_size(INVOCATIONS)
fn main(
    @builtin(workgroup_id) id: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
    @builtin(subgroup_id) subgroup: u32,
    @builtin(num_subgroups) subgroups: u32,
) {
    let lane = subgroupExclusiveAdd(1u);
    let lanes = subgroupAdd(1u);
    run(Workgroup(id, subgroups), Invocation(index, subgroup, lane, lanes));
}

// Reductions take the two places in turns: then one is read by all before it
// is written again, without a barrier more.
var<workgroup> numbers: array<array<f32, INVOCATIONS>, 2>;

fn sum_of_all(group: Workgroup, own: Invocation, place: u32, number: f32) -> f32 {
    let part = subgroupAdd(number);
    if (own.lane == 0u) {
        numbers[place][own.subgroup] = part;
    }
    workgroupBarrier();
    var sum = 0.0;
    for (var i = 0u; i < group.subgroups; i++) {
        sum += numbers[place][i];
    }
    return sum;
}

fn largest_of_all(group: Workgroup, own: Invocation, place: u32, number: f32) -> f32 {
    let part = subgroupMax(number);
    if (own.lane == 0u) {
        numbers[place][own.subgroup] = part;
    }
    workgroupBarrier();
    var largest = part;
    for (var i = 0u; i < group.subgroups; i++) {
        largest = max(largest, numbers[place][i]);
    }
    return largest;
}
