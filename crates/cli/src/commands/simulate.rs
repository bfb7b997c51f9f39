//! `senselm simulate`: a labelled recording of pumps that do not exist.

use anyhow::Result;
use clap::Args;
use senselm_simulate::{Condition, FleetSpec, fleet, to_csv};

use crate::exit::Exit;
use crate::output::{Destination, Output, Written};

/// Arguments of `senselm simulate`.
#[derive(Args)]
#[command(after_help = "\
One reading a second: suction, discharge, flow, vibration, bearing, current.
The column `output` holds the condition, `source` says \"simulated\" in every row.

Example:
  senselm simulate --seed 7 --episodes 12 --seconds 120 -o pump.csv
  senselm simulate --condition normal -o normal.csv")]
pub(crate) struct Simulate {
    /// The same seed gives the same readings
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Pumps, with the conditions in turn
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    episodes: u32,
    /// Readings of each pump
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: u32,
    /// Share of the pumps whose fault begins only after a while, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    with_onset: f64,
    /// All pumps in this condition, instead of each in the next: normal, cavitation,
    /// bearing wear, blocked filter, dry running or sensor dropout
    #[arg(long, value_name = "NAME", value_parser = condition)]
    condition: Option<Condition>,
    /// The file to write; standard output without it, or with -
    #[arg(short, long, value_name = "FILE")]
    out: Option<Destination>,
    /// Print one JSON object about the file written
    #[arg(long, requires = "out")]
    json: bool,
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err("must be from 0 to 1".to_owned())
    }
}

fn condition(text: &str) -> Result<Condition, String> {
    Condition::of_label(text).ok_or_else(|| {
        let known = Condition::ALL.map(Condition::label);
        format!("it must be one of {}", known.join(", "))
    })
}

impl Simulate {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        let csv = to_csv(&fleet(FleetSpec {
            seed: self.seed,
            episodes: self.episodes,
            seconds: self.seconds,
            with_onset: self.with_onset,
            only: self.condition,
        }));
        match &self.out {
            None => out.text(&csv)?,
            Some(path) => {
                out.file(path, csv.as_bytes())?;
                Written {
                    path,
                    bytes: Some(csv.len() as u64),
                }
                .say(out, self.json)?;
            }
        }
        Ok(Exit::Done)
    }
}
