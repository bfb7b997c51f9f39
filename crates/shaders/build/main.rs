//! Composes the shaders out of whole files, has naga validate each, and writes
//! a table of what they are and bind, as naga sees it.

mod reflect;
mod table;
mod variants;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use variants::{FAMILIES, Variant};

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut table = table::Table::default();
    for family in FAMILIES {
        let mut shaders = Vec::new();
        for variant in family.variants() {
            let source = compose(&variant)?;
            let shader = reflect::reflect(&source)
                .map_err(|error| format!("shader {}: {error}", variant.name))?;
            let file = out.join(format!("{}.wgsl", variant.name));
            std::fs::write(&file, &source)?;
            shaders.push((variant.name, file, shader));
        }
        table.family(family, &shaders)?;
    }
    std::fs::write(out.join("table.rs"), table.source())?;
    std::fs::write(out.join("layouts.rs"), table.layouts.source())?;
    Ok(())
}

/// One file after another, nothing else.
fn compose(variant: &Variant) -> Result<String, Box<dyn Error>> {
    let mut source = String::new();
    for file in &variant.files {
        let path = Path::new("src").join(file).with_extension("wgsl");
        let text = std::fs::read_to_string(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        source.push_str(&text);
        source.push('\n');
    }
    Ok(source)
}
