//! Composes the shaders out of whole files, has naga validate each, and writes
//! a table of what they are and bind, as naga sees it.

mod families;
mod reflect;
mod table;
mod variants;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use families::FAMILIES;
use table::Made;
use variants::Variant;

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
    let web = std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm");
    let mut table = table::Table::default();
    for family in FAMILIES {
        let made = |needs| {
            family
                .variants(needs)
                .iter()
                .map(|v| make(v, &out))
                .collect()
        };
        let options = family.options(web).into_iter();
        let options: Result<Vec<_>, Box<dyn Error>> =
            options.map(|needs| Ok((needs, made(needs)?))).collect();
        let core: Result<Vec<_>, Box<dyn Error>> = made(family.needs());
        table.family(family, &core?, &options?)?;
    }
    std::fs::write(out.join("table.rs"), table.source())?;
    std::fs::write(out.join("layouts.rs"), table.layouts.source())?;
    Ok(())
}

fn make(variant: &Variant, out: &Path) -> Result<Made, Box<dyn Error>> {
    let source = compose(variant)?;
    let shader = reflect::reflect(&source, variant.needs)
        .map_err(|error| format!("shader {}: {error}", variant.name))?;
    let file = out.join(format!("{}.wgsl", variant.name));
    std::fs::write(&file, &source)?;
    Ok(Made {
        name: variant.name.clone(),
        file,
        needs: variant.needs,
        shader,
    })
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
