// The tokens that may come next, as numbers whose order is theirs.
//
// Logits are handled as bits: WGSL need not know that there is NaN.

struct SampleParams {
    vocab: u32,
    // 1 where `mask` says which tokens are allowed.
    masked: u32,
    // 0 takes the most probable token.
    temperature: f32,
    // 0 keeps all.
    top_k: u32,
    // 1 keeps all.
    top_p: f32,
    // The logarithm of min-p; below every difference of logits to keep all.
    ln_min_p: f32,
    // 1 leaves recent tokens alone.
    penalty: f32,
    // How many of the latest tokens count as recent.
    window: u32,
    seed: vec2<u32>,
    unused: vec2<u32>,
}

@group(0) @binding(0) var<uniform> params: SampleParams;
@group(0) @binding(1) var<storage, read> mask: array<u32>;
@group(0) @binding(3) var<storage, read_write> logits: array<u32>;

// The largest finite number.
const LARGEST = 0x7f7fffffu;

// Larger for more probable tokens, 0 for one that cannot come next. An
// infinite logit counts as the largest finite one.
fn candidate(id: u32) -> u32 {
    if (params.masked == 1u && ((mask[id / 32u] >> (id % 32u)) & 1u) == 0u) {
        return 0u;
    }
    var bits = logits[id];
    if ((bits & 0x7fffffffu) > 0x7f800000u || bits == 0xff800000u) {
        return 0u;
    }
    bits = min(bits & 0x7fffffffu, LARGEST) | (bits & 0x80000000u);
    return ordered(bits);
}

// Bits of a number, so that they order as it does.
fn ordered(bits: u32) -> u32 {
    return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

// The logit that a candidate's number stands for.
fn logit(key: u32) -> f32 {
    return bitcast<f32>(select(~key, key & 0x7fffffffu, key >= 0x80000000u));
}
