// Eight weights in Q8_0 as signed bytes.

fn octet_bytes(i: u32) -> vec2<u32> {
    return quants[i];
}
