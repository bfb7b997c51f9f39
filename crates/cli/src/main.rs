//! The `senselm` program.

fn main() {}
