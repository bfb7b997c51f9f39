//! Prints the prompts that tests hold every host to, a line each:
//! `cargo run -p senselm-session --example prompts > tests/models/shapes.prompts.txt`
//! after the model has changed.

use std::error::Error;
use std::sync::Arc;

use senselm_session::{LoadOptions, Session, Window};
use senselm_tests::{rendered, trained};

fn main() -> Result<(), Box<dyn Error>> {
    let bytes = std::fs::read(trained::path("shapes"))?;
    let session = Session::load(Arc::new(bytes), LoadOptions::default())?;
    for channels in rendered::windows() {
        println!("{}", session.render(&Window { channels })?.prompt);
    }
    Ok(())
}
