//! What a family of shaders has variants for, and which files make up each.

/// The types that weights are kept as, in the order of `WeightType`.
const WEIGHTS: [&str; 4] = ["q8_0", "q4_0", "f16", "f32"];
/// Those that are bytes or less.
const QUANTS: &[&str] = WEIGHTS.split_at(2).0;
/// The types that keys and values are kept as, in the order of `CacheType`.
const CACHES: [&str; 2] = ["f32", "f16"];

/// What a shader needs beyond core WGSL, as `Features` has it.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Needs {
    pub(crate) shader_f16: bool,
    pub(crate) subgroups: bool,
    pub(crate) packed_dot: bool,
}

impl Needs {
    /// Nothing.
    pub(crate) const CORE: Self = Self {
        shader_f16: false,
        subgroups: false,
        packed_dot: false,
    };
    /// Sums over a subgroup. wgpu knows no such feature in browsers
    /// (gfx-rs/wgpu#10146), so their module goes without. They would accept these
    /// shaders with `enable subgroups;` in front, which naga refuses.
    pub(crate) const SUBGROUPS: Self = Self {
        subgroups: true,
        ..Self::CORE
    };
    /// Arithmetic in binary16.
    pub(crate) const SHADER_F16: Self = Self {
        shader_f16: true,
        ..Self::CORE
    };
    /// Dot products of bytes.
    pub(crate) const PACKED_DOT: Self = Self {
        packed_dot: true,
        ..Self::CORE
    };
}

/// What a family has one variant for each of.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Axes {
    /// One shader.
    None,
    /// Types of weights.
    Weights,
    /// Types of keys and values.
    Cache,
    /// Types of weights, then types of keys and values.
    WeightsAndCache,
    /// Types of weights that are bytes or less.
    Quants,
    /// Those, then types of keys and values.
    QuantsAndCache,
}

/// Shaders that differ only in what they read and write.
pub(crate) struct Family {
    /// Of the static in the table; the shader's own is the same in small.
    pub(crate) name: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) axes: Axes,
    /// Files under `src`, without the ending. `+weights`, `+bytes`,
    /// `+keep`, `+kept`, `+piece`, `+reduce` and `+team` stand for the part of the
    /// variant.
    pub(crate) files: &'static [&'static str],
}

/// One shader to be composed.
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) files: Vec<String>,
    pub(crate) needs: Needs,
}

impl Family {
    /// Whether there are variants for optional features.
    pub(crate) fn has_options(&self) -> bool {
        self.files.contains(&"+reduce") || self.files.contains(&"+piece")
    }

    /// What all of its shaders need.
    pub(crate) fn needs(&self) -> Needs {
        match self.files.contains(&"+bytes") {
            true => Needs::PACKED_DOT,
            false => Needs::CORE,
        }
    }

    /// The sets of features that it has variants for beside the core. `web` is
    /// for browsers.
    pub(crate) fn options(&self, web: bool) -> Vec<Needs> {
        let mut options = Vec::new();
        if self.files.contains(&"+reduce") && !web {
            options.push(Needs::SUBGROUPS);
        }
        if self.files.contains(&"+piece") {
            options.push(Needs::SHADER_F16);
        }
        options
    }

    /// The shaders for a set of features, in the order of the axes.
    pub(crate) fn variants(&self, needs: Needs) -> Vec<Variant> {
        let variant = |weights: &str, cache: &str| self.variant(weights, cache, needs);
        let with_caches = |weights: &[&str]| {
            let each = weights.iter();
            each.flat_map(|w| CACHES.map(|c| variant(w, c))).collect()
        };
        match self.axes {
            Axes::None => vec![variant("", "")],
            Axes::Weights => WEIGHTS.iter().map(|w| variant(w, "")).collect(),
            Axes::Quants => QUANTS.iter().map(|w| variant(w, "")).collect(),
            Axes::Cache => CACHES.iter().map(|c| variant("", c)).collect(),
            Axes::WeightsAndCache => with_caches(&WEIGHTS),
            Axes::QuantsAndCache => with_caches(QUANTS),
        }
    }

    fn variant(&self, weights: &str, cache: &str, mut needs: Needs) -> Variant {
        // Nothing is gained by rounding what every device multiplies in f32.
        needs.shader_f16 &= weights != "f32";
        let reduced = if needs.subgroups { "_subgroups" } else { "" };
        let (enable, piece) = match needs.shader_f16 {
            true => (Some("parts/enable_f16"), "f16"),
            false => (None, "f32"),
        };
        let file = |file: &&str| match *file {
            "+weights" => format!("parts/weights_{weights}"),
            "+bytes" => format!("parts/bytes_{weights}"),
            "+keep" => format!("parts/keep_{cache}"),
            "+kept" => format!("parts/kept_{cache}"),
            "+piece" => format!("parts/piece_{piece}"),
            "+reduce" => format!("parts/reduce{reduced}"),
            "+team" => format!("parts/team{reduced}"),
            other => other.to_owned(),
        };
        let mut name = self.name.to_lowercase();
        for part in [weights, cache] {
            if !part.is_empty() {
                name.push('_');
                name.push_str(part);
            }
        }
        if needs.shader_f16 {
            name.push_str("_half");
        }
        Variant {
            name: name + reduced,
            files: enable.iter().chain(self.files).map(file).collect(),
            needs,
        }
    }
}
