// What every norm and every linear map is told, and what it reads.
//
// Rows of activations are padded with zeros to whole octets, as rows of
// weights are, so nothing is checked inside a dot product. Offsets into
// `vectors` and widths of rows count quads of four values.

struct LinearParams {
    // Octets of a row of x and of a row of weights.
    octets: u32,
    // Outputs: rows of the weights bound here.
    outputs: u32,
    // The quad of a row of y at which they begin.
    first: u32,
    // Quads of a row of y.
    y_quads: u32,
    // The bias, in `vectors`.
    bias: u32,
    // The norm's gain and its bias, in `vectors`.
    gain: u32,
    shift: u32,
    // Values of a row of x that are no padding.
    width: u32,
    // Under the root of the norm.
    eps: f32,
    // The quad of `kv` at which the values begin, behind the keys.
    values: u32,
    // Quads of a row of keys.
    kv_quads: u32,
    // Keeps the size a multiple of 16 bytes.
    unused: u32,
}

@group(0) @binding(0) var<uniform> params: LinearParams;
@group(0) @binding(3) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> vectors: array<vec4<f32>>;
