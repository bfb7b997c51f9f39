//! The table as Rust source.

use std::fmt::Write;
use std::path::PathBuf;

use crate::reflect::{Layout, Reflected};
use crate::variants::{Axes, Family, Needs};

/// A composed and validated shader.
pub(crate) struct Made {
    pub(crate) name: String,
    pub(crate) file: PathBuf,
    pub(crate) needs: Needs,
    pub(crate) shader: Reflected,
}

/// What is written so far.
#[derive(Default)]
pub(crate) struct Table {
    /// One static a family.
    statics: String,
    /// An expression for each shader.
    all: Vec<String>,
    pub(crate) layouts: Layouts,
}

impl Table {
    /// Adds a family, whose shaders stand in the order of its axes: those that
    /// every device runs, and those for optional features.
    pub(crate) fn family(
        &mut self,
        family: &Family,
        core: &[Made],
        options: &[(Needs, Vec<Made>)],
    ) -> Result<(), String> {
        let (doc, name) = (family.doc, family.name);
        let mut ty = ty_of(family.axes).to_owned();
        let mut value = self.by_axes(family.axes, core)?;
        if family.has_options() {
            self.list(family.axes, &format!("{name}.core"), core.len());
            let mut others = String::new();
            for (i, (needs, made)) in options.iter().enumerate() {
                let value = self.by_axes(family.axes, made)?;
                write!(others, "({}, {value}),", features(*needs))
                    .map_err(|error| error.to_string())?;
                let place = format!("{name}.others[{i}].1");
                self.list(family.axes, &place, made.len());
            }
            ty = format!("ByFeatures<{ty}>");
            value = format!("ByFeatures {{ core: {value}, others: &[{others}] }}");
        } else {
            self.list(family.axes, name, core.len());
        }
        writeln!(
            self.statics,
            "/// {doc}\npub static {name}: {ty} = {value};"
        )
        .map_err(|error| error.to_string())
    }

    /// The shaders of a family for one set of features, as one expression.
    fn by_axes(&mut self, axes: Axes, shaders: &[Made]) -> Result<String, String> {
        for layout in shaders.iter().flat_map(|made| &made.shader.structs) {
            self.layouts.add(layout)?;
        }
        let each: Vec<String> = shaders.iter().map(literal).collect();
        Ok(match axes {
            Axes::None => each.concat(),
            Axes::Weights | Axes::Quants | Axes::Cache => {
                format!("{}([{}])", ty_of(axes), each.join(","))
            }
            Axes::WeightsAndCache | Axes::QuantsAndCache => {
                let pairs = each.chunks(2).map(|pair| format!("[{}]", pair.join(",")));
                let pairs: Vec<String> = pairs.collect();
                format!("{}([{}])", ty_of(axes), pairs.join(","))
            }
        })
    }

    /// Lists the shaders that stand at `place`.
    fn list(&mut self, axes: Axes, place: &str, count: usize) {
        let of = |i: usize| match axes {
            Axes::None => format!("&{place}"),
            Axes::Weights | Axes::Quants | Axes::Cache => format!("&{place}.0[{i}]"),
            Axes::WeightsAndCache | Axes::QuantsAndCache => {
                format!("&{place}.0[{}][{}]", i / 2, i % 2)
            }
        };
        self.all.extend((0..count).map(of));
    }

    /// All statics.
    pub(crate) fn source(&self) -> String {
        format!(
            "{}/// All of them.\npub static ALL: &[&Shader] = &[{}];\n",
            self.statics,
            self.all.join(",")
        )
    }
}

fn ty_of(axes: Axes) -> &'static str {
    match axes {
        Axes::None => "Shader",
        Axes::Weights => "ByWeights",
        Axes::Cache => "ByCache",
        Axes::WeightsAndCache => "ByWeightsAndCache",
        Axes::Quants => "ByQuants",
        Axes::QuantsAndCache => "ByQuantsAndCache",
    }
}

fn features(needs: Needs) -> String {
    format!(
        "Features {{ shader_f16: {}, subgroups: {}, packed_dot: {} }}",
        needs.shader_f16, needs.subgroups, needs.packed_dot
    )
}

fn literal(made: &Made) -> String {
    let shader = &made.shader;
    let bindings = shader.bindings.iter().map(|b| {
        format!(
            "Binding {{ slot: Slot::{}, group: {}, binding: {}, access: Access::{}, min_bytes: {} }}",
            slot(&b.name), b.group, b.binding, b.access, b.min_bytes
        )
    });
    format!(
        "Shader {{ name: {:?}, source: include_str!({:?}), entry: {:?}, \
         workgroup: {:?}, workgroup_bytes: {}, bindings: &[{}], overrides: &{:?}, \
         features: {} }}",
        made.name,
        made.file,
        shader.entry,
        shader.workgroup,
        shader.workgroup_bytes,
        bindings.collect::<Vec<_>>().join(","),
        shader.overrides,
        features(made.needs),
    )
}

/// The variant of `Slot` that has this name: there is none for an unknown one,
/// which the compiler then says.
fn slot(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    words.collect()
}

/// Every struct that a shader declares, once.
#[derive(Default)]
pub(crate) struct Layouts(Vec<Layout>);

impl Layouts {
    fn add(&mut self, layout: &Layout) -> Result<(), String> {
        match self.0.iter().find(|known| known.name == layout.name) {
            None => self.0.push(layout.clone()),
            Some(known) if known == layout => {}
            Some(_) => return Err(format!("two structs are called {}", layout.name)),
        }
        Ok(())
    }

    /// A slice of (name, bytes, members with their offsets).
    pub(crate) fn source(&self) -> String {
        let each = self
            .0
            .iter()
            .map(|l| format!("({:?}, {}, &{:?})", l.name, l.bytes, l.members));
        format!("&[{}]", each.collect::<Vec<_>>().join(","))
    }
}
