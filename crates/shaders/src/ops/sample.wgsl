// Chooses the next token from a row of logits and moves the sequence on: one
// workgroup. Mask, repetition penalty, top-k, top-p, min-p, temperature, draw.

struct Sampler {
    // Counts the draws, for the generator.
    step: vec2<u32>,
    // How many tokens were chosen since the host looked.
    count: u32,
    unused: u32,
    ids: array<u32>,
}

@group(0) @binding(5) var<storage, read_write> state: Sampler;

var<workgroup> largest: atomic<u32>;
var<workgroup> best: atomic<u32>;
var<workgroup> winner: atomic<u32>;

// The logit of the most probable candidate.
fn most_probable(index: u32) -> f32 {
    for (var id = index; id < params.vocab; id += 256u) {
        atomicMax(&largest, candidate(id));
    }
    workgroupBarrier();
    if (index == 0u) {
        agreed = logit(atomicLoad(&largest));
    }
    return workgroupUniformLoad(&agreed);
}

// The largest `logit / temperature + noise` among what is kept, or the largest
// logit; the lowest id of equal ones.
fn draw(index: u32, kept: Kept, top: f32) {
    let random = params.temperature > 0.0;
    var own_score = 0u;
    var own_id = NONE;
    for (var block = index; block * 4u < params.vocab; block += 256u) {
        var words = vec4<u32>();
        if (random) {
            words = philox4x32(vec4<u32>(block, state.step, 0u), params.seed);
        }
        for (var i = 0u; i < 4u; i++) {
            let id = 4u * block + i;
            if (id >= params.vocab) {
                break;
            }
            let key = candidate(id);
            if (key == 0u || !is_kept(key, id, kept) || logit(key) < top + params.ln_min_p) {
                continue;
            }
            var score = key;
            if (random) {
                let noisy = (logit(key) - top) / params.temperature + gumbel(words[i]);
                score = ordered(bitcast<u32>(noisy));
            }
            if (score > own_score) {
                own_score = score;
                own_id = id;
            }
        }
    }
    atomicMax(&best, own_score);
    workgroupBarrier();
    if (own_score == atomicLoad(&best)) {
        atomicMin(&winner, own_id);
    }
    workgroupBarrier();
}

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) index: u32) {
    if (params.penalty != 1.0) {
        penalise(index);
        storageBarrier();
    }
    if (index == 0u) {
        atomicStore(&largest, 0u);
        atomicStore(&best, 0u);
        atomicStore(&winner, NONE);
    }
    workgroupBarrier();
    let top = most_probable(index);
    var kept = Kept(1u, NONE);
    if (params.temperature > 0.0 && params.top_k > 0u && params.top_k < params.vocab) {
        kept = keep_top_k(index, kept);
    }
    if (params.temperature > 0.0 && params.top_p < 1.0) {
        kept = keep_top_p(index, kept, top);
    }
    draw(index, kept, top);
    if (index == 0u) {
        let id = atomicLoad(&winner);
        state.ids[state.count] = id;
        state.count += 1u;
        state.step.x += 1u;
        state.step.y += select(0u, 1u, state.step.x == 0u);
        rows[0].id = id;
        rows[0].position += 1u;
        rows[0].slot += 1u;
        rows[0].prefix += 1u;
    }
}
