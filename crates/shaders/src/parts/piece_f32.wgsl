// What tiles are kept as, and their products made in.

alias Piece = vec4<f32>;
