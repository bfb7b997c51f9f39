//! What recipes of tests have in common.

/// A recipe whose windows are one number `x` from 0 to 1, written as one of ten
/// levels: what stands before that front end, and what behind it.
#[macro_export]
macro_rules! recipe_of_levels {
    ($before:literal, $behind:literal) => {
        concat!(
            $before,
            r#"[front_end]
template = "level {x} is"
layout = { kind = "rows" }
[[front_end.channels]]
name = "x"
source = "x"
scale = { kind = "global", min = 0.0, max = 1.0 }
encode = { kind = "levels", count = 10, alphabet = "0123456789" }
"#,
            $behind
        )
    };
}
