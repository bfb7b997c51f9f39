// What tiles are kept as, and their products made in: four products and their
// sum in binary16, half the workgroup's memory. The host sees to it that no sum
// of four can overflow.

alias Piece = vec4<f16>;
