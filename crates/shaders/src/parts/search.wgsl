// Finds where the candidates end that top-k and top-p keep: a radix search
// over 8 bits at a time, with one pass over the logits each.

// What is still kept: candidates above `least`, and of those equal to it the
// ones with an id up to `last`.
struct Kept {
    least: u32,
    last: u32,
}

struct Found {
    // The number searched for,
    key: u32,
    // what it must bring in,
    rest: u32,
    // and what all with this number bring in.
    bin: u32,
}

// What a candidate brings in.
const COUNT = 0u;
// Its probability, times 2^31. Whole numbers add up alike in any order.
const WEIGHT = 1u;
// One for those equal to `least`, which are searched by descending id.
const TIES = 2u;

var<workgroup> bins: array<atomic<u32>, 256>;
var<workgroup> groups: array<atomic<u32>, 16>;
var<workgroup> found: Found;

fn is_kept(key: u32, id: u32, kept: Kept) -> bool {
    return key > kept.least || (key == kept.least && id <= kept.last);
}

fn weight(key: u32, top: f32, unit: f32) -> u32 {
    return u32(exp(logit(key) - top) * unit);
}

// The largest number for which all kept candidates from it on bring in
// `goal`, or the smallest there is.
fn search(index: u32, mode: u32, kept: Kept, goal: u32, top: f32, unit: f32) -> Found {
    var known = Found(0u, goal, 0u);
    for (var shift = 32u; shift > 0u; shift -= 8u) {
        atomicStore(&bins[index], 0u);
        if (index < 16u) {
            atomicStore(&groups[index], 0u);
        }
        workgroupBarrier();
        for (var id = index; id < params.vocab; id += 256u) {
            let key = candidate(id);
            let number = select(key, ~id, mode == TIES);
            // In two shifts: one by 32 is none.
            let same = (number >> (shift - 1u)) >> 1u == (known.key >> (shift - 1u)) >> 1u;
            if (key > 0u && same && is_kept(key, id, kept) && (mode != TIES || key == kept.least)) {
                let digit = (number >> (shift - 8u)) & 255u;
                atomicAdd(&bins[digit], select(1u, weight(key, top, unit), mode == WEIGHT));
            }
        }
        workgroupBarrier();
        let own = atomicLoad(&bins[index]);
        atomicAdd(&groups[index / 16u], own);
        workgroupBarrier();
        var above = 0u;
        var all = 0u;
        for (var i = 0u; i < 16u; i++) {
            let bin = atomicLoad(&groups[i]);
            all += bin;
            above += select(0u, bin, i > index / 16u);
        }
        for (var i = index + 1u; i % 16u != 0u; i++) {
            above += atomicLoad(&bins[i]);
        }
        let rest = min(known.rest, all);
        if (above < rest && rest - above <= own) {
            found = Found(known.key | (index << (shift - 8u)), rest - above, own);
        }
        known = workgroupUniformLoad(&found);
    }
    return known;
}
