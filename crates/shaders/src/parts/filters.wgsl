// Top-k and top-p.

const NONE = 0xffffffffu;

var<workgroup> totals: array<f32, 256>;
// A number that all invocations go on with.
var<workgroup> agreed: f32;

// The probability of everything that is kept, relative to the most probable.
fn total(index: u32, kept: Kept, top: f32) -> f32 {
    var sum = 0.0;
    for (var id = index; id < params.vocab; id += 256u) {
        let key = candidate(id);
        if (key > 0u && is_kept(key, id, kept)) {
            sum += exp(logit(key) - top);
        }
    }
    totals[index] = sum;
    workgroupBarrier();
    if (index == 0u) {
        var all = 0.0;
        for (var i = 0u; i < 256u; i++) {
            all += totals[i];
        }
        agreed = all;
    }
    return workgroupUniformLoad(&agreed);
}

// All above `key`, and `count` of those equal to it, the ones with the lowest
// ids; there are `ties`.
fn keep_ties(index: u32, kept: Kept, key: u32, count: u32, ties: u32) -> Kept {
    let equal = Kept(key, select(NONE, kept.last, key == kept.least));
    if (ties <= count) {
        return equal;
    }
    return Kept(key, ~search(index, TIES, equal, count, 0.0, 0.0).key);
}

fn keep_top_k(index: u32, kept: Kept) -> Kept {
    let k = search(index, COUNT, kept, params.top_k, 0.0, 0.0);
    return keep_ties(index, kept, k.key, k.rest, k.bin);
}

fn keep_top_p(index: u32, kept: Kept, top: f32) -> Kept {
    let unit = 2147483648.0 / total(index, kept, top);
    let goal = max(u32(params.top_p * 2147483648.0), 1u);
    let p = search(index, WEIGHT, kept, goal, top, unit);
    let each = max(weight(p.key, top, unit), 1u);
    return keep_ties(index, kept, p.key, (p.rest + each - 1u) / each, p.bin / each);
}
