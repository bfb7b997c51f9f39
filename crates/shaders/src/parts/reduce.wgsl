// Where an operation begins, and sums and maxima over its workgroup: through
// workgroup memory, as every device can. Every invocation goes through all
// numbers itself: that costs fewer barriers than a tree.

// What is the same for all invocations of a workgroup, apart from what is not:
// by that a browser knows that they all go through the same loops.
struct Workgroup {
    id: vec3<u32>,
}

struct Invocation {
    index: u32,
}

@compute @workgroup_size(INVOCATIONS)
fn main(
    @builtin(workgroup_id) id: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    run(Workgroup(id), Invocation(index));
}

// Reductions take the two places in turns: then one is read by all before it
// is written again, without a barrier more.
var<workgroup> numbers: array<array<f32, INVOCATIONS>, 2>;

fn sum_of_all(group: Workgroup, own: Invocation, place: u32, number: f32) -> f32 {
    numbers[place][own.index] = number;
    workgroupBarrier();
    var sum = 0.0;
    for (var i = 0u; i < INVOCATIONS; i++) {
        sum += numbers[place][i];
    }
    return sum;
}

fn largest_of_all(group: Workgroup, own: Invocation, place: u32, number: f32) -> f32 {
    numbers[place][own.index] = number;
    workgroupBarrier();
    var largest = number;
    for (var i = 0u; i < INVOCATIONS; i++) {
        largest = max(largest, numbers[place][i]);
    }
    return largest;
}
