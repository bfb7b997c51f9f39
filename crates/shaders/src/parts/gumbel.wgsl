// Gumbel noise. WGSL's own log may be off by 5e-7 near 1, where the large
// noises that decide a draw come from; this one is good to its last digits.

// The natural logarithm of a positive, normal number.
fn ln(v: f32) -> f32 {
    let bits = bitcast<u32>(v);
    var exponent = i32(bits >> 23u) - 126;
    // In 0.5 to 1, then in sqrt(0.5) to sqrt(2).
    var fraction = bitcast<f32>((bits & 0x007fffffu) | 0x3f000000u);
    if (fraction < 0.70710678) {
        exponent -= 1;
        fraction += fraction;
    }
    let r = fraction - 1.0;
    let square = r * r;
    var p = 7.0376836e-2;
    p = p * r - 1.1514610e-1;
    p = p * r + 1.1676999e-1;
    p = p * r - 1.2420141e-1;
    p = p * r + 1.4249323e-1;
    p = p * r - 1.6668057e-1;
    p = p * r + 2.0000715e-1;
    p = p * r - 2.4999994e-1;
    p = p * r + 3.3333331e-1;
    let e = f32(exponent);
    let tail = p * square * r - 2.1219444e-4 * e - 0.5 * square;
    return (r + tail) + 0.69335938 * e;
}

// -ln(-ln(u)) for a number u strictly between 0 and 1 made from 23 bits.
fn gumbel(word: u32) -> f32 {
    // 2^-23, a product and not a quotient: that is exact.
    let unit = (f32(word >> 9u) + 0.5) * 1.1920928955078125e-7;
    return -ln(-ln(unit));
}
