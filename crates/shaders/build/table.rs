//! The table as Rust source.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::reflect::{Layout, Reflected};
use crate::variants::{Axes, Family};

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
    /// Adds a family, whose shaders stand in the order of its axes.
    pub(crate) fn family(
        &mut self,
        family: &Family,
        shaders: &[(String, PathBuf, Reflected)],
    ) -> Result<(), String> {
        let mut each = Vec::new();
        for (name, file, shader) in shaders {
            each.push(literal(name, file, shader));
            for layout in &shader.structs {
                self.layouts.add(layout)?;
            }
        }
        let place = |i: usize| match family.axes {
            Axes::None => format!("&{}", family.name),
            Axes::Weights | Axes::Cache => format!("&{}.0[{i}]", family.name),
            Axes::WeightsAndCache => format!("&{}.0[{}][{}]", family.name, i / 2, i % 2),
        };
        self.all.extend((0..shaders.len()).map(place));
        let (ty, value) = match family.axes {
            Axes::None => ("Shader", each.concat()),
            Axes::Weights => ("ByWeights", format!("ByWeights([{}])", each.join(","))),
            Axes::Cache => ("ByCache", format!("ByCache([{}])", each.join(","))),
            Axes::WeightsAndCache => {
                let pairs = each.chunks(2).map(|pair| format!("[{}]", pair.join(",")));
                let pairs: Vec<String> = pairs.collect();
                (
                    "ByWeightsAndCache",
                    format!("ByWeightsAndCache([{}])", pairs.join(",")),
                )
            }
        };
        let (doc, name) = (family.doc, family.name);
        writeln!(
            self.statics,
            "/// {doc}\npub static {name}: {ty} = {value};"
        )
        .map_err(|error| error.to_string())
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

fn literal(name: &str, file: &Path, shader: &Reflected) -> String {
    let bindings = shader.bindings.iter().map(|b| {
        format!(
            "Binding {{ name: {:?}, group: {}, binding: {}, access: Access::{}, min_bytes: {} }}",
            b.name, b.group, b.binding, b.access, b.min_bytes
        )
    });
    format!(
        "Shader {{ name: {name:?}, source: include_str!({file:?}), entry: {:?}, \
         workgroup: {:?}, workgroup_bytes: {}, bindings: &[{}], overrides: &{:?}, \
         features: Features::NONE }}",
        shader.entry,
        shader.workgroup,
        shader.workgroup_bytes,
        bindings.collect::<Vec<_>>().join(","),
        shader.overrides,
    )
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
