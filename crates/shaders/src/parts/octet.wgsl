// Eight weights that stand side by side in a row: what a matrix is read in.

struct Octet {
    low: vec4<f32>,
    high: vec4<f32>,
}
