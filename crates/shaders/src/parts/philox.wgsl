// Philox4x32-10: four random words for a counter under a key. WGSL has no
// product of 64 bits, so the upper half is put together from 16-bit parts.

fn upper_product(a: u32, b: u32) -> u32 {
    let low = (a & 0xffffu) * (b & 0xffffu);
    let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
    let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
    return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u);
}

fn philox4x32(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
    var c = counter;
    var k = key;
    for (var round = 0u; round < 10u; round++) {
        let high0 = upper_product(0xD2511F53u, c.x);
        let high1 = upper_product(0xCD9E8D57u, c.z);
        c = vec4<u32>(
            high1 ^ c.y ^ k.x,
            0xCD9E8D57u * c.z,
            high0 ^ c.w ^ k.y,
            0xD2511F53u * c.x,
        );
        k += vec2<u32>(0x9E3779B9u, 0xBB67AE85u);
    }
    return c;
}
