//! Prints a CSV file of a simulated fleet:
//! `cargo run -p senselm-simulate --example fleet_csv -- SEED EPISODES SECONDS`.

use senselm_simulate::{FleetSpec, fleet, to_csv};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |otherwise: &str| arguments.next().unwrap_or_else(|| otherwise.to_string());
    let episodes = fleet(FleetSpec {
        seed: next("1").parse()?,
        episodes: next("12").parse()?,
        seconds: next("60").parse()?,
        with_onset: next("0").parse()?,
        only: None,
    });
    print!("{}", to_csv(&episodes));
    Ok(())
}
