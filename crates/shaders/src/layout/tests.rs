use std::mem::{offset_of, size_of};

use super::*;

type Member = (&'static str, usize);

/// What naga makes of every struct: name, bytes, members and their offsets.
const WGSL: &[(&str, usize, &[Member])] = include!(concat!(env!("OUT_DIR"), "/layouts.rs"));

fn wgsl(name: &str) -> (usize, &'static [Member]) {
    let (_, bytes, members) = WGSL.iter().find(|(n, ..)| *n == name).unwrap();
    (*bytes, members)
}

macro_rules! same_layout {
    ($ty:ident: $($member:ident),+) => {
        let found = (size_of::<$ty>(), [$((stringify!($member), offset_of!($ty, $member))),+]);
        let (bytes, members) = wgsl(stringify!($ty));
        assert_eq!((found.0, found.1.as_slice()), (bytes, members), stringify!($ty));
    };
}

#[test]
fn structs_lie_as_in_wgsl() {
    same_layout!(LinearParams: octets, outputs, first, y_quads, bias, gain, shift, width, eps,
        values, kv_quads, unused);
    same_layout!(Batch: rows, unused0, unused);
    same_layout!(Row: id, position, slot, prefix, stem, stem_length, own, own_length);
    same_layout!(EmbedParams: octets, first, tokens, unused);
    same_layout!(AttentionParams: quads, kv_quads, values, row_quads, scale, unused0, unused1,
        unused2);
    same_layout!(SampleParams: vocab, masked, temperature, top_k, top_p, ln_min_p, penalty,
        window, seed, unused);
    same_layout!(ScoreParams: vocab, row_values, picked, unused);
}

#[test]
fn headers_stand_before_open_arrays() {
    let (_, sampler) = wgsl("Sampler");
    assert_eq!(
        sampler,
        [
            ("step", offset_of!(SamplerHeader, step)),
            ("count", offset_of!(SamplerHeader, count)),
            ("unused", offset_of!(SamplerHeader, unused)),
            ("ids", size_of::<SamplerHeader>()),
        ]
    );
    let (_, picks) = wgsl("Picks");
    assert_eq!(
        picks,
        [
            ("count", offset_of!(PicksHeader, count)),
            ("each", size_of::<PicksHeader>()),
        ]
    );
}
