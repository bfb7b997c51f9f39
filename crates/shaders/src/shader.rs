//! What a shader is and binds.

use crate::{Slot, WeightType};

/// A validated shader.
#[derive(Clone, Copy, Debug)]
pub struct Shader {
    /// The operation and its variant, such as `linear_add_q8_0`.
    pub name: &'static str,
    /// WGSL.
    pub source: &'static str,
    /// The entry point's name.
    pub entry: &'static str,
    /// Invocations of a workgroup.
    pub workgroup: [u32; 3],
    /// Bytes of workgroup memory.
    pub workgroup_bytes: u32,
    /// The buffers that it uses, by group and binding.
    pub bindings: &'static [Binding],
    /// Names of the constants that a pipeline may override.
    pub overrides: &'static [&'static str],
    /// What it needs beyond core WGSL.
    pub features: Features,
}

/// A buffer that a shader uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// What it is for.
    pub slot: Slot,
    /// The bind group.
    pub group: u32,
    /// Its place in there.
    pub binding: u32,
    /// What is done with it.
    pub access: Access,
    /// The fewest bytes it may have; those of one element for an open array.
    pub min_bytes: u64,
}

/// What a shader does with a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads a uniform.
    Uniform,
    /// Reads.
    Read,
    /// Reads and writes.
    ReadWrite,
}

/// Optional features of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// Arithmetic in binary16.
    pub shader_f16: bool,
    /// Sums over a subgroup.
    pub subgroups: bool,
    /// Dot products of four bytes at once.
    pub packed_dot: bool,
}

impl Features {
    /// Core WGSL.
    pub const NONE: Self = Self {
        shader_f16: false,
        subgroups: false,
        packed_dot: false,
    };
    /// Everything that a shader here can make use of.
    pub const ALL: Self = Self {
        shader_f16: true,
        subgroups: true,
        packed_dot: true,
    };
    /// Those that change nothing but the order of sums.
    pub const EXACT: Self = Self {
        shader_f16: false,
        subgroups: true,
        packed_dot: false,
    };

    /// Whether all of `needed` are here.
    #[must_use]
    pub const fn contains(self, needed: Self) -> bool {
        (self.shader_f16 || !needed.shader_f16)
            && (self.subgroups || !needed.subgroups)
            && (self.packed_dot || !needed.packed_dot)
    }

    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            shader_f16: self.shader_f16 && other.shader_f16,
            subgroups: self.subgroups && other.subgroups,
            packed_dot: self.packed_dot && other.packed_dot,
        }
    }
}

/// What keys and values are kept as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CacheType {
    /// 4 bytes each, as computed.
    #[default]
    F32,
    /// 2 bytes each, rounded to binary16.
    F16,
}

impl CacheType {
    /// Both.
    pub const ALL: [Self; 2] = [Self::F32, Self::F16];

    /// Bytes of a key or a value.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 => 2,
        }
    }
}

/// A shader for each type of weights.
#[derive(Debug)]
pub struct ByWeights(pub(crate) [Shader; 4]);

impl ByWeights {
    /// The one for weights of this type.
    #[must_use]
    pub const fn of(&self, weights: WeightType) -> &Shader {
        &self.0[weights as usize]
    }
}

/// A shader for each type of weights that are bytes or less.
#[derive(Debug)]
pub struct ByQuants(pub(crate) [Shader; 2]);

impl ByQuants {
    /// The one for weights of this type, if these are bytes or less.
    #[must_use]
    pub fn of(&self, weights: WeightType) -> Option<&Shader> {
        self.0.get(weights as usize)
    }
}

/// A shader for each of these types of weights and each of keys and values.
#[derive(Debug)]
pub struct ByQuantsAndCache(pub(crate) [[Shader; 2]; 2]);

impl ByQuantsAndCache {
    /// The one for these types, if weights of the first are bytes or less.
    #[must_use]
    pub fn of(&self, weights: WeightType, cache: CacheType) -> Option<&Shader> {
        self.0.get(weights as usize)?.get(cache as usize)
    }
}

/// A shader for each type of keys and values.
#[derive(Debug)]
pub struct ByCache(pub(crate) [Shader; 2]);

impl ByCache {
    /// The one for keys and values of this type.
    #[must_use]
    pub const fn of(&self, cache: CacheType) -> &Shader {
        &self.0[cache as usize]
    }
}

/// A shader for each type of weights and each of keys and values.
#[derive(Debug)]
pub struct ByWeightsAndCache(pub(crate) [[Shader; 2]; 4]);

impl ByWeightsAndCache {
    /// The one for these types.
    #[must_use]
    pub const fn of(&self, weights: WeightType, cache: CacheType) -> &Shader {
        &self.0[weights as usize][cache as usize]
    }
}

/// Shaders that do the same with different optional features.
#[derive(Debug)]
pub struct ByFeatures<T: 'static> {
    pub(crate) core: T,
    /// The best ones first.
    pub(crate) others: &'static [(Features, T)],
}

impl<T> ByFeatures<T> {
    /// The best ones that need nothing beyond `features`.
    #[must_use]
    pub fn on(&self, features: Features) -> &T {
        let mut others = self.others.iter();
        let found = others.find(|(needed, _)| features.contains(*needed));
        found.map_or(&self.core, |(_, shaders)| shaders)
    }
}

#[cfg(test)]
mod tests;
