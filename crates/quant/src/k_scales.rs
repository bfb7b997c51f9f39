//! The twelve bytes in which Q4_K and Q5_K keep eight 6-bit scales and eight
//! 6-bit minima.
//!
//! Bytes 0..4 hold scales 0..4, bytes 4..8 minima 0..4, each in the low six
//! bits. Bytes 8..12 hold the low nibbles of scales 4..8 (low) and minima 4..8
//! (high), whose upper two bits sit on top of bytes 0..4 and 4..8.

/// Bytes of the packed scales and minima.
pub const PACKED_BYTES: usize = 12;

/// The scales and the minima, each 0..=63.
#[must_use]
pub fn unpack(packed: &[u8; PACKED_BYTES]) -> ([u8; 8], [u8; 8]) {
    let mut scales = [0; 8];
    let mut minima = [0; 8];
    for j in 0..4 {
        scales[j] = packed[j] & 63;
        minima[j] = packed[j + 4] & 63;
        scales[j + 4] = (packed[j + 8] & 15) | ((packed[j] >> 6) << 4);
        minima[j + 4] = (packed[j + 8] >> 4) | ((packed[j + 4] >> 6) << 4);
    }
    (scales, minima)
}

/// The inverse of [`unpack`]; bits above the sixth are dropped.
#[must_use]
pub fn pack(scales: &[u8; 8], minima: &[u8; 8]) -> [u8; PACKED_BYTES] {
    let mut packed = [0; PACKED_BYTES];
    for j in 0..4 {
        let (scale, minimum) = (scales[j + 4] & 63, minima[j + 4] & 63);
        packed[j] = (scales[j] & 63) | ((scale >> 4) << 6);
        packed[j + 4] = (minima[j] & 63) | ((minimum >> 4) << 6);
        packed[j + 8] = (scale & 15) | ((minimum & 15) << 4);
    }
    packed
}
