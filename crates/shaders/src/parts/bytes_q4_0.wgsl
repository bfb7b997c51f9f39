// Eight weights in Q4_0 as signed bytes.

// Four nibbles, less 8 each: adding 0x78 makes the uppermost bit that of the
// sign, the wrong way round.
fn four_bytes(word: u32) -> u32 {
    let spread = (word & 0xfu) | ((word & 0xf0u) << 4u) | ((word & 0xf00u) << 8u)
        | ((word & 0xf000u) << 12u);
    return (spread + 0x78787878u) ^ 0x80808080u;
}

fn octet_bytes(i: u32) -> vec2<u32> {
    let word = quants[i];
    return vec2<u32>(four_bytes(word), four_bytes(word >> 16u));
}
