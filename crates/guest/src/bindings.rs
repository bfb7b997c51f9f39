//! The interfaces of `wit/world.wit`, generated.
#![allow(
    unsafe_code,
    missing_docs,
    unreachable_pub,
    clippy::undocumented_unsafe_blocks,
    clippy::allow_attributes_without_reason,
    reason = "generated: calls across the component boundary are unsafe by nature"
)]

use crate::component::Component;

wit_bindgen::generate!({ world: "session", path: "wit" });

export!(Component with_types_in self);
