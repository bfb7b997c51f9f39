//! Prints the scores that tests hold every host to, a line each:
//! `cargo run -p senselm-session --example scores > tests/models/normal.scores.txt`
//! after the model has changed.

use std::error::Error;
use std::sync::Arc;

use senselm_session::{LoadOptions, Session, Window};
use senselm_tests::{rendered, trained};

fn main() -> Result<(), Box<dyn Error>> {
    let bytes = std::fs::read(trained::path("normal"))?;
    let mut session = Session::load(Arc::new(bytes), LoadOptions::default())?;
    for channels in rendered::windows() {
        let answer = session.anomaly(&Window { channels })?;
        println!("{:.4}", answer.anomaly.ok_or("no score")?);
    }
    Ok(())
}
